"""Which parameters each Bot API method knows, read from python-telegram-bot's own signatures.

Telegram ignores a parameter it does not know; the local server refuses it, so that a typo is found at once.
"""

import functools
import inspect
from collections.abc import Callable

import telegram

_CLIENT_ONLY = {
    # HTTP settings of one call, and conveniences the client translates before it sends
    "self",
    "read_timeout",
    "write_timeout",
    "connect_timeout",
    "pool_timeout",
    "api_kwargs",
    "filename",
    "allow_sending_without_reply",
    "reply_to_message_id",
    "disable_web_page_preview",
    "current_offset",
    "contact",
    "location",
    "venue",
}
# the client puts send_media_group(caption=…) into the first item: the method has no such parameter
_CLIENT_ONLY_OF = {"sendmediagroup": {"caption", "parse_mode", "caption_entities"}}
# newer than the client, which sends them as `api_kwargs`
_NEWER = {"sendmessagedraft": {"can_stop", "keep_on_stop"}}


@functools.cache
def known_parameters(method: str) -> frozenset[str]:
    """Names of the parameters `method` (lower case, such as `sendphoto`) accepts; empty if there are none."""
    function = _functions()[method]
    names = set(inspect.signature(function).parameters)
    return frozenset(names - _CLIENT_ONLY - _CLIENT_ONLY_OF.get(method, set()) | _NEWER.get(method, set()))


@functools.cache
def known_fields(kind: str) -> frozenset[str]:
    """Field names of a Bot API object, such as `InlineKeyboardButton`."""
    names: set[str] = set()
    for cls in getattr(telegram, kind).__mro__:
        slots = getattr(cls, "__slots__", ())
        names.update(slot for slot in slots if not slot.startswith("_"))
        # a length is kept as `_duration`, and given out as seconds or as a timedelta
        names.update(slot[1:] for slot in slots if isinstance(getattr(cls, slot[1:], None), property))
    return frozenset(names - {"api_kwargs"})


@functools.cache
def _functions() -> dict[str, Callable[..., object]]:
    return {
        name.replace("_", ""): function
        for name, function in inspect.getmembers(telegram.Bot, inspect.isfunction)
        if "_" in name and not name.startswith("_")
    }

"""The message of a sending, which only `bot` can have Telegram keep: it has the bot's token.

An act that comes twice prepares two messages. One is stored; the other is never sent, and Telegram forgets it.
"""

from contextlib import suppress
from dataclasses import replace

from shared.codec import update
from shared.errors import ConflictError, MessageRejectedError
from shared.gallery.find_results import open_result
from shared.gallery.result import Result
from shared.miniapp.sending import Sending, Stage, find_sending, stage_of
from shared.miniapp.share_link import find_share_link
from shared.people.accounts import open_user
from shared.people.users import language_of
from shared.ports import Button, InlineResult, Ports, Screen
from shared.texts import html_text, plain_text


async def prepare_sending(ports: Ports, user_id: int, sending_id: str) -> None:
    """Prepare the message of this person's sending. Raises MessengerErrors, UnavailableError."""
    found = await find_sending(ports, user_id, sending_id)
    if found is None or stage_of(found[0], ports.clock.now()) is not Stage.WAITING:
        return
    sending, record = found
    prepared = await _prepare(ports, sending)
    with suppress(ConflictError):  # another delivery has stored its message
        await ports.store.commit([update(record, prepared)])


async def _prepare(ports: Ports, sending: Sending) -> Sending:
    """The sending with its message, or refused: the result is gone, or Telegram does not know its file."""
    opened = await open_result(ports, sending.user_id, sending.job_id)
    result = None if opened is None else Result(opened.job)
    if result is None or not result.file_id:
        return replace(sending, is_refused=True)
    shown = await _show(ports, sending.user_id, result)
    try:
        message = await ports.messenger.prepare_message(sending.user_id, shown)
    except MessageRejectedError:
        return replace(sending, is_refused=True)
    return replace(sending, prepared_id=message.id, prepared_until=message.until)


async def _show(ports: Ports, user_id: int, result: Result) -> InlineResult:
    """The result as other people see it: without words and author, with a link while its owner keeps one open."""
    language = language_of((await open_user(ports, user_id)).user, result.job.language)
    text = html_text(language, "sent-caption", bot=await ports.messenger.username())
    link = await find_share_link(ports, result.job, language)
    rows = () if link is None else ((Button(plain_text(language, "button-own-version"), url=link.address),),)
    caption = Screen(text, rows)
    if result.medium == "video":
        return InlineResult(result.id, "video", result.file_id, plain_text(language, "app-video"), caption)
    return InlineResult(result.id, "photo", result.file_id, caption=caption)

"""Reading what Telegram opens a Mini App with, and believing it only when Telegram has signed it for our bot. Pure.

https://core.telegram.org/bots/webapps#validating-data-for-third-party-use: the signature is Telegram's own (Ed25519),
so whoever checks it needs no secret. The `hash`, a MAC with the bot's token, is not looked at.
"""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from shared.errors import UnauthenticatedError

BYTES_MAX = 8192
"""Far more than the fields of a person and a chat need."""
FIELDS_MAX = 32
AGE_MAX = timedelta(hours=1)
AHEAD_MAX = timedelta(minutes=1)
"""How far Telegram's clock may be ahead of ours."""
_SIGNATURE = re.compile(r"[A-Za-z0-9_-]{85}[AQgw]")
"""64 bytes in the one way to write them: the last character carries two bits."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_USER_ID_MAX = 2**52
"""Telegram's ids have at most 52 significant bits."""

IsSigned = Callable[[bytes, bytes], bool]
"""Whether Telegram made this signature (the second) of these bytes (the first)."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who has opened the app."""

    user_id: int
    language_code: str
    """Of the person's client; empty if it does not tell."""
    opened_at: datetime
    """When Telegram opened the app, in whole seconds."""


def read_init_data(content: bytes, bot_id: int, is_signed: IsSigned, now: datetime) -> SignedIn:
    """The person. Raises UnauthenticatedError for what Telegram has not signed for this bot within the hour."""
    fields = _read_fields(content)
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields.keys() - {"hash", "signature"}))
    if not is_signed(f"{bot_id}:WebAppData\n{lines}".encode(), _read_signature(fields.get("signature", ""))):
        raise UnauthenticatedError("init data that Telegram has not signed for this bot")
    opened_at = _read_time(fields.get("auth_date", ""))
    age = now - opened_at
    if not -AHEAD_MAX <= age <= AGE_MAX:
        raise UnauthenticatedError(f"init data of {age.total_seconds():.0f} s ago")
    return _read_person(fields.get("user", ""), opened_at)


def _read_fields(content: bytes) -> Mapping[str, str]:
    if len(content) > BYTES_MAX:
        raise UnauthenticatedError(f"init data of {len(content)} bytes")
    try:
        text = content.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=FIELDS_MAX)
    except ValueError as error:  # UnicodeError is one
        raise UnauthenticatedError("init data that is no list of fields") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise UnauthenticatedError("init data with a field twice")
    if any(_CONTROL.search(f"{name}{value}") for name, value in pairs):  # a line break could pass for the next field
        raise UnauthenticatedError("init data with control characters")
    return fields


def _read_signature(text: str) -> bytes:
    """64 bytes in base64 for URLs, which Telegram writes without padding."""
    if _SIGNATURE.fullmatch(text) is None:
        raise UnauthenticatedError("init data without a signature")
    return urlsafe_b64decode(f"{text}==")


def _read_time(text: str) -> datetime:
    if not (text.isascii() and text.isdigit() and len(text) <= 11):  # noqa: PLR2004 — beyond it Python has no date
        raise UnauthenticatedError("init data without its time")
    return datetime.fromtimestamp(int(text), UTC)


def _read_person(text: str, opened_at: datetime) -> SignedIn:
    try:
        user = json.loads(text)
        user_id, language_code, is_bot = user["id"], user.get("language_code", ""), user.get("is_bot", False)
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError) as error:
        raise UnauthenticatedError("init data without a person") from error
    if type(user_id) is not int or not 0 < user_id < _USER_ID_MAX or is_bot is not False:
        raise UnauthenticatedError("init data without a person")
    return SignedIn(user_id, language_code if isinstance(language_code, str) else "", opened_at)

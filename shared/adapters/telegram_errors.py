"""What an error of python-telegram-bot means to us.

What is no use to the caller is left out, above all addresses, which hold the token.
"""

import httpx
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from shared.errors import (
    BotBlockedError,
    DeliveryUnknownError,
    MessageGoneError,
    MessageRejectedError,
    MessengerError,
    TooManyRequestsError,
)

NOT_SENT_RETRY_SECONDS = 2.0
WRONG_TOKEN_RETRY_SECONDS = 60.0
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
DESCRIPTION_CHARACTERS_MAX = 200


class NotModifiedError(MessengerError):
    """The message is already what the edit would make of it."""


# What Telegram writes into the description of a 400, in lower case; it has no finer codes.
_NOT_MODIFIED = ("message is not modified",)
_GONE = (
    "message to edit not found",
    "message can't be edited",
    "message to delete not found",
    "message_id_invalid",
    "query is too old",
    "query id is invalid",
    "there is no text in the message to edit",  # it has become a photo
    "there is no caption in the message to edit",
)
_BLOCKED = (
    "chat not found",
    "user is deactivated",
    "user_is_blocked",
    "input_user_deactivated",
    "bot was kicked",
    "bot was blocked",
    "group chat was deactivated",
    "not enough rights to send",
    "have no rights to send",
    "chat_write_forbidden",
    "peer_id_invalid",
)


def read_error(error: TelegramError) -> MessengerError:
    """Our error for one of the library's."""
    match error:
        case RetryAfter():
            pause = error.retry_after
            return TooManyRequestsError(pause if isinstance(pause, int) else pause.total_seconds())
        case Forbidden() | ChatMigrated():  # a migrated group has a new id and none of the old messages
            return BotBlockedError(type(error).__name__)
        case InvalidToken():  # 401 or 404: nothing happened, and the settings are the cure
            return TooManyRequestsError(WRONG_TOKEN_RETRY_SECONDS)
        case BadRequest():
            return _read_bad_request(error.message[:DESCRIPTION_CHARACTERS_MAX].lower())
        case _:
            return _read_outage(error)


def _read_outage(error: TelegramError) -> MessengerError:
    description = error.message.lower()
    if "entity too large" in description:  # 413 is no 400 to the library
        return MessageRejectedError(description[:DESCRIPTION_CHARACTERS_MAX])
    if description.startswith("too many requests"):  # with `retry_after` 0, or without it
        return TooManyRequestsError(NOT_SENT_RETRY_SECONDS)
    if isinstance(error.__cause__, _NEVER_SENT):  # without a connection nobody has seen the call
        return TooManyRequestsError(NOT_SENT_RETRY_SECONDS)
    return DeliveryUnknownError(type(error.__cause__ or error).__name__)


def _read_bad_request(description: str) -> MessengerError:
    for texts, kind in (
        (_NOT_MODIFIED, NotModifiedError),
        (_GONE, MessageGoneError),
        (_BLOCKED, BotBlockedError),
    ):
        if any(text in description for text in texts):
            return kind(description)
    return MessageRejectedError(description)

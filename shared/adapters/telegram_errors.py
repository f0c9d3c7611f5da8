"""Converting errors of python-telegram-bot to ours.

Details are dropped, above all addresses, which contain the token.
"""

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError

from shared.adapters.http_connections import NotConnectedError
from shared.errors import (
    BotBlockedError,
    ChatMigratedError,
    DeliveryUnknownError,
    MessageGoneError,
    MessageRejectedError,
    MessengerError,
    PlaceRefusedError,
    TooManyRequestsError,
    TopicClosedError,
    TopicGoneError,
)

NOT_SENT_RETRY_SECONDS = 2.0
WRONG_TOKEN_RETRY_SECONDS = 60.0
DESCRIPTION_CHARACTERS_MAX = 200


class FloodError(TooManyRequestsError):
    """Flood control by Telegram itself, which concerns all calls to the chat."""


class NotModifiedError(MessengerError):
    """The message already shows what the edit would set."""


# Parts of Telegram's description of a 400, in lower case; there are no finer codes.
_NOT_MODIFIED = ("message is not modified",)
_GONE = (
    "message to edit not found",
    "message can't be edited",
    "message to delete not found",
    "message to copy not found",
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
    "blocked by the user",
    "initiate conversation with a user",
    "send messages to bots",
    "peer_id_invalid",
)
_TOPIC_GONE = ("message thread not found", "topic_deleted", "topic_id_invalid")
_TOPIC_CLOSED = ("topic_closed",)
_PLACE_REFUSED = (
    "is not a forum",
    "not enough rights",
    "have no rights to send",
    "need administrator rights",
    "_forbidden",  # chat_write_, chat_send_photos_, chat_send_plain_ …
    "chat_restricted",
    "chat_admin_required",
    "channel_private",
    "group chat was deactivated",
)


def read_error(error: TelegramError) -> MessengerError:
    """Our error for one of the library's."""
    match error:
        case RetryAfter():
            pause = error.retry_after
            return FloodError(pause if isinstance(pause, int) else pause.total_seconds())
        case ChatMigrated():
            return ChatMigratedError(error.new_chat_id)
        case Forbidden():  # a person blocked the bot, or a group removed or never added it
            description = error.message[:DESCRIPTION_CHARACTERS_MAX].lower()
            is_persons = any(text in description for text in _BLOCKED)
            return (BotBlockedError if is_persons else PlaceRefusedError)(description)
        case InvalidToken():  # 401 or 404: nothing happened; the settings are wrong
            return TooManyRequestsError(WRONG_TOKEN_RETRY_SECONDS)
        case BadRequest():
            return _read_bad_request(error.message[:DESCRIPTION_CHARACTERS_MAX].lower())
        case _:
            return _read_outage(error)


def _read_outage(error: TelegramError) -> MessengerError:
    description = error.message.lower()
    if "entity too large" in description:  # the library does not treat 413 like 400
        return MessageRejectedError(description[:DESCRIPTION_CHARACTERS_MAX])
    if description.startswith("too many requests"):  # with `retry_after` 0 or none
        return TooManyRequestsError(NOT_SENT_RETRY_SECONDS)
    if isinstance(error.__cause__, NotConnectedError):  # without a connection the call was not sent
        return TooManyRequestsError(NOT_SENT_RETRY_SECONDS)
    return DeliveryUnknownError(type(error.__cause__ or error).__name__)


def _read_bad_request(description: str) -> MessengerError:
    for texts, kind in (
        (_NOT_MODIFIED, NotModifiedError),
        (_GONE, MessageGoneError),
        (_BLOCKED, BotBlockedError),
        (_TOPIC_GONE, TopicGoneError),
        (_TOPIC_CLOSED, TopicClosedError),
        (_PLACE_REFUSED, PlaceRefusedError),
    ):
        if any(text in description for text in texts):
            return kind(description)
    return MessageRejectedError(description)

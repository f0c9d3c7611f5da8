"""Notices in the operators' own chat of Telegram, by their own bot."""

from html import escape

from shared.errors import (
    DeliveryUnknownError,
    MessengerError,
    NoticeRefusedError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.ports import Messenger, Notice, Place, Screen


class ChatNotices:
    """A `NoticePlace`."""

    name = "telegram"

    def __init__(self, messenger: Messenger, chat_id: int) -> None:
        self._messenger, self._place = messenger, Place(chat_id)

    async def tell(self, notice: Notice) -> None:
        try:
            await self._messenger.send_text(self._place, show_notice(notice))
        except (TooManyRequestsError, DeliveryUnknownError) as error:
            raise UnavailableError("Telegram has not taken it yet") from error
        except MessengerError as error:
            raise NoticeRefusedError(f"Telegram: {error}") from error


def show_notice(notice: Notice) -> Screen:
    """The message, in HTML."""
    parts = [f"{'✅' if notice.is_over else '🔔'} <b>{escape(notice.subject)}</b>", *map(escape, _list_words(notice))]
    if notice.url:
        parts.append(f'<a href="{escape(notice.url)}">Cloud Monitoring</a>')
    return Screen("\n\n".join(parts))


def _list_words(notice: Notice) -> list[str]:
    return [words for words in (notice.summary, notice.advice) if words]

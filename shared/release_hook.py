"""The webhook of the release bot, which is not the product's bot and has its own token and secret.

POST /api/tg-bot/update     an update from Telegram, with the header of SECRET_HEADER

An update that cannot be read is answered with 200, as it must not come again.
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from shared.errors import BodyTooLargeError, UnauthenticatedError
from shared.http import STRANGERS, done, read_body, telegram_secret
from shared.logs import log_event
from shared.release_bot.answer_update import answer_update
from shared.release_bot.bot_ports import BotPorts

UPDATE = "/api/tg-bot/update"
UPDATE_BYTES_MAX = 256 * 1024


class ReleaseHook:
    """The webhook, one per process."""

    def __init__(self, secret: bytes, bot: Callable[[], BotPorts | None]) -> None:
        """An empty secret refuses everybody."""
        self._secret, self._bot = secret, bot
        self._authenticate = telegram_secret(secret)

    async def take(self, request: Request) -> Response:
        """Answer one update. Raises UnauthenticatedError, UnusableUpdateError, UnavailableError."""
        if not self._secret:
            raise UnauthenticatedError("no release bot here")
        await self._authenticate(request)
        try:
            body = await read_body(request, UPDATE_BYTES_MAX, STRANGERS)
        except BodyTooLargeError as error:
            log_event("update_too_large", severity="ERROR", error=error)
            return done()
        ports = self._bot()
        if ports is None:
            log_event("release_bot_missing", severity="ERROR")
            return done()
        await answer_update(ports, body)
        return done()

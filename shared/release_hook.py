"""The webhook of the release bot, which is not the product's bot and has its own secret.

POST /api/tg-bot/update     an update from Telegram, with the header of SECRET_HEADER

The answer to Telegram carries the message to the person, so this function needs no token:
https://core.telegram.org/bots/api#making-requests-when-getting-updates. An update that cannot be read is answered with
200, as it must not come again.
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared.errors import BodyTooLargeError, UnauthenticatedError
from shared.http import STRANGERS, done, read_body, telegram_secret
from shared.logs import log_event
from shared.releases.answer_question import answer_question
from shared.releases.read_question import read_question
from shared.releases.release_ports import ReleasePorts

UPDATE = "/api/tg-bot/update"
UPDATE_BYTES_MAX = 256 * 1024


class ReleaseHook:
    """The webhook, one per process."""

    def __init__(self, secret: bytes, ports: Callable[[], ReleasePorts]) -> None:
        """An empty secret refuses everybody."""
        self._secret, self._ports = secret, ports
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
        question = read_question(body)
        if question is None:
            return done()
        text = await answer_question(self._ports(), question)
        return JSONResponse(
            {"method": "sendMessage", "chat_id": question.telegram_id, "text": text, "parse_mode": "HTML"}
        )

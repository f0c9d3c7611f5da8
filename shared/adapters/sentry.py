"""Errors sent to Sentry in its envelopes. Its SDK would take 60 ms of a cold start, and sends more than we allow.

https://develop.sentry.dev/sdk/foundations/transport/envelopes/
"""

import json
import secrets
from collections import deque
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from shared.adapters.post_json import Poster
from shared.errors import NoticeRefusedError, UnavailableError
from shared.logs import log_event
from shared.telemetry.error_report import LoggedError, Origin, describe_error
from shared.telemetry.record import find_trace_id

WAITING_MAX = 50
"""Errors that wait to be sent; further ones are only in the log."""
CALL_SECONDS_MAX = 2.0
KIND = "application/x-sentry-envelope"
OK, TOO_MANY = 200, 429
SERVER_ERROR = 500


class Dsn(NamedTuple):
    """Sentry's address of a project: https://docs.sentry.io/concepts/key-terms/dsn-explainer/."""

    url: str
    key: str


def read_dsn(text: str) -> Dsn:
    """The text has the form that `read_sentry_dsn` of the settings wants."""
    address = urlsplit(text)
    before, _, project = address.path.rpartition("/")
    key, _, host = address.netloc.rpartition("@")
    return Dsn(f"{address.scheme}://{host}{before}/api/{project}", key)


class SentryErrors:
    """One per process and event loop."""

    def __init__(self, dsn: Dsn, origin: Origin) -> None:
        self._poster, self._origin = Poster(dsn.url, CALL_SECONDS_MAX), origin
        self._headers = {
            "X-Sentry-Auth": f"Sentry sentry_version=7, sentry_client=nanobanana/1, sentry_key={dsn.key}",
        }
        self._waiting = deque[dict[str, Any]](maxlen=WAITING_MAX)

    def take(self, event: str, severity: str, error: BaseException | None, fields: dict[str, Any]) -> None:
        """Keep an error that was logged, until it is sent."""
        logged = LoggedError(event, severity, error, fields, find_trace_id())
        if len(self._waiting) < WAITING_MAX:
            self._waiting.append(describe_error(logged, self._origin, secrets.token_hex(16), datetime.now(UTC)))

    def describe_origin(self) -> dict[str, str]:
        """Which release of which environment sends."""
        return {"release": self._origin.release, "environment": self._origin.environment}

    async def export(self) -> None:
        """Send what waits, one by one; the rest waits on after an UnavailableError."""
        while self._waiting:
            described = self._waiting.popleft()
            try:
                await self.send(described)
            except NoticeRefusedError as error:
                log_event("telemetry_refused", severity="WARNING", error=error)
            except BaseException:
                self._waiting.appendleft(described)
                raise

    async def send(self, described: dict[str, Any]) -> None:
        """Send one event. Raises UnavailableError if it should be sent again, NoticeRefusedError if not."""
        answer = await self._poster.post("/envelope/", KIND, write_envelope(described), self._headers)
        if answer.status == TOO_MANY or answer.status >= SERVER_ERROR:
            raise UnavailableError(f"Sentry: status {answer.status}")
        if answer.status != OK:
            raise NoticeRefusedError(f"Sentry: status {answer.status}")

    async def close(self) -> None:
        """Close the connections."""
        await self._poster.close()


def write_envelope(described: dict[str, Any]) -> bytes:
    """An envelope with one event."""
    content = json.dumps(described, separators=(",", ":")).encode()
    head = json.dumps({"event_id": described["event_id"], "sent_at": described["timestamp"]}).encode()
    item = json.dumps({"type": "event", "content_type": "application/json", "length": len(content)}).encode()
    return b"\n".join((head, item, content, b""))

"""The client of fal, with the rules of every call: one request, no retries, no second address, no redirects.

fal-client itself repeats a request up to ten times after a timeout or a broken connection, also one that starts a paid
video, and then at another domain. It repeats what its HTTP library reports as an error. So the transport here reads
each answer to its end, and raises errors of its own for whatever is not a success; these pass through the library.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from fal_client import AsyncClient

CONNECTIONS_MAX = 200
"""More than the concurrent calls of an instance."""
KEPT_IDLE_SECONDS = 60
PLATFORM_URL = "https://api.fal.ai/v1"
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers that no longer hold for a body that was read and decoded."""
OnAnswer = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class FalAccess:
    """The key; `base_url` replaces the address of all of fal's hosts, whose names stay in the header `Host`."""

    key: str = field(repr=False)
    base_url: str = ""


class AnsweredError(Exception):
    """fal answered something else than a success."""

    def __init__(self, status: int, headers: httpx.Headers, body: bytes) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers
        self.body = body


class UnansweredError(Exception):
    """No answer, or only a part of it. `is_sent`: fal may have received the request, and may be at work."""

    def __init__(self, name: str, *, is_sent: bool, is_timeout: bool = False) -> None:
        super().__init__(name)
        self.name = name
        self.is_sent = is_sent
        self.is_timeout = is_timeout


class FalClient(AsyncClient):
    """fal-client with connections of ours, which the first call opens. One per process and event loop."""

    def __init__(self, access: FalAccess, seconds_max: float, on_answer: OnAnswer | None = None) -> None:
        """`on_answer` is called when a success begins to arrive, before its body is read."""
        super().__init__(key=access.key, default_timeout=seconds_max)
        self._access = access
        self._on_answer = on_answer
        self._opened: httpx.AsyncClient | None = None
        self._files: httpx.AsyncClient | None = None
        for name in ("httpx", "httpcore", "fal_client"):  # they log every call with its address
            logging.getLogger(name).setLevel(logging.WARNING)

    @property
    async def _client(self) -> httpx.AsyncClient:
        """What all methods of the library send their requests with."""
        return self.open()

    def open(self) -> httpx.AsyncClient:
        """The connections to fal, with our key; created without an await, so only once."""
        if self._opened is None:
            self._opened = httpx.AsyncClient(
                transport=_OnceTransport(_make_wire(self._access.base_url), self._on_answer),
                headers={"Authorization": f"Key {self._access.key}"},
                timeout=self.default_timeout,
            )
        return self._opened

    def open_files(self) -> httpx.AsyncClient:
        """The connections to the servers of finished files, which do not get our key."""
        if self._files is None:
            self._files = httpx.AsyncClient(transport=_make_wire(self._access.base_url), timeout=self.default_timeout)
        return self._files

    async def close(self) -> None:
        """Close the connections."""
        for each in (self._opened, self._files):
            if each is not None:
                await each.aclose()
        self._opened = self._files = None


class _OnceTransport(httpx.AsyncBaseTransport):
    """Sends each request once. Raises AnsweredError, UnansweredError."""

    def __init__(self, wire: httpx.AsyncBaseTransport, on_answer: OnAnswer | None) -> None:
        self._wire = wire
        self._on_answer = on_answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            answer = await self._wire.handle_async_request(request)
            try:
                if answer.is_success and self._on_answer is not None:
                    await self._on_answer()
                body = await answer.aread()
            finally:
                await answer.aclose()
        except NEVER_SENT as error:
            raise UnansweredError(type(error).__name__, is_sent=False) from error
        except (httpx.HTTPError, httpx.StreamError) as error:
            is_timeout = isinstance(error, httpx.TimeoutException)
            raise UnansweredError(type(error).__name__, is_sent=True, is_timeout=is_timeout) from error
        if not answer.is_success:
            raise AnsweredError(answer.status_code, answer.headers, body)
        headers = {name: value for name, value in answer.headers.items() if name not in _OF_THE_WIRE}
        return httpx.Response(answer.status_code, headers=headers, content=body, request=request)

    async def aclose(self) -> None:
        await self._wire.aclose()


class _ElsewhereTransport(httpx.AsyncHTTPTransport):
    """Reaches every host at one address; the header `Host` still names the host."""

    def __init__(self, base_url: str, **options: Any) -> None:
        super().__init__(**options)
        self._base = httpx.URL(base_url)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        base = self._base
        request.url = request.url.copy_with(scheme=base.scheme, host=base.host, port=base.port)
        return await super().handle_async_request(request)


def _make_wire(base_url: str) -> httpx.AsyncHTTPTransport:
    limits = httpx.Limits(max_connections=CONNECTIONS_MAX, keepalive_expiry=KEPT_IDLE_SECONDS)
    if base_url:
        return _ElsewhereTransport(base_url, limits=limits, trust_env=False)
    return httpx.AsyncHTTPTransport(limits=limits, trust_env=False)

"""A small pooled HTTP/1.1 client that only wants the status of an answer.

httpx costs close to a millisecond of CPU per call and searches its whole pool for every one; this server
makes hundreds of calls at once on a shared core.
"""

import asyncio
import ssl
import time
from typing import NamedTuple, cast

import httptools

IDLE_MAX_SECONDS = 1.0
"""Idle connections are re-used only this long: less than any server here keeps them (gunicorn: 2 s), so a
request never meets a connection that the server is just closing."""


class Origin(NamedTuple):
    """Where a connection goes."""

    host: str
    port: int
    is_tls: bool


class Reply(NamedTuple):
    """What came back. `retry_after_seconds` is 0 where the header is missing or a date."""

    status: int
    retry_after_seconds: float


class HttpPool:
    """Keeps connections open between calls. Close it in the loop that used it."""

    def __init__(self) -> None:
        self._idle: dict[Origin, list[_Connection]] = {}
        self._open: set[_Connection] = set()
        self._tls: ssl.SSLContext | None = None

    async def send(self, origin: Origin, request: bytes, *, expects_body: bool = True) -> Reply:
        """Send the bytes of one whole request and wait for the answer.

        Raises OSError when the target cannot be reached or hangs up before it answered. A cancelled call
        closes its connection; the target is not told otherwise.
        """
        connection = self._take_idle(origin) or await self._connect(origin)
        try:
            reply = await connection.exchange(request, expects_body)
        except BaseException:
            connection.close()
            raise
        if connection.is_reusable:
            connection.idle_since = time.monotonic()
            self._idle.setdefault(origin, []).append(connection)
        else:
            connection.close()
        return reply

    async def close(self) -> None:
        """Close every connection, idle or not, and wait until they are gone."""
        self._idle.clear()
        connections = list(self._open)
        for connection in connections:
            connection.close()
        await asyncio.gather(*(connection.closed for connection in connections))

    def _take_idle(self, origin: Origin) -> "_Connection | None":
        idle = self._idle.get(origin, [])
        newest_first_limit = time.monotonic() - IDLE_MAX_SECONDS
        while idle:
            connection = idle.pop()
            if connection.is_reusable and connection.idle_since > newest_first_limit:
                return connection
            connection.close()
        return None

    async def _connect(self, origin: Origin) -> "_Connection":
        if origin.is_tls and self._tls is None:
            self._tls = ssl.create_default_context()
        _, connection = await asyncio.get_running_loop().create_connection(
            lambda: _Connection(self._open),
            origin.host,
            origin.port,
            ssl=self._tls if origin.is_tls else None,
        )
        return connection


class _Connection(asyncio.Protocol):
    """One connection: one request at a time, parsed by httptools."""

    def __init__(self, registry: "set[_Connection]") -> None:
        self._registry = registry
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpResponseParser(self)
        self._reply: asyncio.Future[Reply] | None = None
        self._transport: asyncio.Transport | None = None
        self._expects_body = True
        self._start_answer()
        self.closed: asyncio.Future[None] = self._loop.create_future()
        self.is_reusable = True
        self.idle_since = 0.0

    async def exchange(self, request: bytes, expects_body: bool) -> Reply:  # noqa: FBT001 — HEAD has none
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError("the connection was closed before the request was sent")
        self._expects_body = expects_body
        self._start_answer()
        self._reply = self._loop.create_future()
        self._transport.write(request)
        return await self._reply

    def close(self) -> None:
        self.is_reusable = False
        if self._transport is not None:
            self._transport.abort()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one only by its methods
        self._registry.add(self)

    def data_received(self, data: bytes) -> None:
        if self._reply is None or self._reply.done():  # bytes nobody asked for
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(ConnectionError(f"the answer is not HTTP: {error}"))

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_reusable = False
        self._registry.discard(self)
        if exc is None and self._has_head and not self._has_length:
            self._finish()  # the end of the connection is the end of the body
        self._fail(ConnectionResetError("the target hung up before it answered"))
        if not self.closed.done():
            self.closed.set_result(None)

    # httptools

    def on_header(self, name: bytes, value: bytes) -> None:
        lowered = name.lower()
        if lowered == b"retry-after" and value.isdigit():
            self._retry_after_seconds = float(value)
        elif lowered in {b"content-length", b"transfer-encoding"}:
            self._has_length = True

    def on_headers_complete(self) -> None:
        self._has_head = self._parser.get_status_code() >= 200  # noqa: PLR2004 — 1xx is not the answer yet
        if not self._expects_body:
            self.is_reusable = False  # the parser would wait for a body that a HEAD answer announces
            self._finish()

    def on_message_complete(self) -> None:
        if self._has_head:
            self.is_reusable = self.is_reusable and self._parser.should_keep_alive()
            self._finish()

    def _start_answer(self) -> None:
        self._retry_after_seconds = 0.0
        self._has_head = False
        self._has_length = False

    def _finish(self) -> None:
        if self._reply is not None and not self._reply.done():
            self._reply.set_result(Reply(self._parser.get_status_code(), self._retry_after_seconds))

    def _fail(self, error: Exception) -> None:
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(error)

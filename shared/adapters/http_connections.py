"""Kept HTTP/1.1 connections to one server, for many small calls.

httpx takes hundreds of µs of CPU per call and 70 ms of a cold start, gRPC 73 µs and a thread of its own; this takes
about 20 µs (docs/decisions/0049-speed.md). httptools, which uvicorn loads anyway, parses the responses.
"""

import asyncio
import ssl
import time
from collections import deque
from collections.abc import AsyncIterable, Awaitable, Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import NamedTuple, cast

import httptools

IDLE_SECONDS_MAX = 60.0
"""A connection that was idle for longer is not used again: the server may have dropped it silently."""
CONNECT_SECONDS_MAX = 5.0
COPIED_BYTES_MAX = 65_536
"""A request up to this size is sent in one piece: copying it costs less than another packet."""
FIRST_FINAL_STATUS = 200
"""Responses with lower statuses are interim ones."""
OK = 200
NO_HEADERS: Mapping[bytes, bytes] = MappingProxyType({})
Admit = Callable[[], Awaitable[None]]


class NotConnectedError(OSError):
    """No connection was established, so the server has not seen the request."""


class Answer(NamedTuple):
    """The complete response of a call."""

    status: int
    body: bytes
    headers: Mapping[bytes, bytes] = NO_HEADERS
    """By name in lower case, if they are kept."""


class HttpConnections:
    """Belongs to the event loop that uses it first. One connection carries one call at a time."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        is_tls: bool,
        connect_seconds: float = CONNECT_SECONDS_MAX,
        keeps_headers: bool = False,
        admit: Admit | None = None,
    ) -> None:
        """`admit` returns when the body of a 200 may be read; until then it waits in its socket."""
        self._host, self._port = host, port
        self._protocol: Callable[[], _Connection] = _HeadersConnection if keeps_headers else _Connection
        if admit is not None:
            self._protocol = partial(_AdmittedConnection, admit)
        self._connect_seconds = connect_seconds
        self._is_tls = is_tls
        self._tls: ssl.SSLContext | None = None
        self._idle: deque[_Connection] = deque()
        """Sorted by last use; the most recent is last."""

    async def send(self, request: tuple[bytes, ...], *, once: bool = False) -> Answer:
        """Send the bytes of one request, in parts, and wait for the response. Raises OSError.

        A kept connection may break just as it is used; then the request is sent once more over a new one, unless
        `once` forbids it. So the server may get it twice, even if the caller sees one success. A canceled call closes
        its connection.
        """
        kept = self._take_idle()
        if kept is not None:
            try:
                return await self._exchange(kept, request)
            except OSError:
                if once:
                    raise
        return await self._exchange(await self._open(), request)

    async def send_stream(self, head: bytes, pieces: AsyncIterable[bytes]) -> Answer:
        """Send a request whose body comes in pieces, once, over a connection of its own. Raises OSError.

        And what the pieces raise; then the server has seen half a request. An answer that comes early is taken, and
        the rest of the pieces is not.
        """
        connection = await self._open()
        try:
            return await connection.exchange_stream(head, pieces)
        finally:
            connection.close()

    async def connect(self) -> None:
        """Return when a connection is open. Raises OSError."""
        self._idle.append(self._take_idle() or await self._open())

    async def close(self) -> None:
        """Close the idle connections, in the loop that used them, and wait for it."""
        connections, self._idle = self._idle, deque()
        for connection in connections:
            connection.close()
        await asyncio.gather(*(connection.closed for connection in connections))

    async def _exchange(self, connection: "_Connection", request: tuple[bytes, ...]) -> Answer:
        try:
            answer = await connection.exchange(request)
        except BaseException:
            connection.close()  # the response may still arrive, and would be taken for the next call's
            raise
        if connection.is_usable:
            connection.idle_since = time.monotonic()
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    def _take_idle(self) -> "_Connection | None":
        """The most recently used connection, so that the others can expire when there is little to do."""
        earliest = time.monotonic() - IDLE_SECONDS_MAX
        while self._idle and self._idle[0].idle_since <= earliest:
            self._idle.popleft().close()
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable:
                return connection
            connection.close()
        return None

    async def _open(self) -> "_Connection":
        if self._is_tls and self._tls is None:
            self._tls = ssl.create_default_context()
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._connect_seconds):
                _, connection = await loop.create_connection(self._protocol, self._host, self._port, ssl=self._tls)
        except OSError as error:  # a TimeoutError too
            raise NotConnectedError(f"{type(error).__name__}: {error}") from error
        return connection


class _Connection(asyncio.Protocol):
    """One call at a time; httptools calls the methods that begin with `on_`."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.closed: asyncio.Future[None] = loop.create_future()
        self.is_usable = True
        self.idle_since = time.monotonic()
        self._loop = loop
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._paused: asyncio.Future[None] | None = None
        self._body = bytearray()

    async def exchange(self, request: tuple[bytes, ...]) -> Answer:
        assert self._transport is not None
        self._body.clear()
        self._answer = self._loop.create_future()
        if sum(map(len, request)) <= COPIED_BYTES_MAX:
            self._transport.write(b"".join(request))
        else:
            self._transport.writelines(request)
        try:
            return await self._receive(self._answer)
        finally:
            self._answer = None

    async def _receive(self, answer: "asyncio.Future[Answer]") -> Answer:
        return await answer

    async def exchange_stream(self, head: bytes, pieces: AsyncIterable[bytes]) -> Answer:
        assert self._transport is not None
        self._body.clear()
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self._answer = answer
        try:
            self._transport.write(head)
            async for piece in pieces:
                await asyncio.wait((answer, self._writable()), return_when=asyncio.FIRST_COMPLETED)
                if answer.done():
                    break
                self._transport.write(piece)
            return await answer
        finally:
            self._answer = None
            if not answer.cancel() and not answer.cancelled():
                answer.exception()  # seen: what broke the pieces off is said instead

    def _writable(self) -> "asyncio.Future[None]":
        """Done once the transport takes more."""
        if self._paused is None:
            self._paused = self._loop.create_future()
            self._paused.set_result(None)
        return self._paused

    def pause_writing(self) -> None:
        """The transport holds enough."""
        self._paused = self._loop.create_future()

    def resume_writing(self) -> None:
        """It takes more."""
        if self._paused is not None and not self._paused.done():
            self._paused.set_result(None)

    def close(self) -> None:
        """Close the connection at once."""
        self.is_usable = False
        assert self._transport is not None
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's transport is no subclass

    def data_received(self, data: bytes) -> None:
        if self._answer is None:  # no call is running
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(ConnectionError(f"the answer is not HTTP: {error}"))

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_usable = False
        self._fail(ConnectionResetError(f"hung up before the answer was complete: {exc}"))
        self.closed.set_result(None)

    def on_message_begin(self) -> None:
        if self._answer is None or self._answer.done():  # no call is waiting for a response
            self.is_usable = False

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < FIRST_FINAL_STATUS:
            return
        is_awaited = self._answer is not None and not self._answer.done()
        self.is_usable = self.is_usable and is_awaited and self._parser.should_keep_alive()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(Answer(status, bytes(self._body), self._headers()))
        self._body = bytearray()  # `clear` comes with the next call: a kept connection would hold 22 MB till then

    def _headers(self) -> Mapping[bytes, bytes]:
        return NO_HEADERS

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)


class _HeadersConnection(_Connection):
    """A connection that also keeps the headers, at the cost of one call for each."""

    def __init__(self) -> None:
        self._kept = dict[bytes, bytes]()
        super().__init__()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._kept = {}

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        self._kept[name] = b", ".join([self._kept[name], value]) if name in self._kept else value

    def _headers(self) -> Mapping[bytes, bytes]:
        return self._kept


class _AdmittedConnection(_Connection):
    """A connection that reads the body of a 200 only when its call has admitted it."""

    def __init__(self, admit: Admit) -> None:
        super().__init__()
        self._admit = admit
        self._begun: asyncio.Future[None] | None = None

    def on_headers_complete(self) -> None:
        if self._begun is not None and self._parser.get_status_code() == OK:
            assert self._transport is not None
            self._transport.pause_reading()
            self._begun.set_result(None)

    async def _receive(self, answer: "asyncio.Future[Answer]") -> Answer:
        assert self._transport is not None
        self._begun = self._loop.create_future()
        await asyncio.wait((self._begun, answer), return_when=asyncio.FIRST_COMPLETED)
        if self._begun.done():
            await self._admit()
            if not self._transport.is_closing():
                self._transport.resume_reading()
        return await answer

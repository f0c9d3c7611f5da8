"""An HTTP target for tests: records what it is called with and answers as told."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass
class Call:
    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


class Target:
    """An HTTP server that records calls; `answer` decides each status and may wait first."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.answer: Callable[[Call], Awaitable[str]] = self.answer_200
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}
        self._called = asyncio.Condition()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/handle?x=1"

    async def answer_200(self, call: Call) -> str:
        return "200 OK"

    def answer_in_turn(self, *statuses: str) -> None:
        """These answers, one after the other; the last one for ever."""

        async def answer(call: Call) -> str:
            return statuses[min(len(self.calls), len(statuses)) - 1]

        self.answer = answer

    async def start(self) -> None:
        """Listen, on the same port as before if there was one."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def kill(self) -> None:
        """Stop as a killed process does: every connection is reset, calls in progress get no answer."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        for serving in list(self._writers.values()):
            serving.cancel()
        await asyncio.gather(*self._writers.values(), return_exceptions=True)

    async def wait_calls(self, count: int) -> list[Call]:
        """Wait until so many calls have come, 5 s at most."""
        async with asyncio.timeout(5), self._called:
            await self._called.wait_for(lambda: len(self.calls) >= count)
        return self.calls

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving = asyncio.current_task()
        assert serving is not None
        self._writers[writer] = serving
        try:
            while True:
                call = await _read_call(reader)
                async with self._called:
                    self.calls.append(call)
                    self._called.notify_all()
                status = await self.answer(call)
                writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nok".encode())
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the caller has hung up, or the target was killed
        finally:
            self._writers.pop(writer, None)
            writer.close()


async def _read_call(reader: asyncio.StreamReader) -> Call:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    request_line, *lines = head.strip().split("\r\n")
    method, path, _ = request_line.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Call(method, path, headers, await reader.readexactly(int(headers.get("content-length", "0"))))

"""A Gemini on this machine that says what a test wants, chunk by chunk, and notices when nobody listens any more."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Literal

from tests.contracts.http_server import Reply, Request

Step = dict[str, Any] | bytes | Literal["cut", "silence"]
"""A chunk; bytes as they are; the connection breaks; nothing comes any more, and the connection stays."""
WAIT_SECONDS_MAX = 10.0


class StreamServer:
    """Each request is answered by the next of `answers`: the steps of a stream, or a reply of another kind."""

    def __init__(self) -> None:
        self.answers: list[list[Step] | Reply] = []
        self.requests: list[Request] = []
        self.connections = 0
        self.silent = asyncio.Event()
        """It has said all that it is going to say, and keeps the connection."""
        self.hung_up = asyncio.Event()
        """The caller closed the connection before the answer had ended."""
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                self.requests.append(await _read_request(reader))
                answer = self.answers.pop(0)
                if isinstance(answer, Reply):
                    _send_reply(writer, answer)
                elif not await self._stream(reader, writer, answer):
                    break
        writer.close()

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, steps: list[Step]) -> bool:
        """Whether the connection may serve another request."""
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        if steps[:1] != ["silence"]:
            writer.write(head)
        for step in steps:
            if step == "cut":
                return False
            if step == "silence":
                self.silent.set()
                assert await reader.read() == b""
                self.hung_up.set()
                return False
            body = step if isinstance(step, bytes) else b"data: " + json.dumps(step).encode() + b"\r\n\r\n"
            writer.write(b"%x\r\n%s\r\n" % (len(body), body))
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        return True


@asynccontextmanager
async def serve_stream() -> AsyncIterator[StreamServer]:
    server = StreamServer()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield server
    listening.close()
    await asyncio.wait_for(listening.wait_closed(), WAIT_SECONDS_MAX)


async def _read_request(reader: asyncio.StreamReader) -> Request:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    method, path, _ = first.split(" ")
    return Request(method, path, headers, await reader.readexactly(int(headers["content-length"])))


def _send_reply(writer: asyncio.StreamWriter, reply: Reply) -> None:
    headers = {"Content-Length": str(len(reply.body)), "Content-Type": "application/json"} | reply.headers
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"HTTP/1.1 {reply.status} Answer\r\n{lines}\r\n".encode() + reply.body)


def chunk(*texts: str, finish: str = "", usage: dict[str, int] | None = None, **fields: Any) -> dict[str, Any]:
    """A chunk of an answer; `usage` counts by the names of the API without their ending."""
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": [{"text": text} for text in texts]}}
    candidate |= {"finishReason": finish} if finish else {}
    counts = {f"{name}TokenCount": count for name, count in (usage or {}).items()}
    return {"candidates": [candidate], **({"usageMetadata": counts} if counts else {}), **fields}


def error(code: int, status: str, **fields: Any) -> dict[str, Any]:
    """An error, as a body or in the middle of a stream."""
    return {"error": {"code": code, "status": status, "message": "Sorry", **fields}}

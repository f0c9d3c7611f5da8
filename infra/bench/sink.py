"""A CreateTask that costs next to nothing: `python -m infra.bench.sink --port 9090`, so that the webhook is measured.

It speaks just enough HTTP/2 for unary gRPC (RFC 9113, and https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md):
every request is answered with the same Task, whatever it says. Answers need no flow control of their own: those that
are on their way at one time are far smaller than the smallest window a client may announce by default.
SIGTERM makes it print how many tasks it took.
"""

import argparse
import asyncio
import json
import signal
from collections.abc import Callable
from typing import cast

import uvloop

from infra.local.ports import HOST

PREFACE_BYTES = 24
FRAME_HEAD_BYTES = 9
DATA, HEADERS, SETTINGS, PING, WINDOW_UPDATE = 0, 1, 4, 6, 8
END_STREAM, END_HEADERS, ACK = 0x1, 0x4, 0x1
WINDOW_BYTES = 2**31 - 1
REFILL_BYTES = 2**24
NAME = b"projects/bench/locations/local/queues/bot/tasks/1234567890123456789"
TASK = b"\x0a" + bytes([len(NAME)]) + NAME  # Task.name, field 1


def frame(kind: int, flags: int, stream: int, content: bytes) -> bytes:
    """One HTTP/2 frame."""
    return len(content).to_bytes(3) + bytes([kind, flags]) + stream.to_bytes(4) + content


# Header fields written without the compression's tables, which then hold no state.
_CONTENT_TYPE = b"\x0f\x10\x10application/grpc"
_STATUS_OK = b"\x88"
_GRPC_OK = b"\x00\x0bgrpc-status\x010"
_MESSAGE = b"\x00" + len(TASK).to_bytes(4) + TASK
_GREETING = (
    frame(SETTINGS, 0, 0, b"\x00\x03" + (1000).to_bytes(4) + b"\x00\x04" + WINDOW_BYTES.to_bytes(4))
    + frame(WINDOW_UPDATE, 0, 0, (WINDOW_BYTES - 65_535).to_bytes(4))
)  # fmt: skip


class SinkConnection(asyncio.Protocol):
    """One client; `on_task` is called for each task."""

    def __init__(self, on_task: Callable[[], None]) -> None:
        self._on_task = on_task
        self._rest = b""
        self._greeted = False
        self._taken_bytes = 0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance
        self._transport.write(_GREETING)

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        self._rest += data
        if not self._greeted:
            if len(self._rest) < PREFACE_BYTES:
                return
            self._greeted, self._rest = True, self._rest[PREFACE_BYTES:]
        answers, place, end = [], 0, len(self._rest)
        while end - place >= FRAME_HEAD_BYTES:
            content_end = place + FRAME_HEAD_BYTES + int.from_bytes(self._rest[place : place + 3])
            if content_end > end:
                break
            answers.append(self._take_frame(self._rest[place:content_end]))
            place = content_end
        self._rest = self._rest[place:]
        if any(answers):
            self._transport.write(b"".join(answers))

    def _take_frame(self, received: bytes) -> bytes:
        """What to answer to one frame."""
        kind, flags = received[3], received[4]
        if kind == DATA:
            return self._take_data(received, is_last=bool(flags & END_STREAM))
        if kind == SETTINGS and not flags & ACK:
            return frame(SETTINGS, ACK, 0, b"")
        if kind == PING and not flags & ACK:
            return frame(PING, ACK, 0, received[FRAME_HEAD_BYTES:])
        return b""

    def _take_data(self, received: bytes, *, is_last: bool) -> bytes:
        self._taken_bytes += len(received)
        refill = b""
        if self._taken_bytes > REFILL_BYTES:
            refill = frame(WINDOW_UPDATE, 0, 0, self._taken_bytes.to_bytes(4))
            self._taken_bytes = 0
        if not is_last:
            return refill
        self._on_task()
        stream = int.from_bytes(received[5:9])
        return (
            refill
            + frame(HEADERS, END_HEADERS, stream, _STATUS_OK + _CONTENT_TYPE)
            + frame(DATA, 0, stream, _MESSAGE)
            + frame(HEADERS, END_HEADERS | END_STREAM, stream, _GRPC_OK)
        )


async def start_sink(port: int, on_task: Callable[[], None]) -> asyncio.Server:
    """A sink in this event loop."""
    return await asyncio.get_running_loop().create_server(lambda: SinkConnection(on_task), HOST, port)


async def serve(port: int) -> int:
    """Until SIGTERM; the number of tasks taken."""
    taken, stopped = 0, asyncio.Event()

    def count() -> None:
        nonlocal taken
        taken += 1

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    server = await start_sink(port, count)
    await stopped.wait()
    server.close()
    return taken


def main() -> None:
    """The process."""
    parser = argparse.ArgumentParser(prog="python -m infra.bench.sink", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    print(json.dumps({"tasks": uvloop.run(serve(parser.parse_args().port))}))


if __name__ == "__main__":
    main()

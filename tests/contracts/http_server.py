"""A web server on this machine that answers as a test wants and remembers what it was asked."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any

WAIT_SECONDS_MAX = 10.0


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    """With the query."""
    headers: dict[str, str]
    """Their names in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Server:
    """`answer` may be replaced at any time; it runs in threads, several at once."""

    def __init__(self, url: str, answer: Callable[[Request], Reply]) -> None:
        self.url = url
        self.answer = answer
        self.requests: list[Request] = []
        self._arrived = Condition()

    def handle(self, request: Request) -> Reply:
        with self._arrived:
            self.requests.append(request)
            self._arrived.notify_all()
        return self.answer(request)

    async def wait_for_requests(self, count: int) -> list[Request]:
        await asyncio.to_thread(self._wait, count)
        return self.requests

    def _wait(self, count: int) -> None:
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.requests) >= count, WAIT_SECONDS_MAX):
                raise TimeoutError(f"{len(self.requests)} of {count} requests came")


@contextmanager
def serve_http(answer: Callable[[Request], Reply] = lambda _: Reply()) -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 1.0

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = server.handle(Request(self.command, self.path, headers, body))
            self.send_response(reply.status)
            for name, value in ({"Content-Length": str(len(reply.body))} | reply.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_DELETE = do_PUT = handle_any  # noqa: N815 — the library's names

        def handle(self) -> None:
            with suppress(ConnectionError):  # clients may hang up
                super().handle()

        def log_message(self, *_: Any) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    server = Server(f"http://127.0.0.1:{listening.server_address[1]}", answer)
    thread = Thread(target=listening.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()

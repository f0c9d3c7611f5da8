"""HTTP by hand: requests that no client library would send."""

import asyncio
from dataclasses import dataclass, field

HOST = "127.0.0.1"
ANSWER_SECONDS_MAX = 10
SECRET_HEADER = b"X-Telegram-Bot-Api-Secret-Token"

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 where the server hung up without a word."""

    status: int = 0
    body: bytes = b""
    headers: dict[bytes, bytes] = field(default_factory=dict)


def write_request(method: bytes, path: bytes, headers: Headers = (), body: bytes | None = None) -> bytes:
    """A request as bytes; with a body its length is announced."""
    lines = [method + b" " + path + b" HTTP/1.1", b"Host: " + HOST.encode(), b"Connection: close"]
    lines += [name + b": " + value for name, value in headers]
    if body is not None:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join([*lines, b"", body or b""])


async def ask(port: int, request: bytes) -> Answer:
    """Send bytes and read one answer."""
    async with asyncio.timeout(ANSWER_SECONDS_MAX):
        reader, writer = await asyncio.open_connection(HOST, port)
        try:
            writer.write(request)
            await writer.drain()
            return await _read_answer(reader, has_body=not request.startswith(b"HEAD "))
        except ConnectionError:  # it hung up while we were talking
            return Answer()
        finally:
            writer.transport.abort()


async def hang_up(port: int, request: bytes) -> None:
    """Send bytes and close the connection without waiting for an answer."""
    async with asyncio.timeout(ANSWER_SECONDS_MAX):
        _, writer = await asyncio.open_connection(HOST, port)
        writer.write(request)
        await writer.drain()
        writer.transport.abort()


async def _read_answer(reader: asyncio.StreamReader, *, has_body: bool) -> Answer:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return Answer()
    status_line, *lines = head.strip().split(b"\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
    length = int(headers.get(b"content-length", b"0")) if has_body else 0
    return Answer(int(status_line.split()[1]), await reader.readexactly(length), headers)

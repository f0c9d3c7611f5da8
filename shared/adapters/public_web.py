"""Fetching a file from an address that a person sent, without reaching anything that is not public.

address ── read_address ──▶ name ── resolved once ──▶ every address public? ──▶ connected to that very address, TLS for
the name ──▶ at most 20 MB ──▶ content       a redirect begins at the left again, REDIRECTS_MAX times

`public_connection.py` connects. No proxy, no cookies, no credentials, no compression: a small file cannot unpack into a
large one.
"""

import asyncio
from dataclasses import dataclass, field

import httptools

from shared.adapters.public_connection import NotPublicError, PublicConnections
from shared.errors import LinkUnusableError
from shared.jobs.limits import FILE_BYTES_MAX
from shared.providers.links import Address, read_address

FETCHING_SECONDS_MAX = 20.0
"""For all of it, redirects included."""
REDIRECTS_MAX = 3
HEAD_BYTES_MAX = 65_536
PIECE_BYTES = 65_536
OK = 200
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class PublicWeb:
    """A `LinkReader`."""

    def __init__(self, connections: PublicConnections | None = None) -> None:
        self._connections = connections or PublicConnections()

    async def read(self, address: str) -> bytes:
        """The content behind an address. Raises LinkUnusableError."""
        try:
            async with asyncio.timeout(FETCHING_SECONDS_MAX):
                return await self._follow(address)
        except NotPublicError as error:
            raise LinkUnusableError("private") from error
        except (TimeoutError, OSError, httptools.HttpParserError) as error:
            raise LinkUnusableError("away") from error

    async def _follow(self, written: str) -> bytes:
        base = ""
        for _ in range(REDIRECTS_MAX + 1):
            address = read_address(written, base)
            if address is None:
                raise LinkUnusableError("address")
            answer = await self._get(address)
            if answer.status == OK:
                return bytes(answer.body)
            if answer.status not in REDIRECTS or not answer.location:
                raise LinkUnusableError("away")
            base, written = str(address), answer.location
        raise LinkUnusableError("away")

    async def _get(self, address: Address) -> "_Answer":
        reader, writer = await self._connections.open(address.host)
        try:
            writer.write(_write_request(address))
            return await _read_answer(reader)
        finally:
            writer.transport.abort()


@dataclass
class _Answer:
    """The callbacks of the parser, and what it has found so far."""

    status: int = 0
    location: str = ""
    is_encoded: bool = False
    announced_bytes: int = 0
    is_headed: bool = False
    is_complete: bool = False
    body: bytearray = field(default_factory=bytearray)

    def on_header(self, name: bytes, value: bytes) -> None:
        match name.lower():
            case b"location":
                self.location = value.decode("ascii", "replace")
            case b"content-encoding":
                self.is_encoded = value.strip().lower() not in {b"", b"identity"}
            case b"content-length":
                self.announced_bytes = int(value) if value.isdigit() else 0
            case _:
                pass

    def on_headers_complete(self) -> None:
        self.is_headed = True

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.is_complete = True


def _write_request(address: Address) -> bytes:
    lines = (
        f"GET {address.target} HTTP/1.1",
        f"Host: {address.host}",
        "User-Agent: nanobanana-bot (a person sent this link)",
        "Accept: image/*, video/mp4",
        "Accept-Encoding: identity",
        "Connection: close",
    )
    return "\r\n".join((*lines, "", "")).encode("ascii")


async def _read_answer(reader: asyncio.StreamReader) -> _Answer:
    """The answer, or its head where that decides. Raises LinkUnusableError, OSError, HttpParserError."""
    answer, read_bytes = _Answer(), 0
    parser = httptools.HttpResponseParser(answer)
    while not answer.is_complete:
        piece = await reader.read(PIECE_BYTES)
        if not piece:
            if answer.announced_bytes or not answer.is_headed:
                raise LinkUnusableError("away")  # the connection broke
            return answer
        parser.feed_data(piece)
        read_bytes += len(piece)
        if answer.is_headed:
            answer.status = parser.get_status_code()
            if answer.status != OK:
                return answer
        elif read_bytes > HEAD_BYTES_MAX:
            raise LinkUnusableError("away")
        if answer.is_encoded:
            raise LinkUnusableError("kind")
        if max(answer.announced_bytes, len(answer.body)) > FILE_BYTES_MAX:
            raise LinkUnusableError("size")
    return answer

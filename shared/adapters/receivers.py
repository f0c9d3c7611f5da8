"""Sending events to the servers of people's programs, which are strangers: see `public_connection.py`.

Each event has a connection of its own, without cookies, proxy or credentials. Of the answer only the status is used;
what follows its head is not read.
"""

import asyncio
import re
from collections.abc import Mapping

from shared.adapters.public_connection import NotPublicError, PublicConnections
from shared.errors import ReceiverError
from shared.providers.links import Address, read_address

SENDING_SECONDS_MAX = 10.0
FIRST_FINAL_STATUS = 200
"""A lower one announces that another follows."""
LOOPBACK = "127.0.0.1"
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})[ \r]")
_OWN_MACHINE = re.compile(r"http://127\.0\.0\.1:([1-9][0-9]{3}|[1-5][0-9]{4})(/[!-~]*)?")
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class PublicReceivers:
    """Implements Receivers: by `https`, at the usual port, to public addresses alone."""

    def __init__(self, connections: PublicConnections | None = None) -> None:
        self._connections = connections or PublicConnections()

    def is_address(self, url: str) -> bool:
        return read_address(url) is not None

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        try:
            async with asyncio.timeout(SENDING_SECONDS_MAX):
                address, streams = await self._connect(url)
                return await _exchange(streams, _write_request(address, headers, body))
        except NotPublicError as error:
            raise ReceiverError("private") from error
        except TimeoutError as error:
            raise ReceiverError("slow") from error
        except (OSError, EOFError, asyncio.LimitOverrunError) as error:
            raise ReceiverError("unreached") from error

    async def _connect(self, url: str) -> tuple[Address, Streams]:
        if (address := read_address(url)) is None:
            raise ReceiverError("unreached")
        return address, await self._connections.open(address.host)


class LoopbackReceivers(PublicReceivers):
    """Implements Receivers for `make run`: also servers of this machine, by plain http."""

    def is_address(self, url: str) -> bool:
        return _read_loopback(url) is not None or super().is_address(url)

    async def _connect(self, url: str) -> tuple[Address, Streams]:
        if (address := _read_loopback(url)) is None:
            return await super()._connect(url)
        return address, await asyncio.open_connection(LOOPBACK, int(address.host.partition(":")[2]))


def _read_loopback(url: str) -> Address | None:
    found = _OWN_MACHINE.fullmatch(url)
    return Address(f"{LOOPBACK}:{found[1]}", found[2] or "/") if found else None


def _write_request(address: Address, headers: Mapping[str, str], body: bytes) -> bytes:
    own = {
        "Host": address.host,
        "User-Agent": "nanobanana-webhooks",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    lines = (f"POST {address.target} HTTP/1.1", *(f"{name}: {value}" for name, value in (own | dict(headers)).items()))
    return "\r\n".join((*lines, "", "")).encode("ascii") + body


async def _exchange(streams: Streams, request: bytes) -> int:
    """Send the request, and return the status of the answer. Raises ReceiverError, OSError, EOFError."""
    reader, writer = streams
    try:
        writer.write(request)
        while True:
            found = _STATUS.match(await reader.readuntil(b"\r\n\r\n"))
            if found is None:
                raise ReceiverError("unreached")
            if (status := int(found[1])) >= FIRST_FINAL_STATUS:
                return status
    finally:
        writer.transport.abort()

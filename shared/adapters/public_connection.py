"""Connections to servers that a person named, and to nothing that is not public.

name ── resolved once ──▶ every address public? ──▶ connected to that very address, TLS for the name

The name is not resolved again for the connection, so a second answer of its DNS changes nothing.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable

from shared.providers.links import HTTPS_PORT, is_public

Resolve = Callable[[str], Awaitable[list[str]]]


class NotPublicError(OSError):
    """The name leads to an address that is not public."""


async def resolve(host: str) -> list[str]:
    """The IPv4 addresses of a name; none if it has none."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host, HTTPS_PORT, family=socket.AF_INET, type=socket.SOCK_STREAM
        )
    except OSError:
        return []
    return [str(address[0]) for *_, address in found]


class PublicConnections:
    """`resolve`, `is_allowed`, `port` and `tls` are for tests against a server on this machine."""

    def __init__(
        self,
        resolve: Resolve = resolve,
        is_allowed: Callable[[str], bool] = is_public,
        port: int = HTTPS_PORT,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._resolve, self._is_allowed, self._port, self._tls = resolve, is_allowed, port, tls

    async def open(self, host: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection with TLS. Raises NotPublicError, OSError."""
        numbers = await self._resolve(host)
        if not numbers:
            raise ConnectionError("no address")
        if not all(map(self._is_allowed, numbers)):  # one inner address among public ones is an attempt
            raise NotPublicError("an inner address")
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return await asyncio.open_connection(numbers[0], self._port, ssl=self._tls, server_hostname=host)

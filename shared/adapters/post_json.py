"""POSTs of JSON and the like to one address, for telemetry and notices, over the connections of `http_connections.py`.

What is sent may arrive twice: a kept connection can break after the server has read the call.
"""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from shared.adapters.google_rest import Token
from shared.adapters.http_connections import Answer, HttpConnections
from shared.errors import UnavailableError

NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_PORTS = {"https": 443, "http": 80}


class Poster:
    """The connections belong to the event loop that uses them first, and must not exist before the server forks."""

    def __init__(self, url: str, seconds_max: float, token: Token | None = None) -> None:
        """`url` may have a path, and may be a secret: it gets into no error."""
        address = urlsplit(url)
        self._host, self._path = address.netloc.rpartition("@")[2], address.path.rstrip("/")
        self._seconds_max, self._token = seconds_max, token
        self._connections = HttpConnections(
            address.hostname or "", address.port or _PORTS[address.scheme], is_tls=address.scheme == "https"
        )

    async def post(self, path: str, kind: str, content: bytes, headers: Mapping[str, str] = NO_HEADERS) -> Answer:
        """Send this content of this type to a path below the address. Raises UnavailableError without an answer."""
        head = f"POST {self._path}{path} HTTP/1.1\r\nHost: {self._host}\r\nContent-Type: {kind}\r\n"
        head += f"Content-Length: {len(content)}\r\n"
        try:
            async with asyncio.timeout(self._seconds_max):
                all_headers = {**headers, **await self._authorize()}
                head += "".join(f"{name}: {value}\r\n" for name, value in all_headers.items())
                return await self._connections.send((f"{head}\r\n".encode("ascii"), content))
        except OSError as error:  # a TimeoutError too
            raise UnavailableError(f"{self._host}: {type(error).__name__}") from error

    async def close(self) -> None:
        """Close the connections, in the loop that used them."""
        await self._connections.close()

    async def _authorize(self) -> dict[str, str]:
        return {} if self._token is None else {"Authorization": f"Bearer {await self._token.get()}"}

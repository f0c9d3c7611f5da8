"""JSON calls of one provider of card payments.

Over the connections of `http_connections.py`: `bot` has no other use for httpx, which would lengthen its cold start.
Neither the key nor what a provider says about a person gets into an error.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from shared.adapters.http_connections import HttpConnections
from shared.errors import CardsUnavailableError

CALL_SECONDS_MAX = 15.0
"""Of one call. A tap makes two, within the 50 s of `bot`."""
ANSWER_BYTES_MAX = 256 * 1024
PAGE_CHARACTERS_MAX = 2048
LOOPBACK = "http://127.0.0.1:"
_PORTS = {"https": 443, "http": 80}


class CardAnswer(NamedTuple):
    """A provider's response."""

    status: int
    said: dict[str, Any]
    """Empty if the body is no JSON object."""


class CardHttp:
    """The connections belong to the event loop that uses them first, and must not exist before the server forks."""

    def __init__(self, base_url: str, headers: Mapping[str, str], seconds_max: float = CALL_SECONDS_MAX) -> None:
        """`headers` carry the key; http is for a server on this machine."""
        address = urlsplit(base_url)
        self._host = address.netloc
        self._path = address.path.rstrip("/")
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._seconds_max = seconds_max
        self._connections = HttpConnections(
            address.hostname or "", address.port or _PORTS[address.scheme], is_tls=address.scheme == "https"
        )

    async def get(self, path: str) -> CardAnswer:
        """Raises CardsUnavailableError for everything that says nothing about the invoice."""
        return await self._call("GET", path, b"", "")

    async def post(self, path: str, said: dict[str, Any], headers: str = "") -> CardAnswer:
        """The provider gets the call once, or perhaps not at all. Raises as `get` does."""
        return await self._call("POST", path, json.dumps(said).encode(), f"Content-Type: application/json\r\n{headers}")

    async def delete(self, path: str) -> CardAnswer:
        """The provider may get the call twice. Raises as `get` does."""
        return await self._call("DELETE", path, b"", "")

    async def close(self) -> None:
        """Close the connections, in the loop that used them."""
        await self._connections.close()

    async def _call(self, method: str, path: str, body: bytes, more: str) -> CardAnswer:
        head = f"{method} {self._path}{path} HTTP/1.1\r\nHost: {self._host}\r\nAccept: application/json\r\n"
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        request = (f"{head}{self._headers}{more}{length}\r\n".encode("latin-1"), body)
        try:
            async with asyncio.timeout(self._seconds_max):
                status, content, _ = await self._connections.send(request, once=method == "POST")
        except TimeoutError:
            raise CardsUnavailableError(f"no answer within {self._seconds_max:g} s") from None
        except OSError as error:
            raise CardsUnavailableError(f"not reached: {type(error).__name__}") from error
        if status >= 500 or status in {401, 403, 408, 429}:  # noqa: PLR2004 — HTTP's own borders
            raise CardsUnavailableError(f"status {status}")
        return CardAnswer(status, _read_object(content))


def is_page(url: object) -> bool:
    """Whether a provider's page may be shown to people: by https, or on this machine."""
    return isinstance(url, str) and len(url) <= PAGE_CHARACTERS_MAX and url.startswith(("https://", LOOPBACK))


def _read_object(content: bytes) -> dict[str, Any]:
    if len(content) > ANSWER_BYTES_MAX:
        raise CardsUnavailableError(f"an answer of {len(content)} bytes")
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}

"""HTTP requests to the webhook, at most as many at once as the webhook allows.

Each connection has a client of its own: a shared pool looks through all its connections for every request,
which with 40 of them costs more than the request.
"""

import asyncio
import ssl

import httpx

_TIMEOUT_SECONDS = 60.0
_IDLE_SECONDS = 30.0


class Sender:
    """Posts to the webhook."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(1)
        self._idle: list[httpx.AsyncClient] = []
        self._all: list[httpx.AsyncClient] = []
        self._context: ssl.SSLContext | None = None

    def limit(self, connections_max: int) -> None:
        """Allow this many requests at once from now on."""
        self._slots = asyncio.Semaphore(connections_max)

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        """The answer to one request; httpx.HTTPError if there is none."""
        async with self._slots:
            client = self._idle.pop() if self._idle else self._make()
            try:
                return await client.post(url, content=body, headers=headers)
            finally:
                self._idle.append(client)

    async def close(self) -> None:
        """Close all connections."""
        for client in self._all:
            await client.aclose()

    def _make(self) -> httpx.AsyncClient:
        if self._context is None:
            self._context = ssl.create_default_context()
        limits = httpx.Limits(max_connections=1, keepalive_expiry=_IDLE_SECONDS)
        client = httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, limits=limits, verify=self._context, trust_env=False)
        self._all.append(client)
        return client

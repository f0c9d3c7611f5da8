"""REST calls of one Google API, over kept connections and with an access token if the API needs one.

Google's libraries, gRPC and httpx would each cost more than the rest of a cold start of the webhook, or of a call
(docs/decisions/0049-speed.md, 0053-speed.md).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from shared.adapters.http_connections import Admit, Answer, HttpConnections

CLOUD_PORT = 443
OK, UNAUTHENTICATED = 200, 401


class Token(Protocol):
    """A source of access tokens."""

    async def get(self) -> str:
        """A token that is valid for some minutes. Raises UnavailableError."""
        ...

    def forget(self, token: str) -> None:
        """Fetch a new token next time, because this one was refused."""
        ...


class GoogleRest:
    """One API's host ("host" or "host:port"). Unless `is_tls` says, it is called by TLS where there is a token: without
    one it is an emulator. For `admit` see `HttpConnections`.

    The connections belong to the event loop that uses them first, and must not exist before the server forks.
    """

    def __init__(
        self,
        host: str,
        token: Token | None,
        *,
        is_tls: bool | None = None,
        keeps_headers: bool = False,
        admit: Admit | None = None,
    ) -> None:
        self._host = host
        self._token = token
        name, _, port = host.partition(":")
        is_tls = token is not None if is_tls is None else is_tls
        self._connections = HttpConnections(
            name, int(port or CLOUD_PORT), is_tls=is_tls, keeps_headers=keeps_headers, admit=admit
        )

    async def post(
        self, path: str, content: bytes, *, once: bool = False, headers: Mapping[str, str] = MappingProxyType({})
    ) -> Answer:
        """POST this JSON. Raises as `call` does."""
        return await self.call("POST", path, "application/json", (content,), once=once, headers=headers)

    async def call(
        self,
        method: str,
        path: str,
        kind: str = "",
        content: tuple[bytes, ...] = (),
        *,
        once: bool = False,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> Answer:
        """Make a call with a body in parts; a refused token is renewed once.

        Raises OSError, UnavailableError. With `once` the service never gets the call twice; otherwise it may, if a kept
        connection breaks.
        """
        token = "" if self._token is None else await self._token.get()
        head = self._write_head(method, path, kind, content, headers)
        answer = await self._send(head, content, token, once=once)
        if answer.status == UNAUTHENTICATED and self._token is not None:
            self._token.forget(token)
            answer = await self._send(head, content, await self._token.get(), once=once)
        return answer

    async def connect(self) -> None:
        """Return when a connection is open. Raises OSError."""
        await self._connections.connect()

    async def close(self) -> None:
        """Close the connections, in the loop that used them."""
        await self._connections.close()

    def _write_head(
        self, method: str, path: str, kind: str, content: tuple[bytes, ...], headers: Mapping[str, str]
    ) -> str:
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\n"
        if content:
            head += f"Content-Type: {kind}\r\nContent-Length: {sum(map(len, content))}\r\n"
        return head + "".join(f"{name}: {value}\r\n" for name, value in headers.items())

    async def _send(self, head: str, content: tuple[bytes, ...], token: str, *, once: bool) -> Answer:
        if token:
            head += f"Authorization: Bearer {token}\r\n"
        return await self._connections.send((f"{head}\r\n".encode("ascii"), *content), once=once)

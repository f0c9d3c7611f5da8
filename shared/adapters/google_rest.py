"""Calls of one Google API by REST: kept connections, and an access token where it asks for one.

Google's libraries, gRPC and httpx would each cost more than the rest of a cold start of the webhook, or of a call
(docs/decisions/0049-speed.md, 0053-speed.md).
"""

from typing import Protocol

from shared.adapters.http_connections import Answer, HttpConnections

CLOUD_PORT = 443
OK, UNAUTHENTICATED = 200, 401


class Token(Protocol):
    """Where access tokens come from."""

    async def get(self) -> str:
        """A token that is good for some minutes. Raises UnavailableError."""
        ...

    def forget(self, token: str) -> None:
        """Fetch anew next time: this token was refused."""
        ...


class GoogleRest:
    """One API's host ("host" or "host:port"). Without a token it is an emulator, and spoken to without TLS.

    The connections belong to the event loop that uses them first, and must not exist before the server forks.
    """

    def __init__(self, host: str, token: Token | None) -> None:
        self._host = host
        self._token = token
        name, _, port = host.partition(":")
        self._connections = HttpConnections(name, int(port or CLOUD_PORT), is_tls=token is not None)

    async def post(self, path: str, content: bytes, *, once: bool = False) -> Answer:
        """The answer to this JSON; a token that the service refuses is renewed once. Raises OSError, UnavailableError.

        With `once` the service never takes the call twice; else it may, when a kept connection breaks.
        """
        if self._token is None:
            return await self._connections.send(self._write(path, "", content), once=once)
        token = await self._token.get()
        answer = await self._connections.send(self._write(path, token, content), once=once)
        if answer.status == UNAUTHENTICATED:
            self._token.forget(token)
            answer = await self._connections.send(self._write(path, await self._token.get(), content), once=once)
        return answer

    async def connect(self) -> None:
        """Return when a connection stands. Raises OSError."""
        await self._connections.connect()

    async def close(self) -> None:
        """Hang up, in the loop that used it."""
        await self._connections.close()

    def _write(self, path: str, token: str, content: bytes) -> bytes:
        authorization = f"Authorization: Bearer {token}\r\n" if token else ""
        head = f"POST {path} HTTP/1.1\r\nHost: {self._host}\r\n{authorization}Content-Type: application/json\r\n"
        return f"{head}Content-Length: {len(content)}\r\n\r\n".encode("ascii") + content

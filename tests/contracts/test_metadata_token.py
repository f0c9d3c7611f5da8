"""The webhook's access token: fetched when needed, once, and kept through short outages."""

import asyncio
import json

import pytest

from shared.adapters import metadata_token
from shared.adapters.metadata_token import MetadataToken
from shared.errors import UnavailableError
from tests.contracts.http_server import Reply, Request, Server, serve_http


class MetadataServer:
    """Counts its tokens: "token-1", "token-2", …"""

    def __init__(self, expires_in: float) -> None:
        self.expires_in = expires_in
        self.given = 0

    def answer(self, request: Request) -> Reply:
        assert request.headers["metadata-flavor"] == "Google"
        assert request.path == "/computeMetadata/v1/instance/service-accounts/default/token"
        self.given += 1
        document = {"access_token": f"token-{self.given}", "expires_in": self.expires_in, "token_type": "Bearer"}
        return Reply(body=json.dumps(document).encode())


def token_from(server: Server) -> MetadataToken:
    return MetadataToken(server.url.removeprefix("http://"))


async def test_many_callers_make_one_fetch() -> None:
    """Requests that start together share one answer, and later ones need none."""
    with serve_http(MetadataServer(3599).answer) as server:
        token = token_from(server)
        assert set(await asyncio.gather(*(token.get() for _ in range(20)))) == {"token-1"}
        assert await token.get() == "token-1"
    assert len(server.requests) == 1


async def test_ending_token_is_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token near its end is replaced before anybody is refused."""
    monkeypatch.setattr(metadata_token, "PAUSE_SECONDS", 0.0)
    with serve_http(MetadataServer(metadata_token.REFRESH_BEFORE_SECONDS).answer) as server:
        token = token_from(server)
        assert [await token.get(), await token.get()] == ["token-1", "token-2"]


async def test_good_token_outlives_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    """While it is valid it is used although the next one cannot be had."""
    monkeypatch.setattr(metadata_token, "PAUSE_SECONDS", 0.0)
    with serve_http(MetadataServer(100).answer) as server:
        token = token_from(server)
        assert await token.get() == "token-1"
        server.answer = lambda _: Reply(503)
        assert await token.get() == "token-1"


@pytest.mark.parametrize(
    "reply",
    [Reply(503), Reply(404, b"<html>"), Reply(200, b"{}"), Reply(200, b"[]"), Reply(200, b'{"access_token": "a"}')],
)
async def test_no_token_is_an_outage(reply: Reply) -> None:
    """A malformed token is never sent."""
    with serve_http(lambda _: reply) as server, pytest.raises(UnavailableError):
        await token_from(server).get()


async def test_recovers() -> None:
    """After an outage the next call asks again."""
    with serve_http(lambda _: Reply(503)) as server:
        token = token_from(server)
        with pytest.raises(UnavailableError):
            await token.get()
        server.answer = MetadataServer(3599).answer
        assert await token.get() == "token-1"

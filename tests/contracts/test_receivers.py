"""Sending to strangers' servers: a server on this machine answers in many ways; what is not public is never reached."""

import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from shared.adapters import receivers
from shared.adapters.public_connection import PublicConnections
from shared.adapters.receivers import LoopbackReceivers, PublicReceivers
from shared.errors import ReceiverError
from shared.people.webhooks import WebhookSecret, write_secret
from shared.ports import Receivers
from shared.webhooks.signature import sign_event
from tests.contracts.http_server import Reply, Server, serve_http
from tests.contracts.test_public_web import Site
from tests.fakes.clock import FakeClock
from tests.fakes.receivers import FakeReceivers, Sent
from tests.unit.webhooks.receiver import verify

HOST = "https://partner.example.org"
BODY = b'{"id": "e"}'
OK = b"HTTP/1.1 204 No Content\r\n\r\n"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with Site(tmp_path).running() as running:
        yield running


def reach(site: Site, *numbers: str, checks_name: bool = False) -> PublicReceivers:
    """Receivers for whom every name leads to this server."""
    context = ssl.create_default_context(cafile=str(site.certificate))
    context.check_hostname = checks_name

    async def find(host: str) -> list[str]:
        return list(numbers or ["127.0.0.1"])

    return PublicReceivers(PublicConnections(find, lambda number: number == "127.0.0.1", site.port, context))


async def trouble(receivers: Receivers, url: str) -> str:
    with pytest.raises(ReceiverError) as caught:
        await receivers.post(url, {}, BODY)
    return caught.value.trouble


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (OK, 204),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\nContent-Length: 999999999\r\n\r\nx", 200),
        (b"HTTP/1.1 302 Found\r\nLocation: https://169.254.169.254/\r\n\r\n", 302),
        (b"HTTP/1.1 410 Gone\r\n\r\n", 410),
        (b"HTTP/1.1 500\r\n\r\n", 500),
    ],
)
async def test_the_status_is_what_counts(site: Site, answer: bytes, status: int) -> None:
    """The status of the final answer is returned; nothing behind it is read or followed."""
    site.pages["/hook?a=b"] = answer
    assert await reach(site).post(f"{HOST}/hook?a=b", {"webhook-id": "e"}, BODY) == status
    [request] = site.requests
    assert "Host: partner.example.org\r\n" in request
    assert "webhook-id: e\r\n" in request
    assert f"Content-Length: {len(BODY)}\r\n" in request
    assert not any(name in request.lower() for name in ("cookie", "authorization"))


@pytest.mark.parametrize("answer", [b"220 mail ESMTP\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000])
async def test_no_http(site: Site, answer: bytes) -> None:
    """Something else than HTTP, nothing, or a head without end is no answer."""
    site.pages["/"] = answer
    assert await trouble(reach(site), HOST) == "unreached"


@pytest.mark.parametrize("numbers", [("10.0.0.1",), ("127.0.0.1", "169.254.169.254"), ("::1",)])
async def test_what_is_not_public_is_never_sent_to(site: Site, numbers: tuple[str, ...]) -> None:
    """A name that leads to an inner address, even beside a public one, is not connected to."""
    site.pages["/"] = OK
    assert await trouble(reach(site, *numbers), HOST) == "private"
    assert site.requests == []


async def test_not_reached(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another name's certificate, silence, a name without an address and an address of another form."""
    site.pages["/"] = OK
    assert await trouble(reach(site, checks_name=True), HOST) == "unreached"
    monkeypatch.setattr(receivers, "SENDING_SECONDS_MAX", 0.2)
    assert await trouble(reach(site), f"{HOST}/silent") == "slow"

    async def nobody(host: str) -> list[str]:
        return []

    assert await trouble(PublicReceivers(PublicConnections(nobody)), HOST) == "unreached"
    assert await trouble(PublicReceivers(), "http://127.0.0.1:8080/") == "unreached"


@pytest.fixture
def server() -> Iterator[Server]:
    with serve_http(lambda _: Reply(200)) as running:
        yield running


async def test_a_real_receiver_verifies(server: Server) -> None:
    """A server of this machine, as under `make run`, gets what it needs to verify the signature, byte for byte."""
    secret = write_secret("TEST-not-a-real-secret")
    headers = sign_event("e", BODY, [WebhookSecret(secret)], FakeClock().now())
    assert await LoopbackReceivers().post(f"{server.url}/hook?x=1", headers, BODY) == 200
    [request] = server.requests
    assert (request.method, request.path, request.body) == ("POST", "/hook?x=1", BODY)
    assert request.headers["content-type"] == "application/json"
    verify(Sent(server.url, request.headers, request.body), secret)


@pytest.mark.parametrize(
    ("url", "is_public", "is_local"),
    [
        (HOST, True, True),
        ("http://127.0.0.1:8080/x", False, True),
        ("http://127.0.0.1:80800/", False, False),
        ("http://10.0.0.1:8080/", False, False),
        ("https://127.0.0.1/", False, False),
    ],
)
def test_addresses(url: str, *, is_public: bool, is_local: bool) -> None:
    """Only `make run` sends to this machine, and nothing sends to other inner addresses."""
    assert [each.is_address(url) for each in (PublicReceivers(), FakeReceivers())] == [is_public] * 2
    assert LoopbackReceivers().is_address(url) is is_local

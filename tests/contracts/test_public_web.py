"""Fetching from the web: a server on this machine answers in many ways, and what is not public is never reached."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from shared.adapters import public_web
from shared.adapters.public_connection import PublicConnections, resolve
from shared.adapters.public_web import HEAD_BYTES_MAX, REDIRECTS_MAX, PublicWeb
from shared.errors import LinkUnusableError
from shared.jobs.limits import FILE_BYTES_MAX
from tests.contracts.certificates import write_certificate

HOST = "https://pictures.example.org"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Site:
    """A server with a certificate of its own, and what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.certificate = write_certificate(folder / "site.pem")
        self.requests: list[str] = []
        self.pages: dict[str, bytes] = {}
        self.port = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Site"]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self

    def reader(self, *numbers: str, checks_name: bool = False) -> PublicWeb:
        """A reader for which every name leads to this server."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        context.check_hostname = checks_name

        async def find(host: str) -> list[str]:
            return list(numbers or ["127.0.0.1"])

        return PublicWeb(PublicConnections(find, lambda number: number == "127.0.0.1", self.port, context))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.requests.append(request)
        page = self.pages.get(request.split(" ")[1])
        if page is None:
            await asyncio.sleep(60)
        writer.write(page or b"")
        with suppress(ConnectionError):
            await writer.drain()
        writer.close()


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with Site(tmp_path).running() as running:
        yield running


def found(body: bytes, *headers: str) -> bytes:
    return "\r\n".join(("HTTP/1.1 200 OK", *headers, "", "")).encode() + body


def moved(to: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


async def trouble(reader: PublicWeb, address: str) -> str:
    with pytest.raises(LinkUnusableError) as caught:
        await reader.read(address)
    return caught.value.trouble


@pytest.mark.parametrize(
    "page",
    [
        found(b"a picture", "Content-Length: 9"),
        found(b"a picture"),
        found(b"4\r\na pi\r\n5\r\ncture\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
        found(b"a picture", "Content-Length: 9", "Content-Encoding: identity"),
    ],
)
async def test_content(site: Site, page: bytes) -> None:
    """The content comes whole, however its length is told; the request names the host and carries nothing of ours."""
    site.pages["/cat.jpg?size=1"] = page
    assert await site.reader().read(f"{HOST}/cat.jpg?size=1") == b"a picture"
    [request] = site.requests
    assert "Host: pictures.example.org\r\n" in request
    assert not any(name in request.lower() for name in ("cookie", "authorization", "referer"))


async def test_redirects(site: Site) -> None:
    """Some redirects are followed, each checked as the first address was."""
    site.pages = {"/a": moved("/b", 301), "/b": moved("https://cdn.example.org/c"), "/c": found(b"here")}
    assert await site.reader().read(f"{HOST}/a") == b"here"
    site.pages = {"/a": moved("http://pictures.example.org/c")}
    assert await trouble(site.reader(), f"{HOST}/a") == "address"
    site.pages = {"/a": moved("https://169.254.169.254/c")}
    assert await trouble(site.reader(), f"{HOST}/a") == "address"


async def test_redirects_without_end(site: Site) -> None:
    """A circle ends."""
    site.pages = {"/a": moved("/a")}
    assert await trouble(site.reader(), f"{HOST}/a") == "away"
    assert len(site.requests) == REDIRECTS_MAX + 1


@pytest.mark.parametrize("numbers", [("10.0.0.1",), ("127.0.0.1", "169.254.169.254")])
async def test_what_is_not_public_is_never_connected_to(site: Site, numbers: tuple[str, ...]) -> None:
    """A name that leads to an inner address, even beside a public one, is not connected to."""
    site.pages["/"] = found(b"secret")
    assert await trouble(site.reader(*numbers), HOST) == "private"
    assert site.requests == []


async def test_a_name_that_changes_its_mind(site: Site) -> None:
    """The address that was checked is the one that is connected to: a name is resolved once for each request."""
    asked: list[str] = []

    async def find(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    site.pages = {"/": moved("/b"), "/b": found(b"secret")}
    reader = site.reader()
    reader._connections._resolve = find
    assert await trouble(reader, HOST) == "private"
    assert len(site.requests) == 1


@pytest.mark.parametrize(
    ("page", "name"),
    [
        (found(b"", f"Content-Length: {FILE_BYTES_MAX + 1}"), "size"),
        (found(b"x" * (FILE_BYTES_MAX + 100)), "size"),
        (found(b"\x1f\x8b", "Content-Encoding: gzip"), "kind"),
        (found(b"a pic", "Content-Length: 9"), "away"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "away"),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "away"),
        (b"220 mail.example.org ESMTP\r\n", "away"),
        (b"", "away"),
        (b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(HEAD_BYTES_MAX // 6)), "away"),
    ],
)  # fmt: skip
async def test_answers_of_no_use(site: Site, page: bytes, name: str) -> None:
    """Too large, packed, cut, missing, or no HTTP at all: each ends with its trouble, within bounds."""
    site.pages["/"] = page
    assert await trouble(site.reader(), HOST) == name


async def test_a_server_that_says_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence ends at the time limit."""
    monkeypatch.setattr(public_web, "FETCHING_SECONDS_MAX", 0.2)
    assert await trouble(site.reader(), f"{HOST}/silent") == "away"


async def test_a_certificate_of_another_name(site: Site) -> None:
    """The certificate has to be the name's own, although the connection goes to a number."""
    site.pages["/"] = found(b"forged")
    assert await trouble(site.reader(checks_name=True), HOST) == "away"
    assert site.requests == []


async def test_nobody_listens() -> None:
    """A port at which nobody listens, a name without an address, and an address that is none."""

    async def nobody(host: str) -> list[str]:
        return []

    assert await trouble(PublicWeb(PublicConnections(nobody)), HOST) == "away"
    assert await trouble(PublicWeb(), "https://localhost/") == "address"
    assert await resolve("localhost") == ["127.0.0.1"]
    assert await resolve("no-such-name.invalid") == []

"""Large files: what every MediaStore does, the fake as well as Cloud Storage; how an upload goes on after trouble."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import google.auth.credentials
import pytest
from google.cloud.storage import _signing

from shared.adapters import signed_links, storage, storage_media
from shared.adapters.google_rest import GoogleRest
from shared.adapters.signed_links import LinkSigner, write_unsigned
from shared.adapters.storage_media import PIECE_BYTES, CloudMedia
from shared.errors import BlobMissingError, UnavailableError
from shared.ports import BlobAbout, MediaStore
from tests.contracts.http_server import Reply, Request, Server, serve_http

NAMES = ["results/ab12.mp4", "Рыжая лиса?#%/1.mp4"]


def make_content(size_bytes: int) -> bytes:
    return (bytes(range(251)) * (size_bytes // 251 + 1))[:size_bytes]


async def cut(content: bytes, piece_bytes: int = 700_001) -> AsyncIterator[bytes]:
    for start in range(0, len(content), piece_bytes):
        yield content[start : start + piece_bytes]


async def read_all(media: MediaStore, name: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([piece async for piece in await media.stream(name, start, end)])


@pytest.mark.parametrize("size_bytes", [0, 1, PIECE_BYTES, PIECE_BYTES + 1, 3_500_000])
async def test_in_pieces(media: MediaStore, size_bytes: int) -> None:
    """What goes in in pieces of any size comes out the same, in pieces of at most 1 MB."""
    content = make_content(size_bytes)
    assert await media.put_stream("blob", cut(content), "video/mp4", {"job": "a"}) == size_bytes
    pieces = [piece async for piece in await media.stream("blob")]
    assert b"".join(pieces) == content
    assert max(map(len, pieces), default=0) <= PIECE_BYTES
    assert await media.measure("blob") == BlobAbout("blob", size_bytes, "video/mp4", {"job": "a"})


@pytest.mark.parametrize("name", NAMES)
async def test_names(media: MediaStore, name: str) -> None:
    """Any name can be used, and a file that came whole can be read in pieces."""
    await media.put_stream(name, cut(b"one"), "video/mp4")
    await media.put("other", b"two", "video/mp4")
    assert await read_all(media, name) == await media.get(name) == b"one"
    assert await read_all(media, "other") == b"two"


@pytest.mark.parametrize(
    ("start", "end"), [(0, 16), (5, 5), (PIECE_BYTES - 3, PIECE_BYTES + 3), (7, None), (10, 10**9)]
)
async def test_ranges(media: MediaStore, start: int, end: int | None) -> None:
    """A part of a file, as Python cuts it."""
    content = make_content(2_500_000)
    await media.put_stream("blob", cut(content), "video/mp4")
    assert await read_all(media, "blob", start, end) == content[start:end]


async def test_a_list(media: MediaStore) -> None:
    """The files of a prefix, by name, with their sizes."""
    for name, content in (("a/2", b"two"), ("a/1", b"one!"), ("b/1", b"other")):
        await media.put_stream(name, cut(content), "video/mp4")
    assert [(about.name, about.size_bytes) for about in await media.list_all("a/")] == [("a/1", 4), ("a/2", 3)]
    assert await media.list_all("c/") == []


async def test_what_is_missing(media: MediaStore) -> None:
    """Nothing is known of a file that is not there, and it cannot be read."""
    assert await media.measure("nothing") is None
    with pytest.raises(BlobMissingError):
        await media.stream("nothing")


async def test_a_source_that_breaks(media: MediaStore) -> None:
    """Half a file is not stored."""

    async def break_off() -> AsyncIterator[bytes]:
        yield make_content(2 * PIECE_BYTES)
        raise UnavailableError("the provider hung up")

    with pytest.raises(UnavailableError, match="hung up"):
        await media.put_stream("blob", break_off(), "video/mp4")
    assert await media.measure("blob") is None


async def test_a_link(media: MediaStore) -> None:
    """Anybody may open it for a while."""
    await media.put("blob", b"one", "video/mp4")
    assert (await media.link("blob", timedelta(hours=1), "video.mp4")).startswith("http")


# --- what the emulator does not do -------------------------------------------------------------------------


class Bucket:
    """A server that keeps an upload as Cloud Storage does; `trouble` may answer in its place."""

    def __init__(self) -> None:
        self.content = b""
        self.trouble: Callable[[Request], Reply | None] = lambda _: None
        self.crc32c: str | None = None

    def answer(self, request: Request) -> Reply:
        if (reply := self.trouble(request)) is not None:
            return reply
        if request.method == "POST":
            return Reply(
                200, b"", {"Location": "https://storage.googleapis.com/upload/x?uploadType=resumable&upload_id=7"}
            )
        if request.method == "DELETE":
            return Reply(204)
        if request.method == "GET":
            return Reply(200, json.dumps({"name": "blob", "size": "3", "generation": "1"}).encode())
        return self.take(request)

    def take(self, request: Request, kept_max: int = 10**9) -> Reply:
        extent, _, total = request.headers["content-range"].removeprefix("bytes ").partition("/")
        if extent != "*":
            start = int(extent.partition("-")[0])
            assert start == len(self.content)
            self.content += request.body[:kept_max]
        if total == str(len(self.content)):
            told = self.crc32c or storage.checksum(self.content)
            return Reply(200, json.dumps({"name": "blob", "crc32c": told}).encode())
        return Reply(308, b"", {"Range": f"bytes=0-{len(self.content) - 1}"} if self.content else {})


@asynccontextmanager
async def connected(monkeypatch: pytest.MonkeyPatch, bucket: Bucket) -> AsyncIterator[tuple[CloudMedia, Server]]:
    for module in (storage, storage_media):
        monkeypatch.setattr(module, "PAUSE_SECONDS", 0.01)
        monkeypatch.setattr(module, "PAUSE_SECONDS_MAX", 0.02)
        monkeypatch.setattr(module, "RETRY_SECONDS_MAX", 0.5)
    with serve_http(bucket.answer) as server:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.url)
        media = CloudMedia("media")
        yield media, server
        await media.close()


CONTENT = make_content(2 * PIECE_BYTES + 5)


async def test_an_upload_writes_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It carries the precondition that there is no such object; where there is one, nothing is sent."""
    bucket = Bucket()
    async with connected(monkeypatch, bucket) as (media, server):
        await media.put_stream("blob", cut(CONTENT), "video/mp4", {"job": "a"})
        begun = server.requests[0]
        assert parse_qs(urlsplit(begun.path).query)["ifGenerationMatch"] == ["0"]
        assert json.loads(begun.body) == {"contentType": "video/mp4", "metadata": {"job": "a"}}
        assert [request.headers["content-range"] for request in server.requests[1:]] == [
            f"bytes 0-{PIECE_BYTES - 1}/*",
            f"bytes {PIECE_BYTES}-{2 * PIECE_BYTES - 1}/*",
            f"bytes {2 * PIECE_BYTES}-{2 * PIECE_BYTES + 4}/{2 * PIECE_BYTES + 5}",
        ]
        server.requests.clear()
        bucket.trouble = lambda request: Reply(412) if request.method == "POST" else None
        assert await media.put_stream("blob", cut(CONTENT), "video/mp4") == 3
        assert [request.method for request in server.requests] == ["POST", "GET"]
    assert bucket.content == CONTENT


@pytest.mark.parametrize("number", [1, 2, 3])
async def test_an_upload_goes_on(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """After trouble with any piece the service is asked what it has kept, and gets the rest of it."""
    bucket, puts = Bucket(), list[Request]()

    def fail(request: Request) -> Reply | None:
        if request.method != "PUT":
            return None
        puts.append(request)
        if len(puts) != number:
            return None
        bucket.take(request, kept_max=3)
        return Reply(503)

    bucket.trouble = fail
    async with connected(monkeypatch, bucket) as (media, _):
        assert await media.put_stream("blob", cut(CONTENT), "video/mp4") == len(CONTENT)
    assert bucket.content == CONTENT


async def test_an_upload_whose_last_answer_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is there: to ask what was kept finds that out."""
    bucket, puts = Bucket(), list[Request]()

    def fail(request: Request) -> Reply | None:
        if request.method == "PUT":
            puts.append(request)
            if len(puts) == 1:
                bucket.take(request)
                return Reply(500)
        return None

    bucket.trouble = fail
    async with connected(monkeypatch, bucket) as (media, _):
        assert await media.put_stream("blob", cut(b"abc"), "video/mp4") == 3


async def test_somebody_was_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the same name was written meanwhile, that file counts."""
    bucket = Bucket()
    bucket.trouble = lambda request: Reply(412) if request.method == "PUT" else None
    async with connected(monkeypatch, bucket) as (media, _):
        assert await media.put_stream("blob", cut(b"abcdef"), "video/mp4") == 3


@pytest.mark.parametrize(
    "reply", [Reply(503), Reply(403), Reply(308), Reply(308, b"", {"Range": "bytes=0-0"})], ids=lambda each: each.status
)
async def test_lasting_trouble(monkeypatch: pytest.MonkeyPatch, reply: Reply) -> None:
    """An upload that gets nowhere is an outage, and is given up at the service too."""
    bucket = Bucket()
    bucket.trouble = lambda request: reply if request.method == "PUT" else None
    async with connected(monkeypatch, bucket) as (media, server):
        with pytest.raises(UnavailableError):
            await media.put_stream("blob", cut(CONTENT), "video/mp4")
        assert server.requests[-1].method == "DELETE"


async def test_a_file_that_is_gone_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was there when the upload began, and is not now, is tried again later."""
    bucket = Bucket()
    bucket.trouble = lambda request: Reply(412 if request.method == "POST" else 404)
    async with connected(monkeypatch, bucket) as (media, _):
        with pytest.raises(UnavailableError):
            await media.put_stream("blob", cut(b"abc"), "video/mp4")


async def test_no_place_for_an_upload(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that names no place is an outage."""
    bucket = Bucket()
    bucket.trouble = lambda _: Reply(200)
    async with connected(monkeypatch, bucket) as (media, _):
        with pytest.raises(UnavailableError):
            await media.put_stream("blob", cut(b"abc"), "video/mp4")


async def test_an_upload_that_was_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is not what was sent is deleted at once."""
    bucket = Bucket()
    bucket.crc32c = "AAAAAA=="
    bucket.trouble = lambda request: (
        Reply(200, b'{"items": [{"name": "blob"}]}') if request.path.startswith("/storage/v1/b/media/o?") else None
    )
    async with connected(monkeypatch, bucket) as (media, server):
        with pytest.raises(UnavailableError, match="damaged"):
            await media.put_stream("blob", cut(b"abc"), "video/mp4")
        assert server.requests[-1].method == "DELETE"


ABOUT = {"name": "blob", "size": "3", "generation": "1", "crc32c": storage.checksum(b"abc")}


@pytest.mark.parametrize(
    ("piece", "error"),
    [
        (Reply(206, b"abx"), UnavailableError),
        (Reply(206, b"ab"), UnavailableError),
        (Reply(404), BlobMissingError),
        (Reply(403), UnavailableError),
    ],
    ids=["damaged", "short", "gone", "refused"],
)
async def test_a_read_that_goes_wrong(monkeypatch: pytest.MonkeyPatch, piece: Reply, error: type[Exception]) -> None:
    """What does not fit its checksum, its length or its file is not taken for the file."""
    bucket = Bucket()
    bucket.trouble = lambda request: piece if "alt=media" in request.path else Reply(200, json.dumps(ABOUT).encode())
    async with connected(monkeypatch, bucket) as (media, _):
        with pytest.raises(error):
            await read_all(media, "blob")


@pytest.mark.parametrize("status", [401, 500])
async def test_nothing_is_told(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    """Without an answer nothing is known of a file, or of a list."""
    bucket = Bucket()
    bucket.trouble = lambda _: Reply(status)
    async with connected(monkeypatch, bucket) as (media, _):
        for call in (media.measure("blob"), media.list_all("a/"), media.put_stream("blob", cut(b""), "video/mp4")):
            with pytest.raises(UnavailableError):
                await call


async def test_every_page_of_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list comes in pages."""

    def answer(request: Request) -> Reply:
        is_second = parse_qs(urlsplit(request.path).query).get("pageToken") == ["more"]
        page = {"items": [{"name": "a/2"}]} if is_second else {"items": [{"name": "a/1"}], "nextPageToken": "more"}
        return Reply(200, json.dumps(page).encode())

    bucket = Bucket()
    bucket.trouble = answer
    async with connected(monkeypatch, bucket) as (media, _):
        assert [about.name for about in await media.list_all("a/")] == ["a/1", "a/2"]


# --- links -------------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 29, 10, 30, tzinfo=UTC)
ACCOUNT = "video@project.iam.gserviceaccount.com"


class Signing(google.auth.credentials.Signing, google.auth.credentials.Credentials):
    """Signs by a hash, which is enough to compare what was signed."""

    signer = None
    signer_email = ACCOUNT

    def refresh(self, request: Any) -> None:
        """Nothing to do."""

    def sign_bytes(self, message: bytes) -> bytes:
        return hashlib.sha256(message).digest()


@pytest.mark.parametrize("name", [*NAMES, "a b+c~d"])
def test_a_link_is_googles(name: str) -> None:
    """The address is the one that Google's own library writes, for the same key; it lasts no longer than the key."""
    disposition = 'attachment; filename="video.mp4"'
    with patch.object(_signing, "_NOW", lambda _: NOW.replace(tzinfo=None)):
        theirs = cast("Any", _signing).generate_signed_url_v4(
            cast("Any", Signing)(),
            resource=urlsplit(write_unsigned("media", name, ACCOUNT, timedelta(0), "", NOW).path).path,
            expiration=timedelta(hours=12),
            api_access_endpoint="https://storage.googleapis.com",
            query_parameters={"response-content-disposition": disposition},
        )
    unsigned = write_unsigned("media", name, ACCOUNT, timedelta(days=7), "video.mp4", NOW)
    ours = unsigned.sign(hashlib.sha256(unsigned.to_sign.encode()).digest())
    assert (urlsplit(ours).path, parse_qs(urlsplit(ours).query)) == (
        urlsplit(theirs).path,
        parse_qs(urlsplit(theirs).query),
    )


async def test_a_link_is_signed_by_google(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service account is asked for once, its signature each time; trouble is an outage."""
    status = 200

    def answer(request: Request) -> Reply:
        if request.path.endswith("/email"):
            return Reply(200, ACCOUNT.encode())
        if request.path.endswith("/token"):
            return Reply(200, b'{"access_token": "t", "expires_in": 3600}')
        assert request.path == f"/v1/projects/-/serviceAccounts/{ACCOUNT.replace('@', '%40')}:signBlob"
        return Reply(status, b'{"signedBlob": "AQID"}')

    with serve_http(answer) as server:
        host = server.url.removeprefix("http://")
        signer = LinkSigner("media", lambda: NOW, host)
        monkeypatch.setattr(signed_links, "GoogleRest", _make_plain(host))
        first = await signer.sign("blob", timedelta(hours=1), "video.mp4")
        assert first.endswith("X-Goog-Signature=010203")
        await signer.sign("blob", timedelta(hours=1), "video.mp4")
        assert [request.path.rpartition("/")[2] for request in server.requests].count("email") == 1
        status = 403
        with pytest.raises(UnavailableError):
            await signer.sign("blob", timedelta(hours=1), "video.mp4")
        await signer.close()


def _make_plain(host: str) -> Callable[..., Any]:
    """Google's API at another place, without TLS."""
    return lambda _host, _token: GoogleRest(host, None)

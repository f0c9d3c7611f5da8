"""What the emulator cannot show of CloudStorage: what it asks for, and how it takes failures."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.parser import BytesParser
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from google.cloud import storage as google_storage

from shared.adapters import storage
from shared.adapters.storage import CloudStorage
from shared.errors import UnavailableError
from tests.contracts.http_server import Reply, Request, Server, serve_http
from tests.fakes.blobs import FakeBlobStore

JSON = {"Content-Type": "application/json"}
STORED = Reply(200, b'{"name": "blob", "generation": "1"}', JSON)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time limits as short as a test needs."""
    monkeypatch.setattr(storage, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(storage, "PAUSE_SECONDS_MAX", 0.02)
    monkeypatch.setattr(storage, "RETRY_SECONDS_MAX", 0.2)
    monkeypatch.setattr(storage, "TRY_SECONDS_MAX", 0.2)


@asynccontextmanager
async def connected(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[[Request], Reply]
) -> AsyncIterator[tuple[CloudStorage, Server]]:
    with serve_http(answer) as server:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.url)
        blobs = CloudStorage("media")
        yield blobs, server
        await blobs.close()


async def test_put_asks_to_write_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An upload carries the precondition that there is no such object."""
    async with connected(monkeypatch, lambda _: STORED) as (blobs, server):
        await blobs.put("blob", b"picture", "image/png")
    (request,) = server.requests
    assert parse_qs(urlsplit(request.path).query)["ifGenerationMatch"] == ["0"]
    assert b"picture" in request.body


async def test_put_of_what_is_there_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed precondition says that an earlier try, ours or another's, stored it."""
    async with connected(monkeypatch, lambda _: Reply(412, b"{}", JSON)) as (blobs, server):
        await blobs.put("blob", b"picture", "image/png")
    assert len(server.requests) == 1


async def test_fake_keeps_the_first() -> None:
    """In the fake a second put changes nothing, as the precondition has it."""
    blobs = FakeBlobStore()
    await blobs.put("blob", b"first", "image/png")
    await blobs.put("blob", b"second", "image/png")
    assert await blobs.get("blob") == b"first"


@pytest.mark.parametrize("status", [408, 429, 500, 503])
async def test_short_trouble_is_retried(status: int, quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """One bad answer is not an outage."""
    answers = iter([Reply(status, b"{}", JSON), STORED])
    async with connected(monkeypatch, lambda _: next(answers)) as (blobs, server):
        await blobs.put("blob", b"picture", "image/png")
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [401, 403, 503])
async def test_lasting_trouble_is_an_outage(status: int, quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every method says so, within the time limit."""
    async with connected(monkeypatch, lambda _: Reply(status, b"{}", JSON)) as (blobs, _):
        with pytest.raises(UnavailableError):
            await blobs.put("blob", b"picture", "image/png")
        with pytest.raises(UnavailableError):
            await blobs.get("blob")
        with pytest.raises(UnavailableError):
            await blobs.delete_all("blob")


async def test_missing_bucket_is_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    """An upload into nowhere did not happen."""
    async with connected(monkeypatch, lambda _: Reply(404, b"{}", JSON)) as (blobs, _):
        with pytest.raises(UnavailableError):
            await blobs.put("blob", b"picture", "image/png")


async def test_nobody_there_is_an_outage(
    quick: None, free_port: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refused connection is reported within the time limit."""
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{free_port()}")
    blobs = CloudStorage("media")
    with pytest.raises(UnavailableError):
        await blobs.get("blob")
    await blobs.close()


@pytest.mark.parametrize(
    "hashes",
    [{"X-Goog-Hash": "crc32c=AAAAAA==,md5=AAAA"}, {"X-Goog-Hash": "crc32c=AAAAAA==", "x-goog-hash": "md5=AAAA"}],
)
async def test_corrupted_download_is_an_outage(
    quick: None, monkeypatch: pytest.MonkeyPatch, hashes: dict[str, str]
) -> None:
    """Bytes that do not fit their checksum are not handed on, whether it comes in one line of the header or in two."""
    wrong = Reply(200, b"picture", hashes)
    async with connected(monkeypatch, lambda _: wrong) as (blobs, _):
        with pytest.raises(UnavailableError):
            await blobs.get("blob")


async def test_an_upload_is_what_googles_library_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name, type, facts, checksum and content are those of a put by Google's own library."""
    async with connected(monkeypatch, lambda _: STORED) as (blobs, server):
        await blobs.put("jobs/a/1 ж", b"picture", "image/png", {"model-id": "a-model"})
        await asyncio.to_thread(put_by_library, "jobs/a/1 ж", b"picture", "image/png", {"model-id": "a-model"})
    ours, theirs = (read_upload(request) for request in server.requests)
    assert ours == theirs


def put_by_library(name: str, content: bytes, mime_type: str, facts: dict[str, str]) -> None:
    """As google-cloud-storage does it; the address is in the environment."""
    client = cast("Any", google_storage.Client)("test-project")
    client._bucket_metadata_cache = None  # else a thread asks for the bucket
    blob = client.bucket("media").blob(name)
    blob.metadata = facts
    blob.upload_from_string(content, mime_type, if_generation_match=0)
    client.close()


def read_upload(request: Request) -> dict[str, Any]:
    """What an upload says, however its parts are divided."""
    kind = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    facts, file = cast("list[Any]", BytesParser().parsebytes(kind + request.body).get_payload())
    query = parse_qs(urlsplit(request.path).query)
    return {
        "path": urlsplit(request.path).path,
        "written once": query["ifGenerationMatch"] == ["0"] and query["uploadType"] == ["multipart"],
        "facts": json.loads(facts.get_payload(decode=True)),
        "type": file.get_content_type(),
        "content": file.get_payload(decode=True),
    }


async def test_a_download_is_compared_with_its_checksum(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that fit are handed on; the checksum is CRC32C, big endian, in base64, as Cloud Storage tells it."""
    told = f"crc32c={storage.checksum(b'picture')},md5=x"
    right = Reply(200, b"picture", {"X-Goog-Hash": told})
    assert base64.b64decode(storage.checksum(b"123456789")) == 0xE3069283.to_bytes(4, "big")
    async with connected(monkeypatch, lambda _: right) as (blobs, _):
        assert await blobs.get("blob") == b"picture"


async def test_every_page_of_a_list_is_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list comes in pages; a file that somebody else has deleted meanwhile is no error."""

    def answer(request: Request) -> Reply:
        if request.method == "DELETE":
            return Reply(204 if request.path.endswith("a%2F1") else 404)
        is_second = parse_qs(urlsplit(request.path).query).get("pageToken") == ["more"]
        page = {"items": [{"name": "a/2"}]} if is_second else {"items": [{"name": "a/1"}], "nextPageToken": "more"}
        return Reply(200, json.dumps(page).encode(), JSON)

    async with connected(monkeypatch, answer) as (blobs, server):
        await blobs.delete_all("a/")
    assert [request.path for request in server.requests if request.method == "DELETE"] == [
        "/storage/v1/b/media/o/a%2F1",
        "/storage/v1/b/media/o/a%2F2",
    ]


async def test_a_file_that_goes_while_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts as not there."""

    def answer(request: Request) -> Reply:
        return Reply(404) if request.path.endswith("alt=media") else Reply(200, b'{"contentType": "image/png"}', JSON)

    async with connected(monkeypatch, answer) as (blobs, _):
        assert await blobs.look("blob") is None


@pytest.mark.parametrize("body", [b"<html>", b"[]"])
async def test_what_is_no_answer_of_the_api_is_an_outage(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of some proxy is not taken for facts of a file."""
    async with connected(monkeypatch, lambda _: Reply(200, body)) as (blobs, _):
        with pytest.raises(UnavailableError):
            await blobs.look("blob")

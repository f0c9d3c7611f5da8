"""What the emulator cannot show of CloudStorage: what it asks for, and how it takes failures."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from google.cloud.storage.retry import DEFAULT_RETRY

from shared.adapters import storage
from shared.adapters.storage import CloudStorage
from shared.errors import UnavailableError
from tests.contracts.http_server import Reply, Request, Server, serve_http
from tests.fakes.blobs import FakeBlobStore

# Between its own tries the library drops connections without closing them.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")

JSON = {"Content-Type": "application/json"}
STORED = Reply(200, b'{"name": "blob", "generation": "1"}', JSON)


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Dropped connections are found here, not in the next test."""
    yield
    gc.collect()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time limits as short as a test needs."""
    retry = DEFAULT_RETRY.with_delay(initial=0.01, maximum=0.02).with_timeout(0.5)
    monkeypatch.setattr(storage, "LIMITS", {"timeout": (0.2, 0.2), "retry": retry})


@contextmanager
def connected(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[[Request], Reply]
) -> Iterator[tuple[CloudStorage, Server]]:
    with serve_http(answer) as server:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.url)
        blobs = CloudStorage("test-project", "media")
        yield blobs, server
        blobs.close()


async def test_put_asks_to_write_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An upload carries the precondition that there is no such object."""
    with connected(monkeypatch, lambda _: STORED) as (blobs, server):
        await blobs.put("blob", b"picture", "image/png")
    (request,) = server.requests
    assert parse_qs(urlsplit(request.path).query)["ifGenerationMatch"] == ["0"]
    assert b"picture" in request.body


async def test_put_of_what_is_there_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed precondition says that an earlier try, ours or another's, stored it."""
    with connected(monkeypatch, lambda _: Reply(412, b"{}", JSON)) as (blobs, server):
        await blobs.put("blob", b"picture", "image/png")
    assert len(server.requests) == 1


async def test_fake_keeps_the_first() -> None:
    """In the fake a second put changes nothing, as the precondition has it."""
    blobs = FakeBlobStore()
    await blobs.put("blob", b"first", "image/png")
    await blobs.put("blob", b"second", "image/png")
    assert await blobs.get("blob") == b"first"


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_short_trouble_is_retried(status: int, quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """One bad answer is not an outage."""
    answers = iter([Reply(status, b"{}", JSON), STORED])
    with connected(monkeypatch, lambda _: next(answers)) as (blobs, server):
        await blobs.put("blob", b"picture", "image/png")
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [401, 403, 503])
async def test_lasting_trouble_is_an_outage(status: int, quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every method says so, within the time limit."""
    with connected(monkeypatch, lambda _: Reply(status, b"{}", JSON)) as (blobs, _):
        with pytest.raises(UnavailableError):
            await blobs.put("blob", b"picture", "image/png")
        with pytest.raises(UnavailableError):
            await blobs.get("blob")
        with pytest.raises(UnavailableError):
            await blobs.delete_all("blob")


async def test_missing_bucket_is_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    """An upload into nowhere did not happen."""
    with connected(monkeypatch, lambda _: Reply(404, b"{}", JSON)) as (blobs, _), pytest.raises(UnavailableError):
        await blobs.put("blob", b"picture", "image/png")


async def test_nobody_there_is_an_outage(
    quick: None, free_port: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refused connection is reported within the time limit."""
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{free_port()}")
    blobs = CloudStorage("test-project", "media")
    with pytest.raises(UnavailableError):
        await blobs.get("blob")
    blobs.close()


async def test_corrupted_download_is_an_outage(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that do not fit their checksum are not handed on."""
    wrong = Reply(200, b"picture", {"X-Goog-Hash": "crc32c=AAAAAA==,md5=AAAAAAAAAAAAAAAAAAAAAA=="})
    with connected(monkeypatch, lambda _: wrong) as (blobs, _), pytest.raises(UnavailableError):
        await blobs.get("blob")

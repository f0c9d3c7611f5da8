"""What every BlobStore does, the fake as well as Cloud Storage.

One promise is not tested against the emulator, which ignores preconditions: that a second put changes nothing.
`test_storage.py` tests that the adapter asks for it.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.adapters.storage import CloudStorage
from shared.errors import BlobMissingError
from shared.ports import BlobStore
from shared.usage import start_usage
from tests.fakes.blobs import FakeBlobStore

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.fixture(params=["fake", "storage"])
async def blobs(request: pytest.FixtureRequest) -> AsyncIterator[BlobStore]:
    if request.param == "fake":
        yield FakeBlobStore()
        return
    url: str = request.getfixturevalue("storage_emulator")
    request.getfixturevalue("monkeypatch").setenv("STORAGE_EMULATOR_HOST", url)
    storage = CloudStorage(request.getfixturevalue("bucket"))
    yield storage
    await storage.close()


@pytest.mark.parametrize("name", ["results/ab12.png", "Рыжая лиса?#%/1.png", "a b+c"])
async def test_gives_back_what_was_put(blobs: BlobStore, name: str) -> None:
    """The same bytes come back under the same name."""
    await blobs.put(name, PNG, "image/png")
    assert await blobs.get(name) == PNG


@pytest.mark.parametrize("size_bytes", [0, 1, 9 * 1024 * 1024])
async def test_keeps_every_size(blobs: BlobStore, size_bytes: int) -> None:
    """Nothing, little, and more than the client sends in one request (8 MiB)."""
    content = (PNG * (size_bytes // len(PNG) + 1))[:size_bytes]
    await blobs.put("blob", content, "image/png")
    assert await blobs.get("blob") == content


async def test_putting_twice_is_no_error(blobs: BlobStore) -> None:
    """A repeated step puts the same again."""
    await blobs.put("blob", PNG, "image/png")
    await blobs.put("blob", PNG, "image/png")
    assert await blobs.get("blob") == PNG


async def test_what_is_written_beside_a_file(blobs: BlobStore) -> None:
    """A look finds the bytes, the MIME type and the facts that were put with them; nothing where nothing is."""
    await blobs.put("jobs/a/1", PNG, "image/webp", {"model-id": "a-model", "signed": "yes"})
    await blobs.put("jobs/a/2", PNG, "image/png")
    found, plain = await blobs.look("jobs/a/1"), await blobs.look("jobs/a/2")
    assert found is not None
    assert plain is not None
    assert (found.content, found.mime_type, dict(found.facts)) == (
        PNG, "image/webp", {"model-id": "a-model", "signed": "yes"},
    )  # fmt: skip
    assert dict(plain.facts) == {}
    assert await blobs.look("jobs/a/3") is None


async def test_missing_blob_is_named(blobs: BlobStore) -> None:
    """A blob that was never put, or is deleted, raises BlobMissingError."""
    with pytest.raises(BlobMissingError):
        await blobs.get("blob")
    await blobs.put("blob", PNG, "image/png")
    await blobs.delete_all("blob")
    with pytest.raises(BlobMissingError):
        await blobs.get("blob")


async def test_deleting_again_is_no_error(blobs: BlobStore) -> None:
    """Gone is gone, whoever did it."""
    await blobs.put("blob", PNG, "image/png")
    await blobs.delete_all("blob")
    await blobs.delete_all("blob")
    await blobs.delete_all("never there")


async def test_deleting_by_the_beginning_of_the_name(blobs: BlobStore) -> None:
    """Every file of a folder goes, and no file of a folder whose name only begins alike."""
    for name in ("jobs/a/1", "jobs/a/2", "jobs/a/2.signature", "jobs/ab/1"):
        await blobs.put(name, PNG, "image/png")
    await blobs.delete_all("jobs/a/")
    for name in ("jobs/a/1", "jobs/a/2", "jobs/a/2.signature"):
        with pytest.raises(BlobMissingError):
            await blobs.get(name)
    assert await blobs.get("jobs/ab/1") == PNG


async def test_many_at_once(blobs: BlobStore) -> None:
    """More calls than threads all come through, each with its own bytes."""
    names = [f"blob-{n}" for n in range(40)]
    await asyncio.gather(*(blobs.put(name, name.encode(), "text/plain") for name in names))
    assert await asyncio.gather(*(blobs.get(name) for name in names)) == [name.encode() for name in names]


async def test_counts_calls(blobs: BlobStore) -> None:
    """Each file that was put, read or deleted counts once."""
    usage = start_usage()
    await blobs.put("blob", PNG, "image/png")
    await blobs.get("blob")
    await blobs.delete_all("blob")
    await blobs.delete_all("blob")
    assert (usage.blob_puts, usage.blob_gets, usage.blob_deletes) == (1, 1, 1)

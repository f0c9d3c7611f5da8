"""What several contracts are about."""

from collections.abc import AsyncIterator

import pytest

from shared.adapters.firestore import FirestoreStore
from shared.adapters.storage_media import CloudMedia
from shared.ports import MediaStore, Store
from tests.fakes.blobs import FakeBlobStore
from tests.fakes.store import FakeStore


@pytest.fixture(params=["fake", "storage"])
async def media(request: pytest.FixtureRequest) -> AsyncIterator[MediaStore]:
    """The store of large files: the fake, and the adapter in front of the emulator."""
    if request.param == "fake":
        yield FakeBlobStore()
        return
    url: str = request.getfixturevalue("storage_emulator")
    request.getfixturevalue("monkeypatch").setenv("STORAGE_EMULATOR_HOST", url)
    made = CloudMedia(request.getfixturevalue("bucket"))
    yield made
    await made.close()


@pytest.fixture(params=["fake", pytest.param("firestore", marks=pytest.mark.emulator)])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """The store of documents: the fake, and the adapter in front of the emulator."""
    if request.param == "fake":
        yield FakeStore()
        return
    host: str = request.getfixturevalue("firestore_emulator")
    request.getfixturevalue("monkeypatch").setenv("FIRESTORE_EMULATOR_HOST", host)
    firestore = FirestoreStore(request.getfixturevalue("project_id"))
    yield firestore
    await firestore.close()

"""What several contracts are about."""

from collections.abc import AsyncIterator

import pytest

from shared.adapters.storage_media import CloudMedia
from shared.ports import MediaStore
from tests.fakes.blobs import FakeBlobStore


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

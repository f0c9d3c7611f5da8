"""The releases' database is another one than the product's, on the emulator too."""

import pytest

from shared.adapters.firestore import FirestoreStore
from shared.ports import Create
from shared.releases.release import Status
from shared.releases.release_documents import environment_key, release_key
from shared.settings import FIRESTORE_DATABASE, RELEASE_DATABASE
from tests.fakes.releases import Releasing


@pytest.mark.emulator
async def test_what_one_has_the_other_lacks(
    firestore_emulator: str, project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release goes its way in its own database; the product's has nothing of it, and the other way round."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    product, own = (FirestoreStore(project_id, name) for name in (FIRESTORE_DATABASE, RELEASE_DATABASE))
    await product.commit([Create(environment_key("people"), {"credits": 1})])
    releasing = Releasing(own)
    await releasing.invite_all()
    release = await releasing.bring("v1.0.0", Status.DEPLOYED)
    assert [each is None for each in await product.read([release_key(release.id), environment_key("people")])] == [
        True,
        False,
    ]
    assert await own.read([environment_key("people")]) == [None]
    for store in (product, own):
        await store.close()

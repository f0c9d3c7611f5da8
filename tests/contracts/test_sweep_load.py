"""`sweep` on Firestore itself: what a minute of it has to do."""

import time
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from shared.adapters.firestore import FirestoreStore
from shared.jobs.job_documents import job_key
from shared.jobs.shards import shard_fields
from shared.jobs.sweep_work import Swept, sweep_work
from shared.ports import Create, Fields, Key, RepairPorts, Store
from tests.corpus.recording import read_releases
from tests.fakes.clock import START, FakeClock
from tests.fakes.tasks import FakeTaskQueue

JOBS = 1_000
OLDER = 100
"""Of these, without a shard."""
UNREADABLE = 500
SECONDS_MAX = 60.0


@pytest.fixture
async def store(
    firestore_emulator: str, project_id: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FirestoreStore]:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    firestore = FirestoreStore(project_id)
    yield firestore
    await firestore.close()


def overdue_job() -> Fields:
    """A recorded job, overdue."""
    fields: Fields = next(iter(read_releases()[-1].documents["jobs"].values()))
    return {**fields, "sweep_at": START - timedelta(minutes=1), "sweeps": 0}


async def create(store: Store, name: str, fields: Fields, count: int, *, is_older: bool = False) -> None:
    keys: Sequence[Key] = [job_key(f"{name}-{n:04}") for n in range(count)]
    for start in range(0, count, 250):
        batch = keys[start : start + 250]
        shards = [{} if is_older else shard_fields(key) for key in batch]
        documents = [{**fields, "id": key.id, **shard} for key, shard in zip(batch, shards, strict=True)]
        await store.commit([Create(*each) for each in zip(batch, documents, strict=True)])


@pytest.mark.emulator
async def test_a_thousand_jobs_a_minute(store: FirestoreStore) -> None:
    """A thousand overdue jobs of all shards, and of none, get their tasks within a minute, behind five hundred
    documents that cannot be read."""
    job = overdue_job()
    await create(store, "bad", {**job, "sweep_at": START - timedelta(days=1), "fence": "none"}, UNREADABLE)
    await create(store, "good", job, JOBS - OLDER)
    await create(store, "old", job, OLDER, is_older=True)
    tasks = FakeTaskQueue()
    ports = RepairPorts(store, tasks, FakeClock())
    started = time.monotonic()
    assert await sweep_work(ports) == Swept(JOBS, 0, UNREADABLE)
    assert time.monotonic() - started < SECONDS_MAX
    assert len(tasks.tasks) == JOBS
    assert await sweep_work(ports) == Swept(0, 0)

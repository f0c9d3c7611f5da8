"""Somebody with very many pictures: memory stays flat, and a killed process loses nothing."""

import json
import os
import tempfile
import tracemalloc
import zipfile
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from dataclasses import replace
from types import MappingProxyType

import pytest

from shared.hash_ids import hash_id
from shared.jobs.job import ENDS, Job, JobState
from shared.jobs.job_documents import job_key
from shared.jobs.open_jobs import open_job
from shared.jobs.sweep_work import sweep_work
from shared.jobs.time_limits import LEASE_SECONDS
from shared.ports import Create
from shared.privacy import pack_part
from shared.privacy.export import progress_of
from tests.fakes.blobs import FakeBlobStore
from tests.unit.gallery.test_find_results import FOX, draw
from tests.unit.privacy.test_export import DiedError
from tests.world import World

PICTURES = 5_000 if os.environ.get("TEST_SIZE") == "long" else 800
PICTURE = bytes(20_000)
PARTS = 5
MEMORY_BYTES_MAX = 8_000_000
"""Far below the 256 MB of the promise, because the interpreter and its libraries are not in it."""


class Bucket(FakeBlobStore):
    """Each picture has the same bytes; a stored ZIP is looked through and forgotten. It dies at chosen pictures."""

    def __init__(self, deaths: set[int]) -> None:
        super().__init__()
        self.packed: dict[str, list[str]] = {}
        self.opened, self._deaths = 0, deaths

    async def stream(self, name: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        self.opened += 1
        if self.opened in self._deaths:
            raise DiedError
        return _whole()

    async def put_stream(
        self,
        name: str,
        pieces: AsyncIterable[bytes],
        mime_type: str,
        facts: Mapping[str, str] = MappingProxyType({}),
    ) -> int:
        with tempfile.TemporaryFile() as file:
            async for piece in pieces:
                file.write(piece)
            size_bytes = file.tell()
            with zipfile.ZipFile(file) as archive:
                self.packed[name] = archive.namelist()
        self.blobs[name] = (b"", mime_type)
        return size_bytes


async def _whole() -> AsyncIterator[bytes]:
    yield PICTURE


async def fill(world: World) -> None:
    """One picture that was made, and copies of its document."""
    await draw(world, FOX)
    [fields] = world.store.collection("jobs").values()
    result = fields["result"] | {"size_bytes": len(PICTURE)}
    for first in range(1, PICTURES, 500):
        ids = [hash_id("copy", number) for number in range(first, min(first + 500, PICTURES))]
        await world.store.commit([Create(job_key(id_), fields | {"id": id_, "result": result}) for id_ in ids])


async def read(world: World, job_id: str) -> Job:
    opened = await open_job(world.ports, job_id)
    assert opened is not None
    return opened.job


async def test_very_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every picture comes in exactly one part, although the process dies three times, with little in memory."""
    await fill(world)
    bucket = Bucket({PICTURES // 8, PICTURES // 2, PICTURES * 7 // 8})
    world.video_studio = replace(world.video_studio, media=bucket)
    monkeypatch.setattr(pack_part, "PART_BYTES_MAX", PICTURES * len(PICTURE) // PARTS)
    await world.send(world.message("/privacy"))
    await world.deliver(world.tap("export", world.shown()))
    [job_id] = {json.loads(task.body)["job"] for task in world.tasks.tasks}
    tracemalloc.start()
    while (job := await read(world, job_id)).state not in ENDS:
        try:
            if not await world.run_next():
                world.clock.advance(LEASE_SECONDS + 60)
                await sweep_work(world.repair_ports)
        except DiedError:
            world.tasks.take_all()
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert job.state is JobState.DELIVERED
    names = [name for part in progress_of(job).parts[1:] for name in bucket.packed[part.blob]]
    assert len(names) == len({*names}) == PICTURES
    assert peak_bytes < MEMORY_BYTES_MAX

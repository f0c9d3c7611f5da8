"""Jobs of newer releases stand among a person's messages: nothing that a person does with them breaks or is charged."""

from typing import Any

import pytest

from shared.jobs.job import JobState
from shared.jobs.job_documents import job_key
from shared.ports import Update
from shared.providers.outcomes import FailureReason
from tests.world import World

NEWER: dict[str, dict[str, Any]] = {
    "a kind": {"kind": "newer", "request": {"price": 4}},
    "a surface": {"surface": "newer"},
    "a model": {"request": {"prompt": "a red fox", "model": "newer", "ratio": "1:1", "size": "1K", "price": 4}},
    "a size": {"request": {"prompt": "a red fox", "model": "fast", "ratio": "1:1", "size": "8K", "price": 4}},
}
each_newer = pytest.mark.parametrize("change", NEWER.values(), ids=NEWER.keys())
each_newer_work = pytest.mark.parametrize("change", [NEWER[name] for name in NEWER if name != "a surface"])
"""A picture is one wherever it is shown."""


async def make_newer(world: World, change: dict[str, Any]) -> str:
    """A delivered picture whose document then comes to look like a newer release's job; its id."""
    await world.send(world.message("a red fox"))
    [job_id] = world.store.collection("jobs")
    [record] = await world.store.read([job_key(job_id)])
    assert record is not None
    await world.store.commit([Update(record.key, change, record.version)])
    return job_id


@each_newer
@pytest.mark.parametrize("action", ["again", "edit", "original", "delete", "format"])
async def test_press(world: World, change: dict[str, Any], action: str) -> None:
    """A press on a button of ours says that it is of no use any more, and changes nothing."""
    await make_newer(world, change)
    before = world.store.collection("jobs")
    await world.send(world.tap(action, world.shown()))
    assert world.messenger.taps[-1].toast
    assert world.store.collection("jobs") == before


@each_newer_work
@pytest.mark.parametrize("words", ["make it darker", "9:16"])
async def test_reply(world: World, change: dict[str, Any], words: str) -> None:
    """A reply to it is answered, and buys nothing."""
    await make_newer(world, change)
    before, said = world.store.collection("jobs"), len(world.messenger.calls)
    await world.send(world.reply(words, world.shown()))
    assert world.store.collection("jobs") == before
    assert len(world.messenger.calls) > said


@each_newer
async def test_commands(world: World, change: dict[str, Any]) -> None:
    """/balance and /cancel answer beside it, and leave it as it is."""
    job_id = await make_newer(world, change | {"state": "queued", "sweep_at": world.now})
    before = world.store.collection("jobs")[job_id]
    await world.send(world.message("/balance"), world.message("/cancel"), world.message(f"/start get_{job_id}"))
    assert world.store.collection("jobs")[job_id] == before
    assert not world.store.collection("quarantine")


@each_newer_work
async def test_new_version_of_it(world: World, change: dict[str, Any]) -> None:
    """A new version of what turned out to be a newer release's job ends without a charge."""
    await world.send(world.message("a red fox"))
    await world.deliver(world.reply("make it darker", world.shown()))
    parent, version = world.jobs()
    [record] = await world.store.read([job_key(parent.id)])
    assert record is not None
    await world.store.commit([Update(record.key, change, record.version)])
    await world.settle()
    ended = {job.id: job for job in world.jobs()}[version.id]
    assert (ended.state, ended.failure) == (JobState.FAILED, FailureReason.FILE_GONE)
    assert world.user().account.held == 0

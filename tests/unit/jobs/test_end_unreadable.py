"""A job that nobody can read, such as one whose data key is lost, does not hold its person's credits for ever."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.credits.transfer_documents import release_key
from shared.errors import BotBlockedError
from shared.jobs.end_unreadable import end_unreadable
from shared.jobs.job import Job
from shared.jobs.job_documents import job_key
from shared.jobs.next_step import FORSAKEN_AFTER
from shared.jobs.sweep_work import sweep_work
from tests.world import ME, World, any_commit

LOST = {"data_key": "2026-01", "ciphertext": b"lost"}
SORRY = "🛠 Something broke on our side. 4 credits are back. Please try again."


async def accept(world: World, **changed: Any) -> Job:
    """A picture's job that is accepted and paid for; then its prompt cannot be decrypted any more."""
    await world.deliver(world.message("/image a fox"))
    [job] = world.jobs()
    change(world, job, {"request": stored(world, job)["request"] | {"prompt": LOST}} | changed)
    return job


def stored(world: World, job: Job) -> dict[str, Any]:
    return dict(world.store._documents[job_key(job.id)].fields)


def change(world: World, job: Job, changed: dict[str, Any]) -> None:
    record = world.store._documents[job_key(job.id)]
    world.store._documents[job_key(job.id)] = replace(record, fields=record.fields | changed)


async def sweep(world: World) -> None:
    """Two sweeps, an hour apart, and what they make workers do."""
    for _ in range(2):
        await sweep_work(world.repair_ports)
        await world.settle()
        world.clock.advance(3600)


async def test_its_credits_are_back(world: World) -> None:
    """A day after its deadline, not before, and once; its person is told, and its words are left as they are."""
    job = await accept(world)
    before = world.user().account.available
    world.clock.set(job.deadline_at + FORSAKEN_AFTER - timedelta(hours=3))
    await sweep(world)
    assert (world.user().account.held, stored(world, job)["state"]) == (4, "queued")
    world.clock.set(job.deadline_at + FORSAKEN_AFTER)
    await sweep(world)
    account = world.user().account
    assert (account.available, account.held, account.active_jobs) == (before + 4 + allowance(world), 0, 0)
    assert (stored(world, job)["state"], stored(world, job)["request"]["prompt"]) == ("failed", LOST)
    assert [each.text for each in world.messenger.messages(ME) if each.text == SORRY] == [SORRY]


def allowance(world: World) -> int:
    """The free credits of later days."""
    return sum(each.credits for each in world.transfers() if each.id.startswith("credit:daily"))


@pytest.mark.parametrize("changed", [{"state": "refused"}, {"state": "of a newer release"}, {"model_said": LOST}])
async def test_what_is_not_touched(world: World, changed: dict[str, Any]) -> None:
    """A hold that is settled, a state of a newer release, and a job of which not even the engine's part can be read."""
    job = await accept(world, **changed)
    world.clock.set(job.deadline_at + FORSAKEN_AFTER)
    await end_unreadable(world.ports, job.id)
    await end_unreadable(world.ports, "AAAAAAAAAAAAAAAA")
    assert not await is_released(world, job)


@pytest.mark.parametrize("part", ["surface", "kind"])
async def test_a_job_of_a_newer_release(world: World, part: str) -> None:
    """After a rollback a job of a surface or kind from later waits for the newer release, but not for ever."""
    await world.deliver(world.message("/image a fox"))
    [job] = world.jobs()
    change(world, job, {part: "newer"})
    world.clock.set(job.deadline_at + FORSAKEN_AFTER - timedelta(hours=3))
    await sweep(world)
    assert not await is_released(world, job)
    world.clock.set(job.deadline_at + FORSAKEN_AFTER)
    await sweep(world)
    assert await is_released(world, job)


async def is_released(world: World, job: Job) -> bool:
    [record] = await world.store.read([release_key(job.id)])
    return record is not None


async def test_somebody_can_read_it_after_all(world: World) -> None:
    """Another release that moves it at the same moment is faster; who has blocked the bot is not told."""
    job = await accept(world)
    world.clock.set(job.deadline_at + FORSAKEN_AFTER)

    async def move() -> None:
        change(world, job, {"fence": 7})
        record = world.store._documents[job_key(job.id)]
        world.store._documents[job_key(job.id)] = replace(record, version=f"{record.version}x")

    world.store.interrupt(any_commit, move)
    await end_unreadable(world.ports, job.id)
    assert not await is_released(world, job)
    change(world, job, {"wallet_id": "of-a-group"})
    world.messenger.fail("send_text", BotBlockedError("blocked"))
    await end_unreadable(world.ports, job.id)
    assert await is_released(world, job)

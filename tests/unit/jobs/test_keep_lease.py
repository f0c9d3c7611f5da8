"""A lease is short and renewed while the work goes on. In virtual time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from shared.errors import UnavailableError
from shared.jobs import keep_lease
from shared.jobs.job import GATHER_SECONDS, JobState, claim, give_back
from shared.jobs.open_jobs import StoredJob, change_job, open_job
from shared.jobs.time_limits import LEASE_SECONDS, VISIT_SECONDS_MAX
from shared.providers.outcomes import PictureTask
from shared.usage import start_usage
from tests.simulation.virtual_time import VirtualClock, run_virtually
from tests.world import World

FOX = "a red fox"


def virtual_world() -> World:
    """A bot whose time is the loop's."""
    return World(clock=VirtualClock())  # type: ignore[arg-type]


async def paint_for(world: World, seconds: float, look: Callable[[], Awaitable[None]] | None = None) -> None:
    """Ask for a picture that takes so long; `look` is called once a second while it does."""

    async def draw(_: PictureTask) -> None:
        world.model.before = None
        for _second in range(int(seconds)):
            await asyncio.sleep(1)
            if look is not None:
                await look()

    world.model.before = draw
    await world.deliver(world.message(FOX))
    await asyncio.sleep(GATHER_SECONDS)
    world.tasks.take_all()
    await world.move(world.job())


def test_the_lease_lives_as_long_as_the_work() -> None:
    """Through two minutes of the model nobody else may take the job, and a lease is never more than 45 s ahead."""

    async def play() -> None:
        world = virtual_world()
        left = list[float]()

        async def look() -> None:
            lease_until = world.job().lease_until
            assert lease_until is not None
            left.append((lease_until - world.now).total_seconds())

        await paint_for(world, 119, look)
        assert min(left) > 0
        assert max(left) <= LEASE_SECONDS
        assert world.job().state is JobState.DELIVERED
        assert len(world.model.tasks) == 1

    run_virtually(play())


@pytest.mark.parametrize(("seconds", "renewals"), [(5, 0), (15, 0), (30, 1), (65, 3)])
def test_usual_pictures_write_nothing_more(seconds: float, renewals: int) -> None:
    """A picture of 15 s costs no renewal; later one each 20 s."""

    async def play() -> int:
        world = virtual_world()
        usage = start_usage()
        await paint_for(world, seconds)
        return usage.store_writes

    assert run_virtually(play()) - run_virtually(_count_writes(5)) == renewals


async def _count_writes(seconds: float) -> int:
    world = virtual_world()
    usage = start_usage()
    await paint_for(world, seconds)
    return usage.store_writes


def test_who_hangs_loses_the_job() -> None:
    """A worker that never comes to an end keeps its job for as long as a visit may take, and no longer."""

    async def play() -> None:
        world = virtual_world()
        await world.deliver(world.message(FOX))
        held = await claim_job(world)
        async with keep_lease.keep_lease(world.ports, held):
            await asyncio.sleep(VISIT_SECONDS_MAX + LEASE_SECONDS)
            lease_until = world.job().lease_until
            assert lease_until is not None
            assert lease_until < world.now

    run_virtually(play())


def test_outage_of_the_store() -> None:
    """A renewal that fails is made up for by the next."""

    async def play() -> None:
        world = virtual_world()
        await world.deliver(world.message(FOX))
        held = await claim_job(world)

        async def fail() -> None:
            raise UnavailableError("out")

        world.store.interrupt(lambda writes: True, fail)
        async with keep_lease.keep_lease(world.ports, held):
            await asyncio.sleep(LEASE_SECONDS - 1)
        lease_until = world.job().lease_until
        assert lease_until is not None
        assert lease_until > world.now + timedelta(seconds=30)

    run_virtually(play())


@pytest.mark.parametrize("change", ["gone", "taken", "given back"])
def test_nothing_to_renew(change: str) -> None:
    """Nothing is written to a job that is deleted, another worker's, or released."""

    async def play() -> None:
        world = virtual_world()
        await world.deliver(world.message(FOX))
        held = await claim_job(world)
        async with keep_lease.keep_lease(world.ports, held):
            match change:
                case "gone":
                    for key in [key for key in world.store._documents if key.collection == "jobs"]:
                        del world.store._documents[key]
                case "taken":
                    await asyncio.sleep(1)
                    await claim_job(world)
                case _:
                    await give_back_job(world)
            before = world.store.collection("jobs")
            await asyncio.sleep(LEASE_SECONDS)
            assert world.store.collection("jobs") == before

    run_virtually(play())


def test_a_fault_of_ours_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A renewal that breaks costs nobody the picture, and is a warning."""

    async def break_down(*_: object) -> bool:
        raise ValueError("broken")

    async def play() -> None:
        world = virtual_world()
        monkeypatch.setattr(keep_lease, "_renew", break_down)
        await paint_for(world, 30)
        assert world.job().state is JobState.DELIVERED

    run_virtually(play())
    assert "renewal_failed" in capsys.readouterr().out


async def claim_job(world: World) -> StoredJob:
    """The only job, claimed."""
    opened = await open_job(world.ports, world.job().id)
    assert opened is not None
    return await change_job(world.ports, opened, lambda job: claim(job, world.now))


async def give_back_job(world: World) -> None:
    opened = await open_job(world.ports, world.job().id)
    assert opened is not None
    await change_job(world.ports, opened, lambda job: give_back(job, world.now))

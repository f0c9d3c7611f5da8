"""One worker moves a job at a time, and whoever lost it writes nothing."""

import asyncio
from datetime import timedelta

import pytest

from shared.credits.ledger import TransferKind
from shared.errors import DeliveryUnknownError, UnavailableError
from shared.jobs.job import DEADLINE_SECONDS, GATHER_SECONDS, JobState
from shared.jobs.move_job import move_job
from shared.jobs.time_limits import LEASE_SECONDS
from shared.kinds import image_kinds
from shared.pictures import byte_budget
from shared.providers.outcomes import Busy, FailureReason, ModelOutcome, PictureTask, Refused
from tests.world import ME, World, writes_to

FOX = "a red fox"


async def test_nothing_to_move(world: World) -> None:
    """A job that is not there, or at its end, leaves its task without work."""
    assert await move_job(world.ports, world.studio, image_kinds(), "no-such-job") is None
    await world.send(world.message(FOX))
    before = world.store.collection("jobs")
    assert await move_job(world.ports, world.studio, image_kinds(), world.job().id) is None
    assert world.store.collection("jobs") == before
    assert world.tasks.tasks == []


async def test_lease_is_held(world: World) -> None:
    """A second task finds the lease held, and comes again when it ends."""
    await world.deliver(world.message(FOX))
    [task] = world.tasks.tasks

    async def come_second(_: PictureTask) -> None:
        world.model.before = None
        await world.run_task(task)

    world.model.before = come_second
    await world.run_next()
    [later] = world.tasks.tasks
    assert later.not_before is not None
    assert later.not_before - world.now <= timedelta(seconds=LEASE_SECONDS)
    await world.settle()
    assert len(world.model.tasks) == 1
    world.check_money()


@pytest.mark.parametrize(
    ("outcomes", "state", "kind"), [([], JobState.DELIVERED, "photo"), ([Refused("SAFETY")], JobState.FAILED, "text")]
)
async def test_lost_lease_writes_nothing(
    world: World, outcomes: list[ModelOutcome], state: JobState, kind: str
) -> None:
    """A worker that stalled in the model call past its lease neither shows nor settles: its successor's end stands."""
    world.model.script(FOX, *outcomes)
    await world.deliver(world.message(FOX))
    job = world.job()

    async def stall(_: PictureTask) -> None:
        world.model.before = None
        world.clock.advance(LEASE_SECONDS + 1)
        await world.move(job)

    world.model.before = stall
    await world.settle()
    assert len(world.model.tasks) == 2
    assert world.job().state is state
    assert world.messenger.messages(ME)[0].kind == kind
    assert len(world.messenger.sent("edit_photo")) == (kind == "photo")
    world.check_money()


async def test_stalled_while_showing(world: World) -> None:
    """A worker that stalled between the edit and the capture leaves the capture to its successor."""
    await world.deliver(world.message(FOX))
    job = world.job()

    async def stall() -> None:
        world.clock.advance(LEASE_SECONDS + 1)
        await world.move(job)

    world.store.interrupt(writes_to("jobs", state="delivered"), stall)
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    assert len(world.messenger.sent("edit_photo")) == 2
    assert [transfer.kind for transfer in world.transfers()].count(TransferKind.CAPTURE) == 1
    world.check_money()


async def test_two_tasks_at_once(world: World) -> None:
    """Two tasks of one job at the same time: one makes the picture, the other waits for it."""
    await world.deliver(world.message(FOX))
    job = world.job()
    await asyncio.gather(world.move(job), world.move(job), world.move(job))
    await world.settle()
    assert len(world.model.tasks) == 1
    world.check_money()


async def test_died_while_making(world: World) -> None:
    """A worker that dies leaves an attempt without an outcome; its successor makes the picture."""
    await world.deliver(world.message(FOX))

    async def die(_: PictureTask) -> None:
        world.model.before = None
        raise UnavailableError("killed")

    world.model.before = die
    [task] = world.tasks.take_all()
    with pytest.raises(UnavailableError):
        await world.run_task(task)
    await world.run_task(task)
    await world.settle()
    assert [attempt.outcome for attempt in world.job().attempts] == ["", "made"]
    world.check_money()


async def test_workers_keep_dying(world: World) -> None:
    """A job that kills its workers is given up after three, with an apology."""
    await world.deliver(world.message(FOX))

    async def die(_: PictureTask) -> None:
        raise UnavailableError("killed")

    world.model.before = die
    [task] = world.tasks.take_all()
    for _ in range(3):
        with pytest.raises(UnavailableError):
            await world.run_task(task)
        world.clock.advance(LEASE_SECONDS + 1)
    await world.run_task(task)
    assert (world.job().state, world.job().failure) == (JobState.FAILED, FailureReason.OURS)
    assert "4 credits are back" in world.shown().text
    world.check_money()


async def test_too_late(world: World) -> None:
    """A job that was not begun in time is given up and told."""
    await world.deliver(world.message(FOX))
    world.clock.advance(DEADLINE_SECONDS)
    await world.settle()
    assert world.job().failure is FailureReason.LATE
    assert world.model.tasks == []
    assert "took too long" in world.shown().text
    world.check_money()


async def test_failure_is_told_later(world: World) -> None:
    """The credits go back at once; what could not be told now is told later."""
    world.model.script(FOX, Refused("SAFETY"))
    await world.deliver(world.message(FOX))

    async def silence_telegram() -> None:
        world.messenger.fail("edit_text", DeliveryUnknownError("?"))

    world.store.interrupt(writes_to("jobs", state="refused"), silence_telegram)
    await world.run_next()
    assert world.job().state is JobState.REFUSED
    assert world.user().account.available == 20
    await world.settle()
    assert world.job().state is JobState.FAILED
    assert "filter" in world.shown().text
    world.check_money()


async def test_failure_cannot_be_told(world: World) -> None:
    """A failure whose card is gone ends all the same."""
    world.model.script(FOX, Refused("SAFETY"))
    await world.deliver(world.message(FOX))
    world.messenger.chats[ME].clear()
    await world.settle()
    assert world.job().state is JobState.FAILED
    world.check_money()


async def test_failure_without_a_card(world: World) -> None:
    """Without a card the failure is a message of its own."""
    world.messenger.fail("send_text", DeliveryUnknownError("?"))
    await world.deliver(world.message(FOX))
    world.clock.advance(DEADLINE_SECONDS)
    await world.settle()
    assert "took too long" in world.shown().text
    world.check_money()


async def test_job_disappears(world: World) -> None:
    """A job whose document is gone in the middle of a step (its time to live is over) ends the step quietly."""
    await world.deliver(world.message(FOX))
    job = world.job()

    async def forget(_: PictureTask) -> None:
        forget_jobs(world)

    world.model.before = forget
    world.clock.advance(GATHER_SECONDS)
    await world.move(job)
    assert world.store.collection("jobs") == {}


async def test_busy_costs_no_attempt(world: World) -> None:
    """A provider that is busy five times does not use up the attempts."""
    world.model.script(FOX, Busy("429"), Busy("429"), Busy("429"), Busy("429"))
    await world.send(world.message(FOX))
    assert len(world.job().attempts) == 5
    assert world.job().state is JobState.DELIVERED
    world.check_money()


async def test_no_room(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that finds this process full goes back to the queue, which costs no attempt, and is made later."""
    monkeypatch.setattr(byte_budget, "ROOM_SECONDS_MAX", 0.01)
    await world.deliver(world.photo(FOX))
    async with world.budget.reserve(byte_budget.MATERIAL_BYTES):
        await world.run_next()
        assert (world.job().state, world.job().attempts) == (JobState.QUEUED, ())
        assert world.model.tasks == []
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    assert len(world.job().attempts) == 1
    world.check_money()


def forget_jobs(world: World) -> None:
    for key in [key for key in world.store._documents if key.collection == "jobs"]:
        del world.store._documents[key]

"""While a provider is away one job asks, and the others wait: each says so once and writes little."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.credits.catalogue import NANO_BANANA, NANO_BANANA_PRO
from shared.errors import ConflictError, DeliveryUnknownError
from shared.jobs.job import JobState
from shared.ports import Write
from shared.providers.outcomes import Busy, FailureReason
from tests.world import ME, OTHER, World, writes_to

FOX = "a red fox"


async def shut(world: World, *, is_fault: bool = False) -> None:
    """The provider is away, as far as this process knows."""
    for _ in range(2):
        world.studio.breaker.record(
            NANO_BANANA.name, Busy("503", is_fault=is_fault), world.now, world.now, world.ids.jitter()
        )


@pytest.mark.parametrize(("is_fault", "said"), [(False, "Google is busy"), (True, "Google's service has a fault")])
async def test_waits_without_asking(world: World, said: str, *, is_fault: bool) -> None:
    """A job that finds the provider away does not ask it: its card says so, and it goes on by itself later."""
    await world.deliver(world.message(FOX))
    world.clock.advance(1)
    await shut(world, is_fault=is_fault)
    await world.run_next()
    assert (world.model.tasks, world.job().state, world.job().attempts) == ([], JobState.QUEUED, ())
    assert said in world.shown().text
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    assert len(world.model.tasks) == 1
    world.check_money()


async def test_late_card_while_a_cancel_is_told(world: World) -> None:
    """A card that comes after the canceled one, but before that end is written down, is corrected later."""
    await world.deliver(world.message(FOX))
    world.clock.advance(1)
    await shut(world)
    [task] = world.tasks.take_all()
    tap, told, drawn = world.tap("cancel", world.shown()), asyncio.Event(), asyncio.Event()
    canceling: list[asyncio.Task[None]] = []

    async def hold() -> None:
        told.set()
        await drawn.wait()

    async def cancel_meanwhile() -> None:
        world.store.interrupt(writes_to("jobs", state="canceled"), hold)
        canceling.append(asyncio.create_task(world.deliver(tap)))
        await told.wait()

    world.messenger.stall("edit_text", cancel_meanwhile)
    await world.run_task(task)
    assert "Google is busy" in world.shown().text
    drawn.set()
    await canceling[0]
    await world.settle()
    assert world.job().state is JobState.CANCELED
    assert "Google is busy" not in world.shown().text
    world.check_money()


async def test_late_card_of_a_worker_that_dies(world: World) -> None:
    """A waiting card that comes after the canceled one is corrected although its worker dies and its task is lost."""

    class DiedError(BaseException):
        pass

    async def die() -> None:
        raise DiedError

    await world.deliver(world.message(FOX))
    world.clock.advance(1)
    await shut(world)
    [task] = world.tasks.take_all()
    tap = world.tap("cancel", world.shown())

    async def cancel_meanwhile() -> None:
        await world.deliver(tap)
        world.store.interrupt(writes_to("jobs", state="queued"), die)

    world.messenger.stall("edit_text", cancel_meanwhile)
    with pytest.raises(DiedError):
        await world.run_task(task)
    assert "Google is busy" in world.shown().text
    await world.settle()
    assert world.job().state is JobState.CANCELED
    assert "Google is busy" not in world.shown().text


async def test_waits_cheaply(world: World) -> None:
    """From the second time on a visit writes the job and nothing else, and sends nothing."""
    await world.deliver(world.message(FOX))
    world.clock.advance(1)
    await shut(world)
    await world.run_next()
    commits, commit = list[Sequence[Write]](), world.store.commit

    async def count(writes: Sequence[Write]) -> list[object]:
        commits.append(writes)
        return await commit(writes)

    world.store.commit = count  # type: ignore[method-assign]
    said = len(world.messenger.calls)
    [task] = world.tasks.take_all()
    assert task.not_before is not None
    world.clock.set(task.not_before)
    await shut(world)
    await world.run_task(task)
    assert ([len(writes) for writes in commits], len(world.messenger.calls)) == ([1], said)
    assert len(world.tasks.tasks) == 1


async def test_somebody_wrote_first(world: World) -> None:
    """A visit that loses a race decides anew."""
    await world.deliver(world.message(FOX))
    world.clock.advance(1)
    await shut(world)
    await world.run_next()

    async def lose() -> None:
        raise ConflictError

    world.store.interrupt(writes_to("jobs"), lose)
    [task] = world.tasks.take_all()
    assert task.not_before is not None
    world.clock.set(task.not_before)
    await shut(world)
    await world.run_task(task)
    assert world.job().state is JobState.QUEUED
    await world.settle()
    assert world.job().state is JobState.DELIVERED


async def test_canceled_while_it_waits(world: World) -> None:
    """A person who does not want to wait is not made to, and the card stays canceled."""
    await world.deliver(world.message(FOX))
    world.clock.advance(1)
    await shut(world)
    await world.run_next()
    await world.send(world.tap("cancel", world.shown()))
    assert world.job().state is JobState.CANCELED
    assert "Canceled" in world.shown().text
    world.check_money()


async def test_no_card_to_say_it_on(world: World) -> None:
    """A job whose card is not known yet gets one when it has to wait, and then its picture."""
    world.messenger.fail("send_text", DeliveryUnknownError("?"))
    await world.deliver(world.message(FOX))
    world.clock.advance(60)
    await shut(world)
    await world.run_next()
    assert "Google is busy" in world.shown().text
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    assert world.messenger.messages(ME)[0].kind == "photo"


async def test_nowhere_to_say_it(world: World) -> None:
    """A person who blocked the bot is told nothing, and the job waits all the same."""
    world.messenger.fail("send_text", DeliveryUnknownError("?"))
    await world.deliver(world.message(FOX))
    world.messenger.blocked.add(ME)
    world.clock.advance(60)
    await shut(world)
    await world.run_next()
    assert world.messenger.messages(ME) == []
    assert world.job().state is JobState.QUEUED


async def test_card_cannot_be_edited(world: World) -> None:
    """A card that Telegram does not change now is no reason to ask."""
    await world.deliver(world.message(FOX))
    world.clock.advance(1)
    await shut(world)
    world.messenger.fail("edit_text", DeliveryUnknownError("?"))
    await world.run_next()
    assert (world.model.tasks, world.job().state) == ([], JobState.QUEUED)


async def test_the_other_model_is_asked(world: World) -> None:
    """An outage of one model does not delay pictures of another."""
    await shut(world)
    await world.send(world.tap_data("1;set;model;best;501", 400))
    await world.send(world.message(FOX))
    assert world.model.rungs == [NANO_BANANA_PRO]


async def test_away_until_the_end(world: World) -> None:
    """A person who waited in vain gets the credits back, and is told what it was."""
    world.model.script(FOX, *[Busy("503")] * 200)
    await world.send(world.message(FOX), world.message(FOX, user_id=OTHER))
    assert {job.failure for job in world.jobs()} == {FailureReason.BUSY}
    assert "still busy 15 minutes after your request" in world.shown(ME).text
    world.check_money()

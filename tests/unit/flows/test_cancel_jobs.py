"""What still waits can be stopped, what is being drawn is delivered, and the credits tell the same story."""

import asyncio

import pytest

from shared.domain.jobs import GATHER_SECONDS, JobState
from shared.domain.outcomes import Busy, PictureTask
from shared.errors import (
    BotBlockedError,
    ConflictError,
    DeliveryUnknownError,
    NanoBananaError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.flows.cancel_jobs import cancel_job
from tests.world import ME, OTHER, World, any_commit, writes_to

FOX = "a red fox"


async def test_button(world: World) -> None:
    """The card's button stops the job, returns the credits and says so on the card and in the toast."""
    await world.deliver(world.message(FOX))
    await world.send(world.tap("cancel", world.shown()))
    assert world.job().state is JobState.CANCELED
    assert world.user().account.available == 20
    assert world.messenger.taps[-1].toast == "Canceled"
    [card] = world.messenger.messages(ME)
    assert "Canceled. 4 credits are back" in card.text
    assert [button.label for row in card.buttons for button in row] == ["🔁 Try again"]
    assert world.model.tasks == []
    world.check_money()


async def test_button_twice(world: World) -> None:
    """A second press finds it done, and moves no credits."""
    await world.deliver(world.message(FOX))
    card = world.shown()
    await world.send(world.tap("cancel", card), world.tap("cancel", card))
    assert [tap.toast for tap in world.messenger.taps] == ["Canceled", "Canceled"]
    world.check_money()


async def test_too_late(world: World) -> None:
    """Once the model works the job is not stopped: the picture comes and is paid."""
    await world.deliver(world.message(FOX))
    tap = world.tap("cancel", world.shown())

    async def press(_: PictureTask) -> None:
        await world.deliver(tap)

    world.model.before = press
    await world.settle()
    assert "Too late" in world.messenger.taps[-1].toast
    assert world.job().state is JobState.DELIVERED
    world.check_money()


async def test_worker_claims_at_the_same_moment(world: World) -> None:
    """Who commits first wins: a job that a worker claimed between our read and our write is not canceled."""
    await world.deliver(world.message(FOX))
    world.clock.advance(GATHER_SECONDS)
    job = world.job()
    world.store.interrupt(writes_to("jobs"), lambda: world.move(job))
    await world.deliver(world.tap("cancel", world.shown()))
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    assert "Too late" in world.messenger.taps[-1].toast
    world.check_money()


async def test_account_changes_at_the_same_moment(world: World) -> None:
    """Another request of the same person does not keep the first from being canceled."""
    await world.deliver(world.message(FOX))
    tap, other = world.tap("cancel", world.shown()), world.message("a blue fox")
    world.store.interrupt(writes_to("jobs"), lambda: world.deliver(other))
    await world.send(tap)
    assert [job.state for job in world.jobs()] == [JobState.CANCELED, JobState.DELIVERED]
    world.check_money()


async def test_no_such_job(world: World) -> None:
    """There is nothing to cancel where there is no job."""
    assert await cancel_job(world.ports, "no-such-job") is None


async def test_everything_of_one_person(world: World) -> None:
    """/cancel stops all that waits, of this person only, and counts."""
    await world.deliver(world.message(f"{FOX} x2"))
    await world.deliver(world.message("a blue fox", user_id=OTHER))
    await world.send(world.message("/cancel"))
    assert [job.state for job in world.jobs()] == [JobState.CANCELED] * 2 + [JobState.DELIVERED]
    assert any("Canceled 2 pictures" in message.text for message in world.messenger.messages(ME))
    assert sum("2 of 2" in m.text or "1 of 2" in m.text for m in world.messenger.messages(ME)) == 2
    world.check_money()


async def test_nothing_waits(world: World) -> None:
    """/cancel without anything to stop says so."""
    await world.send(world.message("/cancel"))
    assert "Nothing was waiting" in world.shown().text
    world.check_money()


async def test_what_works_is_delivered(world: World) -> None:
    """/cancel does not touch what is being drawn."""
    await world.deliver(world.message(FOX))
    cancel = world.message("/cancel")

    async def press(_: PictureTask) -> None:
        await world.deliver(cancel)

    world.model.before = press
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    world.check_money()


async def test_job_begins_during_cancel(world: World) -> None:
    """A job that is claimed while /cancel goes through its list is not counted."""
    await world.deliver(world.message(f"{FOX} x2"))
    world.clock.advance(GATHER_SECONDS)
    first = world.jobs()[0]
    world.store.interrupt(writes_to("jobs"), lambda: world.move(first))
    await world.send(world.message("/cancel"))
    assert sorted(job.state for job in world.jobs()) == [JobState.CANCELED, JobState.DELIVERED]
    assert any("Canceled 1 picture" in message.text for message in world.messenger.messages(ME))
    world.check_money()


async def test_later_request_stays(world: World) -> None:
    """A /cancel that comes late stops only what was asked for before it."""
    cancel = world.message("/cancel")
    await world.deliver(world.message(FOX))
    await world.send(cancel)
    assert world.job().state is JobState.DELIVERED


async def test_older_cancel_does_not_lower_the_mark(world: World) -> None:
    """Of two /cancel the later one counts, whichever comes last."""
    early, message, late = world.message("/cancel"), world.message(FOX), world.message("/cancel")
    await world.send(late, early, message)
    assert world.job().state is JobState.CANCELED


async def test_busy_job_can_be_canceled(world: World) -> None:
    """A job that waits for a busy provider waits, and can be stopped."""
    world.model.script(FOX, Busy("429"))
    await world.deliver(world.message(FOX))
    await world.run_next()
    await world.send(world.message("/cancel"))
    assert world.job().state is JobState.CANCELED
    world.check_money()


@pytest.mark.parametrize(
    "error",
    [TooManyRequestsError(5), DeliveryUnknownError("?"), BotBlockedError("403")],
    ids=lambda e: type(e).__name__,
)
async def test_card_cannot_be_edited(world: World, error: NanoBananaError) -> None:
    """A cancelation that the card cannot show is a cancelation."""
    await world.deliver(world.message(FOX))
    tap = world.tap("cancel", world.shown())
    world.messenger.fail("edit_text", error)
    await world.send(tap)
    assert world.job().state is JobState.CANCELED
    world.check_money()


async def test_store_is_out(world: World) -> None:
    """A cancelation that could not be written comes again."""
    await world.deliver(world.message(FOX))
    tap = world.tap("cancel", world.shown())

    async def fail() -> None:
        raise UnavailableError("no store")

    world.store.interrupt(writes_to("jobs"), fail)
    with pytest.raises(UnavailableError):
        await world.deliver(tap)
    await world.send(tap)
    assert world.job().state is JobState.CANCELED
    world.check_money()


async def test_mark_is_contended(world: World) -> None:
    """Whoever else writes the account, the mark is left at last."""

    async def conflict() -> None:
        raise ConflictError("somebody was faster")

    world.store.interrupt(any_commit, conflict)
    await world.send(world.message("/cancel"))
    assert len(world.user().cancel_marks) == 1


async def test_cancel_and_request_at_once(world: World) -> None:
    """Whatever order two instances end up in, credits and states agree."""
    request, cancel = world.message(f"{FOX} x2"), world.message("/cancel")
    await asyncio.gather(world.deliver(cancel), world.deliver(request))
    await world.settle()
    assert {job.state for job in world.jobs()} <= {JobState.CANCELED, JobState.DELIVERED}
    world.check_money()

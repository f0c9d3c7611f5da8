"""What still waits can be stopped, what is being drawn is delivered, and the credits tell the same story."""

import asyncio
from dataclasses import replace

import pytest

from shared.errors import (
    BotBlockedError,
    ConflictError,
    DeliveryUnknownError,
    MessageGoneError,
    MessengerError,
    NanoBananaError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.jobs.cancel_jobs import cancel_job
from shared.jobs.job import GATHER_SECONDS, JobState
from shared.jobs.watch_job import FIRST_BEAT_SECONDS
from shared.providers.outcomes import Busy, PictureTask
from tests.fakes.clock import FakeClock
from tests.world import GROUP, ME, OTHER, World, any_commit, writes_to

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


async def test_while_it_is_drawn(world: World) -> None:
    """A picture that the model works on is stopped: the credits are back at once, the worker stops waiting."""
    world.clock = FakeClock(sleepers_wait=True)
    world.__post_init__()
    asked, let_go = asyncio.Event(), asyncio.Event()

    async def wait(_: PictureTask) -> None:
        asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            let_go.set()

    world.model.before = wait
    await world.deliver(world.message(FOX))
    running = asyncio.create_task(world.settle())
    await asked.wait()
    await world.deliver(world.tap("cancel", world.shown()))
    assert world.job().state is JobState.CANCELED
    assert world.user().account.available == 20
    assert world.messenger.taps[-1].toast == "Canceled"
    assert "Google charges us for it, not you" in world.shown().text
    world.clock.advance(FIRST_BEAT_SECONDS)
    await running
    assert let_go.is_set()
    assert [attempt.outcome for attempt in world.job().attempts] == ["canceled"]
    [card] = world.messenger.messages(ME)
    assert "Canceled while it was being drawn. 4 credits are back" in card.text
    assert world.blobs.blobs == {}
    world.check_money()


async def test_end_is_drawn_over_a_late_clock(world: World) -> None:
    """An edit of the clock that arrives after the end is corrected by the worker that made it."""
    await world.deliver(world.message(FOX))
    tap = world.tap("cancel", world.shown())

    async def wait(_: PictureTask) -> None:
        await asyncio.Event().wait()

    async def cancel_meanwhile() -> None:
        await world.deliver(tap)

    world.model.before = wait
    world.messenger.stall("send_action", cancel_meanwhile)
    await world.settle()
    assert world.job().state is JobState.CANCELED
    assert "Canceled while it was being drawn" in world.shown().text
    world.check_money()


async def test_worker_is_killed_after_a_late_edit(world: World) -> None:
    """A worker that drew its clock over the end and died cannot correct it: its task, which comes again, does."""
    await world.deliver(world.message(FOX))
    [task] = world.tasks.take_all()
    tap, drawn = world.tap("cancel", world.shown()), asyncio.Event()

    async def wait(_: PictureTask) -> None:
        drawn.set()
        await asyncio.Event().wait()

    world.model.before = wait
    world.clock.advance(GATHER_SECONDS)
    running = asyncio.create_task(world.run_task(task))
    await drawn.wait()
    working = world.job()
    running.cancel()
    await asyncio.wait({running})
    await world.deliver(tap)
    card = world.shown()
    late = replace(card, text="🎨 Drawing · 0:02")
    world.messenger.chats[ME][card.message_id] = late
    await world.run_task(task)
    assert working.state is JobState.WORKING
    assert "Canceled while it was being drawn" in world.shown().text
    world.check_money()


async def test_too_late(world: World) -> None:
    """Once the picture is stored the job is not stopped: it is shown and paid."""
    await world.deliver(world.message(FOX))
    tap = world.tap("cancel", world.shown())
    world.messenger.stall("edit_photo", lambda: world.deliver(tap))
    await world.settle()
    assert "Too late" in world.messenger.taps[-1].toast
    assert world.job().state is JobState.DELIVERED
    world.check_money()


async def test_picture_is_stored_at_the_same_moment(world: World) -> None:
    """Between reading and canceling the worker stores the picture under the same fence: it is too late."""
    await world.deliver(world.message(FOX))
    tap = world.tap("cancel", world.shown())
    asked, made, shown, canceled = asyncio.Event(), asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def wait(_: PictureTask) -> None:
        asked.set()
        await made.wait()

    async def store() -> None:
        made.set()
        await shown.wait()

    async def show() -> None:
        shown.set()
        await canceled.wait()

    world.model.before = wait
    world.messenger.stall("edit_photo", show)
    running = asyncio.create_task(world.settle())
    await asked.wait()
    world.store.interrupt(writes_to("jobs", state="refused"), store)
    await world.deliver(tap)
    canceled.set()
    await running
    assert world.job().state is JobState.DELIVERED
    assert "Too late" in world.messenger.taps[-1].toast
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
    assert any("Canceled 2 pictures that waited" in message.text for message in world.messenger.messages(ME))
    assert sum("2 of 2" in m.text or "1 of 2" in m.text for m in world.messenger.messages(ME)) == 2
    world.check_money()


async def test_nothing_waits(world: World) -> None:
    """/cancel without anything to stop says so."""
    await world.send(world.message("/cancel"))
    assert "nothing to cancel" in world.shown().text
    world.check_money()


async def test_everything_says_what(world: World) -> None:
    """/cancel stops what waits and what is drawn, and says how many of each and what is back."""
    await world.deliver(world.message(f"{FOX} x3"))
    first, asked = world.jobs()[0], asyncio.Event()

    async def wait(_: PictureTask) -> None:
        asked.set()
        await asyncio.Event().wait()

    world.model.before = wait
    world.clock.advance(GATHER_SECONDS)
    running = asyncio.create_task(world.move(first))
    await asked.wait()
    await world.deliver(world.message("/cancel"))
    await running
    await world.settle()
    assert [job.state for job in world.jobs()] == [JobState.CANCELED] * 3
    said = next(m.text for m in world.messenger.messages(ME) if "Stopped" in m.text)
    assert said == ("✖️ Canceled 2 pictures that waited. ✖️ Stopped 1 picture that I was drawing. 12 credits are back.")
    world.check_money()


async def test_everything_in_a_group(world: World) -> None:
    """/cancel in a group stops what was asked for there, and tells nobody's credits."""
    await world.deliver(world.message("/image a red fox", chat_id=GROUP))
    await world.deliver(world.message("a blue fox"))
    await world.send(world.message("/cancel", chat_id=GROUP))
    assert [job.state for job in world.jobs()] == [JobState.CANCELED, JobState.DELIVERED]
    assert "Canceled 1 picture that waited. Credits are back." in world.shown(GROUP).text
    world.check_money()


@pytest.mark.parametrize("error", [None, TooManyRequestsError(3), DeliveryUnknownError("?")])
async def test_cancel_overtakes_its_message(world: World, error: NanoBananaError | None) -> None:
    """A request that comes after its /cancel ends visibly under its message, once, and never held a credit."""
    request, cancel = world.message(f"{FOX} x2"), world.message("/cancel")
    await world.send(cancel)
    if error is not None:
        world.messenger.fail("send_text", error)
    await world.send(request, request)
    ends = [m.text for m in world.messenger.messages(ME) if "your /cancel came first" in m.text]
    assert len(ends) == (0 if isinstance(error, DeliveryUnknownError) else 1)
    assert {job.state for job in world.jobs()} == {JobState.CANCELED}
    assert world.transfers()[1:] == []
    world.check_money()


async def test_job_begins_during_cancel(world: World) -> None:
    """A job that is claimed while /cancel goes through its list is not counted."""
    await world.deliver(world.message(f"{FOX} x2"))
    world.clock.advance(GATHER_SECONDS)
    first = world.jobs()[0]
    world.store.interrupt(writes_to("jobs"), lambda: world.move(first))
    await world.send(world.message("/cancel"))
    assert sorted(job.state for job in world.jobs()) == [JobState.CANCELED, JobState.DELIVERED]
    assert any("Canceled 1 picture that waited" in message.text for message in world.messenger.messages(ME))
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
    """Concurrent writes of the account do not prevent the mark."""

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


async def test_drawing_and_canceling_counts(world: World) -> None:
    """A picture that was being drawn is paid back, but counts for the day's limit: the provider charges us for it."""
    await world.deliver(world.message(FOX))
    tap = world.tap("cancel", world.shown())

    async def press(_: PictureTask) -> None:
        await world.deliver(tap)

    world.model.before = press
    await world.settle()
    assert (world.user().account.available, world.user().account.spent_credits) == (20, 4)
    await world.deliver(world.message("a blue fox"))
    await world.send(world.tap("cancel", world.shown()))
    assert (world.user().account.available, world.user().account.spent_credits) == (20, 4)
    world.check_money()


async def test_cancel_that_could_not_answer(world: World) -> None:
    """A /cancel whose answer met flood control says afterwards what it stopped, and not that nothing was waiting."""
    await world.deliver(world.message(FOX))
    world.messenger.fail("send_text", TooManyRequestsError(9))
    await world.send(world.message("/cancel"))
    assert "Canceled 1 picture that waited" in world.shown().text


@pytest.mark.parametrize(
    "errors",
    [(TooManyRequestsError(5), DeliveryUnknownError("lost")), (MessageGoneError("gone"), MessageGoneError("gone"))],
)
async def test_end_is_drawn_again_until_it_is_there(world: World, errors: tuple[MessengerError, ...]) -> None:
    """A canceled card that Telegram does not take now is drawn later; one that is gone is left."""
    await world.deliver(world.message(FOX))
    tap = world.tap("cancel", world.shown())

    async def press(_: PictureTask) -> None:
        await world.deliver(tap)

    world.model.before = press
    await world.settle()
    world.messenger.fail("edit_text", *errors)
    for _ in errors:
        await world.move(world.job())
    await world.settle()
    assert "Canceled while it was being drawn" in world.shown().text
    assert world.job().state is JobState.CANCELED
    world.check_money()

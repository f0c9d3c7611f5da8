"""Each answer of the model ends in a picture that is paid or in credits that are back."""

import asyncio
import gc
import json
from collections.abc import Awaitable, Callable

import pytest

from shared.domain.jobs import ATTEMPTS_MAX, JobState
from shared.domain.outcomes import (
    Broken,
    Busy,
    FailureReason,
    FileRefused,
    Made,
    ModelOutcome,
    NoImage,
    PictureTask,
    Refused,
    TimedOut,
)
from shared.errors import (
    DeliveryUnknownError,
    MessageGoneError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.flows import make_picture
from shared.ports import Media, Place, Screen, Sent
from tests.fakes.clock import FakeClock
from tests.fakes.pictures import PNG
from tests.world import ME, OTHER, World

FOX = "a red fox"


class ClockEdits:
    """Holds the model's answer until the clock's first edit is on its way; that edit awaits `then`."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        world.clock = FakeClock(sleepers_wait=True)
        world.__post_init__()
        world.model.before = self._wait
        self.seen: list[str] = []
        self.then: Callable[[], Awaitable[object]] = asyncio.Event().wait
        self._started = asyncio.Event()
        self._edit_text, self._edit_photo = world.messenger.edit_text, world.messenger.edit_photo
        monkeypatch.setattr(world.messenger, "edit_text", self.edit_text)
        monkeypatch.setattr(world.messenger, "edit_photo", self.edit_photo)

    async def edit_text(self, place: Place, message_id: int, screen: Screen) -> None:
        self.seen.append("clock starts")
        self._started.set()
        try:
            await self.then()
        except asyncio.CancelledError:
            self.seen.append("clock is let go")
            raise
        await self._edit_text(place, message_id, screen)
        self.seen.append("clock ends")

    async def edit_photo(self, place: Place, message_id: int, photo: Media, caption: Screen) -> Sent:
        self.seen.append("picture")
        return await self._edit_photo(place, message_id, photo, caption)

    async def _wait(self, _: PictureTask) -> None:
        await self._started.wait()


async def test_picture_is_made_shown_and_paid(world: World) -> None:
    """The way without trouble: one call of the model, one card, one capture, everything kept."""
    await world.send(world.message(f"{FOX} 16:9 2K"))
    job = world.job()
    [task] = world.model.tasks
    assert (task.prompt, task.ratio, task.size, task.references, task.parent) == (FOX, "16:9", "2K", (), None)
    assert job.state is JobState.DELIVERED
    assert job.result is not None
    assert set(world.blobs.blobs) == {job.result.blob, job.result.signature_blob}
    assert (job.result.width, job.result.height, job.result.photo_file_id) == (1, 1, world.shown().file_id)
    assert [attempt.outcome for attempt in job.attempts] == ["made"]
    assert world.user().account.available == 14
    world.check_money()


async def test_no_signature(world: World) -> None:
    """A model that signs nothing leaves one file."""
    world.model.script(FOX, Made(PNG + b"x" * 20, "image/png"))
    await world.send(world.message(FOX))
    assert len(world.blobs.blobs) == 1
    assert world.job().state is JobState.DELIVERED


@pytest.mark.parametrize(
    ("outcomes", "reason", "shown"),
    [
        ([Refused("SAFETY")], FailureReason.SAFETY, "filter stopped this"),
        ([Broken("400 INVALID_ARGUMENT")], FailureReason.OURS, "broke on our side"),
        ([FileRefused("INVALID_ARGUMENT")], FailureReason.FILE_UNREADABLE, "cannot open this file"),
        ([NoImage("STOP", "I <b>cannot</b>")] * 2, FailureReason.NO_IMAGE, "no usable picture, twice"),
        ([Made(b"not a picture", "image/png")] * 2, FailureReason.NO_IMAGE, "no usable picture, twice"),
        ([TimedOut()] * ATTEMPTS_MAX, FailureReason.LATE, "too long"),
        ([Busy("429")] * 9, FailureReason.BUSY, "stayed busy"),
        ([Busy("429", 300)], FailureReason.BUSY, "stayed busy"),
    ],
)
async def test_no_picture(world: World, outcomes: list[ModelOutcome], reason: FailureReason, shown: str) -> None:
    """The card says once what happened and that the credits are back, with a way on; the code is behind a button."""
    world.model.script(FOX, *outcomes)
    await world.send(world.message(FOX))
    [card] = world.messenger.messages(ME)
    assert (world.job().state, world.job().failure) == (JobState.FAILED, reason)
    assert shown in card.text
    assert "4 credits are back. " in card.text
    assert "E-" not in card.text
    assert "&lt;" not in card.text
    ways_on = {FailureReason.SAFETY: ["✏️ Other words"], FailureReason.FILE_UNREADABLE: []}.get(reason, ["🔁 Try again"])
    assert [button.label for row in card.buttons for button in row] == [*ways_on, "ℹ️ Details"]
    assert world.user().account.available == 20
    world.check_money()


@pytest.mark.parametrize(
    ("outcome", "code"),
    [(Busy("429"), "busy"), (NoImage("STOP"), "no_image"), (TimedOut(), "timed_out")],
)
async def test_second_chance(world: World, outcome: ModelOutcome, code: str) -> None:
    """What may pass is tried again without a word, and both attempts are kept."""
    world.model.script(FOX, outcome)
    await world.send(world.message(FOX))
    assert [attempt.outcome for attempt in world.job().attempts] == [code, "made"]
    assert world.job().state is JobState.DELIVERED
    assert [message.kind for message in world.messenger.messages(ME)] == ["photo"]
    world.check_money()


async def test_busy_says_so(world: World) -> None:
    """While Google is busy the card says that nobody needs to send it again, and offers to cancel."""
    world.model.script(FOX, Busy("503"))
    await world.deliver(world.message(FOX))
    await world.run_next()
    assert "Google is busy" in world.shown().text
    assert world.shown().buttons[0][0].label == "✕ Cancel"
    assert world.job().state is JobState.QUEUED
    await world.send(world.tap("cancel", world.shown()))
    assert world.job().state is JobState.CANCELED
    world.check_money()


async def test_busy_card_cannot_be_edited(world: World) -> None:
    """A card that Telegram does not change now is no reason to stop."""
    world.model.script(FOX, Busy("503"))
    await world.deliver(world.message(FOX))
    world.messenger.fail("edit_text", MessageGoneError("gone"), MessageGoneError("gone"))
    await world.settle()
    assert world.job().state is JobState.DELIVERED


async def test_progress(world: World) -> None:
    """While the model works the card shows the time that passed, and stops with the answer."""
    world.clock = FakeClock(sleepers_wait=True)
    world.__post_init__()
    asked, answer = asyncio.Event(), asyncio.Event()

    async def wait(_: object) -> None:
        asked.set()
        await answer.wait()

    world.model.before = wait
    await world.deliver(world.message(FOX))
    running = asyncio.create_task(world.settle())
    await asked.wait()
    for _ in range(5):
        await asyncio.sleep(0)
    assert "Drawing · 0:00 · usually 5–15 s" in world.shown().text
    world.clock.advance(10)
    for _ in range(5):
        await asyncio.sleep(0)
    assert "Drawing · 0:10" in world.shown().text
    answer.set()
    await running
    assert world.shown().kind == "photo"
    assert world.job().state is JobState.DELIVERED


async def test_last_edit_of_the_clock_is_seen_through(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock has stopped before the picture is shown: an edit on its way is waited for, and not repeated."""
    edits = ClockEdits(world, monkeypatch)

    async def finish() -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    edits.then = finish
    await world.send(world.message(FOX))
    assert edits.seen == ["clock starts", "clock ends", "picture"]
    assert world.shown().kind == "photo"


async def test_hanging_clock_does_not_hold_the_picture(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit that Telegram never answers is let go after its time."""
    monkeypatch.setattr(make_picture, "EDIT_SECONDS_MAX", 0.01)
    edits = ClockEdits(world, monkeypatch)
    edits.then = asyncio.Event().wait
    async with asyncio.timeout(10):
        await world.send(world.message(FOX))
    assert edits.seen == ["clock starts", "clock is let go", "picture"]
    assert world.job().state is JobState.DELIVERED


async def test_last_edit_of_the_clock_fails(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit that is refused while it is waited for does no harm, and leaves no complaint behind."""
    complaints = list[str]()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context["message"]))
    edits = ClockEdits(world, monkeypatch)

    async def fail() -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        raise MessageGoneError("gone")

    edits.then = fail
    await world.send(world.message(FOX))
    gc.collect()
    assert world.job().state is JobState.DELIVERED
    assert complaints == []


@pytest.mark.parametrize("error", [TooManyRequestsError(9), MessageGoneError("gone"), DeliveryUnknownError("?")])
async def test_progress_is_a_courtesy(world: World, error: Exception) -> None:
    """A clock that cannot be shown does not keep the picture from being made."""
    await world.deliver(world.message(FOX))
    world.messenger.fail("edit_text", error)  # type: ignore[arg-type]
    await world.settle()
    assert len(world.model.tasks) == 1
    assert world.job().state is JobState.DELIVERED


async def test_bucket_fails_for_a_moment(world: World) -> None:
    """A picture that was made is put away at the second or third try."""
    world.blobs.outages = 2
    await world.send(world.message(FOX))
    assert len(world.model.tasks) == 1
    assert world.job().state is JobState.DELIVERED


async def test_bucket_is_out(world: World) -> None:
    """Without a bucket the task comes again; soon, the picture is made anew, and paid once."""
    world.blobs.outages = 3
    await world.deliver(world.message(FOX))
    [task] = world.tasks.take_all()
    with pytest.raises(UnavailableError):
        await world.run_task(task)
    assert world.job().state is JobState.QUEUED
    await world.run_task(task)
    await world.settle()
    assert [attempt.outcome for attempt in world.job().attempts] == ["", "made"]
    assert world.job().state is JobState.DELIVERED
    world.check_money()


async def test_two_people_do_not_meet(world: World) -> None:
    """One person's failure is not another's."""
    world.model.script("a blue fox", Refused("SAFETY"))
    await world.send(world.message(FOX), world.message("a blue fox", user_id=OTHER))
    assert [job.state for job in world.jobs()] == [JobState.DELIVERED, JobState.FAILED]
    assert (world.user(ME).account.available, world.user(OTHER).account.available) == (16, 20)
    world.check_money()


async def test_broken_clock_does_not_cost_the_picture(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bug in showing the progress is logged, and the picture delivered."""
    edits, failed = ClockEdits(world, monkeypatch), asyncio.Event()

    async def fail() -> None:
        failed.set()
        raise ZeroDivisionError

    async def wait(_: PictureTask) -> None:
        await failed.wait()
        for _turn in range(20):
            await asyncio.sleep(0)

    edits.then, world.model.before = fail, wait
    await world.send(world.message(FOX))
    assert world.job().state is JobState.DELIVERED
    assert "progress_failed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("outcome", "events"),
    [
        (Refused("SAFETY"), ["model_answered", "attempt_failed", "job_refused"]),
        (Busy("429"), ["model_answered", "attempt_failed", "model_answered", "job_delivered"]),
    ],
)
async def test_log(world: World, capsys: pytest.CaptureFixture[str], outcome: ModelOutcome, events: list[str]) -> None:
    """What became of a job can be read in the log."""
    world.model.script(FOX, outcome)
    await world.send(world.message(FOX))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in lines if line.get("job_id") == world.job().id] == events

"""Each answer of the model ends in a picture that is paid or in credits that are back."""

import asyncio
import gc
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from shared.domain.jobs import ATTEMPTS_MAX, LEASE_SECONDS, MODEL_SECONDS_MAX, JobState
from shared.domain.outcomes import (
    Broken,
    Busy,
    FailureReason,
    Made,
    ModelOutcome,
    NoImage,
    PictureTask,
    Refused,
    TimedOut,
)
from shared.errors import (
    BotBlockedError,
    DeliveryUnknownError,
    FileUnreadableError,
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
        ([NoImage("STOP", "I <b>cannot</b>")] * 2, FailureReason.NO_IMAGE, "I &lt;b&gt;cannot&lt;/b&gt;"),
        ([Made(b"not a picture", "image/png")] * 2, FailureReason.NO_IMAGE, "no usable picture, twice"),
        ([TimedOut()] * ATTEMPTS_MAX, FailureReason.LATE, "too long"),
        ([Busy("429")] * 9, FailureReason.BUSY, "stayed busy"),
        ([Busy("429", 300)], FailureReason.BUSY, "stayed busy"),
    ],
)
async def test_no_picture(world: World, outcomes: list[ModelOutcome], reason: FailureReason, shown: str) -> None:
    """What happened, that the credits are back and the code stand on the card, once, with a button to try again."""
    world.model.script(FOX, *outcomes)
    await world.send(world.message(FOX))
    [card] = world.messenger.messages(ME)
    assert (world.job().state, world.job().failure) == (JobState.FAILED, reason)
    assert shown in card.text
    assert "4 credits are back. " in card.text
    assert f"({reason}" in card.text
    assert [button.label for row in card.buttons for button in row] == ["🔁 Try again"]
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


async def test_material_goes_to_the_model(world: World) -> None:
    """A photo's bytes are fetched, checked and given along."""
    await world.send(world.photo("make it blue"))
    [task] = world.model.tasks
    [reference] = task.references
    assert (reference.content.startswith(PNG), reference.mime_type) == (True, "image/png")


@pytest.mark.parametrize(
    ("picture", "reason"),
    [(b"not a picture", FailureReason.FILE_UNREADABLE), (bytes(20 * 1024 * 1024 + 1), FailureReason.FILE_TOO_LARGE)],
)
async def test_unusable_material(world: World, picture: bytes, reason: FailureReason) -> None:
    """A file that cannot be used ends the job before the model is asked; no attempt is counted."""
    update = world.photo("make it blue", picture=picture)
    update["message"]["photo"][0]["file_size"] = 1
    await world.send(update)
    assert (world.job().state, world.job().failure) == (JobState.FAILED, reason)
    assert world.job().attempts == ()
    assert world.model.tasks == []
    world.check_money()


@pytest.mark.parametrize("error", [TooManyRequestsError(9), DeliveryUnknownError("?")])
async def test_telegram_does_not_hand_out_the_file_now(world: World, error: Exception) -> None:
    """Material that cannot be had now is asked for later, and costs no attempt."""
    await world.deliver(world.photo("make it blue"))
    world.messenger.fail("download", error)  # type: ignore[arg-type]
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    assert len(world.job().attempts) == 1
    world.check_money()


async def test_file_is_not_handed_out(world: World) -> None:
    """A refusal of Telegram to hand out a file is final."""
    await world.deliver(world.photo("make it blue"))
    world.messenger.fail("download", BotBlockedError("403"))
    await world.settle()
    assert world.job().failure is FailureReason.UNDELIVERABLE
    world.check_money()


async def test_parent_and_its_signature(world: World) -> None:
    """A new version starts from what was asked and made before, signature included."""
    await world.send(world.message(FOX))
    await world.send(world.reply("make it blue", world.shown()))
    parent = world.model.tasks[1].parent
    assert parent is not None
    made = world.jobs()[0].result
    assert made is not None
    assert made.signature_blob is not None
    assert (parent.prompt, parent.signature) == (FOX, world.blobs.blobs[made.signature_blob][0])
    assert parent.picture.content == world.blobs.blobs[made.blob][0]


async def test_parent_without_signature(world: World) -> None:
    """A parent that was not signed is used all the same."""
    world.model.script(FOX, Made(PNG + b"x" * 20, "image/png"))
    await world.send(world.message(FOX))
    await world.send(world.reply("make it blue", world.shown()))
    parent = world.model.tasks[1].parent
    assert parent is not None
    assert parent.signature == b""


async def test_parent_of_another_model(world: World) -> None:
    """A signature is only given to the model that wrote it."""
    await world.send(world.message("/settings"))
    panel = world.shown()
    await world.send(world.message(FOX))
    picture = world.shown()
    await world.send(world.tap("set;model;best", panel))
    await world.send(world.reply("make it blue", picture))
    parent = world.model.tasks[1].parent
    assert parent is not None
    assert parent.signature == b""


async def test_large_parent(world: World) -> None:
    """A parent too large for a call is reduced first, and then has no signature."""
    world.model.script(FOX, Made(PNG + bytes(6_000_001), "image/png", b"signature"))
    await world.send(world.message(FOX))
    checked = world.pictures.checked
    await world.send(world.reply("make it blue", world.shown()))
    parent = world.model.tasks[1].parent
    assert parent is not None
    assert (parent.signature, world.pictures.checked) == (b"", checked + 1)


@pytest.mark.parametrize("lost", ["file", "mark"])
async def test_parent_is_gone(world: World, lost: str) -> None:
    """A version of a picture that is no longer stored cannot be made; the credits go back."""
    await world.send(world.message(FOX))
    picture = world.shown()
    await world.deliver(world.reply("make it blue", picture))
    if lost == "file":
        world.blobs.blobs.clear()
    else:
        await world.deliver(world.tap("delete", picture))
    await world.settle()
    assert world.jobs()[1].failure is FailureReason.FILE_GONE
    world.check_money()


async def test_bucket_fails_for_a_moment(world: World) -> None:
    """A picture that was made is put away at the second or third try."""
    world.blobs.outages = 2
    await world.send(world.message(FOX))
    assert len(world.model.tasks) == 1
    assert world.job().state is JobState.DELIVERED


async def test_bucket_is_out(world: World) -> None:
    """Without a bucket the task comes again; once the lease is over the picture is made anew, and paid once."""
    world.blobs.outages = 3
    await world.deliver(world.message(FOX))
    [task] = world.tasks.take_all()
    with pytest.raises(UnavailableError):
        await world.run_task(task)
    assert world.job().state is JobState.WORKING
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


async def test_downloads_have_a_limit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Material that does not come in its time is asked for later, and costs no attempt."""
    download, hanging = world.messenger.download, [True]

    async def hang(file_id: str) -> bytes:
        if hanging.pop() if hanging else False:
            await asyncio.Event().wait()
        return await download(file_id)

    monkeypatch.setattr(world.messenger, "download", hang)
    monkeypatch.setattr(make_picture, "MATERIAL_SECONDS_MAX", 0.01)
    await world.deliver(world.photo("make it blue"))
    await world.run_next()
    assert (world.job().state, world.model.tasks) == (JobState.QUEUED, [])
    monkeypatch.setattr(make_picture, "MATERIAL_SECONDS_MAX", 60)
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    assert len(world.job().attempts) == 1
    world.check_money()


async def test_first_bad_file_stops_the_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One unusable picture of an album ends the job at once: downloads under way are let go."""
    stopped = list[str]()

    async def download(file_id: str) -> bytes:
        if not stopped and file_id == bad:
            await asyncio.sleep(0)
            raise FileUnreadableError(file_id)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            stopped.append(file_id)
            raise
        return b""

    monkeypatch.setattr(world.messenger, "download", download)
    parts = [world.photo("make it blue", media_group_id="7"), world.photo(picture=PNG + b"bad", media_group_id="7")]
    bad = parts[1]["message"]["photo"][0]["file_id"]
    await world.send(*parts)
    assert (world.job().failure, len(stopped)) == (FailureReason.FILE_UNREADABLE, 1)
    world.check_money()


@pytest.mark.parametrize(("seconds", "renewed"), [(0, False), (LEASE_SECONDS - MODEL_SECONDS_MAX - 10, True)])
async def test_lease_outlives_the_model(
    world: World, monkeypatch: pytest.MonkeyPatch, seconds: float, *, renewed: bool
) -> None:
    """After slow downloads the lease starts anew, so that the model has its whole time; otherwise nothing is written."""
    download, leases = world.messenger.download, list[object]()

    async def dawdle(file_id: str) -> bytes:
        leases.append(world.job().lease_until)
        world.clock.advance(seconds)
        return await download(file_id)

    async def look(_: PictureTask) -> None:
        leases.append(world.job().lease_until)
        assert leases[-1] == world.now + timedelta(seconds=LEASE_SECONDS)

    monkeypatch.setattr(world.messenger, "download", dawdle)
    world.model.before = look
    await world.send(world.photo("make it blue"))
    assert (leases[0] != leases[1]) is renewed
    assert world.job().state is JobState.DELIVERED


async def test_broken_clock_does_not_cost_the_picture(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bug in showing the progress is logged, and the picture delivered."""
    edits = ClockEdits(world, monkeypatch)

    async def fail() -> None:
        raise ZeroDivisionError

    edits.then = fail
    await world.send(world.message(FOX))
    assert world.job().state is JobState.DELIVERED
    assert "progress_failed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("outcome", "events"),
    [
        (Refused("SAFETY"), ["attempt_failed", "job_refused"]),
        (Busy("429"), ["attempt_failed", "job_delivered"]),
    ],
)
async def test_log(world: World, capsys: pytest.CaptureFixture[str], outcome: ModelOutcome, events: list[str]) -> None:
    """What became of a job can be read in the log."""
    world.model.script(FOX, outcome)
    await world.send(world.message(FOX))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in lines if line.get("job_id") == world.job().id] == events

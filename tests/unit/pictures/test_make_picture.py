"""Each answer of the model ends in a picture that is paid or in credits that are back."""

import asyncio
import json
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from shared.errors import FileTooManyPixelsError, MessageGoneError, UnavailableError
from shared.jobs import put_patiently
from shared.jobs.attempts import ATTEMPTS_MAX
from shared.jobs.job import JobState
from shared.jobs.open_jobs import change_held_job
from shared.jobs.time_limits import LEASE_SECONDS, SHOWING_SECONDS_MAX, VISIT_SECONDS_MAX
from shared.people.accounts import open_user
from shared.pictures import make_picture
from shared.pictures.byte_budget import ANSWERS_BYTES
from shared.pictures.picture import result_of
from shared.providers.outcomes import (
    Broken,
    Busy,
    FailureReason,
    FileRefused,
    Made,
    ModelOutcome,
    NoResult,
    Refused,
    TimedOut,
)
from tests.fakes.pictures import PNG
from tests.world import ME, OTHER, World, writes_to

FOX = "a red fox"


async def test_picture_is_made_shown_and_paid(world: World) -> None:
    """The way without trouble: one call of the model, one card, one capture, everything kept."""
    await world.send(world.message(f"{FOX} 16:9 2K"))
    job = world.job()
    [task] = world.model.tasks
    assert (task.prompt, task.ratio, task.size, task.references, task.parent) == (FOX, "16:9", "2K", (), None)
    assert job.state is JobState.DELIVERED
    assert set(world.blobs.blobs) == {result_of(job).blob}
    assert (
        result_of(job).width,
        result_of(job).height,
        result_of(job).photo_file_id,
    ) == (
        1,
        1,
        world.shown().file_id,
    )
    assert [attempt.outcome for attempt in job.attempts] == ["made"]
    assert world.user().account.available == 14
    world.check_money()


async def test_an_answer_waits_for_room(world: World) -> None:
    """A full process asks the model all the same, and takes the picture when others have stored theirs."""
    await world.deliver(world.message(FOX))
    async with world.budget.expect(ANSWERS_BYTES) as take:
        await take()
        working = asyncio.create_task(world.settle())
        for _ in range(100):
            await asyncio.sleep(0)
        assert world.model.tasks
        assert (world.job().state, working.done()) == (JobState.WORKING, False)
    await working
    assert world.job().state is JobState.DELIVERED
    world.check_money()


async def test_room_is_free_while_a_picture_is_shown(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Telegram may take long: meanwhile other answers are read."""
    edit_photo = world.messenger.edit_photo

    async def edit(*arguments: Any) -> Any:
        async with world.budget.expect(ANSWERS_BYTES) as take:
            await asyncio.wait_for(take(), 1)
        return await edit_photo(*arguments)

    monkeypatch.setattr(world.messenger, "edit_photo", edit)
    await world.send(world.message(FOX))
    assert world.job().state is JobState.DELIVERED


async def test_no_signature(world: World) -> None:
    """A model that signs nothing leaves a file that is the picture and nothing else."""
    world.model.script(FOX, Made(PNG + b"x" * 20, "image/png"))
    await world.send(world.message(FOX))
    assert [content for content, _ in world.blobs.blobs.values()] == [PNG + b"x" * 20]
    assert world.job().state is JobState.DELIVERED


@pytest.mark.parametrize(
    ("outcomes", "reason", "shown"),
    [
        ([Refused("SAFETY")], FailureReason.SAFETY, "filter stopped this"),
        ([Broken("400 INVALID_ARGUMENT")], FailureReason.OURS, "broke on our side"),
        ([FileRefused("INVALID_ARGUMENT")], FailureReason.FILE_UNREADABLE, "cannot open this file"),
        ([NoResult("STOP", "I <b>cannot</b>")] * 2, FailureReason.NO_RESULT, "no usable picture, twice"),
        ([Made(b"not a picture", "image/png")] * 2, FailureReason.NO_RESULT, "no usable picture, twice"),
        ([TimedOut()] * ATTEMPTS_MAX, FailureReason.LATE, "too long"),
        ([Busy("429")] * 200, FailureReason.BUSY, "was still busy 15 minutes after your request"),
        ([Busy("429", 300)] * 200, FailureReason.BUSY, "still busy"),
        ([Busy("500", is_fault=True)] * 200, FailureReason.PROVIDER, "Google's service still had a fault"),
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
    assert [button.label for button in card.buttons[0]] == [*ways_on, "ℹ️ Details"]
    assert world.user().account.available == 20
    world.check_money()


@pytest.mark.parametrize(
    ("outcome", "code"),
    [(Busy("429"), "busy"), (NoResult("STOP"), "no_image"), (TimedOut(), "timed_out")],
)
async def test_second_chance(world: World, outcome: ModelOutcome, code: str) -> None:
    """A transient failure is retried silently, and both attempts are kept."""
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


async def test_bucket_fails_for_a_moment(world: World) -> None:
    """A picture that was made is put away at the second or third try."""
    world.blobs.outages = 2
    await world.send(world.message(FOX))
    assert len(world.model.tasks) == 1
    assert world.job().state is JobState.DELIVERED


async def test_bucket_is_out(world: World) -> None:
    """A bucket that is out for longer than a visit may last: the task comes again, the picture is made anew, and paid
    once. Meanwhile the bucket is asked until only the time for showing is left."""
    world.blobs.outages = 1_000
    await world.deliver(world.message(FOX))
    [task] = world.tasks.take_all()
    began = world.now
    with pytest.raises(UnavailableError):
        await world.run_task(task)
    storing = timedelta(seconds=VISIT_SECONDS_MAX - SHOWING_SECONDS_MAX)
    assert storing - timedelta(seconds=put_patiently.PUT_PAUSES_SECONDS[-1]) <= world.now - began < storing
    assert world.job().state is JobState.QUEUED
    world.blobs.outages = 0
    await world.run_task(task)
    await world.settle()
    assert [attempt.outcome for attempt in world.job().attempts] == ["", "made"]
    assert world.job().state is JobState.DELIVERED
    world.check_money()


async def test_bucket_is_out_for_minutes(world: World) -> None:
    """A bucket that is back within the visit costs no second picture."""
    world.blobs.outages = 20
    began = world.now
    await world.send(world.message(FOX))
    assert world.now - began > timedelta(minutes=3)
    assert len(world.model.tasks) == 1
    assert world.job().state is JobState.DELIVERED


async def test_the_preview_is_waited_for_though_the_bucket_is_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory that was set aside is not given to others while the preview still uses it."""
    world.blobs.outages = 1_000
    ended, preview = asyncio.Event(), world.studio.pictures.preview

    async def take_longer(content: bytes) -> tuple[bytes, int, int]:
        for _ in range(200):
            await asyncio.sleep(0)
        ended.set()
        return await preview(content)

    monkeypatch.setattr(world.studio.pictures, "preview", take_longer)
    await world.deliver(world.message(FOX))
    with pytest.raises(UnavailableError):
        await world.run_next()
    assert ended.is_set()


async def test_bucket_hangs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Putting a picture away has a limit; then the task comes again."""
    monkeypatch.setattr(make_picture, "storing_seconds", lambda _: 0.01)

    async def hang(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(world.blobs, "put", hang)
    await world.deliver(world.message(FOX))
    [task] = world.tasks.take_all()
    with pytest.raises(UnavailableError):
        await world.run_task(task)
    assert world.job().state is JobState.QUEUED


async def test_two_people_do_not_meet(world: World) -> None:
    """One person's failure is not another's."""
    world.model.script("a blue fox", Refused("SAFETY"))
    await world.send(world.message(FOX), world.message("a blue fox", user_id=OTHER))
    assert [job.state for job in world.jobs()] == [JobState.DELIVERED, JobState.FAILED]
    assert (world.user(ME).account.available, world.user(OTHER).account.available) == (16, 20)
    world.check_money()


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


async def test_no_memory_for_the_preview(world: World) -> None:
    """A picture that cannot be decoded for want of memory is kept, and shown later; the model is not asked again."""
    preview, failures = world.pictures.preview, [FileTooManyPixelsError("no memory") for _ in range(2)]

    async def fail_twice(content: bytes) -> tuple[bytes, int, int]:
        if failures:
            raise failures.pop()
        return await preview(content)

    world.pictures.preview = fail_twice  # type: ignore[method-assign]
    await world.send(world.message("a red fox"))
    assert world.job().state is JobState.DELIVERED
    assert len(world.model.tasks) == 1
    world.check_money()


async def test_stored_while_the_preview_is_made(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Storing waits for no preview and the preview for no storing: each goes on once the other has begun."""
    storing, previewing = asyncio.Event(), asyncio.Event()
    put, preview = world.blobs.put, world.pictures.preview

    async def put_beside(*arguments: Any) -> None:
        storing.set()
        await asyncio.wait_for(previewing.wait(), 5)
        await put(*arguments)

    async def preview_beside(content: bytes) -> tuple[bytes, int, int]:
        previewing.set()
        await asyncio.wait_for(storing.wait(), 5)
        return await preview(content)

    monkeypatch.setattr(world.blobs, "put", put_beside)
    monkeypatch.setattr(world.pictures, "preview", preview_beside)
    await world.send(world.message(FOX))
    assert (world.job().state, len(world.model.tasks)) == (JobState.DELIVERED, 1)
    world.check_money()


async def test_person_is_read_while_the_picture_is_written_down(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person is read beside the commit, once; a read that fails there costs another one, and no picture."""
    read, committed = asyncio.Event(), asyncio.Event()

    async def change_beside(*arguments: Any) -> Any:
        await asyncio.wait_for(read.wait(), 5)
        changed = await change_held_job(*arguments)
        committed.set()
        return changed

    async def open_beside(*arguments: Any) -> Any:
        read.set()
        await asyncio.wait_for(committed.wait(), 5)
        return await open_user(*arguments)

    async def fail(*_: Any) -> None:
        raise UnavailableError("no store")

    with monkeypatch.context() as patch:
        patch.setattr(make_picture, "change_held_job", change_beside)
        patch.setattr(make_picture, "open_user", open_beside)
        await world.send(world.message(FOX))
    monkeypatch.setattr(make_picture, "open_user", fail)
    await world.send(world.message("a blue fox"))
    assert [job.state for job in world.jobs()] == [JobState.DELIVERED] * 2
    world.check_money()


async def test_unreadable_file_is_not_looked_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is no picture may stay in the bucket: its attempt is told, so that the next one does not look."""

    async def look(_: str) -> None:
        raise AssertionError("nobody needs to look")

    monkeypatch.setattr(world.blobs, "look", look)
    world.model.script(FOX, Made(b"not a picture", "image/png"))
    await world.send(world.message(FOX))
    job = world.job()
    assert ([attempt.outcome for attempt in job.attempts], job.state) == (["no_image", "made"], JobState.DELIVERED)
    assert world.blobs.blobs[result_of(job).blob][0] != b"not a picture"
    world.check_money()


async def test_an_outage_before_the_model_uses_up_no_attempt(world: World) -> None:
    """A bucket that cannot be asked for a while costs time only: the picture is made when it is back."""
    look, outages = world.blobs.look, 5

    async def fail(name: str) -> object:
        nonlocal outages
        if outages:
            outages -= 1
            raise UnavailableError("no bucket")
        return await look(name)

    world.blobs.look = fail  # type: ignore[method-assign, assignment]
    await world.deliver(world.message(FOX))
    world.store.lose(writes_to("jobs", state="working"))  # an attempt of which nobody knows: the bucket is asked
    for _ in range(9):
        with suppress(UnavailableError):
            await world.move(world.job())
        world.clock.advance(LEASE_SECONDS + 1)
    assert outages == 0
    assert world.job().state is JobState.DELIVERED
    world.check_money()

"""A video is begun once, followed by tasks, shown once and paid once, whatever dies where."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.credits.catalogue import VIDEO
from shared.credits.spending import CACHE_SECONDS, STOP
from shared.errors import (
    BotBlockedError,
    DeliveryUnknownError,
    FileAwayError,
    FileTooLargeError,
    FileTooManyPixelsError,
    FileUnreadableError,
    MessageGoneError,
    MessageRejectedError,
    NanoBananaError,
    NoRoomError,
    TooManyRequestsError,
    UnavailableError,
    VideoUnusableError,
)
from shared.jobs.job import Job, JobState
from shared.jobs.open_jobs import change_job, open_job
from shared.jobs.sweep_work import sweep_work
from shared.jobs.time_limits import LEASE_SECONDS
from shared.ports import Create
from shared.providers.outcomes import Broken, Busy, FailureReason, FileRefused, Gone, NoResult, Refused, TimedOut
from shared.providers.videos import Lost, Running, VideoTask
from shared.telegram.address import forget_card
from shared.texts import plain_text
from shared.usage import start_usage
from shared.videos import keep_video, make_video
from shared.videos.pace import PAUSE_SECONDS_MAX
from shared.videos.video import is_video, video_artefacts
from shared.videos.video_screens import kept_video_card, left_video_card, video_card
from tests.fakes.messenger import Shown
from tests.fakes.video_files import FACTS
from tests.fakes.video_model import Operation
from tests.world import GROUP, ME, OTHER, World, writes_to


class DiedError(BaseException):
    """The process is gone: nothing of the product may catch this."""


async def reviewed(world: World, text: str = "/video a fox in the snow") -> Shown:
    """The review screen of a wish."""
    await world.send(world.message(text))
    return world.shown()


async def ordered(world: World) -> Job:
    """A video that was bought and has not begun."""
    await world.deliver(world.tap("vmake", await reviewed(world)))
    return video(world)


def video(world: World) -> Job:
    [job] = [job for job in world.jobs() if is_video(job)]
    return job


async def settle_in_time(world: World) -> None:
    """Run all tasks; a provider that is never done is asked until the job ends."""
    while await world.run_next():
        pass


async def die(world: World) -> None:
    """Run the next task, in which the process dies, and let its lease end."""
    with pytest.raises(DiedError):
        await world.run_next()
    world.tasks.take_all()
    world.clock.advance(LEASE_SECONDS + 60)
    await sweep_work(world.repair_ports)


def failed(world: World, reason: FailureReason) -> None:
    """The job ended for this reason, and nothing is charged, held or kept at the provider."""
    job = video(world)
    assert (job.state, job.failure) == (JobState.FAILED, reason)
    assert (world.user().account.available, world.user().account.held) == (20, 0)
    assert video_artefacts(job).kept_operation == ""
    world.check_money()


async def test_video(world: World) -> None:
    """The way without trouble: one operation, one video in the place of the review, one price, and nothing left at the
    provider."""
    world.video_model.polls_needed = 3
    shown = await reviewed(world)
    await world.send(world.tap("vmake", shown))
    job = video(world)
    assert job.state is JobState.DELIVERED
    [message, ring] = world.messenger.messages(ME)
    assert (message.kind, message.message_id) == ("video", shown.message_id)
    assert message.text.splitlines() == [
        "<b>Gemini Omni</b> · 4 s · 16:9 · 360p · 🔊 · 15 credits · 5\u00a0left",
        plain_text("en", "caption-low"),
    ]
    assert ring.text == "✨ Your video is ready."
    [call] = world.messenger.sent("edit_video")
    assert call.video is not None
    assert (call.video.width, call.video.height, call.video.seconds) == (1280, 720, 8)
    assert call.video.thumbnail.startswith(b"\xff\xd8")
    assert len(world.video_model.tasks) == 1
    assert (video_artefacts(job).kept_operation, world.video_model.operations) == ("", {})
    assert sorted(name.rpartition("/")[2] for name in world.blobs.blobs) == ["thumbnail.jpg", "video.mp4"]
    world.check_money()


async def test_without_its_sound(world: World) -> None:
    """A video that came without the sound that was ordered says so."""
    world.video_files.facts = replace(FACTS, has_sound=False)
    await world.send(world.tap("vmake", await reviewed(world)))
    assert "🔇 The model made it without sound" in world.messenger.messages(ME)[0].text


async def test_nobody_waits(world: World) -> None:
    """While the provider works nobody holds the job, and its card says how far it is."""
    world.video_model.polls_needed = 9
    await ordered(world)
    assert world.shown().text.endswith("⏳ Step 1 of 3 · in the queue")
    await world.run_next()
    job = video(world)
    assert (job.state, job.lease_until) == (JobState.POLLING, None)
    await world.run_next()
    assert world.shown().text.endswith("🎬 Step 2 of 3 · rendering · 0:45 · usually 1–3 min")
    assert world.shown().buttons[0][0].label == "✕ Cancel · 15 back"
    for _ in range(5):
        await world.run_next()
    assert "longer than the usual 1–3 min. Within 30 minutes" in world.shown().text


async def test_what_six_minutes_cost(world: World) -> None:
    """A video that takes six minutes costs few tasks and writes, and is noticed soon after it is there."""
    job = await ordered(world)
    usage = start_usage()
    done_at = job.created_at + timedelta(minutes=6)
    world.video_model.polls_needed = 1_000
    tasks = 0
    while _next_at(world) < done_at:
        await world.run_next()
        tasks += 1
    waiting_writes, world.video_model.polls_needed = usage.store_writes, 1
    await world.run_next()
    assert video(world).state is JobState.DELIVERED
    assert world.now - done_at <= timedelta(seconds=PAUSE_SECONDS_MAX)
    assert (tasks + 1, waiting_writes, usage.store_writes) == (9, 18, 23)


def _next_at(world: World) -> datetime:
    return min(task.not_before or world.now for task in world.tasks.tasks)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Refused("SAFETY"), FailureReason.SAFETY),
        (FileRefused("image"), FailureReason.FILE_UNREADABLE),
        (NoResult("EMPTY", "I would rather not."), FailureReason.NO_RESULT),
        (Broken("INVALID_ARGUMENT"), FailureReason.OURS),
        (Gone(), FailureReason.OURS),
    ],
)
async def test_not_begun(world: World, outcome: Refused, reason: FailureReason) -> None:
    """What the provider does not begin is refunded, with the reason; it is not asked a second time."""
    world.video_model.script(outcome)
    await ordered(world)
    await world.settle()
    failed(world, reason)
    assert len(world.video_model.tasks) == 1


async def test_our_refused_key_is_not_the_end(world: World) -> None:
    """While our key is refused, a video that is being made is polled again: a mended key still brings it, paid."""
    world.video_model.script_polls(Broken("PERMISSION_DENIED"), Broken("CREDENTIALS"))
    await ordered(world)
    await world.settle()
    assert video(world).state is JobState.DELIVERED
    world.check_money()


async def test_busy(world: World) -> None:
    """A provider that says it has not begun is asked again, and the card says that it waits."""
    world.video_model.script(Busy("503"), Busy("503", 7.0))
    await ordered(world)
    await world.run_next()
    assert "Google is busy" in world.shown().text
    await world.settle()
    assert video(world).state is JobState.DELIVERED
    assert len(world.video_model.tasks) == 3
    world.check_money()


@pytest.mark.parametrize(
    ("told", "reason", "words"),
    [
        (Refused("SAFETY"), FailureReason.SAFETY, "🛡 Google's filter stopped this video. 15 credits are back."),
        (FileRefused("image"), FailureReason.FILE_UNREADABLE, "🧩 I cannot open this file as a picture."),
        (NoResult("EMPTY"), FailureReason.NO_RESULT, "🤷 The model gave no video that plays. 15 credits are back."),
        (Lost(), FailureReason.NO_RESULT, "🤷 The model gave no video that plays."),
    ],
)
async def test_done_without_a_video(world: World, told: Refused, reason: FailureReason, words: str) -> None:
    """Filtered, empty, failed or lost: the credits go back with the reason, and the provider keeps nothing."""
    world.video_model.script_polls(Running(), told)
    await ordered(world)
    await world.settle()
    failed(world, reason)
    assert words in world.shown().text
    assert (world.video_model.operations, len(world.video_model.tasks)) == ({}, 1)
    assert world.shown().buttons[0][0].label == "🔁 Try again"
    await world.send(world.tap("vdetails", world.shown()))
    assert world.messenger.taps[-1].toast.startswith(f"Code {reason.value}")
    await world.send(world.tap("vagain", world.shown()))
    assert world.shown().text.startswith("🎬 A video: “a fox in the snow”")


async def test_provider_cannot_tell(world: World) -> None:
    """A provider that is too busy to say how far it is has not ended the work: it is asked again, nothing is begun."""
    world.video_model.script_polls(Busy("503", 200.0), TimedOut(), Running())
    await ordered(world)
    await world.settle()
    assert video(world).state is JobState.DELIVERED
    assert len(world.video_model.tasks) == 1
    world.check_money()


async def test_begun_and_never_heard(world: World) -> None:
    """A start whose answer is lost is found by its own names in the bucket; it is not begun again."""
    world.video_model.begins_unheard = True
    await ordered(world)
    await world.run_next()
    assert video(world).state is JobState.SUBMITTED
    await world.settle()
    assert video(world).state is JobState.DELIVERED
    assert len(world.video_model.tasks) == 1
    world.check_money()


async def test_perhaps_begun(world: World) -> None:
    """Where nobody knows and nothing appears for twice the usual time, it is given up, on us; never begun again."""
    world.video_model.script(TimedOut())
    job = await ordered(world)
    while video(world).state is not JobState.FAILED:
        await world.run_next()
    assert world.now - job.created_at < timedelta(minutes=9)
    await world.settle()
    failed(world, FailureReason.OURS)
    assert len(world.video_model.tasks) == 1


@pytest.mark.parametrize("begins", [True, False])
async def test_died_while_it_was_asked(world: World, *, begins: bool) -> None:
    """A process that dies between the question and its answer leaves SUBMITTED: it is looked for, never asked again."""

    async def dies(_: object) -> None:
        if begins:
            world.video_model.written[world.video_model.prefixes[-1]] = world.video_model._made("operation-0")
        raise DiedError

    await ordered(world)
    if begins:
        world.video_model.operations["operation-0"] = _operation()
    world.video_model.before = dies
    await die(world)
    await world.settle()
    assert len(world.video_model.tasks) == 1
    assert video(world).state is (JobState.DELIVERED if begins else JobState.FAILED)
    world.check_money()


def _operation() -> Operation:
    task = VideoTask(work="text", prompt="", seconds=4, ratio="16:9", resolution="360p", label="")
    return Operation(task, "", VIDEO.rungs[0])


@pytest.mark.parametrize("times", [1, 2])
async def test_store_is_out_when_the_operation_is_known(world: World, times: int) -> None:
    """What the provider calls the work is written down with patience: lost, it would have been begun in vain."""

    async def fail() -> None:
        raise UnavailableError("the store is out")

    await ordered(world)
    for _ in range(times):
        world.store.interrupt(writes_to("jobs", state="polling"), fail)
    await world.settle()
    assert video(world).state is JobState.DELIVERED
    assert len(world.video_model.tasks) == 1
    world.check_money()


async def test_store_stays_out(world: World) -> None:
    """Where it cannot be written down at all, it is looked for like what nobody has heard of."""

    async def fail() -> None:
        raise UnavailableError("the store is out")

    await ordered(world)
    for _ in range(make_video.KEEPING_TRIES):
        world.store.interrupt(writes_to("jobs", state="polling"), fail)
    with pytest.raises(UnavailableError):
        await world.run_next()
    assert video(world).state is JobState.SUBMITTED
    world.clock.advance(LEASE_SECONDS + 60)
    await sweep_work(world.repair_ports)
    await world.settle()
    assert len(world.video_model.tasks) == 1
    failed(world, FailureReason.OURS)


async def settle_with_deaths(world: World) -> None:
    """All tasks; what one leaves behind that dies is swept after its lease."""
    for _ in range(60):
        try:
            if not await world.run_next():
                break
        except UnavailableError:
            world.clock.advance(LEASE_SECONDS + 60)
            await sweep_work(world.repair_ports)
    await world.settle()


@pytest.mark.parametrize("state", ["polling", "made", "delivered"])
@pytest.mark.parametrize("is_lost", [True, False])
async def test_dies_at_each_commit(world: World, state: str, *, is_lost: bool) -> None:
    """Whether a commit happened or not: one video is begun, shown and paid."""

    async def stop() -> None:
        raise UnavailableError("the store is out")

    await ordered(world)
    when = writes_to("jobs", state=state)
    if is_lost:
        world.store.lose(when)
    else:
        world.store.interrupt(when, stop)
    await settle_with_deaths(world)
    assert video(world).state is JobState.DELIVERED
    assert len(world.video_model.tasks) == 1
    assert [shown.kind for shown in world.messenger.messages(ME)].count("video") == 1
    world.check_money()


async def test_bucket_is_out(world: World) -> None:
    """A video that cannot be stored now is stored later; what is stored already is not fetched again."""
    await ordered(world)
    await world.run_next()
    world.blobs.outages = 2
    for _ in range(2):
        with pytest.raises(UnavailableError):
            await world.run_next()
        world.clock.advance(LEASE_SECONDS + 60)
        await sweep_work(world.repair_ports)
    await world.settle()
    assert video(world).state is JobState.DELIVERED
    world.check_money()


async def test_storing_takes_too_long(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A visit that ends before the video is stored is repeated."""

    async def hang(_: str) -> None:
        await asyncio.Event().wait()

    await ordered(world)
    await world.run_next()
    monkeypatch.setattr(keep_video, "FILMING_SECONDS_MAX", 0.0)
    monkeypatch.setattr(world.blobs, "measure", hang)
    with pytest.raises(UnavailableError):
        await world.run_next()
    monkeypatch.undo()
    world.clock.advance(LEASE_SECONDS + 60)
    await sweep_work(world.repair_ports)
    await world.settle()
    assert video(world).state is JobState.DELIVERED


@pytest.mark.parametrize(
    "trouble", ["empty", "kind", "cut", "no_index", "no_frames", "codec", "size", "pixels", "broken"]
)
async def test_unusable(world: World, trouble: str) -> None:
    """What cannot be played is a refund, in words, and the provider keeps nothing."""
    world.video_files.fail(VideoUnusableError(trouble))
    await ordered(world)
    await world.settle()
    failed(world, FailureReason.NO_RESULT)
    assert "no video that plays" in world.shown().text
    assert world.video_model.operations == {}


async def test_file_is_gone_at_the_provider(world: World) -> None:
    """A video whose file the provider has no more is a refund."""
    await ordered(world)
    await world.run_next()
    world.video_model.written.clear()
    made = world.video_model._made("operation-1")
    world.video_model.script_polls(made)
    await world.settle()
    failed(world, FailureReason.NO_RESULT)


async def test_shorter_than_ordered(world: World) -> None:
    """Fewer seconds than were ordered cost less: only what is there is paid."""
    world.video_files.facts = replace(FACTS, seconds=2.9)
    await ordered(world)
    await world.settle()
    assert world.user().account.available == 20 - 12
    assert "12 credits" in world.messenger.messages(ME)[0].text
    assert "shorter than ordered" in world.messenger.messages(ME)[0].text
    world.check_money()


async def test_no_small_picture(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A video of which no picture can be taken is shown without one."""

    async def nothing(_: str) -> bytes:
        return b""

    monkeypatch.setattr(world.video_files, "thumbnail", nothing)
    await ordered(world)
    await world.settle()
    [call] = world.messenger.sent("edit_video")
    assert call.video is not None
    assert call.video.thumbnail == b""


async def test_cancel(world: World) -> None:
    """*Cancel* gives all credits back at once; the provider is told to stop, and keeps nothing."""
    world.video_model.polls_needed = 9
    await ordered(world)
    await world.run_next()
    world.clock.advance(5)
    await world.send(world.tap("vstop", world.shown()))
    job = video(world)
    assert (job.state, world.user().account.available) == (JobState.CANCELED, 20)
    assert "Canceled while it was being rendered. 15 credits are back" in world.shown().text
    assert (world.video_model.canceled, world.video_model.operations) == (["operation-1"], {})
    assert video_artefacts(job).kept_operation == ""
    await world.send(world.tap_data(f"1;vstop;{job.id}", 1))
    world.check_money()


async def test_cancel_before_it_begins(world: World) -> None:
    """What has not begun is not begun any more; the very next moment's press is a second press of *Make it*."""
    await ordered(world)
    await world.deliver(world.tap("vstop", world.shown()))
    assert world.messenger.taps[-1].toast == "On it!"
    world.clock.advance(5)
    await world.send(world.tap("vstop", world.shown()))
    assert (video(world).state, world.video_model.tasks) == (JobState.CANCELED, [])
    assert world.shown().text.endswith("✖️ Canceled. 15 credits are back.")
    world.check_money()


async def test_cancel_too_late(world: World) -> None:
    """A video that is there is not canceled."""
    await ordered(world)
    world.clock.advance(5)
    stop = world.tap("vstop", world.shown())
    await world.settle()
    await world.send(stop)
    assert world.messenger.taps[-1].toast == "Too late: it is made."


async def test_cancel_while_it_is_asked(world: World) -> None:
    """A start that comes back after the *Cancel* is stopped at the provider, which keeps nothing."""

    async def cancel(_: object) -> None:
        await world.deliver(world.message("/cancel"))

    await ordered(world)
    world.video_model.before = cancel
    await world.settle()
    assert video(world).state is JobState.CANCELED
    assert (world.video_model.canceled, world.video_model.operations) == (["operation-1"], {})
    world.check_money()


async def test_provider_cannot_forget_now(world: World) -> None:
    """What the provider cannot delete now is deleted later, for a day; the video is shown meanwhile."""
    answers = [False, False, True]
    forget = world.video_model.forget

    async def hesitate(operation: str) -> bool:
        return answers.pop(0) and await forget(operation)

    world.video_model.forget = hesitate  # type: ignore[method-assign]
    await ordered(world)
    await world.settle()
    assert (answers, world.video_model.operations) == ([], {})
    assert (video(world).state, video_artefacts(video(world)).kept_operation) == (JobState.DELIVERED, "")


async def test_provider_never_forgets(world: World) -> None:
    """After a day nobody tries any more: the provider deletes it by itself."""

    async def refuse(operation: str) -> bool:
        return False

    world.video_model.forget = refuse  # type: ignore[method-assign]
    await ordered(world)
    await settle_in_time(world)
    assert timedelta(days=1) <= world.now - video(world).created_at < timedelta(days=2)


async def test_late(world: World) -> None:
    """At the deadline the provider is asked once more: what is there is delivered, an hour of outage or not."""
    world.video_model.polls_needed = 2
    await ordered(world)
    await world.run_next()
    world.clock.advance(3_700)
    world.video_model.polls_needed = 1
    await world.settle()
    assert video(world).state is JobState.DELIVERED
    world.check_money()


async def test_late_and_not_heard_of(world: World) -> None:
    """The same where nobody heard of its beginning: what stands in the bucket is delivered."""
    world.video_model.begins_unheard = True
    await ordered(world)
    await world.run_next()
    world.clock.advance(3_700)
    await world.settle()
    assert video(world).state is JobState.DELIVERED


async def test_never_heard_of(world: World) -> None:
    """And what does not stand there is given up, as late."""
    world.video_model.script(TimedOut())
    await ordered(world)
    await world.run_next()
    world.clock.advance(3_700)
    await world.settle()
    failed(world, FailureReason.LATE)


async def test_too_late(world: World) -> None:
    """What is refused at the deadline is given up, with the credits back and nothing left at the provider."""
    await ordered(world)
    await world.run_next()
    world.clock.advance(1_801)
    world.video_model.script_polls(Refused("SAFETY"))
    await world.settle()
    failed(world, FailureReason.SAFETY)
    assert world.video_model.operations == {}


async def test_provider_is_away_at_the_deadline(world: World) -> None:
    """A provider that cannot be asked at the deadline is asked for an hour more: then it is given up."""
    await ordered(world)
    await world.run_next()
    world.clock.advance(1_801)
    world.video_model.script_polls(*[Busy("503")] * 200)
    while video(world).state is not JobState.FAILED:
        await world.run_next()
    assert timedelta(minutes=89) < world.now - video(world).created_at < timedelta(minutes=95)
    await settle_in_time(world)
    failed(world, FailureReason.LATE)


async def test_not_begun_until_the_deadline(world: World) -> None:
    """A job that waited for its provider all the time ends as busy."""
    world.video_model.script(*[Busy("503")] * 100)
    await ordered(world)
    await settle_in_time(world)
    assert video(world).failure is FailureReason.BUSY
    world.check_money()


async def test_caps(world: World) -> None:
    """While nothing may be spent, nothing is begun."""
    await ordered(world)
    await world.store.commit([Create(STOP, {"until": world.now + timedelta(minutes=5)})])
    world.clock.advance(CACHE_SECONDS + 1)
    await world.run_next()
    assert (video(world).state, world.video_model.tasks) == (JobState.QUEUED, [])
    await world.settle()
    assert video(world).state is JobState.DELIVERED


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (FileTooLargeError("x"), FailureReason.FILE_TOO_LARGE),
        (FileUnreadableError("x"), FailureReason.FILE_UNREADABLE),
        (FileTooManyPixelsError("x"), FailureReason.FILE_TOO_LARGE),
        (FileAwayError("x"), FailureReason.FILE_GONE),
        (MessageRejectedError("x"), FailureReason.UNDELIVERABLE),
    ],
)
async def test_photo_that_cannot_be_used(world: World, error: NanoBananaError, reason: FailureReason) -> None:
    """A first frame that cannot be opened ends the job before anything is begun."""
    await world.send(world.photo("/video waves"))
    world.messenger.fail("download", *[error] * 5)
    await world.send(world.tap("vmake", world.shown()))
    failed(world, reason)
    assert world.video_model.tasks == []


async def test_no_place_for_it(world: World) -> None:
    """Who blocked the bot before anything was begun costs nothing."""
    job = await ordered(world)
    opened = await open_job(world.ports, job.id)
    assert opened is not None
    await change_job(world.ports, opened, forget_card)
    world.messenger.blocked.add(ME)
    await world.settle()
    assert (video(world).failure, world.video_model.tasks) == (FailureReason.UNDELIVERABLE, [])
    world.check_money()


@pytest.mark.parametrize("error", [TooManyRequestsError(3), DeliveryUnknownError("x")])
async def test_photo_comes_later(world: World, error: NanoBananaError) -> None:
    """A photo that Telegram does not give now is asked for again."""
    await world.send(world.photo("/video waves"))
    world.messenger.fail("download", error)
    await world.send(world.tap("vmake", world.shown()))
    assert video(world).state is JobState.DELIVERED


async def test_photo_takes_too_long(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A photo that takes too long is asked for again, in another visit."""
    await world.send(world.photo("/video waves"))
    await world.deliver(world.tap("vmake", world.shown()))
    monkeypatch.setattr(make_video, "MATERIAL_SECONDS_MAX", -1.0)
    await world.run_next()
    monkeypatch.undo()
    assert world.video_model.tasks == []
    await world.settle()
    assert video(world).state is JobState.DELIVERED


async def test_no_room(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process without room for its picture gives the job back."""
    await ordered(world)

    def refuse(_: int) -> None:
        raise NoRoomError

    monkeypatch.setattr(world.budget, "reserve", refuse)
    await world.run_next()
    monkeypatch.undo()
    assert video(world).state is JobState.QUEUED
    await world.settle()
    assert video(world).state is JobState.DELIVERED


async def test_picture_was_deleted_meanwhile(world: World) -> None:
    """A picture that is deleted before its video begins leaves nothing to begin with."""
    await world.send(world.message("/image a red fox"))
    picture = world.shown()
    await world.send(world.tap("animate", picture))
    review = world.shown()
    await world.send(world.tap("delete", picture))
    await world.send(world.tap("erase", world.messenger.messages(ME)[0]))
    await world.send(world.tap("vmake", review))
    assert video(world).failure is FailureReason.FILE_GONE
    world.check_money()


async def test_delete(world: World) -> None:
    """🗑 takes the video out of the chat at once, and its files a minute later."""
    await ordered(world)
    await world.settle()
    [shown, ring] = world.messenger.messages(ME)
    await world.deliver(world.tap("vdelete", shown))
    await world.deliver(world.tap("vkeep", world.messenger.messages(ME)[0]))
    assert world.messenger.messages(ME)[0].buttons == shown.buttons
    await world.deliver(world.tap("vdelete", shown))
    await world.deliver(world.tap("verase", world.messenger.messages(ME)[0]))
    assert [each.message_id for each in world.messenger.messages(ME)] == [ring.message_id]
    assert world.blobs.blobs
    await world.settle()
    assert world.blobs.blobs == {}
    assert video(world).purged_at is not None
    await world.send(world.tap_data(f"1;verase;{video(world).id}", shown.message_id))
    assert world.messenger.taps[-1].toast == "🗑 Deleted."


async def test_delete_what_is_not_there_yet(world: World) -> None:
    """A video that is still made is not deleted: it can be canceled."""
    job = await ordered(world)
    await world.deliver(world.tap_data(f"1;vdelete;{job.id}", 1))
    await world.deliver(world.tap_data(f"1;verase;{job.id}", 1))
    assert {tap.toast for tap in world.messenger.taps[-2:]} == {"Wait until it is finished."}


async def test_delete_what_is_too_old(world: World) -> None:
    """A message that Telegram keeps says that the file is deleted; a chat that is gone is no trouble."""
    await ordered(world)
    await world.settle()
    shown = world.messenger.messages(ME)[0]
    world.messenger.fail("delete_message", MessageRejectedError("too old"))
    await world.send(world.tap_data(f"1;verase;{video(world).id}", shown.message_id))
    assert world.messenger.messages(ME)[0].text.startswith("🗑 The file is deleted")


async def test_again(world: World) -> None:
    """*Again* under a video is a review of the same wish and choice; it is bought by its own press."""
    await ordered(world)
    await world.settle()
    await world.send(world.tap("vagain", world.messenger.messages(ME)[0]))
    assert world.shown().text.startswith("🎬 A video: “a fox in the snow”")
    assert len([job for job in world.jobs() if is_video(job)]) == 1


async def test_in_the_balance(world: World) -> None:
    """The entries of /balance say which video it was."""
    await ordered(world)
    await world.settle()
    await world.send(world.message("/balance"))
    assert "−15 · 🎬 a fox in the snow" in world.shown().text


async def test_only_the_owner(world: World) -> None:
    """Nobody stops or deletes somebody else's video; and a button of nothing is told so."""
    job = await ordered(world)
    world.clock.advance(5)
    for action in ("vstop", "verase", "vdetails"):
        await world.deliver(world.tap_data(f"1;{action};{job.id}", 1, user_id=OTHER))
        await world.deliver(world.tap_data(f"1;{action};x", 1))
    assert {tap.toast[:12] for tap in world.messenger.taps[-6:]} == {"This button ", "That is no l"}


async def test_card_is_gone(world: World) -> None:
    """A person who deletes the card gets the video in a new message."""
    world.video_model.polls_needed = 2
    await ordered(world)
    await world.run_next()
    world.messenger.chats[ME].clear()
    await world.settle()
    assert "video" in [shown.kind for shown in world.messenger.messages(ME)]


async def test_blocked(world: World) -> None:
    """Who blocked the bot pays nothing."""
    await ordered(world)
    await world.run_next()
    world.messenger.blocked.add(ME)
    await world.settle()
    assert video(world).failure is FailureReason.UNDELIVERABLE
    world.check_money()


@pytest.mark.parametrize("error", [TooManyRequestsError(3), DeliveryUnknownError("x"), MessageGoneError("x")])
async def test_telegram_stumbles(world: World, error: NanoBananaError) -> None:
    """An edit that Telegram does not take now is repeated: the video is shown once."""
    await ordered(world)
    world.messenger.fail("edit_video", error)
    world.messenger.fail("edit_text", BotBlockedError("x"))
    await world.settle()
    assert video(world).state is JobState.DELIVERED
    world.check_money()


async def test_group_that_takes_no_videos(world: World) -> None:
    """A group that forbids media: the video goes to its owner's private chat, and the group's card says so."""
    await world.send(world.message("hello"))
    await world.send(world.message("/video a fox", chat_id=GROUP))
    world.messenger.photoless.add(GROUP)
    await world.send(world.tap("vmake", world.shown(GROUP), chat_id=GROUP))
    await world.send(world.tap("vmake", world.shown(GROUP), chat_id=GROUP))
    assert "📬 The video is in our private chat" in world.shown(GROUP).text
    [shown] = [each for each in world.messenger.messages(ME) if each.kind == "video"]
    assert "The group did not let me post the video" in shown.text


async def test_failure_in_a_group(world: World) -> None:
    """In a group neither the price nor a clock is shown."""
    world.video_model.script_polls(Running(), Refused("SAFETY"))
    await world.send(world.message("/video a fox", chat_id=GROUP))
    await world.send(world.tap("vmake", world.shown(GROUP), chat_id=GROUP))
    await world.deliver(world.tap("vmake", world.shown(GROUP), chat_id=GROUP))
    card = video_card(replace(video(world), state=JobState.POLLING), world.now)
    assert "rendering… usually 1–3 min" in card.text
    assert card.buttons[0][0].label == "✕ Cancel"
    await world.settle()
    assert "Credits are back." in world.shown(GROUP).text


async def test_other_cards(world: World) -> None:
    """How the card looks in the states that nobody sees for long."""
    job = await ordered(world)
    assert video_card(replace(job, state=JobState.MADE), world.now).text.endswith("📤 Step 3 of 3 · sending")
    busy = replace(job, busy_since=world.now, is_faulty=True)
    assert "Google's service has a fault" in video_card(busy, world.now).text
    assert kept_video_card(job, "https://t.me/x").buttons[0][0].url == "https://t.me/x"
    assert "private chat" in left_video_card(job).text
    early = replace(job, state=JobState.CANCELED, fence=0)
    assert "your /cancel came first" in video_card(early, world.now).text
    in_group = replace(early, fence=1, address=replace(job.address, is_private=False))  # type: ignore[call-arg]
    assert video_card(in_group, world.now).text.endswith("✖️ Canceled.")


async def test_file_was_deleted_before_it_was_shown(world: World) -> None:
    """A stored video whose files are gone is a refund."""
    await ordered(world)
    await world.run_next()
    world.messenger.fail("edit_video", TooManyRequestsError(3))
    await world.run_next()
    assert video(world).state is JobState.MADE
    world.blobs.blobs.clear()
    await world.settle()
    assert video(world).failure is FailureReason.FILE_GONE
    world.check_money()


async def test_not_told_when_it_rings(world: World) -> None:
    """A ring that Telegram does not take is a courtesy that is left out."""
    await ordered(world)
    world.messenger.fail("send_text", TooManyRequestsError(3))
    await world.settle()
    assert (video(world).state, len(world.messenger.messages(ME))) == (JobState.DELIVERED, 1)


async def test_what_another_release_sells(world: World) -> None:
    """A length or shape that this release does not know is left to the one that sold it."""
    job = await ordered(world)
    opened = await open_job(world.ports, job.id)
    assert opened is not None
    strange = replace(job.request, resolution="16k")  # type: ignore[call-arg]
    await change_job(world.ports, opened, lambda each: replace(each, request=strange))
    await world.settle()
    assert video(world).state is JobState.QUEUED

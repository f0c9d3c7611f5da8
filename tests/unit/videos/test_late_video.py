"""A video that comes after its credits were returned is delivered once, for nothing, whatever dies where."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.errors import UnavailableError, VideoUnusableError
from shared.jobs.cancel_jobs import cancel_job
from shared.jobs.job import ENDS, Job, JobState
from shared.jobs.open_jobs import change_job, open_job
from shared.jobs.sweep_work import sweep_work
from shared.providers.outcomes import Broken, FailureReason, NoResult, TimedOut
from shared.providers.videos import Lost, VideoMade
from shared.videos.late_video import plan_late_job
from shared.videos.pace import AWAITED
from shared.videos.video import is_video, stored_video, video_artefacts, with_video
from shared.videos.video_screens import video_caption, video_card
from tests.fakes.messenger import Shown
from tests.world import GROUP, ME, World, nth_commit

NEVER = 1_000


def videos(world: World) -> list[Job]:
    """The jobs of videos, the oldest first."""
    return sorted(filter(is_video, world.jobs()), key=lambda job: job.created_at)


async def order(world: World, chat_id: int = ME) -> None:
    """Have a video begun that its provider does not end."""
    world.video_model.polls_needed = NEVER
    await world.deliver(world.message("/video a fox in the snow", chat_id=chat_id))
    for _ in range(1 if chat_id == ME else 2):
        await world.deliver(world.tap("vmake", world.shown(chat_id), chat_id=chat_id))


async def run_until_failed(world: World) -> Job:
    """Run tasks until the video is given up; its job."""
    while videos(world)[0].state is not JobState.FAILED:
        await world.run_next()
    return videos(world)[0]


async def given_up(world: World, chat_id: int = ME) -> Shown:
    """A video that did not come in time: the card, which says so, with all credits returned."""
    await order(world, chat_id)
    await world.run_next()
    world.clock.advance(1_801)
    job = await run_until_failed(world)
    assert (job.failure, world.user().account.available, world.user().account.held) == (FailureReason.LATE, 20, 0)
    world.check_money()
    return world.shown(chat_id)


async def settle(world: World) -> None:
    """Run all tasks, however many; what an outage leaves without a task is swept in its time."""
    for _ in range(500):
        with suppress(UnavailableError):
            if await world.run_next():
                continue
        due = [job.sweep_at for job in world.jobs() if job.sweep_at is not None]
        if not due:
            return
        world.clock.set(max(world.now, *due))
        await sweep_work(world.repair_ports)
    raise AssertionError("no end")


def check_free(world: World) -> Job:
    """One video was shown for nothing, in the place of the card that told its end; its job."""
    first, late = videos(world)
    assert (first.state, late.state) == (JobState.FAILED, JobState.DELIVERED)
    assert [shown.kind for shown in world.messenger.messages(ME)].count("video") == 1
    assert (world.user().account.available, world.user().account.held) == (20, 0)
    assert {transfer.source for transfer in world.transfers() if late.id in transfer.id} == set()
    assert not any(video_artefacts(job).leaves_something() or job.sweep_at for job in (first, late))
    assert (len(world.video_model.tasks), world.video_model.operations) == (1, {})
    world.check_money()
    return late


async def test_it_came_after_all(world: World) -> None:
    """The card that told of the refund becomes the video, which says that it is free; its buttons work."""
    card = await given_up(world)
    assert "15 credits are back. If it still comes within a day, I bring it for free." in card.text
    transfers = world.transfers()
    world.video_model.polls_needed = 1
    await settle(world)
    late = check_free(world)
    assert world.transfers() == transfers
    [shown, ring] = world.messenger.messages(ME)
    assert (shown.kind, shown.message_id) == ("video", card.message_id)
    assert shown.text.splitlines() == [
        "<b>Gemini Omni</b> · 4 s · 16:9 · 360p · 🔊",
        "🎁 It came after all. You have your credits back already, so this video is free.",
    ]
    assert ring.text == "✨ Your video is ready."
    await world.send(world.tap("vagain", shown))
    assert "15 credits" in world.shown().buttons[-2][0].label
    await world.send(world.tap("vdelete", shown))
    await world.send(world.tap("verase", world.messenger.messages(ME)[0]))
    assert world.blobs.blobs == {}
    assert [job for job in videos(world) if job.deleted_at] == [
        replace(late, **{n: getattr(videos(world)[1], n) for n in ("deleted_at", "purged_at", "sweep_at")})
    ]


async def test_it_was_never_begun(world: World) -> None:
    """After an outage of ours in which no provider was asked, no video is promised: none can come."""
    await order(world)
    world.clock.advance(1_801)
    job = await run_until_failed(world)
    assert (job.failure, world.video_model.tasks) == (FailureReason.LATE, [])
    assert "15 credits are back" in world.shown().text
    assert "still comes" not in world.shown().text
    assert not video_artefacts(job).leaves_something()


async def test_it_never_comes(world: World) -> None:
    """For a day it is asked for, rarely; then the provider is told to delete it, and the end stays what it was."""
    card = await given_up(world)
    asked = world.video_model.operations["operation-1"]
    polls = asked.polls
    await settle(world)
    [job] = videos(world)
    assert AWAITED <= world.now - job.deadline_at < AWAITED + timedelta(hours=2)
    assert 20 <= asked.polls - polls <= 40
    assert (world.video_model.canceled, world.video_model.operations) == (["operation-1"], {})
    assert (world.shown().text, job.sweep_at) == (card.text, None)
    world.check_money()


async def test_provider_never_forgets_it(world: World) -> None:
    """Its deletion is tried for one more day."""

    async def refuse(operation: str) -> bool:
        return False

    world.video_model.forget = refuse  # type: ignore[method-assign]
    await given_up(world)
    await settle(world)
    days = world.now - videos(world)[0].deadline_at - AWAITED
    assert timedelta(days=1) <= days < timedelta(days=1, hours=1)


async def test_found_in_the_bucket(world: World) -> None:
    """A start that was written off, and wrote into our bucket after all: found under its own names, free."""
    world.video_model.script(TimedOut())
    await order(world)
    await run_until_failed(world)
    prefix = world.video_model.prefixes[0]
    await world.ports.blobs.put(f"{prefix}sample.mp4", b"as the provider wrote it", "video/mp4")
    world.video_model.written[prefix] = VideoMade("memory:1", "video/mp4", 4.0)
    await settle(world)
    late = check_free(world)
    assert video_artefacts(late).made_under == prefix
    await world.send(world.tap("vdelete", world.messenger.messages(ME)[0]))
    await world.send(world.tap("verase", world.messenger.messages(ME)[0]))
    assert world.blobs.blobs == {}


async def test_provider_breaks(world: World) -> None:
    """An answer that tells nothing about the video is a refund at once; the video is free when it comes."""
    world.video_model.script_polls(Broken("PERMISSION_DENIED"))
    await order(world)
    job = await run_until_failed(world)
    assert job.failure is FailureReason.OURS
    assert "Something broke on our side. 15 credits are back" in world.shown().text
    world.video_model.polls_needed = 1
    await settle(world)
    check_free(world)


@pytest.mark.parametrize("told", [NoResult("EMPTY"), Lost()])
async def test_it_ends_without_a_video(world: World, told: NoResult) -> None:
    """What ends without a video, or is not known any more, is not awaited any longer."""
    card = await given_up(world)
    world.video_model.script_polls(told)
    await settle(world)
    [job] = videos(world)
    assert world.now - job.deadline_at < timedelta(minutes=15)
    assert (world.shown().text, world.video_model.operations) == (card.text, {})


async def test_it_cannot_be_shown(world: World) -> None:
    """A late file that does not play leaves the credits where they are, says so, and is not awaited again."""
    await given_up(world)
    world.video_model.polls_needed = 1
    world.video_files.fail(VideoUnusableError("no_index"))
    await settle(world)
    assert [job.state for job in videos(world)] == [JobState.FAILED, JobState.FAILED]
    assert "came after all, but it cannot be shown. Nothing was charged" in world.shown().text
    assert (world.user().account.available, world.video_model.operations) == (20, {})
    world.check_money()


async def test_it_is_late_twice(world: World) -> None:
    """A provider that takes its word back: the late video is given up like any other, and not awaited again."""
    await given_up(world)
    world.video_model.script_polls(VideoMade("memory:operation-1", "video/mp4", 4.0))
    await settle(world)
    assert [job.state for job in videos(world)] == [JobState.FAILED, JobState.FAILED]
    assert not any(video_artefacts(job).is_awaited for job in videos(world))
    assert world.video_model.operations == {}


@pytest.mark.parametrize("is_lost", [True, False])
@pytest.mark.parametrize("number", range(8))
async def test_dies_at_each_commit(world: World, number: int, *, is_lost: bool) -> None:
    """From the first look after the refund on, whether a commit happened or not: one free video."""

    async def stop() -> None:
        raise UnavailableError("the store is out")

    await given_up(world)
    world.video_model.polls_needed = world.video_model.operations["operation-1"].polls + 2
    if is_lost:
        world.store.lose(nth_commit(number))
    else:
        world.store.interrupt(nth_commit(number), stop)
    await settle(world)
    check_free(world)


async def test_two_find_it_at_once(world: World) -> None:
    """Two tasks that see the video at the same moment create one job."""
    await given_up(world)
    world.video_model.polls_needed = 1
    first = videos(world)[0]
    await asyncio.gather(world.move(first), world.move(first))
    await settle(world)
    check_free(world)


async def test_asked_rarely(world: World) -> None:
    """A second task within the pause asks nobody."""
    await given_up(world)
    asked = world.video_model.operations["operation-1"]
    polls = asked.polls
    for _ in range(3):
        await world.move(videos(world)[0])
    assert asked.polls == polls + 1


async def test_another_finds_it_first(world: World) -> None:
    """A task whose poll was overtaken plans nothing more."""
    await given_up(world)
    first = videos(world)[0]
    real = world.video_model.poll

    async def poll(operation: str, prefix: str) -> object:
        told = await real(operation, prefix)
        world.video_model.poll, world.video_model.polls_needed = real, 1  # type: ignore[method-assign]
        await world.move(first)
        return told

    world.video_model.poll = poll  # type: ignore[assignment,method-assign]
    await world.move(first)
    await settle(world)
    check_free(world)


async def test_all_tasks_are_lost(world: World) -> None:
    """Without any task `sweep` finds the video in the documents, and does not call that work repeated."""
    await given_up(world)
    for hours in range(4):
        world.tasks.take_all()
        world.video_model.polls_needed = NEVER if hours < 3 else 1
        world.clock.advance(3_700)
        await sweep_work(world.repair_ports)
        await world.run_next()
        assert max(job.sweeps for job in videos(world)) <= 1
    await settle(world)
    check_free(world)


async def test_in_a_group(world: World) -> None:
    """In a group nothing is said of money."""
    await world.send(world.message("hello"))
    await given_up(world, GROUP)
    world.video_model.polls_needed = 1
    await settle(world)
    [shown] = [each for each in world.messenger.messages(GROUP) if each.kind == "video"]
    assert shown.text.splitlines()[-1] == "🎁 It came after all."


async def test_nothing_is_promised_where_nothing_began(world: World) -> None:
    """A video that waited for its turn until its time was over is returned without the promise that it may come."""
    await order(world)
    world.clock.advance(1_801)
    await run_until_failed(world)
    [job] = videos(world)
    assert (job.failure, world.video_model.tasks) == (FailureReason.LATE, [])
    assert "15 credits are back." in world.shown().text
    assert "If it still comes" not in world.shown().text


async def test_canceled_in_the_last_moment(world: World) -> None:
    """A late video that is canceled before it is shown moves no credits, promises none, and is told as canceled."""
    card = await given_up(world)
    world.video_model.polls_needed = 1
    await world.run_next()
    [_, late] = videos(world)
    assert [each.label for row in video_card(late, world.now).buttons for each in row] == ["✕ Cancel"]
    await cancel_job(world.ports, late.id)
    await settle(world)
    assert videos(world)[1].state is JobState.CANCELED
    assert "Canceled" in world.messenger.chats[ME][card.message_id].text
    assert world.video_model.operations == {}
    world.check_money()


async def test_shorter_and_few_left(world: World) -> None:
    """A late video costs nothing however long it is, and nothing is said of the credits that are left."""
    await given_up(world)
    world.video_model.polls_needed = 1
    world.video_files.facts = replace(world.video_files.facts, seconds=1.0)
    await settle(world)
    late = check_free(world)
    card = video_caption(with_video(late, stored_video(late)), 3)
    assert "credits left" not in card.text
    assert "shorter" not in card.text


async def test_its_job_is_gone(world: World) -> None:
    """A job that expired meanwhile has nobody to be shown to."""
    await given_up(world)
    first = videos(world)[0]
    real = world.video_model.poll

    async def poll(operation: str, prefix: str) -> object:
        opened = await open_job(world.ports, first.id)
        assert opened is not None
        await change_job(world.ports, opened, lambda job: replace(job, artefacts=type(job.artefacts)()))
        return await real(operation, prefix)

    world.video_model.polls_needed = 1
    world.video_model.poll = poll  # type: ignore[assignment,method-assign]
    await world.move(first)
    assert len(videos(world)) == 1


async def test_plan(world: World) -> None:
    """The late job is the same on every day, and its card in between names no price."""
    await given_up(world)
    first = videos(world)[0]
    one, other = plan_late_job(first, world.now), plan_late_job(first, world.now + timedelta(hours=5))
    assert (one.id, one.intent) == (other.id, other.intent)
    assert one.id != first.id
    assert one.state not in ENDS
    assert "credit" not in video_card(replace(one, state=JobState.MADE), world.now).text

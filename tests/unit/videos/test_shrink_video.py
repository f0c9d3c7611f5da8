"""A video that is too large for Telegram has one smaller copy made, or a link, whatever dies where."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.credits.spending import STOP
from shared.errors import BlobMissingError, DeliveryUnknownError, UnavailableError, VideoUnusableError
from shared.jobs.job import Job, JobState
from shared.jobs.sweep_work import sweep_work
from shared.jobs.time_limits import LEASE_SECONDS
from shared.ports import Create, Fields
from shared.providers.copies import Copied, CopyStart, CopyTask, plan_copy
from shared.providers.mp4 import VideoFacts
from shared.providers.outcomes import Broken, TimedOut
from shared.providers.videos import Lost
from shared.usage import start_usage
from shared.videos.shrink_video import COPIED_WITHIN
from shared.videos.video import SHOWN_BYTES_MAX, SmallerCopy, is_video, stored_video, with_video
from tests.fakes.video_files import FACTS
from tests.unit.videos.test_videos import settle_with_deaths
from tests.world import GROUP, ME, World, Writes, writes_to

LARGE, SMALL = 86_000_000, 19_000_000
PLANNED = {"size_px": (1920, 1080), "seconds": 30.0, "has_sound": True, "bytes_max": SHOWN_BYTES_MAX}


class DiedError(BaseException):
    """The process is gone: nothing of the product may catch this."""


@pytest.fixture(autouse=True)
def large(world: World) -> dict[str, int]:
    """Every video is too large for Telegram, every copy is not; the sizes in bytes, to be changed."""
    sizes = {"video.mp4": LARGE, "small.mp4": SMALL}

    async def facts_of(name: str) -> VideoFacts:
        return replace(FACTS, size_bytes=sizes[name.rpartition("/")[2]], seconds=8.0)

    world.video_files._facts_of = facts_of  # type: ignore[method-assign]
    return sizes


def video(world: World) -> Job:
    [job] = [job for job in world.jobs() if is_video(job)]
    return job


async def made(world: World, chat_id: int = ME) -> Job:
    """A video that is ordered, made and stored, and of which a copy has just been asked for."""
    await world.send(world.message("/video a fox in the snow", chat_id=chat_id))
    await world.deliver(world.tap("vmake", world.shown(chat_id), chat_id=chat_id))
    if chat_id != ME:
        await world.deliver(world.tap("vmake", world.shown(chat_id), chat_id=chat_id))
    while video(world).state not in {JobState.MADE, JobState.DELIVERED}:
        assert await world.run_next()
    return video(world)


def shown_as_copy(world: World, *, is_clean: bool = True) -> None:
    """The card has become the small copy, once; a message leads to the original; one price is paid.

    Not `is_clean`: a commit was lost after which something would have been deleted.
    """
    job = video(world)
    assert job.state is JobState.DELIVERED
    messages = world.messenger.messages(ME)
    assert [message.kind for message in messages[:2]] == ["video", "text"]
    assert "smaller copy. The original has 86 MB" in messages[1].text
    assert (
        messages[1]
        .buttons[0][0]
        .url.startswith(f"https://bucket.example/test-media/{stored_video(job).blob}?seconds=43200")
    )
    [*_, call] = world.messenger.sent("edit_video")
    assert call.video is not None
    assert "small.mp4" in str(call.video.content)
    assert stored_video(job).small_bytes == SMALL
    assert [kind.kind for kind in messages].count("video") == 1
    paid(world, is_clean=is_clean)


def linked(world: World) -> None:
    """A link to the original, and nothing that waits any more."""
    assert video(world).state is JobState.DELIVERED
    shown = world.messenger.messages(ME)[0]
    assert "larger than Telegram takes" in shown.text
    assert shown.buttons[0][0].url.startswith("https://bucket.example/test-media/jobs/")
    paid(world)


def paid(world: World, *, is_clean: bool = True) -> None:
    """One price is paid, one copy was asked for at most, and nothing is left at Google or twice in the bucket."""
    assert world.user().account.available == 5
    assert len(world.transcoder.tasks) <= 1
    world.check_money()
    if is_clean:
        assert world.transcoder.operations == {}
        assert not [name for name in world.blobs.blobs if "/copy/" in name]


async def test_a_smaller_copy(world: World) -> None:
    """While the copy is made nobody holds the job and the person is told; then it is shown, with the original behind a
    link, and neither the operation nor a second file of the copy is left."""
    world.transcoder.polls_needed = 3
    job = await made(world)
    assert (job.state, job.lease_until) == (JobState.MADE, None)
    assert "larger than Telegram takes from bots. I am making a smaller copy" in world.shown().text
    assert world.shown().buttons == ()
    usage = start_usage()
    await world.settle()
    shown_as_copy(world)
    assert world.messenger.messages(ME)[2].text == "✨ Your video is ready."
    files = sorted(name.rpartition("/")[2] for name in world.blobs.blobs)
    assert files == ["small.mp4", "thumbnail.jpg", "video.mp4"]
    assert (world.transcoder.polls, usage.store_writes) == (3, 10)


async def test_what_is_ordered(world: World) -> None:
    """The copy is for this file, into a folder of its own, with our mark, and its cost is counted before it is asked
    for."""
    job = await made(world)
    [task] = world.transcoder.tasks
    prefix = stored_video(job).blob.removesuffix("video.mp4")
    assert (task.source, task.prefix, task.label) == (f"{prefix}video.mp4", f"{prefix}copy/", job.id)
    assert (task.short_side_px, task.is_upright, task.has_sound, task.usd_micros) == (720, False, True, 4_000)
    booked = sum(fields["day"] for fields in world.store.collection("spend").values())
    assert booked == job.request.cost_of_call() + 4_000
    await world.settle()


@pytest.mark.parametrize("outcome", [Broken("RESOURCE_EXHAUSTED"), Broken("PERMISSION_DENIED")])
async def test_refused(world: World, outcome: CopyStart) -> None:
    """A copy that is not begun is a link at once."""
    world.transcoder.script(outcome)
    await made(world)
    linked(world)


@pytest.mark.parametrize("told", [Broken("3 the input has no video"), "late", "too large", "unusable", "gone"])
async def test_no_copy_comes(world: World, large: dict[str, int], told: Broken | str) -> None:
    """Failed, too late, still too large, broken or gone: a link, at the same price, and nothing is left at Google."""
    match told:
        case Broken():
            world.transcoder.script_polls(told)
        case "late":
            world.transcoder.polls_needed = 1_000
        case "too large":
            large["small.mp4"] = SHOWN_BYTES_MAX + 1
    job = await made(world)
    if told == "unusable":
        world.video_files.fail(VideoUnusableError("kind"))
    if told == "gone":
        world.video_files.fail(BlobMissingError("copy"))
    await world.settle()
    assert video(world).state is JobState.DELIVERED
    assert "larger than Telegram takes" in world.messenger.messages(ME)[0].text
    assert world.transcoder.operations == {}
    assert world.now - job.created_at < COPIED_WITHIN + timedelta(minutes=3)
    world.check_money()


async def test_done_without_a_file(world: World) -> None:
    """A transcoder that says it is done and has written nothing is believed in neither."""

    world.transcoder.script_polls(Copied())
    await made(world)
    await world.settle()
    linked(world)


@pytest.mark.parametrize("seconds", [4.9, 900.0])
async def test_too_short_or_too_long(world: World, seconds: float) -> None:
    """What the transcoder does not take, or what would be too bad to look at, is a link at once; nobody is asked."""

    async def facts_of(name: str) -> VideoFacts:
        return replace(FACTS, size_bytes=LARGE, seconds=seconds)

    world.video_files._facts_of = facts_of  # type: ignore[method-assign]
    await made(world)
    assert world.transcoder.tasks == []
    linked(world)


async def test_spending_is_stopped(world: World) -> None:
    """While no money may be spent no copy is made; the person gets a link."""
    await world.send(world.message("/video a fox in the snow"))
    await world.deliver(world.tap("vmake", world.shown()))
    await world.run_next()
    await world.store.commit([Create(STOP, {"until": world.now + timedelta(hours=5)})])
    await world.settle()
    assert world.transcoder.tasks == []
    linked(world)


@pytest.mark.parametrize("is_begun", [True, False])
async def test_unheard(world: World, *, is_begun: bool) -> None:
    """A start whose answer is lost is never repeated: its file decides, within ten minutes."""
    if is_begun:
        world.transcoder.begins_unheard = True
    else:
        world.transcoder.script(TimedOut())
    await made(world)
    await world.settle()
    assert len(world.transcoder.tasks) == 1
    (shown_as_copy if is_begun else linked)(world)


@pytest.mark.parametrize("is_begun", [True, False])
async def test_died_while_it_was_asked(world: World, *, is_begun: bool) -> None:
    """A process that dies between the question and its answer asks no second time."""

    async def die(task: CopyTask) -> None:
        if is_begun:
            await world.transcoder.write(task)
        raise DiedError

    world.transcoder.before = die
    with pytest.raises(DiedError):
        await made(world)
    await go_on(world)
    (shown_as_copy if is_begun else linked)(world)


async def go_on(world: World) -> None:
    """Another process takes over when the lease of the dead one has ended."""
    world.tasks.take_all()
    world.clock.advance(LEASE_SECONDS + 60)
    await sweep_work(world.repair_ports)
    await world.settle()


def commits_copy(stage: str) -> Callable[[Writes], bool]:
    """Whether a commit writes down this stage of the copy."""

    def holds(writes: Writes) -> bool:
        kept: list[Any] = [write.fields.get("video") or {} for write in writes if write.key.collection == "jobs"]
        return any(stage_of(each) == stage for each in kept)

    return holds


def stage_of(kept: Fields) -> str:
    """How far the copy of a stored video is."""
    if kept.get("small_blob"):
        return "kept"
    copy = kept.get("smaller_copy")
    return "" if copy is None else "begun" if copy["operation"] else "asked"


@pytest.mark.parametrize("is_lost", [True, False])
@pytest.mark.parametrize("stage", ["asked", "begun", "kept", "delivered"])
async def test_dies_at_each_commit(world: World, stage: str, *, is_lost: bool) -> None:
    """Whether a commit happened or not: one copy is asked for at most, and one video is shown and paid."""

    async def stop() -> None:
        raise UnavailableError("the store is out")

    world.transcoder.before = world.transcoder.write  # Google goes on, whether we know its name for the work or not
    when = writes_to("jobs", state="delivered") if stage == "delivered" else commits_copy(stage)
    if is_lost:
        world.store.lose(when)
    else:
        world.store.interrupt(when, stop)
    await world.send(world.message("/video a fox in the snow"))
    await world.deliver(world.tap("vmake", world.shown()))
    await settle_with_deaths(world)
    if stage == "asked" and is_lost:  # then nobody knows whether it was asked for, and no file comes
        linked(world)
    else:
        shown_as_copy(world, is_clean=(stage, is_lost) not in {("begun", False), ("kept", True)})


@pytest.mark.parametrize("dying", ["finish", "forget"])
async def test_dies_while_it_is_stored(world: World, monkeypatch: pytest.MonkeyPatch, dying: str) -> None:
    """A process that dies after it stored a finished copy, or after Google deleted it, leaves a file that is found."""
    await made(world)
    target: object = world.video_files if dying == "finish" else world.transcoder
    real: Callable[..., Awaitable[object]] = getattr(target, dying)

    async def die(*arguments: object, **named: object) -> None:
        await real(*arguments, **named)
        raise DiedError

    monkeypatch.setattr(target, dying, die)
    with pytest.raises(DiedError):
        await world.settle()
    monkeypatch.undo()
    await go_on(world)
    shown_as_copy(world)


async def test_google_cannot_be_asked(world: World) -> None:
    """What nobody knows about is looked at again; what Google has forgotten is looked for in the bucket."""
    world.transcoder.script_polls(TimedOut(), Lost())
    await made(world)
    await world.settle()
    shown_as_copy(world)


async def test_storing_takes_too_long(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that cannot be stored now is stored by the next visit."""
    await made(world)

    async def late(*_: object, **__: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(world.video_files, "finish", late)
    with pytest.raises(UnavailableError, match="too long"):
        await world.settle()
    monkeypatch.undo()
    await go_on(world)
    shown_as_copy(world)


async def test_bucket_is_out_afterwards(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first file of the copy that cannot be deleted now goes with the other files of the job."""
    await made(world)

    async def out(_: str) -> None:
        raise UnavailableError("the bucket is out")

    monkeypatch.setattr(world.blobs, "delete_all", out)
    await world.settle()
    assert video(world).state is JobState.DELIVERED
    assert stored_video(video(world)).small_bytes == SMALL


async def test_link_cannot_be_signed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a link the copy is shown all the same."""

    async def out(*_: object) -> str:
        raise UnavailableError("no signature")

    await made(world)
    monkeypatch.setattr(world.blobs, "link", out)
    await world.settle()
    assert [message.kind for message in world.messenger.messages(ME)] == ["video", "text"]
    assert world.messenger.messages(ME)[1].text == "✨ Your video is ready."
    paid(world)


async def test_card_cannot_be_edited(world: World) -> None:
    """The word that a copy is being made is no condition for it."""
    await world.send(world.message("/video a fox in the snow"))
    await world.deliver(world.tap("vmake", world.shown()))
    await world.run_next()
    world.messenger.fail("edit_text", DeliveryUnknownError("no answer"), DeliveryUnknownError("no answer"))
    await world.settle()
    shown_as_copy(world)


async def test_too_late_to_cancel(world: World) -> None:
    """The video is made: while its copy is, *Cancel* comes too late and nothing is paid back."""
    job = await made(world)
    await world.deliver(world.tap_data(f"1;vstop;{job.id}", 1))
    assert "too late" in world.messenger.taps[-1].toast.lower() or world.messenger.taps[-1].toast
    await world.settle()
    shown_as_copy(world)


async def test_in_a_group(world: World) -> None:
    """In a group the copy and the link to the original are there for everybody, without a price."""
    await made(world, GROUP)
    assert "smaller copy" in world.shown(GROUP).text
    await world.settle()
    copy, original, *_ = world.messenger.messages(GROUP)
    assert (copy.kind, "86 MB" in original.text) == ("video", True)
    assert "credits" not in original.text


async def test_deleted(world: World) -> None:
    """With the video goes the message that leads to its original, and every file."""
    await made(world)
    await world.settle()
    copy, _, ring = world.messenger.messages(ME)
    await world.send(world.tap("vdelete", copy))
    await world.send(world.tap("verase", world.messenger.messages(ME)[0]))
    assert [message.text for message in world.messenger.messages(ME)] == [ring.text]
    assert world.blobs.blobs == {}


async def test_an_earlier_release_goes_on(world: World) -> None:
    """What an older release does not know it keeps; one that wrote nothing about a copy is a copy to be asked for."""
    job = await made(world)
    stored = stored_video(job)
    assert stored.smaller_copy == SmallerCopy(world.now, "projects/p/locations/l/jobs/1")
    assert stored_video(with_video(job, replace(stored, smaller_copy=None))).needs_copy
    assert not replace(stored, size_bytes=SHOWN_BYTES_MAX, smaller_copy=None).needs_copy


@pytest.mark.parametrize(
    ("given", "planned"),
    [
        ({}, (720, False, 5_000_000, 15_000)),
        ({"size_px": (1080, 1920)}, (720, True, 5_000_000, 15_000)),
        ({"size_px": (641, 361)}, (360, False, 5_000_000, 7_500)),
        ({"seconds": 100.0}, (720, False, 3_400_000, 50_000)),
        ({"seconds": 100.0, "has_sound": False}, (720, False, 3_528_000, 50_000)),
        ({"seconds": 4.99}, None),
        ({"seconds": 600.0}, None),
    ],
)
def test_plan(given: dict[str, object], planned: tuple[int, bool, int, int] | None) -> None:
    """At most 720 px, no bitrate that nobody needs, what fits into the size, and its cost by Google's list."""
    task = plan_copy("a", "b/", "c", **(PLANNED | given))  # type: ignore[arg-type]
    got = None if task is None else (task.short_side_px, task.is_upright, task.video_bps, task.usd_micros)
    assert got == planned
    if task is not None:
        seconds = given.get("seconds", 30.0)
        assert isinstance(seconds, float)
        assert task.video_bps * seconds / 8 < SHOWN_BYTES_MAX

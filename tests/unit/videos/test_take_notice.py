"""A provider's notice makes the next poll due now, once; whatever else it says, and when, changes nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.credits.catalogue import VIDEO
from shared.errors import UnavailableError
from shared.jobs.job import Job, JobState
from shared.jobs.open_jobs import change_job, open_job
from shared.jobs.publish_notice import publish_notice
from shared.jobs.sweep_work import sweep_work
from shared.jobs.time_limits import LEASE_SECONDS
from shared.providers.notices import read_notice_path, read_operation, write_notice_url
from shared.providers.outcomes import Broken, TimedOut
from shared.videos.pace import PAUSE_SECONDS_MAX
from shared.videos.video import is_video, video_artefacts
from tests.fakes.video_model import Operation
from tests.world import ME, World, any_commit

DOOR = "https://payments.example"


@pytest.fixture(autouse=True)
def door(world: World) -> None:
    """Providers know where to tell."""
    world.video_studio = replace(world.video_studio, notices_url=DOOR)


def video(world: World) -> Job:
    [job] = [job for job in world.jobs() if is_video(job)]
    return job


async def begun(world: World) -> Job:
    """A video that its provider is making."""
    world.video_model.polls_needed = 1_000
    await world.deliver(world.message("/video a fox in the snow"))
    await world.deliver(world.tap("vmake", world.shown()))
    await world.run_next()
    return video(world)


async def tell(world: World, job_id: str, operation: str = "") -> int:
    """A notice and all that is due at once because of it; the number of tasks."""
    await publish_notice(world.tasks, job_id, operation)
    count = 0
    while any((task.not_before or world.now) <= world.now for task in world.tasks.tasks):
        await world.run_next()
        count += 1
    return count


async def test_it_is_there_at_once(world: World) -> None:
    """Six minutes after its beginning it has ended: with a notice it is delivered at that moment, by one task more than
    were run until then; the poll that was planned finds nothing to do."""
    job = await begun(world)
    assert world.video_model.tasks[0].notice_url == f"{DOOR}/videos/gemini/{job.id}"
    done_at, polls = job.created_at + timedelta(minutes=6), 0
    while min(task.not_before or world.now for task in world.tasks.tasks) < done_at:
        await world.run_next()
        polls += 1
    world.clock.set(done_at)
    world.video_model.polls_needed = 1
    assert await tell(world, job.id) == 1
    assert (video(world).state, world.now, polls) == (JobState.DELIVERED, done_at, 7)
    await world.settle()
    assert [shown.kind for shown in world.messenger.messages(ME)].count("video") == 1
    world.check_money()


async def test_what_it_costs_without(world: World) -> None:
    """The same video without a notice is there up to a pause later."""
    job = await begun(world)
    done_at = job.created_at + timedelta(minutes=6)
    while min(task.not_before or world.now for task in world.tasks.tasks) < done_at:
        await world.run_next()
    world.video_model.polls_needed = 1
    await world.settle()
    assert video(world).state is JobState.DELIVERED
    assert timedelta() < world.now - done_at <= timedelta(seconds=PAUSE_SECONDS_MAX)


async def test_a_lie(world: World) -> None:
    """A notice of what has not ended costs one poll; the next ones nothing, and the video comes as without any."""
    job = await begun(world)
    asked = world.video_model.operations["operation-1"]
    assert await tell(world, job.id) == 1
    assert asked.polls == 1
    for _ in range(20):
        assert await tell(world, job.id) == 1
    assert (asked.polls, video_artefacts(video(world)).is_noticed) == (1, True)
    world.video_model.polls_needed = 1
    await world.settle()
    assert video(world).state is JobState.DELIVERED
    world.check_money()


async def test_too_early(world: World) -> None:
    """Before the operation is known, and while a worker holds the job, nothing happens."""
    await world.deliver(world.message("/video a fox in the snow"))
    await world.deliver(world.tap("vmake", world.shown()))
    planned = list(world.tasks.tasks)
    assert video(world).state is JobState.QUEUED
    await publish_notice(world.tasks, video(world).id)
    await world.run_task(world.tasks.tasks.pop())
    assert (video(world).state, world.tasks.tasks) == (JobState.QUEUED, planned)
    await world.settle()
    assert video(world).state is JobState.DELIVERED


async def test_while_a_worker_has_it(world: World) -> None:
    """A notice that comes while a poll is under way leaves it alone."""
    job = await begun(world)
    opened_at = world.now
    real = world.video_model.poll

    async def poll(operation: str, prefix: str) -> object:
        await publish_notice(world.tasks, job.id)
        await world.run_task(world.tasks.tasks.pop())
        return await real(operation, prefix)

    world.video_model.poll = poll  # type: ignore[assignment,method-assign]
    await world.run_next()
    assert (world.now - opened_at).total_seconds() < LEASE_SECONDS + 1
    assert world.video_model.operations["operation-1"].polls == 1
    assert not video_artefacts(video(world)).is_noticed


async def unheard(world: World) -> Job:
    """A video that its provider began, which only writes it where nobody finds it without its name; no answer came."""
    world.video_model.script(TimedOut())
    await world.deliver(world.message("/video a fox in the snow"))
    await world.deliver(world.tap("vmake", world.shown()))
    await world.run_next()
    task = world.video_model.tasks[0]
    world.video_model.operations["operation-1"] = Operation(task, "elsewhere/", VIDEO.rungs[0])
    return video(world)


async def test_names_the_lost_operation(world: World) -> None:
    """A start whose answer was lost is found by the notice that names its operation: delivered, paid, forgotten."""
    job = await unheard(world)
    assert job.state is JobState.SUBMITTED
    await tell(world, job.id, "operation-1")
    assert video(world).state is JobState.DELIVERED
    assert (len(world.video_model.tasks), world.video_model.operations) == (1, {})
    await world.settle()
    world.check_money()


async def test_names_it_while_it_works(world: World) -> None:
    """A notice that comes before the end: the operation is followed from then on like any other."""
    job = await unheard(world)
    world.video_model.polls_needed = 3
    await tell(world, job.id, "operation-1")
    assert (video(world).state, video(world).operation) == (JobState.POLLING, "operation-1")
    await world.settle()
    assert video(world).state is JobState.DELIVERED


async def test_names_it_while_the_start_waits(world: World) -> None:
    """A notice that overtakes the lost answer is kept, and the next look uses it."""

    async def tell_now(_: object) -> None:
        await publish_notice(world.tasks, world.job().id, "operation-1")
        await world.run_task(world.tasks.tasks.pop())

    world.video_model.before = tell_now
    job = await unheard(world)
    assert (job.state, video_artefacts(job).kept_operation) == (JobState.SUBMITTED, "operation-1")
    await world.settle()
    assert (video(world).state, len(world.video_model.tasks)) == (JobState.DELIVERED, 1)


async def test_names_what_the_provider_does_not_know(world: World) -> None:
    """An operation that is not ours is dropped, and the right one is still taken."""
    job = await unheard(world)
    await tell(world, job.id, "somebody-else")
    assert (video(world).state, video_artefacts(video(world)).kept_operation) == (JobState.SUBMITTED, "")
    await tell(world, job.id, "operation-1")
    assert video(world).state is JobState.DELIVERED


async def test_names_what_the_provider_cannot_read(world: World) -> None:
    """An id that the provider refuses ends nothing either."""
    job = await unheard(world)
    world.video_model.script_polls(Broken("INVALID_ARGUMENT"))
    await tell(world, job.id, "not-an-interaction")
    assert (video(world).state, video_artefacts(video(world)).kept_operation) == (JobState.SUBMITTED, "")


async def test_our_own_trouble_drops_no_name(world: World) -> None:
    """While our key is refused, the operation that a notice named is kept: notices come only once."""
    job = await unheard(world)
    world.video_model.script_polls(Broken("PERMISSION_DENIED"))
    await tell(world, job.id, "operation-1")
    assert (video(world).state, video_artefacts(video(world)).kept_operation) == (JobState.SUBMITTED, "operation-1")


async def test_names_it_of_another_provider(world: World) -> None:
    """A notice of Gemini names no operation of another provider."""
    job = await unheard(world)
    opened = await open_job(world.ports, job.id)
    assert opened is not None
    elsewhere = replace(video_artefacts(opened.job), provider="fal")
    await change_job(world.ports, opened, lambda each: replace(each, artefacts=elsewhere))
    await publish_notice(world.tasks, job.id, "operation-1")
    await world.run_task(world.tasks.tasks.pop())
    assert video_artefacts(video(world)).kept_operation == ""


async def test_names_it_after_the_refund(world: World) -> None:
    """A start that was written off is found by its notice as well: the video is free then."""
    job = await unheard(world)
    while video(world).state is not JobState.FAILED:
        await world.run_next()
    await tell(world, job.id, "operation-1")
    [first, late] = sorted(filter(is_video, world.jobs()), key=lambda each: each.created_at)
    assert (first.state, late.state, late.request.price) == (JobState.FAILED, JobState.DELIVERED, 0)
    assert (world.user().account.available, world.video_model.operations) == (20, {})
    await world.settle()
    world.check_money()


@pytest.mark.parametrize("dies", [False, True])
async def test_names_it_after_the_cancel(world: World, *, dies: bool) -> None:
    """A start that was canceled before its answer, which was lost, is deleted at the provider once its notice comes."""
    job = await unheard(world)
    world.clock.advance(5)
    await world.send(world.tap("vstop", world.shown()))
    if dies:
        world.store.lose(any_commit)
        await publish_notice(world.tasks, job.id, "operation-1")
        with pytest.raises(UnavailableError):
            await world.run_next()
        world.clock.advance(60)
        await sweep_work(world.repair_ports)
    for _ in range(3):
        await tell(world, job.id, "operation-1")
    await world.settle()
    assert (world.video_model.operations, world.video_model.canceled) == ({}, ["operation-1"])
    assert (video(world).state, video(world).sweep_at) == (JobState.CANCELED, None)
    world.check_money()


async def test_tells_of_a_late_end(world: World) -> None:
    """A notice ends the pause of a video that is awaited after its refund, once."""
    job = await begun(world)
    world.clock.advance(1_801)
    while video(world).state is not JobState.FAILED:
        await world.run_next()
    asked = world.video_model.operations["operation-1"]
    polls = asked.polls
    for _ in range(3):
        await tell(world, job.id)
    assert asked.polls == polls + 1
    world.video_model.polls_needed = 1
    await world.settle()
    assert [each.state for each in world.jobs() if is_video(each)].count(JobState.DELIVERED) == 1


async def test_too_late_or_unknown(world: World) -> None:
    """After the end, of a job that nobody knows, or that is no video, nothing happens."""
    await begun(world)
    world.video_model.polls_needed = 1
    await world.settle()
    await world.send(world.message("/image a red fox", user_id=502))
    picture = next(job for job in world.jobs() if not is_video(job))
    before = world.store.collection("jobs")
    for job_id in (video(world).id, picture.id, "AAAAAAAAAAAAAAAA"):
        assert await tell(world, job_id) == 1
    assert world.store.collection("jobs") == before


@pytest.mark.parametrize(
    "path",
    [
        "/videos/gemini",
        "/videos/gemini/short",
        "/videos/GEMINI/AAAAAAAAAAAAAAAA",
        "/videos/gemini/AAAAAAAAAAAAAAAA/",
        "/videos/gemini/__AAAAAAAAAAAA__",
        "/videos/gemini/../../jobs/AAAAAA",
        "/lava",
    ],
)
def test_other_paths(path: str) -> None:
    """Only an address that we have written names a job."""
    assert read_notice_path(path) is None


def test_addresses() -> None:
    """What is written is read; without a door there is no address."""
    assert read_notice_path(write_notice_url("", "fal", "a")) is None
    url = write_notice_url(DOOR, "fal", "AAAA-AAA_AAAAAAA")
    assert read_notice_path(url.removeprefix(DOOR)) == ("fal", "AAAA-AAA_AAAAAAA")


@pytest.mark.parametrize(
    ("body", "operation"),
    [
        (b'{"data": {"id": "v1_ChdabcDEF-9.8~7="}}', "v1_ChdabcDEF-9.8~7="),
        (b'{"data": {"id": "short"}}', ""),
        (b'{"data": {"id": "../../files/abcdef"}}', ""),
        (b'{"data": {"id": "abcdefgh|https://evil.example"}}', ""),
        (b'{"data": {"id": 12345678}}', ""),
        (b'{"data": {"id": "' + b"a" * 300 + b'"}}', ""),
        (b'{"data": ["id"]}', ""),
        (b"[" * 100_000, ""),
        (b"null", ""),
        (b"\xff", ""),
    ],
)
def test_operation_of_a_body(body: bytes, operation: str) -> None:
    """Only what has the form of an interaction's id is read, and only of Gemini."""
    assert read_operation("gemini", body) == operation
    assert read_operation("fal", body) == ""

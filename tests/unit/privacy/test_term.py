"""A person's shorter term: results and their files leave when it is over, whatever dies on the way, and no earlier."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.errors import LaterError, UnavailableError
from shared.gallery.archive import ArchiveRequest
from shared.jobs import remove_job
from shared.jobs.job import Job, JobState, ended
from shared.jobs.job_documents import job_key
from shared.jobs.next_step import Move, next_step
from shared.jobs.open_jobs import change_job, open_job
from shared.jobs.storage_term import MARGIN, keep_as_chosen, keep_as_long, keep_shorter
from shared.jobs.sweep_work import sweep_work
from shared.people.storage import Storage
from shared.people.uploads import upload_prefix
from shared.pictures.keep_shares import share_job
from shared.privacy import shorten_results as walk
from shared.videos.late_video import plan_late_job
from shared.videos.mend_video import mend_video
from shared.videos.video import VideoArtefacts, VideoRequest, is_video
from tests.unit.gallery.test_find_results import FOX, OWL, draw, film, write
from tests.unit.jobs.test_job import JOB, NOW
from tests.unit.miniapp.conftest import App
from tests.world import OTHER, World, writes_to

DAY = timedelta(days=1)
WEEK = Storage(7)


async def choose(world: World, days: int) -> None:
    """/privacy, the way to the choices, and one of them."""
    await world.send(world.message("/privacy"))
    await world.send(world.tap("term;;", world.shown()))
    await world.send(world.tap(f"term;{days}", world.shown()))


async def pass_days(world: World, days: float) -> None:
    """So many days, with a sweep each minute of the last ones that matter."""
    world.clock.advance(DAY.total_seconds() * days)
    for _ in range(5):
        await sweep_work(world.repair_ports)
        await world.settle()
        world.clock.advance(60)


def files(world: World, job: Job) -> list[str]:
    return [name for name in world.blobs.blobs if name.startswith(f"jobs/{job.id}/")]


async def test_what_is_new_leaves_after_its_term(world: World) -> None:
    """With a week chosen a picture and a video are there for a week; then neither file nor document is."""
    await world.give(200)
    await choose(world, 7)
    await draw(world, FOX)
    await film(world, OWL)
    jobs = world.jobs()
    assert [job.state for job in jobs] == [JobState.DELIVERED] * 2
    await pass_days(world, 6.9)
    assert all(files(world, job) for job in jobs)
    await pass_days(world, 0.1)
    assert world.jobs() == []
    assert not any(files(world, job) for job in jobs)
    world.check_money()


async def test_what_is_there_is_shortened(world: World) -> None:
    """A choice holds for what was made before: what is older than it leaves at once, other people's results stay."""
    await world.give(200)
    await world.give(200, OTHER)
    await draw(world, FOX)
    await draw(world, FOX, user_id=OTHER)
    await pass_days(world, 10)
    await draw(world, OWL)
    await choose(world, 7)
    await pass_days(world, 0.001)
    assert sorted(job.user_id for job in world.jobs()) == sorted([OTHER, world.user().id])
    await world.send(world.message("/privacy"))
    assert "You chose 7 days" in world.shown().text
    await pass_days(world, 7)
    assert [job.user_id for job in world.jobs()] == [OTHER]


async def test_a_longer_choice_holds_for_what_comes(world: World) -> None:
    """What was shortened stays shortened; the next picture has the usual term again."""
    await world.give(200)
    await choose(world, 7)
    await draw(world, FOX)
    await choose(world, 90)
    await draw(world, OWL)
    await pass_days(world, 8)
    [left] = world.jobs()
    assert left.leaves_at is None


async def test_the_walk_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A walk that dies between two pages, or is too long for one task, ends with every job shortened once."""
    monkeypatch.setattr(walk, "PAGE", 1)
    await world.give(200)
    await draw(world, FOX, OWL, FOX)
    await share_job(world.ports, world.jobs()[0])
    world.store.lose(writes_to("jobs"))
    with pytest.raises(UnavailableError):
        await walk.shorten_results(world.ports, world.user().id, 7)
    monkeypatch.setattr(walk, "SECONDS_MAX", -1)
    for _ in range(2):
        with pytest.raises(LaterError):
            await walk.shorten_results(world.ports, world.user().id, 7)
    await world.blobs.put(f"{upload_prefix(world.user().id)}upload", b"x", "image/png")
    await walk.shorten_results(world.ports, world.user().id, 7)
    assert not any(name.startswith("uploads/") for name in world.blobs.blobs)
    assert all(job.leaves_at == job.created_at + 7 * DAY == job.expire_at - MARGIN for job in world.jobs())
    [share] = world.store.collection("shares").values()
    assert share["expire_at"] == world.jobs()[0].expire_at
    version = [record.version for record in await world.store.read([job_key(job.id) for job in world.jobs()]) if record]
    await walk.shorten_results(world.ports, world.user().id, 7)
    again = [record.version for record in await world.store.read([job_key(job.id) for job in world.jobs()]) if record]
    assert again == version


async def test_unreadable_jobs_are_passed(world: World) -> None:
    """A job that only another release can read stays as it is, and stops nothing."""
    await world.give(200)
    await draw(world, FOX, OWL)
    first, second = world.jobs()
    await write(world, first, index="one")
    await walk.shorten_results(world.ports, world.user().id, 7)
    opened = await open_job(world.ports, second.id)
    assert opened is not None
    assert opened.job.leaves_at is not None


async def test_the_app_shortens_too(world: World) -> None:
    """The choice in the app is the same one."""
    await world.give(200)
    await draw(world, FOX)
    await App(world).post("/settings", {"name": "results_days", "value": "30"})
    await world.settle()
    assert world.job().leaves_at == world.job().created_at + 30 * DAY
    await App(world).post("/settings", {"name": "results_days", "value": "5"})
    assert world.user().storage.results_days == 30


async def test_not_theirs(world: World) -> None:
    """Somebody else's button changes nothing."""
    await world.send(world.message("/privacy"))
    await world.send(world.tap("term;;", world.shown()))
    await world.send(world.tap("term;7", world.shown(), user_id=OTHER))
    assert world.user().storage.results_days == 90


async def test_a_removal_that_dies(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bucket that is away, or somebody who changes the job meanwhile, leaves the rest to the next sweep."""
    await world.give(200)
    await choose(world, 7)
    await draw(world, FOX)
    [job] = world.jobs()
    opened = await open_job(world.ports, job.id)
    assert opened is not None
    world.clock.advance(8 * DAY.total_seconds())
    await change_job(world.ports, opened, lambda known: replace(known, sweeps=known.sweeps + 1))
    await remove_job.remove_job(world.ports, opened)
    assert len(world.jobs()) == 1
    assert files(world, job) == []
    await pass_days(world, 0)
    assert world.jobs() == []


async def test_what_is_young_loses_its_words_first(world: World) -> None:
    """Within two days the document stays, empty and deleted, so that nothing that comes again buys anything."""
    await world.give(200)
    press = world.message(FOX)
    await world.send(press)
    [job] = world.jobs()
    assert files(world, job)
    opened = await open_job(world.ports, job.id)
    assert opened is not None
    await change_job(world.ports, opened, lambda known: replace(known, leaves_at=world.now, sweep_at=world.now))
    await pass_days(world, 0)
    [empty] = world.store.collection("jobs").values()
    assert FOX not in str(empty)
    assert files(world, job) == []
    await world.deliver(press)
    await world.settle()
    assert len(world.jobs()) == 1
    world.check_money()
    assert next_step(world.job(), world.now + 9 * DAY).move is Move.NOTHING


def test_terms() -> None:
    """What expires within a day anyway keeps its time; a file leaves a day before its document expires."""
    assert keep_as_chosen(JOB, Storage()) == JOB
    chosen = keep_as_chosen(JOB, WEEK)
    assert (chosen.leaves_at, chosen.expire_at) == (NOW + 7 * DAY, NOW + 8 * DAY)
    spoken = keep_as_chosen(replace(JOB, expire_at=NOW + 2 * DAY), WEEK)
    assert (spoken.leaves_at, spoken.expire_at) == (NOW + DAY, NOW + 2 * DAY)
    packed = replace(JOB, expire_at=NOW + DAY)
    assert keep_as_chosen(packed, WEEK) == packed
    later = replace(JOB, created_at=NOW + DAY)
    assert keep_as_long(later, JOB) == later
    assert keep_as_long(later, chosen).leaves_at == NOW + 8 * DAY


def test_when_a_shortened_job_is_swept() -> None:
    """Ended jobs are swept when their term is over, at once if it is; one at work is left to those who work on it."""
    delivered = ended(JOB, JobState.DELIVERED)
    shorter = keep_shorter(delivered, 7, NOW + 30 * DAY)
    assert shorter is not None
    assert (shorter.leaves_at, shorter.sweep_at) == (NOW + 7 * DAY, NOW + 30 * DAY)
    assert keep_shorter(shorter, 30, NOW) is None
    assert keep_shorter(ended(keep_as_chosen(JOB, Storage(), is_hidden=True), JobState.DELIVERED), 7, NOW) is None
    busy = keep_shorter(replace(JOB, sweep_at=NOW), 7, NOW)
    assert busy is not None
    assert busy.sweep_at == NOW
    assert ended(busy, JobState.FAILED).sweep_at == NOW + 7 * DAY
    purged_soon = keep_shorter(replace(delivered, sweep_at=NOW, deleted_at=NOW), 7, NOW)
    assert purged_soon is not None
    assert purged_soon.sweep_at == NOW
    assert keep_shorter(replace(JOB, expire_at=NOW + DAY), 7, NOW) is None


async def test_a_video_that_may_still_come(world: World) -> None:
    """Its job is not removed while it is awaited; the job that brings it late has the same term."""
    await world.give(200)
    await choose(world, 7)
    await film(world, OWL)
    job = next(each for each in world.jobs() if is_video(each))
    awaited = replace(job, state=JobState.FAILED, artefacts=VideoArtefacts(is_awaited=True), sweep_at=world.now)
    assert next_step(awaited, world.now + 8 * DAY).move is Move.NOTHING
    late = plan_late_job(awaited, world.now)
    assert late.leaves_at == world.now + 7 * DAY
    await write(world, job, kept_operation="", is_awaited=True)
    opened = await open_job(world.ports, job.id)
    assert opened is not None
    world.clock.advance(3 * DAY.total_seconds())
    await mend_video(world.ports, world.video_studio, opened)
    assert world.job().sweep_at == job.leaves_at


def test_a_request_loses_its_words() -> None:
    """What a person wrote goes, what the books and the log need stays; one without words stays as it is."""
    video = VideoRequest("a fox", 15, "9:16", "1080p", 0, has_sound=False, price=1)
    assert video.without_words() == replace(video, prompt="")
    whole = ArchiveRequest("all", "ZIP", price=0)
    assert whole.without_words() == whole

"""Has a smaller copy made of a stored video that is too large for Telegram; the original stays in the bucket.

MADE ── commit: asked for ── the transcoder is asked, once ── commit: its operation ── tasks look, nobody waits
        ├─ there ── checked, its index put first ── commit: the copy ── shown, with a link to the original
        ├─ refused, failed, too late, still too large ── commit: given up ── a link alone
        └─ no answer, or a crash ── unknown ── a file under the copy's own prefix decides; it is never asked again

The video is made and its price is known before this begins, so nothing here touches credits.
"""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from shared.errors import BlobMissingError, MessengerError, UnavailableError, VideoUnusableError
from shared.jobs.frame import surface_of
from shared.jobs.job import Job
from shared.jobs.job_events import job_facts
from shared.jobs.open_jobs import StoredJob, change_held_job
from shared.jobs.pause_job import pause_job
from shared.jobs.time_limits import FILMING_SECONDS_MAX
from shared.logs import log_event
from shared.ports import Ports, VideoStudio
from shared.providers.copies import COPY_FILENAME, Copied, CopyPoll, CopyTask, plan_copy
from shared.providers.outcomes import Begun, Broken
from shared.providers.videos import Lost
from shared.videos.video import (
    SHOWN_BYTES_MAX,
    SmallerCopy,
    StoredVideo,
    attempt_prefix,
    copy_prefix,
    stored_video,
    with_video,
)

COPIED_WITHIN = timedelta(minutes=10)
"""A copy of a short video takes a minute or two; after this time the person gets a link instead."""
PAUSE_SECONDS_MIN, PAUSE_SECONDS_MAX = 15.0, 60.0
LATER_SHARE = 0.5
"""Each pause between two looks, as a share of the time since the copy was asked for."""


async def shrink_video(ports: Ports, studio: VideoStudio, held: StoredJob) -> StoredJob | None:
    """Go one step further with the copy of a video that needs one. Raises LeaseLostError, UnavailableError.

    Returns the job to show now, with its copy or without hope of one. None: it is released, and a task looks later.
    """
    copy = stored_video(held.job).smaller_copy
    if copy is None:
        return await _begin(ports, studio, held)
    told: CopyPoll = await studio.transcoder.poll(copy.operation) if copy.operation else Lost()
    if isinstance(told, Broken):
        return await _give_up(ports, studio, held, told.reason)
    if isinstance(told, Copied | Lost) and await studio.media.measure(_copy_name(held.job)) is not None:
        return await _take(ports, studio, held)
    if isinstance(told, Copied):
        return await _give_up(ports, studio, held, "no file")
    if ports.clock.now() >= copy.begun_at + COPIED_WITHIN:
        return await _give_up(ports, studio, held, "late")
    await _look_later(ports, held)
    return None


async def _begin(ports: Ports, studio: VideoStudio, held: StoredJob) -> StoredJob | None:
    """Ask for the copy, at most once: that it is asked for is committed before."""
    task = _plan(held.job)
    if task is None:
        return await _give_up(ports, studio, held, "not possible")
    if await ports.spending.rest_until() is not None:
        return await _give_up(ports, studio, held, "spending stopped")
    await ports.spending.book(task.usd_micros)
    held = await _note(ports, held, SmallerCopy(ports.clock.now()))
    outcome = await studio.transcoder.start(task)
    if isinstance(outcome, Broken):
        return await _give_up(ports, studio, held, outcome.reason)
    if isinstance(outcome, Begun):
        held = await _note(ports, held, replace(_copy_of(held.job), operation=outcome.operation))
    with suppress(MessengerError):
        await surface_of(ports, held.job).show(ports, held.job)
    await _look_later(ports, held)
    return None


def _plan(job: Job) -> CopyTask | None:
    stored = stored_video(job)
    return plan_copy(
        stored.blob,
        copy_prefix(job),
        job.id,
        size_px=(stored.width, stored.height),
        seconds=stored.seconds,
        has_sound=stored.has_sound,
        bytes_max=SHOWN_BYTES_MAX,
    )


async def _take(ports: Ports, studio: VideoStudio, held: StoredJob) -> StoredJob | None:
    """Check the copy, store it with its index first, and clean up."""
    stored, name = stored_video(held.job), f"{attempt_prefix(held.job)}{COPY_FILENAME}"
    try:
        async with asyncio.timeout(FILMING_SECONDS_MAX):
            facts = await studio.files.finish(_copy_name(held.job), name, has_sound=stored.has_sound)
    except TimeoutError as error:
        raise UnavailableError("storing a smaller copy took too long") from error
    except (VideoUnusableError, BlobMissingError) as error:
        return await _give_up(ports, studio, held, type(error).__name__)
    if facts.size_bytes > SHOWN_BYTES_MAX:
        return await _give_up(ports, studio, held, "too large")
    done = replace(_copy_of(held.job), operation="")
    small = replace(stored, small_blob=name, small_bytes=facts.size_bytes, smaller_copy=done)
    await _forget(studio, held.job)
    held = await change_held_job(ports, held, lambda job: with_video(job, small))
    with suppress(UnavailableError):  # otherwise it goes with the other files of the job
        await ports.blobs.delete_all(copy_prefix(held.job))
    log_event("video_shrunk", seconds_taken=_seconds_since(done.begun_at, ports.clock.now()), **job_facts(held.job))
    return held


async def _give_up(ports: Ports, studio: VideoStudio, held: StoredJob, reason: str) -> StoredJob:
    log_event("video_not_shrunk", severity="WARNING", reason=reason, **job_facts(held.job))
    await _forget(studio, held.job)
    copy = stored_video(held.job).smaller_copy or SmallerCopy(ports.clock.now())
    return await _note(ports, held, replace(copy, operation="", is_given_up=True))


async def _look_later(ports: Ports, held: StoredJob) -> None:
    gone = _seconds_since(_copy_of(held.job).begun_at, ports.clock.now())
    await pause_job(ports, held, min(PAUSE_SECONDS_MAX, max(PAUSE_SECONDS_MIN, LATER_SHARE * gone)))


async def _note(ports: Ports, held: StoredJob, copy: SmallerCopy) -> StoredJob:
    """Commit how far the copy is."""
    stored: StoredVideo = replace(stored_video(held.job), smaller_copy=copy)
    return await change_held_job(ports, held, lambda job: with_video(job, stored))


async def _forget(studio: VideoStudio, job: Job) -> None:
    copy = stored_video(job).smaller_copy
    if copy is not None and copy.operation:
        await studio.transcoder.forget(copy.operation)


def _copy_of(job: Job) -> SmallerCopy:
    """The copy of a job that has asked for one."""
    copy = stored_video(job).smaller_copy
    assert copy is not None
    return copy


def _copy_name(job: Job) -> str:
    return f"{copy_prefix(job)}{COPY_FILENAME}"


def _seconds_since(begun_at: datetime, now: datetime) -> float:
    return max(0.0, (now - begun_at).total_seconds())

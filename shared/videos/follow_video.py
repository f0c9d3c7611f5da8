"""Polls the provider for a video, and searches for one that may have been begun.

POLLING ── task ── not yet ── the card's clock ── a later task
                ── finished ── stored, shown, paid
                ── filtered, empty, failed ── the credits go back, with the reason
                ── deadline ── one last poll: a finished video is still delivered
                            ── not yet: the credits go back, and the video is free if it comes (`late_video.py`)
SUBMITTED ── task ── in the bucket under the attempt's own names, or named by a notice: stored, shown, paid
                  ── not found for twice the usual time: given up at our cost; it is never begun again
"""

from datetime import timedelta
from functools import partial

from shared.jobs.follow_operation import follow_operation
from shared.jobs.job import Job, JobState
from shared.jobs.job_events import job_facts
from shared.jobs.open_jobs import StoredJob
from shared.jobs.pause_job import pause_job
from shared.logs import log_event
from shared.ports import Ports, VideoStudio
from shared.providers.outcomes import (
    Broken,
    Busy,
    FailureReason,
    FileRefused,
    NoResult,
    Refused,
    TimedOut,
    name_outcome,
)
from shared.providers.videos import Lost, Poll, Running, VideoMade
from shared.videos.ask_provider import ask_provider, operation_of
from shared.videos.end_video import end_awaited, end_unmade
from shared.videos.keep_video import keep_video
from shared.videos.pace import GRACE, is_searched, pause_after
from shared.videos.show_progress import show_progress
from shared.videos.video import note_kept

_OUR_KEY = {"CREDENTIALS", "UNAUTHENTICATED", "PERMISSION_DENIED", "HTTP_401", "HTTP_403"}
"""Reasons of `Broken` that say nothing of the operation."""
_REASONS: dict[type, FailureReason] = {
    Refused: FailureReason.SAFETY,
    FileRefused: FailureReason.FILE_UNREADABLE,
    NoResult: FailureReason.NO_RESULT,
}


async def poll_video(ports: Ports, studio: VideoStudio, held: StoredJob) -> None:
    """Poll once, and continue by the answer. Raises LeaseLostError, UnavailableError."""
    await _take(ports, studio, held, await ask_provider(studio, held.job))


async def look_for_video(ports: Ports, studio: VideoStudio, held: StoredJob) -> None:
    """Search for a video that may have been begun. Raises LeaseLostError, UnavailableError."""
    told = await ask_provider(studio, held.job)
    if not isinstance(told, Lost | Broken):
        await _take(ports, studio, held, told)
    elif is_searched(held.job, ports.clock.now()):
        pause = pause_after(held.job, ports.clock.now())
        await pause_job(ports, held, pause.total_seconds(), partial(_drop_wrong, told=told))
    else:
        await _give_up(ports, held, FailureReason.OURS)


async def recover_video(ports: Ports, studio: VideoStudio, held: StoredJob) -> bool:
    """Poll a job after its deadline once more; a late video is delivered. Raises LeaseLostError, UnavailableError.

    If the provider cannot be reached, this is retried for an hour.
    """
    if held.job.state not in {JobState.SUBMITTED, JobState.POLLING}:
        return False
    told = await ask_provider(studio, held.job)
    if isinstance(told, VideoMade):
        log_event("video_late", **job_facts(held.job))
        await keep_video(ports, studio, held, told)
    elif isinstance(told, Busy | TimedOut) and ports.clock.now() < held.job.deadline_at + GRACE:
        await pause_job(ports, held, pause_after(held.job, ports.clock.now()).total_seconds())
    elif isinstance(told, Running | Busy | TimedOut):
        await end_awaited(ports, held, FailureReason.LATE, name_outcome(TimedOut()))
    elif isinstance(told, Lost) and held.job.state is JobState.SUBMITTED:
        await _give_up(ports, held, FailureReason.LATE)
    else:
        await _end(ports, held, told)
    return True


async def _take(ports: Ports, studio: VideoStudio, held: StoredJob, told: Poll) -> None:
    if isinstance(told, VideoMade):
        await keep_video(ports, studio, held, told)
    elif isinstance(told, Running | Busy | TimedOut):
        await _ask_later(ports, held, told)
    else:
        await _end(ports, held, told)


async def _ask_later(ports: Ports, held: StoredJob, told: Running | Busy | TimedOut) -> None:
    pause = pause_after(held.job, ports.clock.now())
    if isinstance(told, Busy):
        pause = max(pause, timedelta(seconds=told.retry_after_seconds or 0.0))
    await show_progress(ports, held.job)
    await follow_operation(ports, held, operation_of(held.job), pause)


async def _end(ports: Ports, held: StoredJob, told: Refused | FileRefused | NoResult | Broken | Lost) -> None:
    if isinstance(told, Broken):  # it says nothing about the video, which may still be made
        await end_awaited(ports, held, FailureReason.OURS, name_outcome(told), told.reason)
        return
    outcome = NoResult("lost") if isinstance(told, Lost) else told
    await end_unmade(ports, held, _REASONS[type(outcome)], outcome)


def _drop_wrong(job: Job, told: Lost | Broken) -> Job:
    """The job without the operation that a notice named, unless our key is the trouble: a notice comes only once."""
    is_kept = isinstance(told, Broken) and told.reason in _OUR_KEY
    return job if is_kept else note_kept(job, "")


async def _give_up(ports: Ports, held: StoredJob, reason: FailureReason) -> None:
    log_event("video_given_up", severity="WARNING", **job_facts(held.job))
    await end_awaited(ports, held, reason, "unknown")

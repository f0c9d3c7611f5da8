"""The schedule of polls for a video. Pure.

Each poll costs a task and two writes. The pauses grow with the elapsed time, so the delay stays a share of the video's
own duration: 6 polls for one that takes six minutes.
"""

from datetime import datetime, timedelta

from shared.jobs.job import Job
from shared.videos.video import video_artefacts, video_request

FIRST_SHARE = 0.75
"""The first poll, as a share of the shortest usual time: a video is hardly ever finished earlier."""
LATER_SHARE = 0.4
"""Each later pause, as a share of the elapsed time."""
PAUSE_SECONDS_MIN, PAUSE_SECONDS_MAX = 20.0, 90.0
SEARCHED_SHARE = 2
"""How long to search for a video that may have been begun, as a multiple of the longest usual time."""
GRACE = timedelta(hours=1)
"""How long after a job's deadline an unreachable provider is polled again: the video may be finished."""
AWAITED = timedelta(days=1)
"""How long after a job's deadline a video may still come, after its credits were returned."""
LATE_SHARE = 0.2
"""Each pause between two polls for such a video, as a share of the elapsed time: about 35 polls in all."""
LATE_SECONDS_MIN, LATE_SECONDS_MAX = 300.0, 3600.0


def pause_after(job: Job, now: datetime) -> timedelta:
    """The pause until the next poll."""
    gone = seconds_gone(job, now)
    first = FIRST_SHARE * video_request(job).offer.rungs[0].usual_seconds[0]
    if gone < first:
        return timedelta(seconds=max(PAUSE_SECONDS_MIN, first - gone))
    return timedelta(seconds=min(PAUSE_SECONDS_MAX, max(PAUSE_SECONDS_MIN, LATER_SHARE * gone)))


def late_pause_after(job: Job, now: datetime) -> timedelta:
    """The pause until the next poll for a video that nobody waits for any more."""
    return timedelta(seconds=min(LATE_SECONDS_MAX, max(LATE_SECONDS_MIN, LATE_SHARE * seconds_gone(job, now))))


def is_searched(job: Job, now: datetime) -> bool:
    """Whether to continue the search for a video that may have been begun."""
    return seconds_gone(job, now) < SEARCHED_SHARE * video_request(job).offer.rungs[0].usual_seconds[1]


def seconds_gone(job: Job, now: datetime) -> float:
    """Seconds since the provider was asked to begin."""
    begun_at = video_artefacts(job).begun_at
    return 0.0 if begun_at is None else max(0.0, (now - begun_at).total_seconds())

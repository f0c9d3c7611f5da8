"""When the provider is asked how far a video is. Pure.

Each look costs a task and two writes. A pause that grows with the time gone by finds a video late by a share of what
it took anyway: 6 looks at one that takes six minutes.
"""

from datetime import datetime, timedelta

from shared.credits.catalogue import VIDEO
from shared.jobs.job import Job
from shared.videos.video import video_artefacts

FIRST_SHARE = 0.75
"""Of the shortest usual time: before that there is hardly ever a video."""
LATER_SHARE = 0.4
"""Of the time gone by."""
PAUSE_SECONDS_MIN, PAUSE_SECONDS_MAX = 20.0, 90.0
SEARCHED_SHARE = 2
"""Of the longest usual time: so long it is looked for a video of which nobody knows whether it was begun."""
GRACE = timedelta(hours=1)
"""So long after a job's deadline a provider that cannot be asked is asked again: the video may be there."""


def pause_after(job: Job, now: datetime) -> timedelta:
    """How long to leave the provider alone that works on this job."""
    gone = seconds_gone(job, now)
    first = FIRST_SHARE * VIDEO.rungs[0].usual_seconds[0]
    if gone < first:
        return timedelta(seconds=max(PAUSE_SECONDS_MIN, first - gone))
    return timedelta(seconds=min(PAUSE_SECONDS_MAX, max(PAUSE_SECONDS_MIN, LATER_SHARE * gone)))


def is_searched(job: Job, now: datetime) -> bool:
    """Whether it is still looked for what a provider may have begun."""
    return seconds_gone(job, now) < SEARCHED_SHARE * VIDEO.rungs[0].usual_seconds[1]


def seconds_gone(job: Job, now: datetime) -> float:
    """Since the provider was asked to begin."""
    begun_at = video_artefacts(job).begun_at
    return 0.0 if begun_at is None else max(0.0, (now - begun_at).total_seconds())

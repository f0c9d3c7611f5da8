"""Candidates that nobody answers: an alarm rings for those that wait for a day without a vote."""

from datetime import datetime, timedelta

from shared.logs import log_event
from shared.releases.environment import PRODUCTION
from shared.releases.read_case import decode_readable
from shared.releases.release import Release, Status
from shared.releases.release_documents import decode_environment, environment_key, release_key
from shared.releases.release_ports import ReleasePorts

UNANSWERED = timedelta(hours=24)
"""A third of the time after which a candidate ends by itself."""


async def watch_candidates(ports: ReleasePorts) -> int:
    """Log each candidate that waits for so long; returns how many there are. Raises UnavailableError."""
    [record] = await ports.store.read([environment_key(PRODUCTION)])
    keys = [release_key(id_) for id_ in decode_environment(record, PRODUCTION).candidate.values()]
    found = await ports.store.read(keys) if keys else []
    now = ports.clock.now()
    releases = decode_readable([record for record in found if record is not None])
    waiting = [release for release in releases if is_unanswered(release, now)]
    for release in waiting:
        log_event("release_unanswered", severity="WARNING", release=release.id)
    return len(waiting)


def is_unanswered(release: Release, now: datetime) -> bool:
    """Whether it has waited for its first vote for a day; releases of before have no such time."""
    since = release.entered_at.get(Status.MANUAL_TESTING.value)
    is_waiting = release.status is Status.MANUAL_TESTING and not release.votes
    return is_waiting and since is not None and now - since >= UNANSWERED

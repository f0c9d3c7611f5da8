"""What releases say of the team that makes them, in five numbers. Pure, from the newest documents alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from shared.releases.release import Release, Status

MEASURED_MAX = 200
"""Releases that are read for the numbers; at five a day these are forty days."""
PERIOD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of the releases that began within the period. None: nothing to measure."""

    deployments: int
    """That reached production with all their stages."""
    deployments_a_week: float
    lead_time: timedelta | None
    """The median from the beginning to *deployed*."""
    failure_percent: float | None
    """Of those that began to be deployed: how many failed there, or were gone back from."""
    restore_time: timedelta | None
    """The median from a failure, or from the wish to go back, until the good release served."""
    approval_time: timedelta | None
    """The median from the notice to QA until the quorum."""


def measure_releases(releases: Sequence[Release], now: datetime, period: timedelta = PERIOD) -> Numbers:
    """The numbers of these releases."""
    counted = [each for each in releases if now - period <= each.created_at <= now]
    deployed = [each for each in counted if Status.DEPLOYED.value in each.entered_at]
    begun = [each for each in counted if Status.DEPLOYING.value in each.entered_at]
    failed = [each for each in begun if _is_bad(each)]
    weeks = period / timedelta(weeks=1)
    return Numbers(
        deployments=len(deployed),
        deployments_a_week=len(deployed) / weeks,
        lead_time=_median([each.entered_at[Status.DEPLOYED.value] - each.created_at for each in deployed]),
        failure_percent=100 * len(failed) / len(begun) if begun else None,
        restore_time=_median(list(_list_restores(failed))),
        approval_time=_median(list(_list_spans(counted, Status.MANUAL_TESTING, Status.MANUAL_TEST_PASSED))),
    )


def _is_bad(release: Release) -> bool:
    """Whether production was left again: by the rollout, or later by a person or the monitor."""
    return any(each.value in release.entered_at for each in (Status.PRODUCTION_FAILED, Status.ROLLBACK))


def _list_restores(failed: Sequence[Release]) -> Iterator[timedelta]:
    """Until production was good again. A rollout that fails has its traffic back before it says so."""
    for release in failed:
        times = release.entered_at
        asked = times.get(Status.ROLLBACK.value, release.abort_asked_at)
        restored = times.get(Status.ROLLBACK_DONE.value, times.get(Status.PRODUCTION_FAILED.value))
        if asked is not None and restored is not None and asked <= restored:
            yield restored - asked


def _list_spans(releases: Sequence[Release], start: Status, end: Status) -> Iterator[timedelta]:
    for release in releases:
        begun, ended = (release.entered_at.get(status.value) for status in (start, end))
        if begun is not None and ended is not None and begun <= ended:
            yield ended - begun


def _median(spans: Sequence[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(each.total_seconds() for each in spans)) if spans else None

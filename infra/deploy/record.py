"""The rollout's record: which release is stable, which is tried, how far it is, who is at it. Pure.

It is kept as JSON in an annotation of the webhook's Cloud Run service (`desk.py`), so that going back needs nothing
but Cloud Run. What every service must look like follows from the record alone (`arrange.py`): a deployer that
was killed is continued by whoever reads the record next.

    begin ─▶ probe ─▶ staff ─▶ 5 ─▶ 25 ─▶ 50 ─▶ 100 ─▶ promote       stable = candidate
               └────────┴───────┴─────┴──────┴─────┴───▶ give_up      stable as before
    roll_back: stable = the last good release; with a candidate under way it is the same as give_up
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from infra.deploy.errors import DeployError, RefusedError

RETIRED_SECONDS = 25 * 3600
"""Queues retry for 24 hours: that long a release's own address must answer after it was replaced."""
RETIRED_MIN = 3
"""Releases to go back to, however long ago they were replaced."""
GIVEN_UP_MAX = 50


@dataclass(frozen=True)
class Stage:
    """How many of the chats the candidate serves, and how long at least and at most without a verdict."""

    name: str
    percent: int
    staff: bool
    minutes_min: int
    minutes_max: int
    """After this long a stage too quiet for a verdict passes, if its probes do."""


STAGES = (
    Stage("probe", 0, staff=False, minutes_min=0, minutes_max=0),
    Stage("staff", 0, staff=True, minutes_min=5, minutes_max=10),
    Stage("5", 5, staff=True, minutes_min=10, minutes_max=30),
    Stage("25", 25, staff=True, minutes_min=10, minutes_max=30),
    Stage("50", 50, staff=True, minutes_min=10, minutes_max=30),
    Stage("100", 100, staff=True, minutes_min=10, minutes_max=30),
)
STAGE_BY_NAME = {stage.name: stage for stage in STAGES}


@dataclass(frozen=True)
class Release:
    """One image with one configuration."""

    id: str
    """Twelve hex digits of the hash of both; in the revisions' names and in the tag."""
    digest: str
    version: str
    commit: str
    since: datetime
    """When it came to be what it is now: candidate, stable or retired."""

    @property
    def tag(self) -> str:
        return f"r-{self.id}"

    def revision(self, service: str) -> str:
        return f"{service}-{self.id}"


@dataclass(frozen=True)
class Record:
    """All there is to know about releases in one environment."""

    stable: Release | None = None
    candidate: Release | None = None
    stage: str = ""
    """The candidate's, one of STAGES; empty without one."""
    stage_since: datetime | None = None
    good: tuple[Release, ...] = ()
    """Earlier stable releases, the newest first."""
    given_up: tuple[Release, ...] = ()
    """Judged bad or rolled back, the newest first: nobody goes back to one of them."""
    holder: str = ""
    lease_until: datetime | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises DeployError for anything that `write` did not make."""
        if not text:
            return cls()
        try:
            found = json.loads(text)
            return cls(
                stable=_parse_release(found["stable"]),
                candidate=_parse_release(found["candidate"]),
                stage=found["stage"],
                stage_since=_parse_time(found["stage_since"]),
                good=tuple(_release(each) for each in found["good"]),
                given_up=tuple(_release(each) for each in found["given_up"]),
                holder=found["holder"],
                lease_until=_parse_time(found["lease_until"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise DeployError(f"the rollout's record is unreadable: {error}") from error

    def write(self) -> str:
        """As JSON."""
        return json.dumps(asdict(self), default=datetime.isoformat, sort_keys=True)

    def is_held(self, now: datetime) -> bool:
        return self.lease_until is not None and now < self.lease_until


def begin(record: Record, release: Release, now: datetime) -> Record:
    """Make it the candidate. One that is under way is replaced; the same one goes on where it was.

    Raises RefusedError for a release that was given up.
    """
    if any(release.id == each.id for each in record.given_up):
        raise RefusedError(f"release {release.id} was given up before; build a new one")
    if record.candidate is not None and record.candidate.id == release.id:
        return record
    if record.candidate is not None:
        record = replace(record, given_up=_prepend(replace(record.candidate, since=now), record.given_up))
    good = tuple(each for each in record.good if each.id != release.id)
    return replace(record, candidate=replace(release, since=now), stage=STAGES[0].name, stage_since=now, good=good)


def advance(record: Record, now: datetime) -> Record:
    """The next stage; after the last one the candidate is the stable release."""
    names = [stage.name for stage in STAGES]
    following = names.index(record.stage) + 1
    if following == len(names):
        return promote(record, now)
    return replace(record, stage=names[following], stage_since=now)


def promote(record: Record, now: datetime) -> Record:
    """The candidate is stable; the release before it can be gone back to."""
    assert record.candidate is not None
    good = _retire(record.stable, record.good, now)
    stable = replace(record.candidate, since=now)
    return replace(record, stable=stable, candidate=None, stage="", stage_since=None, good=good)


def give_up(record: Record, now: datetime) -> Record:
    """Only the stable release serves; the candidate's tag leads to it from now on."""
    if record.candidate is None:
        return record
    given_up = _prepend(replace(record.candidate, since=now), record.given_up)
    return replace(record, candidate=None, stage="", stage_since=None, given_up=given_up)


def roll_back(record: Record, now: datetime) -> Record:
    """The last good release serves. Raises RefusedError where there is none."""
    if record.candidate is not None:
        return give_up(record, now)
    if record.stable is None or not record.good:
        raise RefusedError("there is no earlier good release to go back to")
    bad = replace(record.stable, since=now)
    stable = replace(record.good[0], since=now)
    return replace(record, stable=stable, good=record.good[1:], given_up=_prepend(bad, record.given_up))


def leave(record: Record, release_id: str, now: datetime) -> Record:
    """Without this release, be it the candidate or stable; unchanged where it is neither any more.

    Raises RefusedError where there is no earlier good release.
    """
    if record.candidate is not None and record.candidate.id == release_id:
        return give_up(record, now)
    if record.stable is not None and record.stable.id == release_id:
        return roll_back(give_up(record, now), now)
    return record


def list_tagged(record: Record, now: datetime) -> dict[str, Release]:
    """Tag → the release whose revisions answer there. What was given up leads to the stable release."""
    border = now - timedelta(seconds=RETIRED_SECONDS)
    tagged: dict[str, Release] = {}
    if record.stable is not None:
        tagged.update({each.tag: record.stable for each in record.given_up if each.since > border})
    tagged.update({each.tag: each for each in record.good})
    for release in (record.stable, record.candidate):
        if release is not None:
            tagged[release.tag] = release
    return tagged


def forget_old(record: Record, now: datetime) -> Record:
    """Without the good releases that no task can ask for any more; what was given up stays known, the last fifty."""
    border = now - timedelta(seconds=RETIRED_SECONDS)
    good = tuple(each for number, each in enumerate(record.good) if number < RETIRED_MIN or each.since > border)
    return replace(record, good=good, given_up=record.given_up[:GIVEN_UP_MAX])


def _retire(release: Release | None, good: tuple[Release, ...], now: datetime) -> tuple[Release, ...]:
    return good if release is None else _prepend(replace(release, since=now), good)


def _prepend(release: Release, others: tuple[Release, ...]) -> tuple[Release, ...]:
    return release, *(each for each in others if each.id != release.id)


def _parse_release(found: Mapping[str, Any] | None) -> Release | None:
    return None if found is None else _release(found)


def _release(found: Mapping[str, Any]) -> Release:
    return Release(**{**found, "since": datetime.fromisoformat(found["since"])})


def _parse_time(found: str | None) -> datetime | None:
    return None if found is None else datetime.fromisoformat(found)

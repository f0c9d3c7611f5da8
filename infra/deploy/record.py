"""The rollout's record: the stable release, the candidate, its stage, and the lock's holder. Pure.

It is stored as JSON in an annotation of a Cloud Run service of its own (`desk.py`), so that a rollback needs only Cloud
Run. The state of every service follows from the record alone (`arrange.py`), so another deployer can continue
after one was killed.

    begin ─▶ probe ─▶ staff ─▶ 5 ─▶ 25 ─▶ 50 ─▶ 100 ─▶ promote       stable = candidate
               └────────┴───────┴─────┴──────┴─────┴───▶ give_up      stable as before
    roll_back: stable = the last good release; with a candidate it is the same as give_up
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from infra.deploy.errors import DeployError, RefusedError

RETIRED_SECONDS = 25 * 3600
"""How long a replaced release's own address must answer, because queues retry for 24 hours."""
RETIRED_MIN = 3
"""The number of replaced releases that are kept for a rollback, however old."""
GIVEN_UP_MAX = 50


@dataclass(frozen=True)
class Stage:
    """A stage: the candidate's share of chats, and its shortest and longest duration."""

    name: str
    percent: int
    staff: bool
    minutes_min: int
    minutes_max: int
    """After this time a stage with too little traffic for a verdict passes, if its probes do."""


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
    """Twelve hex digits of the hash of both; part of the revisions' names and the tag."""
    digest: str
    version: str
    commit: str
    since: datetime
    """Since when it has been candidate, stable or retired."""

    @property
    def tag(self) -> str:
        return f"r-{self.id}"

    def revision(self, service: str) -> str:
        return f"{service}-{self.id}"


@dataclass(frozen=True)
class Record:
    """The state of the releases in one environment."""

    stable: Release | None = None
    candidate: Release | None = None
    stage: str = ""
    """The candidate's stage, one of STAGES; empty without a candidate."""
    stage_since: datetime | None = None
    good: tuple[Release, ...] = ()
    """Earlier stable releases, the newest first."""
    given_up: tuple[Release, ...] = ()
    """Releases judged bad or rolled back, the newest first: they are never rolled back to."""
    holder: str = ""
    lease_until: datetime | None = None
    applier: str = ""
    """Who runs Terraform. It writes whole services as it read them, also for a while after it lost the lock."""
    applier_until: datetime | None = None
    proven_since: datetime | None = None
    """Since when every new release had to be signed by the build; None where that is not asked for."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse what `write` wrote. Raises DeployError for anything else."""
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
                applier=found.get("applier", ""),
                applier_until=_parse_time(found.get("applier_until")),
                proven_since=_parse_time(found.get("proven_since")),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise DeployError(f"the rollout's record is unreadable: {error}") from error

    def write(self) -> str:
        """The record as JSON."""
        return json.dumps(asdict(self), default=datetime.isoformat, sort_keys=True)

    def list_busy(self, now: datetime) -> list[tuple[str, datetime]]:
        """Who may change the services now, and until when: the lock's holder, and whoever runs Terraform."""
        leases = ((self.holder, self.lease_until), (self.applier, self.applier_until))
        return [(name, until) for name, until in leases if until is not None and now < until]

    def is_applying(self, now: datetime) -> bool:
        """Whether Terraform may still write services."""
        return self.applier_until is not None and now < self.applier_until


def begin(record: Record, release: Release, now: datetime) -> Record:
    """Make a release the candidate. It replaces another candidate; the same candidate continues at its stage.

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
    """Enter the next stage; after the last one the candidate becomes stable."""
    names = [stage.name for stage in STAGES]
    following = names.index(record.stage) + 1
    if following == len(names):
        return promote(record, now)
    return replace(record, stage=names[following], stage_since=now)


def promote(record: Record, now: datetime) -> Record:
    """Make the candidate stable; the previous release is kept for a rollback."""
    assert record.candidate is not None
    good = _retire(record.stable, record.good, now)
    stable = replace(record.candidate, since=now)
    return replace(record, stable=stable, candidate=None, stage="", stage_since=None, good=good)


def give_up(record: Record, now: datetime) -> Record:
    """Drop the candidate; its tag points to the stable release from now on."""
    if record.candidate is None:
        return record
    given_up = _prepend(replace(record.candidate, since=now), record.given_up)
    return replace(record, candidate=None, stage="", stage_since=None, given_up=given_up)


def roll_back(record: Record, now: datetime, version: str = "") -> Record:
    """Make the last good release stable, or the one of a version. Raises RefusedError if there is none.

    Good releases that are passed over stay good, but come last.
    """
    if record.candidate is not None:
        return give_up(record, now)
    place = next((place for place, each in enumerate(record.good) if version in {"", each.version}), None)
    if record.stable is None or place is None:
        raise RefusedError(f"there is no earlier good release {version or 'to go back to'}")
    bad = replace(record.stable, since=now)
    stable, others = replace(record.good[place], since=now), record.good[place + 1 :] + record.good[:place]
    return replace(record, stable=stable, good=others, given_up=_prepend(bad, record.given_up))


def leave(record: Record, release_id: str, now: datetime, version: str = "") -> Record:
    """The record without this release as candidate or stable; unchanged if it is neither any more.

    `version` is the one to go back to; empty: what serves beside a candidate, or the last good one before a stable
    release. A candidate and a stable release are both left for a version before them. Raises RefusedError if there is
    no such release.
    """
    if record.candidate is not None and record.candidate.id == release_id:
        record = give_up(record, now)
        is_there = record.stable is None or version in {"", record.stable.version}
        return record if is_there else roll_back(record, now, version)
    if record.stable is not None and record.stable.id == release_id:
        return roll_back(give_up(record, now), now, version)
    return record


def find_version(record: Record, version: str) -> Release | None:
    """The release of a version that serves, is under way, or was given up; None if there is none."""
    known = (record.candidate, record.stable, *record.given_up)
    return next((each for each in known if each is not None and each.version == version), None)


def list_tagged(record: Record, now: datetime) -> dict[str, Release]:
    """Tag → the release whose revisions answer there. Tags of given up releases point to the stable one."""
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
    """Without good releases that no task can need any more; the last fifty given up releases stay listed."""
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

"""A release as people see it, vote on it and look it up. Pure.

The rollout's record says what runs; this document says who wanted it, who agreed and what happened. `transitions.py`
has the table of its states, `decide_change.py` what each step needs, `event.py` its history.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from shared.releases.actor import Account
from shared.releases.changes import Pull

SERVICE = re.compile(r"[a-z][a-z0-9-]{0,62}")
"""As Cloud Run names services."""
TAG_CHARACTERS_MAX = 128
_NUMBER = r"(?:0|[1-9][0-9]*)"
_WORD = rf"(?:{_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
TAG = re.compile(
    rf"v?(?:{_NUMBER}|20[0-9]{{2}}\.{_NUMBER})\.{_NUMBER}\.{_NUMBER}(?:-{_WORD}(?:\.{_WORD})*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)
"""Semantic Versioning 2.0.0, with the usual v before it. Our versions by day have a fourth number: v2026.11.30.1."""
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class Status(StrEnum):
    """The thirteen states of a release."""

    INITIATED = "initiated"
    BUILDING = "building"
    STAGING_FAILED = "staging_failed"
    MANUAL_TESTING = "manual_testing"
    MANUAL_TEST_PASSED = "manual_test_passed"
    MANUAL_TEST_FAILED = "manual_test_failed"
    DEPLOYING = "deploying"
    DEPLOYED = "deployed"
    PRODUCTION_FAILED = "production_failed"
    ROLLBACK = "rollback"
    ROLLBACK_DONE = "rollback_done"
    ROLLBACK_FAILED = "rollback_failed"
    CANCELLED = "cancelled"


OLD_NAMES = {"stage_building": Status.BUILDING, "production_rollback": Status.ROLLBACK}
"""What callers of the system before this one call some states."""

UNDECIDED = (Status.INITIATED, Status.BUILDING, Status.MANUAL_TESTING, Status.MANUAL_TEST_PASSED)
"""The states before a deployment begins: here a release can be cancelled."""

LIMITS = {
    Status.INITIATED: timedelta(hours=1),
    Status.BUILDING: timedelta(hours=2),  # a build of 20 minutes and a deployment of 30, with their queues
    Status.MANUAL_TESTING: timedelta(hours=72),
    Status.MANUAL_TEST_PASSED: timedelta(hours=24),  # an outage of GitHub may last that long
    Status.DEPLOYING: timedelta(minutes=90),
    Status.ROLLBACK: timedelta(minutes=5),
}
"""How long a release may stay in a state; a reported phase begins the time anew. The other states have no end."""
ABORT_LIMIT = timedelta(minutes=5)
"""How long an abort may take, as long as a way back; then people are told, and may ask for it again."""


class ReleaseKind(StrEnum):
    """How a release came to be."""

    RELEASE = "release"
    HOTFIX = "hotfix"


class OutgoingKind(StrEnum):
    """What has to be sent outside after a commit."""

    CARD = "card"
    """The cards of the release show its new state."""
    NOTICE = "notice"
    """People are told of the event."""
    DEPLOYMENT = "deployment"
    """GitHub starts the workflow that deploys."""
    ROLLBACK = "rollback"
    """GitHub starts the workflow that goes back: to the last good release, or from the candidate to the stable one."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One thing to send. Kind and number together never come twice in the life of a release."""

    kind: OutgoingKind
    event_number: int
    """The event that it tells of, or that causes it."""
    tries: int = 0
    """How often sending began. From the second time on the receiver may have it already."""

    def is_same(self, other: "Outgoing") -> bool:
        """Whether both are one thing, however often it was tried."""
        return (self.kind, self.event_number) == (other.kind, other.event_number)


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's approval. A rejection ends the round at once, so it is a state and an event."""

    member_id: int
    """Telegram's id."""
    rev: int
    digest: str
    """Both as they were on the screen."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Release:
    """See the module's docstring."""

    service_name: str
    release_tag: str
    commit: str
    tree: str
    """The hash of the tree that is built."""
    github_run_id: str
    initiated_by_id: int
    """GitHub's id of the account, from the token, never from a body."""
    created_at: datetime
    initiated_by_login: str = ""
    initiators: tuple[Account, ...] = ()
    """The people who asked for it, as GitHub names them: whoever pushed, wrote or merged what is new in the tree."""
    github_ref: str = ""
    github_action_link: str = ""
    kind: ReleaseKind = ReleaseKind.RELEASE
    pulls: tuple[Pull, ...] = ()
    """Merged pull requests that production has not, as GitHub named them when the release began."""
    risks: tuple[str, ...] = ()
    """Likewise what in it is risky, by the names of `Risk`."""
    status: Status = Status.INITIATED
    phase: str = ""
    rev: int = 1
    """Raised by one with each change of status or phase. Votes leave it alone: people who vote at once see one rev."""
    digest: str = ""
    """The image, known since staging shows it."""
    rollback_to_tag: str = ""
    started_at: datetime | None = None
    completed_at: datetime | None = None
    deadline_at: datetime | None = None
    superseded_by: str = ""
    """The id of the release that overtook it."""
    votes: tuple[Vote, ...] = ()
    """In this document and not beside it: each commit counts them as they are."""
    moved_by: str = ""
    """Who brought the present status and phase: `Actor.key`."""
    deployment_run_id: str = ""
    log_link: str = ""
    """What the workflow that reported last has said."""
    is_abort_asked: bool = False
    """A person wants the running deployment back; its traffic may not be back yet."""
    abort_asked_at: datetime | None = None
    """When it was asked for the last time."""
    paused_at: datetime | None = None
    """Since when people want the running deployment to stay at its stage; None: it may go on."""
    entered_at: dict[str, datetime] = field(default_factory=dict)
    """By status: when the release came into it, the last time."""
    outbox: tuple[Outgoing, ...] = ()
    sending_until: dict[str, datetime] = field(default_factory=dict)
    """By lane of the outbox: until when one task has it for itself."""
    event_count: int = 0
    event_hash: str = ""
    """The end of the chain of events."""
    refusal_count: int = 0
    sweep_at: datetime | None = None
    """After this time `sweep_releases` looks: something is unsent, or the deadline has come. None: nothing is left."""

    @property
    def id(self) -> str:
        return release_id(self.service_name, self.release_tag)

    @property
    def initiator_ids(self) -> frozenset[int]:
        """GitHub's ids of all who asked for this release: they never approve it."""
        return frozenset({self.initiated_by_id, *(each.id for each in self.initiators)} - {0})


def name_release(described: str, commit: str) -> str:
    """The tag of a release that nobody has tagged: what `git describe` says, unless no tag came before this commit.

    v2026.11.30.1-4-g1a2b3c4 names one commit: a repeated build finds its release. Which release is newer is told by
    when it began, never by its name.
    """
    return described if is_tag(described) else f"v0.0.0-g{commit}"


def release_id(service_name: str, release_tag: str) -> str:
    """The id of a release, equal for everybody who names it."""
    return f"{service_name}_{release_tag}"


def is_service_name(text: str) -> bool:
    """Whether Cloud Run could have a service of this name."""
    return SERVICE.fullmatch(text) is not None


def is_tag(text: str) -> bool:
    """Whether this is a version in the sense of SemVer, short enough for a document's id."""
    return len(text) <= TAG_CHARACTERS_MAX and TAG.fullmatch(text) is not None


def is_release_id(text: str) -> bool:
    """Whether this can be the id of a release."""
    service, _, tag = text.partition("_")
    return is_service_name(service) and is_tag(tag)


def is_digest(text: str) -> bool:
    """Whether this names an image."""
    return DIGEST.fullmatch(text) is not None


def read_status(text: str) -> Status | None:
    """The state of this name, old names too; None if there is none."""
    return OLD_NAMES.get(text) or next((status for status in Status if status.value == text), None)


def limit_at(status: Status, now: datetime) -> datetime | None:
    """When a release that enters this state now has to leave it; None if it may stay."""
    limit = LIMITS.get(status)
    return None if limit is None else now + limit

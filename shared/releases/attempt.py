"""What somebody wants of a release, and why it is refused. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum

from shared.releases.release import Status

WORDS_MAX = 1000
"""Characters of a reason."""
NAMES_MAX = 200
"""Characters of a phase, a link, a hash."""
LOOKS = 5
"""So often in a row `/version` has to show the release that was gone back to."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a workflow has seen."""

    tree: str = ""
    """The tree that is going to be deployed."""
    versions: tuple[str, ...] = ()
    """The images that `/version` showed, one look after another."""
    is_smoke_passed: bool = False
    is_way_back_walked: bool = False
    """Staging went back and forth once, before anybody needs it."""
    is_rollout_whole: bool = False
    """Every stage has passed."""
    is_watch_passed: bool = False
    """Nothing bad was seen for a while after the last stage."""
    is_traffic_back: bool = False
    """Everybody meets the release before."""
    log_link: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One wish: to another state, or to another phase of the present one."""

    target: Status
    expect_rev: int
    """The `Release.rev` that the caller has seen."""
    phase: str = ""
    reason: str = ""
    evidence: Evidence = field(default_factory=Evidence)
    digest: str = ""
    """Of a vote: the image on the screen."""
    rollback_to_tag: str = ""
    superseded_by: str = ""
    """Of a cancellation by time: the id of the newer release."""


class RefusalKind(StrEnum):
    """The kinds of refusals; the API answers 409, 412, 403 and 404."""

    NOT_ALLOWED = "not_allowed"
    STALE = "stale"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"


class Need(StrEnum):
    """Why a step that the table allows is refused now."""

    NO_STEP = "no-step"
    """The table has no such step."""
    NO_RELEASE = "no-release"
    NAME = "name"
    """No service, no version, or no hash: a body that no workflow of ours sends."""
    TAKEN = "taken"
    """The tag is another commit's."""
    TOKEN = "token"  # noqa: S105 — a word
    """No token that GitHub has made for us; only logged."""
    REPOSITORY = "repository"
    """A token of another repository's workflow; only logged."""
    REPLAYED = "replayed"
    """The token was used before."""
    ROLE = "role"
    STALE = "stale"
    OTHER_RUN = "other-run"
    PHASE = "phase"
    TOO_LONG = "too-long"
    REASON = "reason"
    IMAGE = "image"
    """`/version` does not show it, or not each time."""
    SMOKE = "smoke"
    WAY_BACK = "way-back"
    OVERTAKEN = "overtaken"
    """Staging shows another release."""
    INITIATOR = "initiator"
    NOT_JOINED = "not-joined"
    """The member has not proved to own a GitHub account, and could be the initiator."""
    QUORUM = "quorum"
    BUSY = "busy"
    HOLD = "hold"
    FROZEN = "frozen"
    TREE = "tree"
    ROLLOUT = "rollout"
    ABORT_ASKED = "abort-asked"
    NO_ABORT = "no-abort"
    TRAFFIC = "traffic"
    """The traffic comes back first, the status follows."""
    TARGET = "target"
    """The release to go back to was never deployed, or was given up."""
    NOT_LIVE = "not-live"
    NOT_DUE = "not-due"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing changed, and what the caller may do instead."""

    kind: RefusalKind
    need: Need
    allowed: tuple[Status, ...] = ()
    rev: int = 0
    """The present one."""

"""What a button of the release bot means: whose it is, and which state of the release was on the screen. Pure.

    card is rendered ─▶ release_buttons/<hash of nonce> {release, rev, digest, member} ─▶ buttons r1;<action>;<nonce>
    press ─▶ scope is read ─▶ presser is its member? ─▶ attempt with the scope's rev and digest ─▶ one commit decides

A nonce says nothing by itself, so a button that was made up, forwarded or pressed by somebody else does nothing. A
second press carries the same rev: `decide_change` and its neighbours find that it was done, or that the screen is old.
Buttons that only show something carry no nonce: `r1m;<page>`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.hash_ids import hash_id
from shared.ports import Key
from shared.releases.attempt import Attempt, Refusal
from shared.releases.decide_change import Change, decide_change
from shared.releases.decide_vote import decide_vote
from shared.releases.decide_wish import GO_ON, PAUSE, decide_abort, decide_go_on, decide_pause, decide_start
from shared.releases.needs import Case
from shared.releases.release import Release, Status

_FORMAT = "r1"
"""Raised when the meaning of the parts changes; a button of another format belongs to an old screen."""
_MENU = "r1m"
NONCE_CHARACTERS = 22
ARGUMENT_CHARACTERS_MAX = 12
KEPT = timedelta(days=14)
"""Longer than any release waits. A press after it is answered with today's state, as a stale one."""
TARGETS_MAX = 6
"""Releases to go back to that one screen offers."""
_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


class Action(StrEnum):
    """What a button asks for. At most 12 characters: `callback_data` has 64 bytes."""

    APPROVE = "approve"
    REJECT = "reject"
    TAKE_BACK = "take_back"
    CANCEL = "cancel"
    START = "start"
    PAUSE = "pause"
    GO_ON = "go_on"
    ABORT = "abort"
    ROLL_BACK = "roll_back"
    LOOK = "look"
    """Draw the newest state; no attempt."""
    HISTORY = "history"
    """Likewise: who did what."""


Decide = Callable[[Case, Attempt], Change | Refusal | None]
STEPS: Mapping[Action, tuple[Status, Decide]] = {
    Action.APPROVE: (Status.MANUAL_TEST_PASSED, decide_vote),
    Action.REJECT: (Status.MANUAL_TEST_FAILED, decide_change),
    Action.TAKE_BACK: (Status.MANUAL_TESTING, decide_change),
    Action.CANCEL: (Status.CANCELLED, decide_change),
    Action.START: (Status.DEPLOYING, decide_start),
    Action.PAUSE: (Status.DEPLOYING, decide_pause),
    Action.GO_ON: (Status.DEPLOYING, decide_go_on),
    Action.ABORT: (Status.PRODUCTION_FAILED, decide_abort),
    Action.ROLL_BACK: (Status.ROLLBACK, decide_change),
}
"""The target and who decides, for each action that is a step."""
STEERING = frozenset({Action.PAUSE, Action.GO_ON, Action.ABORT})
"""What is wanted of a running deployment. It counts from any of its screens: each stage makes the one before old."""
_PHASES = {Action.PAUSE: PAUSE, Action.GO_ON: GO_ON}


@dataclass(frozen=True, slots=True)
class Scope:
    """What the buttons of one screen are bound to: what its person saw when they were made."""

    release_id: str
    rev: int
    digest: str
    member_id: int
    expire_at: datetime
    targets: tuple[str, ...] = ()
    """Of a screen that asks where to go back to: the tags, in the order of its buttons."""


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was made by code like this."""

    action: Action
    nonce: str
    argument: str = ""
    """What the second screen of the action has chosen: "yes", the number of a reason or of a target."""


def scope_key(nonce: str) -> Key:
    """One per rendered screen and person; only the nonce's hash is stored."""
    return Key("release_buttons", hash_id("release buttons", nonce))


def make_scope(release: Release, member_id: int, now: datetime, targets: tuple[str, ...] = ()) -> Scope:
    """The scope of a screen that shows this release to this person."""
    return Scope(release.id, release.rev, release.digest, member_id, now + KEPT, targets)


def write_press(action: Action, nonce: str, argument: str = "") -> str:
    """The `callback_data` of a button."""
    return f"{_FORMAT};{action.value};{nonce}" + (f";{argument}" if argument else "")


def read_press(data: str) -> Press | None:
    """The button with this `callback_data`; None: none of ours, or of another format."""
    found, _, rest = data.partition(";")
    name, _, rest = rest.partition(";")
    nonce, _, argument = rest.partition(";")
    action = next((each for each in Action if each.value == name), None)
    is_nonce = len(nonce) == NONCE_CHARACTERS and _CHARACTERS.issuperset(nonce)
    is_argument = len(argument) <= ARGUMENT_CHARACTERS_MAX and _CHARACTERS.issuperset(argument)
    is_ours = found == _FORMAT and is_nonce and is_argument
    return Press(action, nonce, argument) if is_ours and action is not None else None


def write_page(page: str) -> str:
    """The `callback_data` of a button that only shows a page of the menu."""
    return f"{_MENU};{page}"


def read_page(data: str) -> str | None:
    """The page that a button of the menu shows; None: it is no such button."""
    found, _, page = data.partition(";")
    return page if found == _MENU and page else None


def is_theirs(scope: Scope | None, presser_id: int, now: datetime) -> bool:
    """Whether the presser is the person for whom the buttons were made, and they still count."""
    return scope is not None and scope.member_id == presser_id and now < scope.expire_at


def make_attempt(scope: Scope, action: Action, reason: str = "", rollback_to_tag: str = "") -> Attempt:
    """What the button asks for, bound to what was on the screen. `action` is a step."""
    target, _ = STEPS[action]
    phase = _PHASES.get(action, "")
    return Attempt(target, scope.rev, phase, reason, digest=scope.digest, rollback_to_tag=rollback_to_tag)

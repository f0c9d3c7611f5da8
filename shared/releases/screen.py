"""What a button of the release bot means: whose it is, and which state of the release was on the screen. Pure.

    card is rendered ─▶ release_screens/<hash of nonce> {release, rev, digest, member} ─▶ buttons r1;<action>;<nonce>
    press ─▶ screen is read ─▶ presser is its member? ─▶ attempt with the screen's rev and digest ─▶ one commit decides

A nonce says nothing by itself, so a button that was made up, forwarded or pressed by somebody else does nothing. A
second press carries the same rev: `decide_change` and its neighbours find that it was done, or that the screen is old.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.hash_ids import hash_id
from shared.ports import Key
from shared.releases.attempt import Attempt, Refusal
from shared.releases.decide_change import Change, decide_change
from shared.releases.decide_vote import decide_vote
from shared.releases.decide_wish import decide_abort, decide_start
from shared.releases.needs import Case
from shared.releases.release import Release, Status

_FORMAT = "r1"
"""Raised when the meaning of the parts changes; a button of another format belongs to an old screen."""
NONCE_CHARACTERS = 22
_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


class Action(StrEnum):
    """What a button asks for. At most 16 characters: `callback_data` has 64 bytes."""

    APPROVE = "approve"
    REJECT = "reject"
    TAKE_BACK = "take_back"
    CANCEL = "cancel"
    START = "start"
    ABORT = "abort"
    ROLL_BACK = "roll_back"
    LOOK = "look"
    """Draw the newest state; no attempt."""


Decide = Callable[[Case, Attempt], Change | Refusal | None]
STEPS: Mapping[Action, tuple[Status, Decide]] = {
    Action.APPROVE: (Status.MANUAL_TEST_PASSED, decide_vote),
    Action.REJECT: (Status.MANUAL_TEST_FAILED, decide_change),
    Action.TAKE_BACK: (Status.MANUAL_TESTING, decide_change),
    Action.CANCEL: (Status.CANCELLED, decide_change),
    Action.START: (Status.DEPLOYING, decide_start),
    Action.ABORT: (Status.PRODUCTION_FAILED, decide_abort),
    Action.ROLL_BACK: (Status.ROLLBACK, decide_change),
}
"""The target and who decides, for each action but a look."""
NEED_WORDS = frozenset({Action.REJECT, Action.CANCEL})
"""A reason is asked for before the attempt."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What one person saw when the buttons were made."""

    release_id: str
    rev: int
    digest: str
    member_id: int
    expire_at: datetime


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was made by code like this."""

    action: Action
    nonce: str


def screen_key(nonce: str) -> Key:
    """One per rendered card and person; only the nonce's hash is stored."""
    return Key("release_screens", hash_id("release screen", nonce))


def make_screen(release: Release, member_id: int, expire_at: datetime) -> Screen:
    """The screen that shows this release to this person."""
    return Screen(release.id, release.rev, release.digest, member_id, expire_at)


def write_press(action: Action, nonce: str) -> str:
    """The `callback_data` of a button."""
    return f"{_FORMAT};{action.value};{nonce}"


def read_press(data: str) -> Press | None:
    """The button with this `callback_data`; None: none of ours, or of another format."""
    found, _, rest = data.partition(";")
    name, _, nonce = rest.partition(";")
    action = next((each for each in Action if each.value == name), None)
    is_nonce = len(nonce) == NONCE_CHARACTERS and _CHARACTERS.issuperset(nonce)
    return Press(action, nonce) if found == _FORMAT and action is not None and is_nonce else None


def is_theirs(screen: Screen | None, presser_id: int, now: datetime) -> bool:
    """Whether the presser is the person for whom the buttons were made, and they still count."""
    return screen is not None and screen.member_id == presser_id and now < screen.expire_at


def make_attempt(screen: Screen, action: Action, reason: str = "", rollback_to_tag: str = "") -> Attempt:
    """What the button asks for, bound to what was on the screen. `action` is none that only looks."""
    target, _ = STEPS[action]
    return Attempt(target, screen.rev, reason=reason, digest=screen.digest, rollback_to_tag=rollback_to_tag)

"""A button means what its screen says, for its person only."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.release_bot.buttons import (
    KEPT,
    STEPS,
    Action,
    Scope,
    is_theirs,
    make_attempt,
    make_scope,
    read_page,
    read_press,
    scope_key,
    write_page,
    write_press,
)
from shared.releases.change_release import change_release
from shared.releases.release import Status
from shared.releases.release_ports import Caller
from tests.fakes.releases import BEGUN, MANAGER, QA, SERVICE, Releasing

NONCE = "abcdefghijklmnopqrstu_"


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("argument", ["", "yes", "words"])
def test_a_button_is_read_as_it_was_written(action: Action, argument: str) -> None:
    """It fits into Telegram's 64 bytes, and every action but those that only show something is a step."""
    data = write_press(action, NONCE, argument)
    press = read_press(data)
    assert press is not None
    assert (press.action, press.nonce, press.argument) == (action, NONCE, argument)
    assert len(data.encode()) <= 64
    assert (action in STEPS) is (action not in {Action.LOOK, Action.HISTORY})


@pytest.mark.parametrize(
    "data",
    [
        *("", "r1", "r0;look;" + NONCE, "r1;deploy;" + NONCE, "r1;look;short", "r1;look;" + "é" * 22, ";;;"),
        *("r1m;main", f"r1;look;{NONCE};" + "a" * 13, f"r1;look;{NONCE};<b>"),
    ],
)
def test_a_button_that_nobody_made(data: str) -> None:
    """What is not of this format is no button of a step."""
    assert read_press(data) is None


def test_a_button_of_the_menu() -> None:
    """It names its page, and nothing else does."""
    assert read_page(write_page("v;x;n")) == "v;x;n"
    assert read_page("r1m;") is None
    assert read_page(write_press(Action.LOOK, NONCE)) is None


def test_a_button_is_its_persons() -> None:
    """Somebody else's, a forgotten and an expired one are nobody's."""
    scope = Scope(f"{SERVICE}_v1.0.0", 3, "", QA, BEGUN + KEPT)
    assert is_theirs(scope, QA, BEGUN)
    assert not is_theirs(scope, MANAGER, BEGUN)
    assert not is_theirs(scope, QA, BEGUN + KEPT + timedelta(seconds=1))
    assert not is_theirs(None, QA, BEGUN)


def test_the_nonce_is_not_stored() -> None:
    """Whoever reads the documents cannot press."""
    assert NONCE not in scope_key(NONCE).id


async def test_a_double_tap_and_a_stale_screen(releasing: Releasing) -> None:
    """Two taps are one vote; a screen of an earlier state changes nothing."""
    release = await releasing.bring("v1.0.0", Status.MANUAL_TESTING)
    scope = make_scope(release, QA, BEGUN)
    _, decide = STEPS[Action.APPROVE]
    attempt = make_attempt(scope, Action.APPROVE)
    caller = Caller(member_id=QA)
    outcomes = [await change_release(releasing.ports, caller, release.id, attempt, decide) for _ in range(2)]
    assert [(each.refusal, each.is_repeat) for each in outcomes] == [(None, False), (None, True)]
    assert len((await releasing.read("v1.0.0")).votes) == 1
    stale = make_attempt(replace(scope, rev=scope.rev - 1), Action.REJECT, "because")
    refused = await change_release(releasing.ports, caller, release.id, stale, STEPS[Action.REJECT][1])
    assert refused.refusal is not None
    assert (await releasing.read("v1.0.0")).status is Status.MANUAL_TESTING

"""A button means what its screen says, for its person only."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.releases.change_release import change_release
from shared.releases.release import Status
from shared.releases.release_ports import Caller
from shared.releases.screen import (
    STEPS,
    Action,
    Screen,
    is_theirs,
    make_attempt,
    make_screen,
    read_press,
    screen_key,
    write_press,
)
from tests.fakes.releases import BEGUN, MANAGER, QA, SERVICE, Releasing

NONCE = "abcdefghijklmnopqrstu_"
LATER = BEGUN + timedelta(days=1)


@pytest.mark.parametrize("action", Action)
def test_a_button_is_read_as_it_was_written(action: Action) -> None:
    """It fits into Telegram's 64 bytes, and every action but a look is a step."""
    data = write_press(action, NONCE)
    press = read_press(data)
    assert press is not None
    assert (press.action, press.nonce) == (action, NONCE)
    assert len(data.encode()) <= 64
    assert (action in STEPS) is (action is not Action.LOOK)


@pytest.mark.parametrize(
    "data", ["", "r1", "r0;look;" + NONCE, "r1;deploy;" + NONCE, "r1;look;short", "r1;look;" + "é" * 22, ";;;"]
)
def test_a_button_that_nobody_made(data: str) -> None:
    """What is not of this format is no button."""
    assert read_press(data) is None


def test_a_button_is_its_persons() -> None:
    """Somebody else's, a forgotten and an expired one are nobody's."""
    screen = Screen(f"{SERVICE}_v1.0.0", 3, "", QA, LATER)
    assert is_theirs(screen, QA, BEGUN)
    assert not is_theirs(screen, MANAGER, BEGUN)
    assert not is_theirs(screen, QA, LATER)
    assert not is_theirs(None, QA, BEGUN)


def test_the_nonce_is_not_stored() -> None:
    """Whoever reads the documents cannot press."""
    assert NONCE not in screen_key(NONCE).id


async def test_a_double_tap_and_a_stale_screen(releasing: Releasing) -> None:
    """Two taps are one vote; a screen of an earlier state changes nothing."""
    release = await releasing.bring("v1.0.0", Status.MANUAL_TESTING)
    screen = make_screen(release, QA, LATER)
    _, decide = STEPS[Action.APPROVE]
    attempt = make_attempt(screen, Action.APPROVE)
    caller = Caller(member_id=QA)
    outcomes = [await change_release(releasing.ports, caller, release.id, attempt, decide) for _ in range(2)]
    assert [(each.refusal, each.is_repeat) for each in outcomes] == [(None, False), (None, True)]
    assert len((await releasing.read("v1.0.0")).votes) == 1
    stale = make_attempt(replace(screen, rev=screen.rev - 1), Action.REJECT, "because")
    refused = await change_release(releasing.ports, caller, release.id, stale, STEPS[Action.REJECT][1])
    assert refused.refusal is not None
    assert (await releasing.read("v1.0.0")).status is Status.MANUAL_TESTING

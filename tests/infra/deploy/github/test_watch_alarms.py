"""watch-alarms: the weekly test alarm is asked about until a person has answered."""

from datetime import UTC, datetime, timedelta

import pytest

from infra.deploy.verbs.watch_alarms import find_last_ring, write_title
from tests.cloud.clock import FakeClock
from tests.infra.deploy.github.conftest import Desk

MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
NIGHT = datetime(2026, 12, 1, 2, 17, tzinfo=UTC)
"""The one after."""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NIGHT)


def list_issues(desk: Desk) -> dict[str, str]:
    """Title → state."""
    return {issue["title"]: issue["state"] for issue in desk.github.state.issues.values()}


def close(desk: Desk, title: str) -> None:
    """A person says that the alarm came."""
    for issue in desk.github.state.issues.values():
        if issue["title"] == title:
            issue["state"] = "closed"


@pytest.mark.parametrize(
    ("now", "rang_at"),
    [
        (MONDAY, MONDAY),
        (MONDAY - timedelta(seconds=1), MONDAY - timedelta(days=7)),
        (NIGHT, MONDAY),
        (MONDAY + timedelta(days=6, hours=23), MONDAY),
    ],
)
def test_when_it_rang_last(now: datetime, rang_at: datetime) -> None:
    """On Monday at nine, from that minute on."""
    assert find_last_ring(now) == rang_at


def test_it_is_asked_once_and_answered(desk: Desk, clock: FakeClock) -> None:
    """One issue a week; closed it stays closed, however many nights follow."""
    title = write_title(MONDAY)
    assert desk.run("watch-alarms") == 0
    assert list_issues(desk) == {title: "open"}
    close(desk, title)
    for _ in range(6):
        assert desk.run("watch-alarms") == 0
        clock.advance(24 * 3600)
    assert list_issues(desk) == {title: "closed"}


def test_nobody_answers(desk: Desk, clock: FakeClock) -> None:
    """From the second day on each night says so, and a new week's alarm does not make the old one forgotten."""
    assert desk.run("watch-alarms") == 0
    clock.advance(24 * 3600)
    assert desk.run("watch-alarms") == 0
    clock.advance(24 * 3600)
    assert desk.run("watch-alarms") == 1
    assert write_title(MONDAY) in desk.words
    clock.advance(5 * 24 * 3600)
    assert desk.run("watch-alarms") == 1
    new = write_title(MONDAY + timedelta(days=7))
    assert list_issues(desk) == {write_title(MONDAY): "open", new: "open"}
    assert new not in desk.words
    close(desk, write_title(MONDAY))
    assert desk.run("watch-alarms") == 0


def test_a_dry_run_asks_nobody(desk: Desk) -> None:
    """It says what it would do."""
    assert desk.run("watch-alarms", "--dry-run") == 0
    assert list_issues(desk) == {}

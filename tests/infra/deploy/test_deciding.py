"""The deployer's limits as numbers, and the times that it compares: each would be noticed if it were another."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from google.cloud.run_v2 import Service

from infra.deploy.arrange import Arranger
from infra.deploy.cloud_run import CloudRun
from infra.deploy.context import Context
from infra.deploy.deployment import Deployment
from infra.deploy.desk import Desk
from infra.deploy.entries import EntriesReader
from infra.deploy.errors import RefusedError
from infra.deploy.go_back import go_back
from infra.deploy.judge import Figures, Latency, Verdict, judge
from infra.deploy.record import Record, Release, advance, begin, forget_old, give_up, list_tagged, promote, roll_back
from infra.deploy.rollout import Rollout, Team
from infra.deploy.watch import Seen, Watch, count_money, find_reason
from tests.cloud.clock import START, FakeClock
from tests.infra.deploy.conftest import DEPLOYMENT_FILE

ONE, TWO, THREE = (Release(number * 12, f"sha256:{number * 64}", number, "", START) for number in "123")
STABLE = Figures(delivered=3000, failed=30, calls=9000, calls_failed=20, latency={"bot": Latency(6000, 1000)})
QUICK = replace(STABLE, latency={"bot": Latency(6000, 100)})
LONG = timedelta(minutes=10)


class Shelf:
    """A Cloud Run that keeps the record and counts its changes."""

    def __init__(self) -> None:
        self.service = Service()
        self.changes: list[str] = []

    def read_service(self, _: str) -> Service:
        return self.service

    def change_service(self, _: str, words: str, change: Callable[[Service], Sequence[str]]) -> Service:
        if change(self.service):
            self.changes.append(words)
        return self.service


class Routes:
    """An arranger that notes which release it routed to."""

    def __init__(self) -> None:
        self.routed: list[str] = []

    def route(self, record: Record, _: str = "") -> None:
        assert record.stable is not None
        self.routed.append(record.stable.version)

    def read_database(self, _: Release) -> None:
        """Nothing is known of it, so nothing is refused."""

    def is_left_half_way(self, _: Record) -> bool:
        return False


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def context(clock: FakeClock) -> Context:
    return Context({}, clock=clock, say=lambda _: None)


def open_desk(shelf: Shelf, context: Context, holder: str = "me") -> Desk:
    return Desk(cast("CloudRun", shelf), "webhook", holder, context)


# --- the lease ------------------------------------------------------------------------------------------------


def test_a_lease_is_renewed_while_half_of_it_is_left(shelf: Shelf, context: Context, clock: FakeClock) -> None:
    """Ten minutes; after five it is written again, so that a step that takes five more never outlives it."""
    desk = open_desk(shelf, context)
    assert desk.take().lease_until == START + timedelta(minutes=10)
    clock.advance(299)
    desk.renew()
    assert shelf.changes == ["take the lock"]
    clock.advance(1)
    assert desk.renew().lease_until == clock.now() + timedelta(minutes=10)
    assert shelf.changes == ["take the lock", "renew the lock"]


def test_a_lease_ends_when_it_says(shelf: Shelf, context: Context, clock: FakeClock) -> None:
    """Until then nobody else gets the lock, and from then on anybody does."""
    open_desk(shelf, context).take()
    clock.advance(600)
    assert open_desk(shelf, context, "other").take().holder == "other"


# --- going back -----------------------------------------------------------------------------------------------


def release_all(desk: Desk, *releases: Release) -> None:
    desk.take()
    for release in releases:
        desk.write("release", lambda found, release=release: promote(begin(found, release, START), START))  # type: ignore[misc]


def test_going_back_waits_for_nobody_and_routes_twice(shelf: Shelf, context: Context, clock: FakeClock) -> None:
    """The lock is another's: it is taken; a call of his that is still running is undone by the second round."""
    release_all(open_desk(shelf, context, "other"), ONE, TWO, THREE)
    clock.advance(60)
    routes = Routes()
    record = go_back(open_desk(shelf, context), cast("Arranger", routes), context, "production", "because")
    assert routes.routed == ["2", "2"]
    assert (record.stable, record.given_up) == (
        replace(TWO, since=clock.now() - timedelta(seconds=3)),
        (replace(THREE, since=clock.now() - timedelta(seconds=3)),),
    )
    assert open_desk(shelf, context).read().holder == ""


def test_going_back_again_while_another_does_is_no_second_step(shelf: Shelf, context: Context) -> None:
    """Another rollback has written the record and died: what it began is finished, and no release more is left."""
    release_all(open_desk(shelf, context, "other"), ONE, TWO, THREE)
    open_desk(shelf, context, "other").write("roll back", lambda found: roll_back(found, START))
    routes = Routes()
    record = go_back(open_desk(shelf, context), cast("Arranger", routes), context, "production", "because")
    assert record.stable == TWO


# --- the record -----------------------------------------------------------------------------------------------


def test_an_address_outlives_the_queues() -> None:
    """Queues repeat for 24 hours: 25 hours long a release that was left answers under its tag; three always do."""
    record = promote(begin(promote(begin(Record(), ONE, START), START), TWO, START), START)
    given_up = give_up(begin(record, THREE, START), START)
    assert THREE.tag in list_tagged(given_up, START + timedelta(hours=24, minutes=59))
    assert THREE.tag not in list_tagged(given_up, START + timedelta(hours=25, minutes=1))
    old = replace(record, good=tuple(replace(ONE, id=f"{number:012d}") for number in range(5)))
    assert len(forget_old(old, START + timedelta(hours=24, minutes=59)).good) == 5
    assert len(forget_old(old, START + timedelta(hours=25, minutes=1)).good) == 3


def test_the_last_good_release_is_the_newest() -> None:
    """Back means one step, and what is left is refused afterwards."""
    record = Record()
    for release in (ONE, TWO, THREE):
        record = promote(begin(record, release, START), START)
    back = roll_back(record, START)
    assert back.stable == TWO
    with pytest.raises(RefusedError, match="given up before"):
        begin(back, THREE, START)


# --- the judge ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("candidate", "stable", "verdict"),
    [
        (Figures(delivered=199, calls=400), STABLE, Verdict.INCONCLUSIVE),
        (Figures(delivered=200, calls=400), STABLE, Verdict.PASS),
        (Figures(delivered=200, calls=400, latency={"bot": Latency(100, 1500)}), STABLE, Verdict.PASS),
        (Figures(delivered=200, calls=400, latency={"bot": Latency(100, 1501)}), STABLE, Verdict.FAIL),
        (Figures(delivered=200, calls=400, latency={"bot": Latency(100, 600)}), QUICK, Verdict.PASS),
        (Figures(delivered=200, calls=400, latency={"bot": Latency(100, 601)}), QUICK, Verdict.FAIL),
        (Figures(delivered=200, calls=400, latency={"bot": Latency(49, 9000)}), STABLE, Verdict.PASS),
        (Figures(delivered=990, failed=19, calls=4000), STABLE, Verdict.PASS),
        (Figures(delivered=950, failed=50, calls=4000), STABLE, Verdict.FAIL),
        (Figures(delivered=1000, calls=4000, calls_failed=80), STABLE, Verdict.FAIL),
        (Figures(failed=2, calls=4), Figures(delivered=5, calls=9), Verdict.UNPROVEN),
        (Figures(failed=3, calls=4), Figures(delivered=5, calls=9), Verdict.FAIL),
        (Figures(), replace(STABLE, calls=49), Verdict.UNPROVEN),
        (Figures(), replace(STABLE, calls=50), Verdict.ERROR),
    ],
)
def test_the_judges_numbers(candidate: Figures, stable: Figures, verdict: Verdict) -> None:
    """What passes and what does not, on both sides of each limit."""
    assert judge((), candidate, stable, percent=50, lasted=LONG).verdict is verdict


# --- the stages -----------------------------------------------------------------------------------------------


class Notes:
    """A reader of figures that notes what it was asked, and answers that people were there."""

    def __init__(self, *found: Figures) -> None:
        self.asked: list[tuple[str, float, float]] = []
        self._found = list(found)

    def read(self, revisions: Sequence[str], start: datetime, end: datetime) -> Figures:
        release = revisions[0].rpartition("-")[2]
        self.asked.append((release[0], (start - START).total_seconds(), (end - START).total_seconds()))
        return self._found.pop(0) if self._found else STABLE


def read_figures(context: Context, record: Record, notes: Notes) -> object:
    team = Team(cast("Any", None), cast("Any", None), cast("Any", None), cast("Any", notes))
    rollout = Rollout(Deployment.parse(DEPLOYMENT_FILE.read_text()), team, context)
    return rollout._read_figures(record)


def climb(stages: int) -> Record:
    """TWO on its way for so many stages, since START."""
    record = begin(promote(begin(Record(), ONE, START), START), TWO, START)
    for _ in range(stages):
        record = advance(record, START)
    return record


def test_both_are_judged_by_the_same_time(context: Context, clock: FakeClock) -> None:
    """From the stage's begin to now, for the candidate as for the stable release."""
    clock.advance(600)
    notes = Notes()
    read_figures(context, climb(3), notes)
    assert notes.asked == [("2", 0, 600), ("1", 0, 600)]


def test_the_last_stage_looks_a_day_back(context: Context, clock: FakeClock) -> None:
    """Nobody is left to stable: the same hours of the day before; on the first day the time just before."""
    clock.advance(600)
    day = -24 * 3600
    for found, wanted in (
        ((STABLE, STABLE), [("2", 0, 600), ("1", day, day + 600)]),
        ((STABLE, Figures()), [("2", 0, 600), ("1", day, day + 600), ("1", -600, 0)]),
    ):
        notes = Notes(*found)
        read_figures(context, climb(5), notes)
        assert notes.asked == wanted


@pytest.mark.parametrize(("stage", "asks"), [(2, False), (3, True), (4, True), (5, True)])
def test_from_a_quarter_on_something_has_to_be_delivered(context: Context, stage: int, asks: bool) -> None:  # noqa: FBT001
    """5 % may pass by time alone, 25 % and above may not."""
    rollout = Rollout(Deployment.parse(DEPLOYMENT_FILE.read_text()), cast("Any", None), context)
    assert rollout._wants_proof(climb(stage)) is asks


@pytest.mark.parametrize(
    ("stage", "verdict", "minutes"), [(1, Verdict.PASS, 5), (2, Verdict.PASS, 10), (2, Verdict.INCONCLUSIVE, 30)]
)
def test_a_stage_lasts_its_minutes(context: Context, stage: int, verdict: Verdict, minutes: int) -> None:
    """Its shortest time for a good candidate, its longest for one of which little is known."""
    rollout = Rollout(Deployment.parse(DEPLOYMENT_FILE.read_text()), cast("Any", None), context)
    over = [rollout._is_over(climb(stage), verdict, timedelta(minutes=each)) for each in (minutes - 0.5, minutes)]
    assert over == [False, True]


# --- the watch ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "bad_ticks", "words"),
    [
        (Seen((), 20, 0), 0, ""),
        (Seen((), 21, 0), 0, "more than 20 errors in the log"),
        (Seen((), 0, 1), 0, "the ledger disagrees 1 times"),
        (Seen(("bot: no answer",), 0, 0), 1, ""),
        (Seen(("bot: no answer",), 0, 0), 2, "bot: no answer"),
    ],
)
def test_what_ends_a_watch(seen: Seen, bad_ticks: int, words: str) -> None:
    """More than twenty errors, a wrong ledger, or probes that fail twice in a row."""
    assert find_reason(seen, bad_ticks) == words


def test_money_is_told_by_its_event() -> None:
    """Of recorded log entries only those count that say the ledger is wrong, also beside lines of plain text."""
    entries: list[dict[str, Any]] = [
        {"jsonPayload": {"event": "ledger_mismatched"}},
        {"jsonPayload": {"event": "request_failed"}},
        {"textPayload": "ledger_mismatched"},
    ]
    assert count_money(entries) == 1


def test_a_watch_counts_errors_from_its_begin(context: Context, shelf: Shelf, clock: FakeClock) -> None:
    """All of them, not only those since the last look: eleven and then eleven more are too many."""
    release_all(open_desk(shelf, context), ONE, TWO)
    asked: list[datetime] = []

    def list_errors(_: Sequence[str], since: datetime) -> list[dict[str, Any]]:
        asked.append(since)
        return []

    entries = cast("EntriesReader", SimpleNamespace(list_errors=list_errors))
    deployment = Deployment.parse(DEPLOYMENT_FILE.read_text())
    watch = Watch(deployment, open_desk(shelf, context), cast("Arranger", Routes()), entries, context)
    watch._prober = cast("Any", SimpleNamespace(probe_stable=lambda _: []))
    assert watch.run(replace(TWO), minutes=2)
    assert clock.now() == START + timedelta(minutes=2)
    assert set(asked) == {START}
    assert len(asked) == 5

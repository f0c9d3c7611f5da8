"""A release on its way to everybody, on local servers that speak Google's protocols, with people in the town."""

import os
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from infra.deploy.desk import TICK_SECONDS
from infra.deploy.record import STAGES, begin, promote
from infra.deploy.revisions import make_release
from shared.telegram.rollout import is_candidate_chat
from tests.cloud.cloud_run import Behaviour
from tests.cloud.errors import KilledError
from tests.infra.deploy.town import CHATS, ONE, STAFF_CHAT, TWO, Town, build_town

ASKS = 3


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Release 1 serves everybody, and people write."""
    with build_town(tmp_path) as built:
        assert built.release("rollout", ONE) == 0
        built.live()
        yield built


def percents(town: Town) -> list[str]:
    """The shares that webhooks were told, in the order in which they served."""
    seen: list[str] = []
    for route in town.cloud_run.routes:
        if route.service != "webhook":
            continue
        (revision,) = route.traffic
        percent = town.cloud_run.variables("webhook", revision).get("CANDIDATE_PERCENT", "")
        if not seen or seen[-1] != percent:
            seen.append(percent)
    return seen


def test_a_good_release_reaches_everybody_stage_by_stage(town: Town) -> None:
    """Staff first, then ever more chats; in the end every service serves the new image and nothing is left over."""
    assert town.release("rollout", TWO) == 0
    assert town.serving() == {TWO}
    assert [each for each in percents(town) if each] == ["0", "5", "25", "50", "100"]
    assert "CANDIDATE_PERCENT" not in town.cloud_run.variables("webhook")
    record = town.record()
    assert record.stable is not None
    assert (record.stable.digest, record.candidate, record.holder) == (TWO, None, "")


def test_no_chat_flips_between_versions(town: Town) -> None:
    """Once a chat met the new version it never meets the old one again, and staff meet it first."""
    assert town.release("rollout", TWO) == 0
    met: dict[int, list[str]] = {}
    for chat, digest in town.served:
        met.setdefault(chat, []).append(digest)
    assert all(digests == sorted(digests) for digests in met.values())
    first = next(chat for chat, digest in town.served if digest == TWO)
    assert first == STAFF_CHAT


def test_a_bad_candidate_is_gone_within_two_ticks(town: Town, real_ticks: None) -> None:
    """It turns bad while it serves a quarter: two looks later stable serves all the chats again, for good."""
    bad_since: list[datetime] = []

    def turn_bad_at_25() -> None:
        if town.cloud_run.variables("webhook").get("CANDIDATE_PERCENT") == "25" and not bad_since:
            town.failing[TWO] = 1 / 3
            bad_since.append(town.clock.now())
        town.clock.schedule(TICK_SECONDS / 2, turn_bad_at_25)

    turn_bad_at_25()
    assert town.release("rollout", TWO) == 1
    assert town.serving() == {ONE}
    gone = next(route.at for route in reversed(town.cloud_run.routes) if route.service == "webhook")
    assert gone - bad_since[0] <= timedelta(seconds=2 * TICK_SECONDS)
    before = len(town.served)
    town.clock.advance(60)
    assert {digest for _, digest in town.served[before:]} == {ONE}


def test_what_was_queued_for_a_bad_candidate_runs_on_stable(town: Town) -> None:
    """Tasks go to the address of the release that made them; given up, that address is the stable release's."""
    town.failing[TWO] = 1 / 2
    assert town.release("rollout", TWO) == 1
    (bad,) = town.record().given_up
    assert {town.cloud_run.digest(name, town.cloud_run.tags(name)[bad.tag]) for name in ("bot", "image")} == {ONE}


@pytest.mark.parametrize("behaviour", [{"ready": 503}, {"version": {"digest": ONE}}, {"cuts": 10_000}])
def test_an_unhealthy_candidate_meets_nobody(town: Town, behaviour: dict[str, object]) -> None:
    """Not ready, the wrong digest, or no answer at all: it is given up before the first chat."""
    town.cloud_run.behave(Behaviour(service="image", digest=TWO, **behaviour))  # type: ignore[arg-type]
    assert town.release("rollout", TWO) == 1
    assert percents(town) == [""]
    assert town.serving() == {ONE}


def test_an_image_that_does_not_start_meets_nobody(town: Town) -> None:
    """Cloud Run cannot start the revision: given up, and the same release is refused from then on."""
    town.cloud_run.broken.add(TWO)
    assert town.release("rollout", TWO) == 1
    assert town.serving() == {ONE}
    assert town.release("rollout", TWO) == 1
    assert town.record().candidate is None


def test_silent_metrics_hold_the_stage_and_ask(town: Town) -> None:
    """No figures: the candidate goes no further, nothing is rolled back, a person is asked."""
    town.monitoring.hush()
    assert town.release("rollout", TWO) == ASKS
    record = town.record()
    assert record.candidate is not None
    assert record.stage == "staff"
    assert record.holder == ""
    town.monitoring.speak()
    assert town.release("rollout", TWO) == 0
    assert town.serving() == {TWO}


def test_monitoring_that_fails_for_a_while_only_holds(town: Town) -> None:
    """An outage of Monitoring is no verdict: afterwards the rollout goes on."""
    town.monitoring.faults.fail(times=5)
    assert town.release("rollout", TWO) == 0
    assert town.serving() == {TWO}


def test_a_quiet_bot_is_released_by_probes_and_time(town: Town) -> None:
    """A handful of jobs an hour proves nothing; the stages' longest times decide."""
    town.jobs_per_beat = 1
    started = town.clock.now()
    assert town.release("rollout", TWO) == 0
    assert town.clock.now() - started >= timedelta(minutes=sum(stage.minutes_max for stage in STAGES))


def test_one_that_answers_and_does_nothing_is_given_up(town: Town) -> None:
    """Its bot answers every update with 200 and makes no job: no call fails, and still it goes."""
    town.idle.add(TWO)
    assert town.release("rollout", TWO) == 1
    assert town.serving() == {ONE}
    assert any("0 jobs came of" in line for line in town.lines)


def test_without_any_sign_that_it_works_a_person_is_asked(town: Town) -> None:
    """People look around and order nothing: time alone leads past no quarter of the chats; somebody's word does."""
    town.idle = {ONE, TWO}
    assert town.release("rollout", TWO) == ASKS
    assert town.record().stage == "25"
    assert any("rollout --unproven" in line for line in town.lines)
    assert town.release("rollout", TWO, "--unproven") == 0
    assert town.serving() == {TWO}


def test_the_last_stage_is_compared_with_the_same_hours(town: Town) -> None:
    """Each day a fifth of the jobs fails from half an hour after the beginning on: the candidate did not bring that."""
    began = town.clock.now()
    town.failing_then = lambda now: 0.2 if (now - began) % timedelta(days=1) > timedelta(minutes=30) else 0.0
    town.clock.advance(timedelta(days=1).total_seconds())
    assert town.release("rollout", TWO) == 0
    assert town.serving() == {TWO}


def test_of_two_releases_at_once_one_waits(town: Town) -> None:
    """While another deployer is at it, this one says who, waits until it is done, and only then begins."""
    other = town.open_desk("the other")
    other.take()
    started = town.clock.now()
    town.clock.schedule(300, other.release)
    assert town.release("rollout", TWO, "--hurry") == 0
    assert any("waiting: the other is at it" in line for line in town.lines)
    begun = next(change.at for change in town.cloud_run.history if change.revision and change.at > started)
    assert begun >= started + timedelta(seconds=300)


def test_a_deployer_that_lost_the_lock_changes_nothing_more(town: Town) -> None:
    """Its lease ran out and another took it: the first one notices before its next change."""

    def take_over() -> None:
        town.open_desk("the other").take(by_force=True)
        town.outcomes.append(len(town.cloud_run.history))

    town.clock.schedule(700, take_over)
    assert town.release("rollout", TWO) == 1
    assert len(town.cloud_run.history) == town.outcomes[0]
    assert town.record().holder == "the other"


def test_a_rollback_in_the_middle_ends_the_rollout(town: Town) -> None:
    """A person goes back while a deployer is at it: the deployer notices and does nothing more."""
    town.clock.schedule(900, lambda: town.outcomes.append(town.run("rollback", "--reason", "people complain")))
    assert town.release("rollout", TWO) == 1
    assert town.outcomes == [0]
    assert town.serving() == {ONE}
    assert "CANDIDATE_BOT_URL" not in town.cloud_run.variables("webhook")


CHANGES = 27
"""That a hurried rollout makes, the lock's release not counted."""
KILLS = range(1, CHANGES + 1) if os.environ.get("TEST_SIZE") == "long" else (4, 9, 13, 24)


@pytest.mark.parametrize("number", KILLS)
@pytest.mark.parametrize("way", ["continued", "undone"])
def test_a_killed_deployer_is_continued_or_undone(tmp_path: Path, number: int, way: str) -> None:
    """Killed at any of its changes, before or after it was made: what follows leads to a whole release, new or old."""
    with build_town(tmp_path) as town:
        assert town.release("rollout", ONE) == 0
        town.live()
        town.cloud_run.faults.kill_at(number, after=number % 2 == 0)
        with pytest.raises(KilledError):
            town.release("rollout", TWO, "--hurry")
        town.cloud_run.faults.revive()
        begun = town.record()
        if way == "continued":
            assert town.release("rollout", TWO, "--hurry") == 0
        else:
            nothing_begun = begun.candidate is None and not begun.good
            assert town.run("rollback") == (1 if nothing_begun else 0)
        assert town.serving() == {TWO if way == "continued" else ONE}
        assert town.record().candidate is None
        assert "CANDIDATE_BOT_URL" not in town.cloud_run.variables("webhook")
        before = len(town.served)
        town.clock.advance(60)
        assert len({digest for _, digest in town.served[before:]}) == 1


def test_a_lost_answer_never_makes_a_step_twice(town: Town) -> None:
    """The record was moved and nobody said so: no stage is left out, and the release is promoted once."""
    faults = town.cloud_run.faults
    lost: list[str] = []

    def lose_every_other(what: str) -> None:
        lost.append(what)
        if len(lost) % 2:
            faults.lose_answers(1)

    faults.before_change = lose_every_other
    assert town.release("rollout", TWO, "--hurry") == 0
    assert [each for each in percents(town) if each] == ["0", "5", "25", "50", "100"]
    assert [each.digest for each in town.record().good] == [ONE]


def test_one_that_died_giving_up_is_finished_by_whoever_comes(tmp_path: Path) -> None:
    """The record says given up, the webhook still leads chats there: the same release again is refused, and undone."""
    with build_town(tmp_path) as town:
        assert town.release("deploy", ONE) == 0
        town.live()
        town.failing[TWO] = 1 / 2

        def die_after_the_record(what: str) -> None:
            if town.record().given_up and what == "update webhook":
                town.cloud_run.faults.kill_at(1, thread=thread)

        thread = threading.get_ident()
        town.cloud_run.faults.before_change = die_after_the_record
        with pytest.raises(KilledError):
            town.release("rollout", TWO, "--hurry")
        town.cloud_run.faults.clear()
        assert "CANDIDATE_BOT_URL" in town.cloud_run.variables("webhook")
        assert town.release("rollout", TWO) == 1
        assert "CANDIDATE_BOT_URL" not in town.cloud_run.variables("webhook")
        assert town.serving() == {ONE}


def test_a_slow_change_does_not_undo_a_rollback(town: Town) -> None:
    """A deployer's write is refused once, somebody goes back meanwhile: it does not write again."""
    done: list[int] = []

    def go_back_in_between(what: str) -> None:
        stable = town.record().stable
        if what == "update bot" and stable is not None and stable.digest == TWO and not done:
            done.append(0)
            town.cloud_run.touch("bot")
            town.clock.schedule(1, lambda: done.append(town.run("rollback")))

    town.cloud_run.faults.before_change = go_back_in_between
    assert town.release("rollout", TWO, "--hurry") == 1
    assert done == [0, 0]
    assert town.serving() == {ONE}


def test_staff_may_be_away(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """While only staff meet the candidate, its silence says nothing about the figures."""
    others = [chat for chat in range(1, CHATS + 1) if is_candidate_chat(chat, 5, ())]
    monkeypatch.setattr("tests.infra.deploy.town.STAFF_CHAT", others[0])
    assert town.release("rollout", TWO) == 0


def test_an_outage_is_no_time_for_a_stage(town: Town) -> None:
    """Time in which nobody could see anything, or in which nobody looked, brings a quiet stage no further."""
    town.jobs_per_beat = 1
    town.monitoring.hush()
    assert town.release("rollout", TWO) == ASKS
    town.monitoring.speak()
    town.clock.advance(3600)
    started = town.clock.now()
    assert town.release("rollout", TWO) == 0
    assert town.clock.now() - started >= timedelta(minutes=sum(stage.minutes_max for stage in STAGES))


def test_what_is_released_is_chosen_under_the_lock(town: Town) -> None:
    """Without an image the stable one is meant as it is when the lock is free, not as it was before."""
    other = town.open_desk("the other")
    other.take()

    def finish() -> None:
        two = make_release(town.deployment(), TWO, "2", "", town.clock.now())
        other.write("promote", lambda found: promote(begin(found, two, town.clock.now()), town.clock.now()))
        other.release()

    town.clock.schedule(60, finish)
    town.run("deploy")
    stable = town.record().stable
    assert stable is not None
    assert stable.digest == TWO


def test_what_turns_sick_when_it_serves_everybody_goes_as_well(town: Town) -> None:
    """The last probes are of the services' own addresses: when they fail, the release before serves again."""

    def sicken(what: str) -> None:
        stable = town.record().stable
        if stable is not None and stable.digest == TWO:
            town.cloud_run.behave(Behaviour(service="bot", digest=TWO, ready=503))

    town.cloud_run.faults.before_change = sicken
    assert town.release("deploy", TWO) == 1
    assert town.serving() == {ONE}
    assert [each.digest for each in town.record().given_up] == [TWO]


def test_there_is_no_way_back_from_the_first_release(tmp_path: Path) -> None:
    """Half way through it, a rollback is refused in words, and the release can go on."""
    with build_town(tmp_path) as town:
        town.cloud_run.faults.kill_at(4)
        with pytest.raises(KilledError):
            town.release("deploy", ONE)
        town.cloud_run.faults.revive()
        assert town.run("rollback") == 1
        assert town.release("deploy", ONE) == 0


def test_a_first_image_that_does_not_start_blocks_no_second_one(tmp_path: Path) -> None:
    """Its tag leads nowhere, and Cloud Run would move no traffic as long as it is wanted."""
    with build_town(tmp_path) as town:
        town.cloud_run.broken.add(ONE)
        assert town.release("deploy", ONE) == 1
        assert town.release("deploy", TWO) == 0
        assert town.serving() == {TWO}


def test_a_forgotten_release_can_be_released_again(tmp_path: Path) -> None:
    """Its revisions are still there, its tag is not: it gets one."""
    with build_town(tmp_path) as town:
        digests = [f"sha256:{number * 64}" for number in "12345"]
        for digest in [*digests, digests[0]]:
            assert town.release("deploy", digest) == 0
            town.clock.advance(26 * 3600)
        assert town.serving() == {digests[0]}


@pytest.mark.parametrize("trouble", ["lose_answers", "conflicts", "outage", "slow"])
def test_cloud_runs_own_troubles_do_not_stop_a_release(town: Town, trouble: str) -> None:
    """Lost answers, other writers, refused calls and slow reconciliation are ridden out."""
    match trouble:
        case "lose_answers":
            town.cloud_run.faults.lose_answers(3)
        case "conflicts":
            town.cloud_run.conflict_next(3)
        case "outage":
            town.cloud_run.faults.fail(times=4)
        case _:
            town.cloud_run.reconcile_seconds = 20
    assert town.release("rollout", TWO) == 0
    assert town.serving() == {TWO}

"""The rollout's record: what follows what."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.deploy.errors import DeployError, RefusedError
from infra.deploy.record import (
    RETIRED_MIN,
    STAGES,
    Record,
    Release,
    advance,
    begin,
    forget_old,
    give_up,
    leave,
    list_tagged,
    promote,
    roll_back,
)

NOW = datetime(2026, 1, 2, tzinfo=UTC)
DAY = timedelta(days=1)
ONE, TWO, THREE = (Release(number * 12, f"sha256:{number * 64}", number, "", NOW) for number in "123")


def released(*releases: Release) -> Record:
    """A record in which these were released one after the other."""
    record = Record()
    for release in releases:
        record = promote(begin(record, release, NOW), NOW)
    return record


def ids(releases: tuple[Release, ...]) -> list[str]:
    return [each.id for each in releases]


def test_a_release_climbs_every_stage_and_becomes_stable() -> None:
    """From begin, one advance per stage leads to stable, and the release before it can be gone back to."""
    record = begin(released(ONE), TWO, NOW)
    seen = []
    while record.candidate is not None:
        seen.append(record.stage)
        assert record.stable == ONE
        record = advance(record, NOW)
    assert seen == [stage.name for stage in STAGES]
    assert record.stable == TWO
    assert ids(record.good) == [ONE.id]


def test_the_stages_only_ever_serve_more_chats() -> None:
    """No stage serves fewer chats than the one before, the last one serves all, and time limits nest."""
    percents = [stage.percent for stage in STAGES]
    assert percents == sorted(percents)
    assert percents[-1] == 100
    assert all(stage.minutes_min <= stage.minutes_max for stage in STAGES)


def test_the_same_candidate_goes_on_where_it_was() -> None:
    """Beginning the release that is under way changes nothing: a killed deployer is continued."""
    record = advance(begin(released(ONE), TWO, NOW), NOW)
    assert begin(record, replace(TWO, since=NOW + DAY), NOW + DAY) == record


def test_another_candidate_takes_the_place_of_one_that_was_left() -> None:
    """A newer release does not mix with an older one that nobody continued: that one is given up."""
    record = begin(begin(released(ONE), TWO, NOW), THREE, NOW)
    assert record.candidate == THREE
    assert record.stage == STAGES[0].name
    assert ids(record.given_up) == [TWO.id]


def test_what_was_given_up_does_not_come_back() -> None:
    """A release that was judged bad can neither be begun again nor be gone back to."""
    record = give_up(begin(released(ONE), TWO, NOW), NOW)
    assert record.stable == ONE
    with pytest.raises(RefusedError, match="given up before"):
        begin(record, TWO, NOW)
    with pytest.raises(RefusedError, match="no earlier good release"):
        roll_back(record, NOW)


def test_giving_up_nothing_changes_nothing() -> None:
    """Without a candidate there is nothing to give up."""
    assert give_up(released(ONE), NOW) == released(ONE)


def test_rolling_back_twice_never_returns_to_the_first() -> None:
    """Each roll-back goes one good release further back and remembers what it left."""
    record = roll_back(released(ONE, TWO, THREE), NOW)
    assert record.stable is not None
    assert record.stable.id == TWO.id
    record = roll_back(record, NOW)
    assert record.stable is not None
    assert record.stable.id == ONE.id
    assert ids(record.given_up) == [TWO.id, THREE.id]
    with pytest.raises(RefusedError):
        roll_back(record, NOW)


def test_rolling_back_further_keeps_what_it_passes_over() -> None:
    """The release in between was never judged bad: it stays good, but comes last."""
    record = roll_back(released(ONE, TWO, THREE), NOW, ONE.version)
    assert record.stable is not None
    assert (record.stable.id, ids(record.good), ids(record.given_up)) == (ONE.id, [TWO.id], [THREE.id])


def test_rolling_back_a_candidate_leaves_stable_alone() -> None:
    """In the middle of a rollout, back means: without the candidate."""
    record = roll_back(begin(released(ONE, TWO), THREE, NOW), NOW)
    assert record.stable == TWO
    assert record.candidate is None
    assert ids(record.good) == [ONE.id]


def test_rolling_back_further_than_what_serves_beside_a_candidate() -> None:
    """Whoever names a version before the stable one leaves both; the stable one's own version leaves the candidate."""
    record = begin(released(ONE, TWO), THREE, NOW)
    back = leave(record, THREE.id, NOW, ONE.version)
    assert (back.stable, back.candidate) == (ONE, None)
    assert ids(back.given_up) == [TWO.id, THREE.id]
    assert leave(record, THREE.id, NOW, TWO.version) == give_up(record, NOW)
    with pytest.raises(RefusedError, match="no earlier good release"):
        leave(record, THREE.id, NOW, "unknown")


def test_leaving_a_release_leaves_no_other() -> None:
    """The candidate goes without stable, a bad stable takes the candidate with it, a stranger changes nothing."""
    record = begin(released(ONE, TWO), THREE, NOW)
    assert leave(record, THREE.id, NOW) == give_up(record, NOW)
    assert leave(record, ONE.id, NOW) == record
    without_two = leave(record, TWO.id, NOW)
    assert without_two.stable == ONE
    assert ids(without_two.given_up) == [TWO.id, THREE.id]


def test_every_tag_that_a_task_may_carry_leads_somewhere_good() -> None:
    """Stable, candidate and retired releases answer under their own tags, a given up one's leads to stable."""
    record = begin(give_up(begin(released(ONE, TWO), THREE, NOW), NOW), replace(ONE, id="4" * 12), NOW)
    tagged = {tag: release.id for tag, release in list_tagged(record, NOW).items()}
    assert tagged == {TWO.tag: TWO.id, "r-" + "4" * 12: "4" * 12, ONE.tag: ONE.id, THREE.tag: TWO.id}


def test_tags_of_given_up_releases_end_when_their_tasks_have() -> None:
    """After more than a day, when no queue can repeat a task any more, the tag is dropped; the memory is not."""
    record = give_up(begin(released(ONE), TWO, NOW), NOW)
    later = NOW + timedelta(hours=26)
    assert TWO.tag not in list_tagged(record, later)
    assert ids(forget_old(record, later).given_up) == [TWO.id]


def test_old_good_releases_are_forgotten_but_for_a_few() -> None:
    """Neither a release that a task may still ask for nor the last few are forgotten."""
    releases = tuple(replace(ONE, id=f"{number:012d}", since=NOW) for number in range(10))
    record = Record(stable=ONE, good=releases)
    assert len(forget_old(record, NOW + timedelta(hours=1)).good) == len(releases)
    assert len(forget_old(record, NOW + 2 * DAY).good) == RETIRED_MIN


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["begin", "advance", "give_up", "roll_back"]), st.integers(0, 5)), max_size=30
)


@given(ACTIONS)
def test_no_history_serves_a_release_that_was_given_up(actions: list[tuple[str, int]]) -> None:
    """Whatever happens in whatever order: nothing given up is stable, candidate or good, and JSON keeps all."""
    record = released(ONE)
    for action, number in actions:
        release = replace(TWO, id=f"{number:012d}")
        try:
            match action:
                case "begin":
                    record = begin(record, release, NOW)
                case "advance" if record.candidate is not None:
                    record = advance(record, NOW)
                case "give_up":
                    record = give_up(record, NOW)
                case "roll_back":
                    record = roll_back(record, NOW)
        except RefusedError:
            continue
        assert record.stable is not None
        serving = {each.id for each in (record.stable, record.candidate, *record.good) if each is not None}
        assert not serving & set(ids(record.given_up))
        assert (record.candidate is None) == (record.stage == "")
        assert Record.parse(record.write()) == record


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"stable": 1}', "null"])
def test_an_unreadable_record_is_an_error_and_not_an_empty_one(text: str) -> None:
    """Rather stop than release over something that cannot be read."""
    with pytest.raises(DeployError, match="unreadable"):
        Record.parse(text)


def test_no_record_is_a_new_environment() -> None:
    """The annotation is missing before the first release."""
    assert Record.parse("") == Record()


def test_a_record_of_the_release_before_is_read() -> None:
    """It says nothing of Terraform: nobody runs it."""
    record = replace(released(ONE, TWO), holder="somebody", lease_until=NOW + DAY)
    found = json.loads(record.write())
    del found["applier"], found["applier_until"]
    assert Record.parse(json.dumps(found)) == record
    assert not record.is_applying(NOW)
    assert record.list_busy(NOW) == [("somebody", NOW + DAY)]
    assert record.list_busy(NOW + DAY) == []

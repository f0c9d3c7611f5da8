"""The five numbers of a team, from documents as they are written."""

from dataclasses import replace
from datetime import timedelta

from shared.releases.actor import ActorKind
from shared.releases.decide_wish import decide_abort
from shared.releases.measure_releases import PERIOD, measure_releases
from shared.releases.release import Status
from tests.fakes.releases import MANAGER, OPERATOR, QA, Releasing
from tests.unit.releases.releasing import NOW, make_release

S = Status
MINUTE = timedelta(minutes=1)


def test_nothing_to_measure() -> None:
    """Without releases, and with those of an older code that wrote no times, there is nothing, not zero."""
    for releases in ([], [make_release(S.DEPLOYED)]):
        numbers = measure_releases(releases, NOW)
        assert (numbers.deployments, numbers.deployments_a_week) == (0, 0)
        assert {numbers.lead_time, numbers.failure_percent, numbers.restore_time, numbers.approval_time} == {None}


async def test_two_good_ones_and_two_bad_ones(releasing: Releasing) -> None:
    """Each number by hand: two of four fail, one is aborted in 3 minutes, one gone back from in 5."""
    for tag, wait in (("v1.0.0", 10), ("v1.1.0", 30)):
        await releasing.bring(tag, S.MANUAL_TESTING)
        await releasing.approve(QA, tag)
        releasing.clock.advance(wait * 60)
        await releasing.approve(MANAGER, tag)
        await releasing.report(ActorKind.DEPLOY, tag, S.DEPLOYING)
        releasing.clock.advance(60 * 60)
        await releasing.report(ActorKind.DEPLOY, tag, S.DEPLOYED)
    await releasing.press(OPERATOR, "v1.1.0", S.ROLLBACK, rollback_to_tag="v1.0.0")
    releasing.clock.advance(5 * 60)
    await releasing.report(ActorKind.ROLLBACK, "v1.1.0", S.ROLLBACK_DONE)
    await releasing.let_go()
    await releasing.bring("v1.2.0", S.DEPLOYING)
    await releasing.press(OPERATOR, "v1.2.0", S.PRODUCTION_FAILED, decide_abort)
    releasing.clock.advance(3 * 60)
    await releasing.report(ActorKind.ROLLBACK, "v1.2.0", S.PRODUCTION_FAILED)
    await releasing.let_go()
    await releasing.bring("v1.3.0", S.DEPLOYING)
    releases = [await releasing.read(f"v1.{number}.0") for number in range(4)]
    numbers = measure_releases(releases, releasing.clock.now())
    assert (numbers.deployments, numbers.failure_percent) == (2, 50)
    assert round(numbers.deployments_a_week, 2) == 0.47
    assert (numbers.lead_time, numbers.restore_time) == (80 * MINUTE, 4 * MINUTE)
    assert numbers.approval_time == 5 * MINUTE
    assert measure_releases(releases, releasing.clock.now() + PERIOD + timedelta(days=1)).deployments == 0


def test_times_that_cannot_be() -> None:
    """What was taken back or came out of order is left out: nobody waited a negative time."""
    times = {"manual_testing": NOW, "manual_test_passed": NOW - MINUTE, "deploying": NOW, "production_failed": NOW}
    late = make_release(S.PRODUCTION_FAILED, entered_at=times, abort_asked_at=NOW + MINUTE)
    for release in (late, replace(late, abort_asked_at=None)):
        numbers = measure_releases([release], NOW)
        assert (numbers.failure_percent, numbers.restore_time, numbers.approval_time) == (100, None, None)

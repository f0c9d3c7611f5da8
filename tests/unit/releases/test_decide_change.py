"""What each step needs, and what it does to the release, to its neighbours and to production."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.releases.actor import TIME, Actor, ActorKind
from shared.releases.attempt import NAMES_MAX, WORDS_MAX, Evidence, Need, Refusal, RefusalKind
from shared.releases.decide_change import OVERDUE, Change, decide_change
from shared.releases.needs import Case
from shared.releases.release import ABORT_LIMIT, LIMITS, Outgoing, OutgoingKind, Release, Status
from tests.unit.releases.releasing import (
    BACK_EVIDENCE,
    BASE,
    DEPLOY_RUN,
    DIGEST,
    EVIDENCE,
    MANAGER,
    NOW,
    OLD,
    QA,
    RUN,
    SERVICE,
    make_actor,
    make_attempt,
    make_case,
    make_release,
    vote,
)

S = Status
BUILD, DEPLOY, BACK, MEMBER = ActorKind.BUILD, ActorKind.DEPLOY, ActorKind.ROLLBACK, ActorKind.MEMBER


def decide(
    kind: ActorKind, source: Status, target: Status, *, environment: Any = None, release: Any = None, **attempt: Any
) -> Change | Refusal | None:
    """The decision on an attempt with all that it needs, but for these changes."""
    found = make_release(source, **(release or {}))
    case = make_case(found, make_actor(kind, found), **(environment or {}))
    return decide_change(case, make_attempt(found, target, **attempt))


def changed(result: Change | Refusal | None) -> Change:
    assert isinstance(result, Change), result
    return result


def without(**changes: Any) -> Evidence:
    return replace(EVIDENCE, **changes)


@pytest.mark.parametrize(
    ("kind", "source", "target", "changes", "need"),
    [
        (BUILD, S.INITIATED, S.BUILDING, {"release": {"github_run_id": "8"}}, Need.OTHER_RUN),
        (BUILD, S.BUILDING, S.STAGING_FAILED, {"phase": ""}, Need.PHASE),
        (BUILD, S.BUILDING, S.MANUAL_TESTING, {"evidence": without(versions=())}, Need.IMAGE),
        (BUILD, S.BUILDING, S.MANUAL_TESTING, {"evidence": without(versions=("latest",))}, Need.IMAGE),
        (BUILD, S.BUILDING, S.MANUAL_TESTING, {"evidence": without(versions=(DIGEST, "x"))}, Need.IMAGE),
        (BUILD, S.BUILDING, S.MANUAL_TESTING, {"evidence": without(is_smoke_passed=False)}, Need.SMOKE),
        (BUILD, S.BUILDING, S.MANUAL_TESTING, {"evidence": without(is_way_back_walked=False)}, Need.WAY_BACK),
        (MEMBER, S.MANUAL_TESTING, S.MANUAL_TEST_PASSED, {"release": {"votes": ()}}, Need.QUORUM),
        (MEMBER, S.MANUAL_TESTING, S.MANUAL_TEST_FAILED, {"reason": " "}, Need.REASON),
        (MEMBER, S.MANUAL_TESTING, S.MANUAL_TEST_FAILED, {"reason": "x" * (WORDS_MAX + 1)}, Need.TOO_LONG),
        (DEPLOY, S.MANUAL_TEST_PASSED, S.DEPLOYING, {"environment": {"moving": OLD.id}}, Need.BUSY),
        (DEPLOY, S.MANUAL_TEST_PASSED, S.DEPLOYING, {"environment": {"hold": "a fault"}}, Need.HOLD),
        (
            DEPLOY,
            S.MANUAL_TEST_PASSED,
            S.DEPLOYING,
            {"environment": {"frozen_until": NOW + timedelta(hours=1)}},
            Need.FROZEN,
        ),
        (DEPLOY, S.MANUAL_TEST_PASSED, S.DEPLOYING, {"evidence": without(tree="t2")}, Need.TREE),
        (DEPLOY, S.DEPLOYING, S.DEPLOYED, {"evidence": without(is_rollout_whole=False)}, Need.ROLLOUT),
        (DEPLOY, S.DEPLOYING, S.DEPLOYED, {"evidence": without(is_watch_passed=False)}, Need.ROLLOUT),
        (DEPLOY, S.DEPLOYING, S.DEPLOYED, {"release": {"is_abort_asked": True}}, Need.ABORT_ASKED),
        (DEPLOY, S.DEPLOYING, S.PRODUCTION_FAILED, {"evidence": without(is_traffic_back=False)}, Need.TRAFFIC),
        (BACK, S.DEPLOYING, S.PRODUCTION_FAILED, {}, Need.NO_ABORT),
        (MEMBER, S.DEPLOYED, S.ROLLBACK, {"environment": {"moving": "other"}}, Need.BUSY),
        (MEMBER, S.DEPLOYED, S.ROLLBACK, {"environment": {"live": {SERVICE: OLD.id}}}, Need.NOT_LIVE),
        (MEMBER, S.DEPLOYED, S.ROLLBACK, {"rollback_to_tag": "v0.9.0"}, Need.TARGET),
        (MEMBER, S.DEPLOYED, S.ROLLBACK, {"rollback_to_tag": ""}, Need.TARGET),
        (DEPLOY, S.MANUAL_TEST_PASSED, S.DEPLOYING, {"release": {"votes": (vote(QA),)}}, Need.QUORUM),
        (BACK, S.ROLLBACK, S.ROLLBACK_DONE, {"evidence": replace(BACK_EVIDENCE, versions=(DIGEST,) * 5)}, Need.IMAGE),
        (
            BACK,
            S.ROLLBACK,
            S.ROLLBACK_DONE,
            {"evidence": replace(BACK_EVIDENCE, versions=BACK_EVIDENCE.versions[:4])},
            Need.IMAGE,
        ),
        (ActorKind.TIME, S.BUILDING, S.STAGING_FAILED, {}, Need.NOT_DUE),
        (ActorKind.TIME, S.DEPLOYING, S.DEPLOYING, {}, Need.NOT_DUE),
        (MEMBER, S.BUILDING, S.CANCELLED, {"reason": ""}, Need.REASON),
        (BUILD, S.BUILDING, S.BUILDING, {"phase": ""}, Need.PHASE),
        (BUILD, S.BUILDING, S.BUILDING, {"phase": "x" * (NAMES_MAX + 1)}, Need.TOO_LONG),
        (BUILD, S.INITIATED, S.INITIATED, {"release": {"github_run_id": "8"}}, Need.OTHER_RUN),
    ],
)
def test_what_is_missing_is_named(
    kind: ActorKind, source: Status, target: Status, changes: dict[str, Any], need: Need
) -> None:
    """A step that the table allows is refused while one thing is missing, and says which."""
    result = decide(kind, source, target, **changes)
    assert isinstance(result, Refusal)
    assert (result.kind, result.need, result.rev) == (RefusalKind.NOT_ALLOWED, need, 5)


@pytest.mark.parametrize("target", [S.DEPLOYED, S.PRODUCTION_FAILED, S.DEPLOYING])
def test_another_run_ends_no_deployment(target: Status) -> None:
    """The run that began a deployment is the only one that reports of it."""
    release = make_release(S.DEPLOYING)
    result = decide_change(make_case(release, Actor(DEPLOY, "999")), make_attempt(release, target))
    assert isinstance(result, Refusal)
    assert result.need is Need.OTHER_RUN


@pytest.mark.parametrize("status", [S.CANCELLED, S.ROLLBACK_DONE, S.PRODUCTION_FAILED, S.MANUAL_TESTING])
def test_nobody_goes_back_to_what_was_given_up(status: Status) -> None:
    """Only a release that is deployed, and is not the bad one itself, is one to go back to."""
    release = make_release(S.DEPLOYED)
    case = replace(make_case(release, make_actor(MEMBER, release)), others={OLD.id: replace(OLD, status=status)})
    for attempt in (make_attempt(release, S.ROLLBACK), make_attempt(release, S.ROLLBACK, rollback_to_tag="v1.1.0")):
        result = decide_change(replace(case, others={**case.others, release.id: release}), attempt)
        assert isinstance(result, Refusal)
        assert result.need is Need.TARGET


@pytest.mark.parametrize(("changes"), [{"expect_rev": 4}, {"digest": "sha256:" + "c" * 64}])
def test_a_stale_screen_changes_nothing(changes: dict[str, Any]) -> None:
    """An old rev, or another image than today's, is refused as stale."""
    result = decide(MEMBER, S.MANUAL_TESTING, S.MANUAL_TEST_FAILED, **changes)
    assert result == Refusal(
        RefusalKind.STALE, Need.STALE, (S.MANUAL_TEST_PASSED, S.MANUAL_TEST_FAILED, S.CANCELLED), 5
    )
    stale = decide(DEPLOY, S.DEPLOYING, S.DEPLOYING, expect_rev=4)
    assert isinstance(stale, Refusal)
    assert stale.kind is RefusalKind.STALE


def test_a_repeated_call_is_done_already() -> None:
    """Whose answer was lost may call again, with the old rev; the same from another run is refused."""
    release = make_release(S.DEPLOYING, moved_by=f"deploy:{DEPLOY_RUN}", phase="stage 5")
    actor = make_actor(DEPLOY, release)
    for phase in ("", "stage 5"):
        attempt = make_attempt(release, S.DEPLOYING, expect_rev=4, phase=phase)
        assert decide_change(make_case(release, actor), attempt) is None
        assert isinstance(decide_change(make_case(release, replace(actor, id="9")), attempt), Refusal)


def test_the_newest_candidate_overtakes_the_one_in_test() -> None:
    """What reaches staging cancels the candidate that waits there for its test, and no approved one."""
    release = make_release(S.BUILDING, votes=())
    for status, overtaken in ((S.MANUAL_TESTING, (OLD.id,)), (S.MANUAL_TEST_PASSED, ())):
        case = replace(
            make_case(release, make_actor(BUILD, release), candidate={SERVICE: OLD.id}),
            others={OLD.id: replace(OLD, status=status)},
        )
        change = changed(decide_change(case, make_attempt(release, S.MANUAL_TESTING)))
        assert change.overtaken == overtaken
        assert change.environment.candidate == {SERVICE: release.id}
        assert change.release.digest == DIGEST
        assert change.release.deadline_at == NOW + timedelta(hours=72)
        assert change.outgoing == (OutgoingKind.CARD, OutgoingKind.NOTICE)
    first = replace(make_case(release, make_actor(BUILD, release), candidate={}), others={})
    assert changed(decide_change(first, make_attempt(release, S.MANUAL_TESTING))).overtaken == ()
    again = replace(first, environment=replace(first.environment, candidate={SERVICE: release.id}))
    itself = replace(again, others={release.id: replace(release, status=S.MANUAL_TESTING)})
    assert changed(decide_change(itself, make_attempt(release, S.MANUAL_TESTING))).overtaken == ()


def test_an_approval_starts_the_deployment_until_it_is_taken_back() -> None:
    """The last vote asks for one deployment; whoever takes it back voids the votes and what is still unsent."""
    passed = changed(decide(MEMBER, S.MANUAL_TESTING, S.MANUAL_TEST_PASSED))
    assert passed.outgoing == (OutgoingKind.CARD, OutgoingKind.DEPLOYMENT)
    outbox = (Outgoing(OutgoingKind.CARD, 4), Outgoing(OutgoingKind.DEPLOYMENT, 5))
    back = changed(decide(MEMBER, S.MANUAL_TEST_PASSED, S.MANUAL_TESTING, release={"outbox": outbox}))
    assert (back.release.votes, back.release.outbox, back.release.digest) == ((), outbox[:1], DIGEST)
    for kind, target in ((MEMBER, S.CANCELLED), (DEPLOY, S.DEPLOYING)):
        later = changed(decide(kind, S.MANUAL_TEST_PASSED, target, release={"outbox": outbox}))
        assert later.release.outbox == outbox[:1]


def test_a_deployment_has_production_for_itself() -> None:
    """It takes the one place, and gives it up with its end; a failure holds what comes after."""
    begun = changed(decide(DEPLOY, S.MANUAL_TEST_PASSED, S.DEPLOYING))
    assert begun.environment.moving == begun.release.id
    assert begun.release.deployment_run_id == DEPLOY_RUN
    for asked, kind in ((False, DEPLOY), (True, BACK)):
        failed = changed(decide(kind, S.DEPLOYING, S.PRODUCTION_FAILED, release={"is_abort_asked": asked}))
        assert (failed.environment.moving, failed.environment.hold) == ("", f"{failed.release.id}: production_failed")
        assert not failed.release.is_abort_asked
        assert failed.environment.live == {SERVICE: OLD.id}


def test_what_is_deployed_is_live_and_overtakes_what_is_older() -> None:
    """The release before stays one to go back to; older undecided ones are cancelled, newer ones are not."""
    release = make_release(S.DEPLOYING)
    older: list[Release] = [
        replace(BASE, release_tag=f"v0.{n}.0", status=status, created_at=BASE.created_at - timedelta(hours=1))
        for n, status in enumerate(S)
    ]
    newer = replace(BASE, release_tag="v2.0.0", status=S.MANUAL_TESTING, created_at=NOW)
    others = {each.id: each for each in (*older, newer, OLD)}
    case = replace(make_case(release, make_actor(DEPLOY, release)), others=others)
    change = changed(decide_change(case, make_attempt(release, S.DEPLOYED)))
    undecided = [each.id for each in older if each.status.value in {"initiated", "building"} or "manual" in each.status]
    undecided.remove(older[list(S).index(S.MANUAL_TEST_FAILED)].id)
    assert list(change.overtaken) == undecided
    assert change.replaced == (replace(OLD, superseded_by=release.id),)
    assert (change.environment.moving, change.environment.live) == ("", {SERVICE: release.id})
    assert change.release.completed_at == NOW
    first = replace(case, others={}, environment=replace(case.environment, live={}))
    assert changed(decide_change(first, make_attempt(release, S.DEPLOYED))).replaced == ()


def test_the_way_back() -> None:
    """Going back takes the place and starts a workflow, unless one does it; being back makes the target live."""
    for kind, starts in ((MEMBER, True), (ActorKind.MONITOR, True), (BACK, False)):
        begun = changed(decide(kind, S.DEPLOYED, S.ROLLBACK))
        assert begun.environment.moving == begun.release.id
        assert begun.release.rollback_to_tag == OLD.release_tag
        assert begun.release.deadline_at == NOW + timedelta(minutes=5)
        assert (OutgoingKind.ROLLBACK in begun.outgoing) is starts
    again = changed(decide(MEMBER, S.ROLLBACK_FAILED, S.ROLLBACK, rollback_to_tag="v9.9.9"))
    assert again.release.rollback_to_tag == OLD.release_tag
    case = make_case(make_release(S.ROLLBACK), make_actor(BACK, BASE), live={SERVICE: BASE.id})
    case = Case(
        case.release, case.environment, case.actor, NOW, {OLD.id: replace(OLD, superseded_by=BASE.id)}, (MANAGER,)
    )
    done = changed(decide_change(case, make_attempt(case.release, S.ROLLBACK_DONE)))
    assert done.replaced == (OLD,)
    assert (done.environment.moving, done.environment.live) == ("", {SERVICE: OLD.id})
    assert done.environment.hold


@pytest.mark.parametrize(
    ("kind", "source", "target"),
    [
        (DEPLOY, S.DEPLOYING, S.PRODUCTION_FAILED),
        (BACK, S.DEPLOYING, S.PRODUCTION_FAILED),
        (BACK, S.ROLLBACK, S.ROLLBACK_DONE),
        (ActorKind.TIME, S.ROLLBACK, S.ROLLBACK_FAILED),
    ],
)
def test_no_way_back_is_started_late(kind: ActorKind, source: Status, target: Status) -> None:
    """What could not be sent is dropped with the state that wanted it: later it would go back a second time."""
    outbox = (Outgoing(OutgoingKind.NOTICE, 4), Outgoing(OutgoingKind.ROLLBACK, 5))
    asked = {"outbox": outbox, "is_abort_asked": kind is BACK, "deadline_at": NOW}
    assert changed(decide(kind, source, target, release=asked)).release.outbox == outbox[:1]


@pytest.mark.parametrize(("minutes", "need"), [(-1, None), (1, Need.NOT_LIVE)])
def test_a_release_that_failed_long_ago_is_not_left_again(minutes: int, need: Need | None) -> None:
    """Once another release was deployed after it, its old screen does not bring production back."""
    failed = make_release(S.PRODUCTION_FAILED, completed_at=NOW)
    case = make_case(failed, make_actor(MEMBER, failed), live={SERVICE: "nanobanana_v1.2.0"})
    live = replace(OLD, release_tag="v1.2.0", completed_at=NOW + timedelta(minutes=minutes))
    case = replace(case, others={**case.others, live.id: live})
    result = decide_change(case, make_attempt(failed, S.ROLLBACK, rollback_to_tag="v1.2.0"))
    assert (result.need if isinstance(result, Refusal) else None) is need


@pytest.mark.parametrize("status", LIMITS)
def test_a_deadline_leads_on(status: Status) -> None:
    """Each state that ends has a way for time, at the deadline and not before; a slow rollout is only told of."""
    release = make_release(status)
    attempt = make_attempt(release, OVERDUE[status], phase="overdue")
    deadline = NOW + LIMITS[status]
    early = decide_change(make_case(release, TIME, deadline - timedelta(seconds=1)), attempt)
    assert isinstance(early, Refusal)
    assert early.need is Need.NOT_DUE
    change = changed(decide_change(make_case(release, TIME, deadline), attempt))
    assert change.release.status is OVERDUE[status]
    assert OutgoingKind.NOTICE in change.outgoing
    if status is S.DEPLOYING:
        again = replace(attempt, expect_rev=change.release.rev)
        late = make_case(change.release, TIME, deadline + LIMITS[status])
        assert changed(decide_change(late, again)).release.rev == release.rev + 2


def test_a_newer_release_need_not_wait_for_the_deadline() -> None:
    """Time cancels what a newer release has overtaken, and the release says by which."""
    release = make_release(S.MANUAL_TESTING)
    attempt = make_attempt(release, S.CANCELLED, superseded_by="newer")
    change = changed(decide_change(make_case(release, TIME), attempt))
    assert (change.release.status, change.release.superseded_by) == (S.CANCELLED, "newer")


def test_building_begins_the_work() -> None:
    """The release says since when it is built, and by whose step it got where it is."""
    change = changed(decide(BUILD, S.INITIATED, S.BUILDING))
    assert (change.release.started_at, change.release.moved_by) == (NOW, f"build:{RUN}")
    assert change.outgoing == (OutgoingKind.CARD,)


def test_who_approved_is_asked_again_when_the_deployment_begins() -> None:
    """A member who was removed after the last vote does not count: the workflow that comes then is refused."""
    release = make_release(S.MANUAL_TEST_PASSED)
    case = make_case(release, make_actor(DEPLOY, release))
    removed = replace(case, members=(replace(QA, is_active=False), MANAGER))
    result = decide_change(removed, make_attempt(release, S.DEPLOYING))
    assert isinstance(result, Refusal)
    assert result.need is Need.QUORUM


def test_a_way_back_that_ends_after_its_deadline() -> None:
    """The slow workflow is believed by what `/version` shows: nobody has to go back a second time."""
    release = make_release(S.ROLLBACK_FAILED)
    case = make_case(release, make_actor(BACK, release))
    done = changed(decide_change(case, make_attempt(release, S.ROLLBACK_DONE)))
    assert (done.environment.moving, done.environment.live) == ("", {SERVICE: OLD.id})
    result = decide_change(case, make_attempt(release, S.ROLLBACK_DONE, evidence=EVIDENCE))
    assert isinstance(result, Refusal)
    assert result.need is Need.IMAGE


def test_a_person_names_the_image_on_the_screen() -> None:
    """A press without it, or with another one, is stale, also that of a way back; workflows need none."""
    for digest in ("", OLD.digest):
        result = decide(MEMBER, S.DEPLOYED, S.ROLLBACK, digest=digest)
        assert isinstance(result, Refusal)
        assert result.need is Need.STALE
    changed(decide(BACK, S.DEPLOYED, S.ROLLBACK, digest=""))


def test_from_a_failure_the_way_leads_to_what_serves() -> None:
    """Its traffic is back there already, and the workflow that goes back would move nothing else."""
    release = make_release(S.PRODUCTION_FAILED)
    older = replace(OLD, release_tag="v0.9.0")
    case = make_case(release, make_actor(MEMBER, release))
    case = replace(case, others={**case.others, older.id: older})
    changed(decide_change(case, make_attempt(release, S.ROLLBACK)))
    result = decide_change(case, make_attempt(release, S.ROLLBACK, rollback_to_tag="v0.9.0"))
    assert isinstance(result, Refusal)
    assert result.need is Need.TARGET


@pytest.mark.parametrize(("hours", "need"), [(-1, None), (0, None), (1, Need.OVERTAKEN)])
def test_a_late_report_does_not_replace_a_newer_candidate(hours: int, need: Need | None) -> None:
    """Newer is what began later, whatever its version says."""
    release = make_release(S.BUILDING)
    shown = replace(BASE, release_tag="v0.0.1", created_at=BASE.created_at + timedelta(hours=hours))
    case = make_case(release, make_actor(BUILD, release), candidate={SERVICE: shown.id})
    case = replace(case, others={**case.others, shown.id: shown})
    result = decide_change(case, make_attempt(release, S.MANUAL_TESTING))
    assert (result.need if isinstance(result, Refusal) else None) is need


def test_the_rollout_does_not_put_an_abort_off() -> None:
    """Its phases leave the deadline of the abort alone; when it has come, people are told, again and again."""
    asked = {"is_abort_asked": True, "deadline_at": NOW}
    for kind, deadline in ((DEPLOY, NOW), (ActorKind.TIME, NOW + ABORT_LIMIT)):
        phase = changed(decide(kind, S.DEPLOYING, S.DEPLOYING, release=asked))
        assert phase.release.deadline_at == deadline
        assert (OutgoingKind.NOTICE in phase.outgoing) is (kind is ActorKind.TIME)


def test_the_time_in_a_state_is_kept() -> None:
    """Each step says when it was made, so that waiting can be measured afterwards."""
    before = {"building": NOW - timedelta(hours=1)}
    change = changed(decide(BUILD, S.BUILDING, S.MANUAL_TESTING, release={"entered_at": before}))
    assert change.release.entered_at == {**before, "manual_testing": NOW}

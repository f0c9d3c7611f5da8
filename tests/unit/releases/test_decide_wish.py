"""Aborts, and deployments that are started once more: who may, when, and what they set in motion."""

from dataclasses import replace
from typing import Any

from shared.releases.actor import Member, Role
from shared.releases.attempt import Need, Refusal, RefusalKind
from shared.releases.decide_change import Change
from shared.releases.decide_wish import decide_abort, decide_go_on, decide_pause, decide_start
from shared.releases.release import ABORT_LIMIT, LIMITS, Outgoing, OutgoingKind, Release, Status
from tests.unit.releases.releasing import MANAGER, NOW, OPERATOR, QA, make_attempt, make_case, make_release


def abort(release: Release, member: Member, **changes: Any) -> Change | Refusal | None:
    attempt = make_attempt(release, Status.PRODUCTION_FAILED, **changes)
    return decide_abort(make_case(release, member.actor), attempt)


def test_an_abort_is_asked_once() -> None:
    """It leaves the state, starts the way back and makes older screens stale; the second one finds it asked."""
    asked = abort(make_release(Status.DEPLOYING), OPERATOR)
    assert isinstance(asked, Change)
    assert (asked.release.status, asked.release.rev, asked.release.is_abort_asked) == (Status.DEPLOYING, 6, True)
    assert asked.release.deadline_at == NOW + ABORT_LIMIT
    assert OutgoingKind.ROLLBACK in asked.outgoing
    assert abort(asked.release, QA) is None


def test_an_abort_that_nobody_carries_out_is_asked_again() -> None:
    """After its time a press starts the workflow again, unless the first start is still on its way out."""
    asked = make_release(Status.DEPLOYING, is_abort_asked=True, abort_asked_at=NOW - ABORT_LIMIT)
    again = abort(asked, QA)
    assert isinstance(again, Change)
    assert OutgoingKind.ROLLBACK in again.outgoing
    assert again.release.abort_asked_at == NOW
    assert abort(replace(asked, outbox=(Outgoing(OutgoingKind.ROLLBACK, 3, tries=2),)), QA) is None
    assert abort(replace(asked, abort_asked_at=NOW - ABORT_LIMIT / 2), QA) is None
    assert isinstance(abort(replace(asked, abort_asked_at=None), QA), Change), "an older release wrote no time"


def test_who_may_not_abort() -> None:
    """Not without the role, not what is not deploying, not once more from a stale screen."""
    admin = replace(OPERATOR, roles=(Role.ADMIN,))
    asked = make_release(Status.DEPLOYING, is_abort_asked=True, abort_asked_at=NOW - ABORT_LIMIT)
    for release, member, changes, kind in (
        (make_release(Status.DEPLOYING), admin, {}, RefusalKind.FORBIDDEN),
        (make_release(Status.DEPLOYED), OPERATOR, {}, RefusalKind.NOT_ALLOWED),
        (asked, OPERATOR, {"expect_rev": 4}, RefusalKind.STALE),
    ):
        refusal = abort(release, member, **changes)
        assert isinstance(refusal, Refusal)
        assert refusal.kind is kind


def test_an_abort_counts_although_a_stage_has_come_between() -> None:
    """Whoever presses while the rollout reports its next stage is not sent back to read."""
    asked = abort(make_release(Status.DEPLOYING), OPERATOR, expect_rev=4)
    assert isinstance(asked, Change)
    assert asked.release.is_abort_asked


def pause(release: Release, member: Member, **changes: Any) -> Change | Refusal | None:
    return decide_pause(make_case(release, member.actor), make_attempt(release, Status.DEPLOYING, **changes))


def go_on(release: Release, member: Member) -> Change | Refusal | None:
    return decide_go_on(make_case(release, member.actor), make_attempt(release, Status.DEPLOYING, expect_rev=1))


def test_a_deployment_waits_and_goes_on() -> None:
    """Either wish counts once, from any screen, sends nothing but cards, and begins the time of the state anew."""
    release = make_release(Status.DEPLOYING, deadline_at=NOW)
    waits = pause(release, QA, expect_rev=1)
    assert isinstance(waits, Change)
    assert (waits.release.paused_at, waits.release.rev) == (NOW, release.rev + 1)
    assert waits.release.deadline_at == NOW + LIMITS[Status.DEPLOYING]
    assert waits.outgoing == (OutgoingKind.CARD,)
    assert pause(waits.release, OPERATOR) is None
    goes = go_on(waits.release, OPERATOR)
    assert isinstance(goes, Change)
    assert (goes.release.paused_at, goes.release.rev) == (None, release.rev + 2)
    assert go_on(goes.release, QA) is None


def test_who_may_not_pause() -> None:
    """Not without the role, not what is not deploying, not what is on its way back."""
    admin = replace(OPERATOR, roles=(Role.ADMIN,))
    for release, member, need in (
        (make_release(Status.DEPLOYING), admin, Need.ROLE),
        (make_release(Status.DEPLOYED), OPERATOR, Need.NO_STEP),
        (make_release(Status.DEPLOYING, is_abort_asked=True), OPERATOR, Need.ABORT_ASKED),
    ):
        for decide in (pause, go_on):
            refusal = decide(release, member)
            assert isinstance(refusal, Refusal)
            assert refusal.need is need


def start(release: Release, member: Member, **changes: Any) -> Change | Refusal | None:
    return decide_start(make_case(release, member.actor), make_attempt(release, Status.DEPLOYING, **changes))


def test_a_deployment_is_started_once_more() -> None:
    """A manager starts the workflow of an approved release again, unless it is about to be started."""
    release = make_release(Status.MANUAL_TEST_PASSED)
    started = start(release, MANAGER)
    assert isinstance(started, Change)
    assert (started.release.status, started.release.rev) == (release.status, release.rev + 1)
    assert started.outgoing == (OutgoingKind.CARD, OutgoingKind.DEPLOYMENT)
    assert start(replace(release, outbox=(Outgoing(OutgoingKind.DEPLOYMENT, 3),)), MANAGER) is None


def test_who_may_not_start() -> None:
    """Not without the role, not what is not approved, not from a stale screen."""
    for status, member, changes, kind, need in (
        (Status.MANUAL_TEST_PASSED, QA, {}, RefusalKind.FORBIDDEN, Need.ROLE),
        (Status.MANUAL_TESTING, MANAGER, {}, RefusalKind.NOT_ALLOWED, Need.NO_STEP),
        (Status.MANUAL_TEST_PASSED, MANAGER, {"expect_rev": 4}, RefusalKind.STALE, Need.STALE),
    ):
        refusal = start(make_release(status), member, **changes)
        assert isinstance(refusal, Refusal)
        assert (refusal.kind, refusal.need) == (kind, need)

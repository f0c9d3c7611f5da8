"""Approvals: who may, on which screen, and what they start."""

from dataclasses import replace
from typing import Any

import pytest

from shared.releases.actor import Member
from shared.releases.attempt import Attempt, Need, Refusal, RefusalKind
from shared.releases.decide_change import Change
from shared.releases.decide_vote import decide_vote
from shared.releases.needs import Case
from shared.releases.release import OutgoingKind, Release, Status
from tests.unit.releases.releasing import (
    INITIATOR,
    MANAGER,
    OPERATOR,
    QA,
    SERVICE,
    make_attempt,
    make_case,
    make_release,
    vote,
)

TESTING = make_release(Status.MANUAL_TESTING, votes=())


def approve(release: Release, member: Member, **changes: Any) -> Change | Refusal | None:
    return decide_vote(make_voting(release, member), make_vote(release, **changes))


def make_voting(release: Release, member: Member) -> Case:
    return replace(make_case(release, member.actor), members=(QA, MANAGER, member))


def make_vote(release: Release, **changes: Any) -> Attempt:
    return make_attempt(release, Status.MANUAL_TEST_PASSED, **changes)


def test_the_last_vote_passes_the_release() -> None:
    """The first vote only counts, with the rev unchanged; the second starts the deployment."""
    first = approve(TESTING, QA)
    assert isinstance(first, Change)
    assert (first.release.status, first.release.rev, first.outgoing) == (
        Status.MANUAL_TESTING,
        5,
        (OutgoingKind.CARD,),
    )
    second = approve(first.release, MANAGER)
    assert isinstance(second, Change)
    assert (second.release.status, second.release.rev) == (Status.MANUAL_TEST_PASSED, 6)
    assert [each.member_id for each in second.release.votes] == [1, 2]
    assert second.outgoing == (OutgoingKind.CARD, OutgoingKind.DEPLOYMENT)


def test_a_double_tap_is_one_vote() -> None:
    """Whoever has approved hears nothing new, also when the release has passed meanwhile."""
    for status in (Status.MANUAL_TESTING, Status.MANUAL_TEST_PASSED):
        assert approve(make_release(status, votes=(vote(QA),)), QA) is None


def test_a_repeated_approval_counts_the_votes_again() -> None:
    """Where fewer approvals are needed by now, a press of somebody who has approved passes the release, once."""
    release = make_release(Status.MANUAL_TESTING, votes=(vote(QA),))
    case = make_voting(release, QA)
    eased = replace(case, environment=replace(case.environment, quorum={"qa": 1}))
    change = decide_vote(eased, make_vote(release))
    assert isinstance(change, Change)
    assert (change.release.status, change.release.votes) == (Status.MANUAL_TEST_PASSED, release.votes)
    assert change.outgoing.count(OutgoingKind.DEPLOYMENT) == 1
    assert isinstance(decide_vote(eased, make_vote(release, expect_rev=4)), Refusal)


@pytest.mark.parametrize(
    ("member", "need"),
    [
        (OPERATOR, Need.ROLE),
        (replace(QA, is_active=False), Need.ROLE),
        (replace(QA, github_id=0), Need.NOT_JOINED),
        (replace(QA, github_id=INITIATOR), Need.INITIATOR),
    ],
)
def test_who_may_not_approve(member: Member, need: Need) -> None:
    """Others' roles, removed members, the initiator, and whoever could be the initiator."""
    refusal = approve(TESTING, member)
    assert isinstance(refusal, Refusal)
    assert (refusal.kind, refusal.need) == (RefusalKind.FORBIDDEN, need)


def test_votes_hold_for_what_was_on_the_screen() -> None:
    """Another rev or image is stale; what staging does not show any more, or what has ended, is not approved."""
    for changes in ({"expect_rev": 4}, {"digest": ""}):
        stale = approve(TESTING, QA, **changes)
        assert isinstance(stale, Refusal)
        assert stale.kind is RefusalKind.STALE
    voting = make_voting(TESTING, QA)
    overtaken = replace(voting, environment=replace(voting.environment, candidate={SERVICE: "newer"}))
    refusal = decide_vote(overtaken, make_vote(TESTING))
    assert isinstance(refusal, Refusal)
    assert refusal.need is Need.OVERTAKEN
    for status, votes in ((Status.MANUAL_TEST_PASSED, ()), (Status.CANCELLED, (vote(QA),))):
        ended = approve(make_release(status, votes=votes), QA)
        assert isinstance(ended, Refusal)
        assert (ended.kind, ended.need) == (RefusalKind.NOT_ALLOWED, Need.NO_STEP)

"""What comes of an approval. Pure."""

from dataclasses import replace

from shared.releases.actor import Permission
from shared.releases.attempt import Attempt, Need, Refusal, RefusalKind
from shared.releases.decide_change import Change, decide_change, refuse
from shared.releases.needs import Case, find_need
from shared.releases.release import OutgoingKind, Status, Vote


def decide_vote(case: Case, attempt: Attempt) -> Change | Refusal | None:
    """Decide on one approval. None: this person has approved before.

    `case.members` has those who voted before and the voter. The vote that completes the quorum passes the release; so
    does a repeated one, where fewer approvals are needed by now.
    """
    release = case.release
    refusal = _find_refusal_of_voter(case)
    if refusal is not None:
        return refusal
    is_given = any(str(vote.member_id) == case.actor.id for vote in release.votes)
    if is_given and (release.status is Status.MANUAL_TEST_PASSED or _is_waiting(case, attempt)):
        return None
    if release.status is not Status.MANUAL_TESTING:
        return refuse(case, RefusalKind.NOT_ALLOWED, Need.NO_STEP)
    if (attempt.expect_rev, attempt.digest) != (release.rev, release.digest):
        return refuse(case, RefusalKind.STALE, Need.STALE)
    if case.environment.candidate.get(release.service_name) != release.id:
        return refuse(case, RefusalKind.NOT_ALLOWED, Need.OVERTAKEN)
    vote = Vote(int(case.actor.id), release.rev, release.digest, case.now)
    votes = release.votes if is_given else (*release.votes, vote)
    counted = replace(case, release=replace(release, votes=votes))
    if find_need(counted, attempt) is Need.QUORUM:
        return Change(counted.release, case.environment, outgoing=(OutgoingKind.CARD,))
    return decide_change(counted, attempt)


def _is_waiting(case: Case, attempt: Attempt) -> bool:
    """Whether the votes that are there do not pass the release."""
    return case.release.status is Status.MANUAL_TESTING and find_need(case, attempt) is Need.QUORUM


def _find_refusal_of_voter(case: Case) -> Refusal | None:
    """Who may never approve this release."""
    actor = case.actor
    if not actor.may(Permission.APPROVE):
        return refuse(case, RefusalKind.FORBIDDEN, Need.ROLE)
    if not actor.github_id:
        return refuse(case, RefusalKind.FORBIDDEN, Need.NOT_JOINED)
    is_initiator = not actor.github_ids.isdisjoint(case.release.initiator_ids)
    return refuse(case, RefusalKind.FORBIDDEN, Need.INITIATOR) if is_initiator else None

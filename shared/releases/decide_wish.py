"""What comes of a person's wish to start a deployment, to have a running one wait, or to have it back. Pure."""

from dataclasses import replace
from datetime import datetime

from shared.releases.actor import Permission
from shared.releases.attempt import Attempt, Need, Refusal, RefusalKind
from shared.releases.decide_change import Change, refuse
from shared.releases.needs import Case
from shared.releases.release import ABORT_LIMIT, OutgoingKind, Release, Status, limit_at

PAUSE, GO_ON = "pause", "go on"
"""What the history says of the two wishes, as the event's phase."""


def decide_start(case: Case, attempt: Attempt) -> Change | Refusal | None:
    """Decide on the wish to have the workflow started once more: it was refused before, or has died.

    None: it is about to be started.
    """
    release = case.release
    if not case.actor.may(Permission.START):
        return refuse(case, RefusalKind.FORBIDDEN, Need.ROLE)
    if release.status is not Status.MANUAL_TEST_PASSED:
        return refuse(case, RefusalKind.NOT_ALLOWED, Need.NO_STEP)
    if attempt.expect_rev != release.rev:
        return refuse(case, RefusalKind.STALE, Need.STALE)
    if any(each.kind is OutgoingKind.DEPLOYMENT for each in release.outbox):
        return None
    changed = replace(release, rev=release.rev + 1)  # a second press finds another screen
    return Change(changed, case.environment, outgoing=(OutgoingKind.CARD, OutgoingKind.DEPLOYMENT))


def decide_abort(case: Case, attempt: Attempt) -> Change | Refusal | None:
    """Decide on the wish to have a deployment back. None: it is being carried out, or about to be.

    The status stays: the workflow that goes back reports `production_failed` once the traffic is back. Until then
    `deployed` is refused. An abort that nobody has carried out in its time starts the workflow again; the number of its
    event tells the two apart.
    """
    release = case.release
    if refusal := _find_refusal(case):
        return refusal
    if _is_abort_underway(release, case.now):
        return None
    # The first one counts from any screen of the deployment: each stage makes a screen old while somebody presses.
    if release.is_abort_asked and attempt.expect_rev != release.rev:
        return refuse(case, RefusalKind.STALE, Need.STALE)
    changed = replace(
        release,
        is_abort_asked=True,
        abort_asked_at=case.now,
        deadline_at=case.now + ABORT_LIMIT,
        rev=release.rev + 1,
    )
    return Change(changed, case.environment, outgoing=(OutgoingKind.CARD, OutgoingKind.NOTICE, OutgoingKind.ROLLBACK))


def decide_pause(case: Case, attempt: Attempt) -> Change | Refusal | None:
    """Decide on the wish that the rollout takes no further stage. None: it was asked for before.

    The rollout asks for it before each stage (`infra/deploy/rollout.py`). It goes on watching the candidate meanwhile,
    and takes a bad one back.
    """
    return _pause(case, is_wanted=True)


def decide_go_on(case: Case, attempt: Attempt) -> Change | Refusal | None:
    """Decide on the wish that a rollout that waits takes its next stage. None: it does not wait."""
    return _pause(case, is_wanted=False)


def _pause(case: Case, *, is_wanted: bool) -> Change | Refusal | None:
    """Both wishes are absolute, so they count from any screen of the deployment."""
    release = case.release
    if refusal := _find_refusal(case):
        return refusal
    if release.is_abort_asked:
        return refuse(case, RefusalKind.NOT_ALLOWED, Need.ABORT_ASKED)
    if (release.paused_at is not None) is is_wanted:
        return None
    changed = replace(
        release,
        paused_at=case.now if is_wanted else None,
        deadline_at=limit_at(release.status, case.now),
        rev=release.rev + 1,
    )
    return Change(changed, case.environment, outgoing=(OutgoingKind.CARD,))


def _find_refusal(case: Case) -> Refusal | None:
    """Why this actor may not steer a running deployment; None: they may."""
    if not case.actor.may(Permission.ABORT):
        return refuse(case, RefusalKind.FORBIDDEN, Need.ROLE)
    if case.release.status is not Status.DEPLOYING:
        return refuse(case, RefusalKind.NOT_ALLOWED, Need.NO_STEP)
    return None


def _is_abort_underway(release: Release, now: datetime) -> bool:
    is_unsent = any(each.kind is OutgoingKind.ROLLBACK for each in release.outbox)
    asked_at = release.abort_asked_at
    return release.is_abort_asked and (is_unsent or (asked_at is not None and now < asked_at + ABORT_LIMIT))

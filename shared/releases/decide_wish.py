"""What comes of a person's wish to start a deployment, or to have a running one back. Pure."""

from dataclasses import replace
from datetime import datetime

from shared.releases.actor import Permission
from shared.releases.attempt import Attempt, Need, Refusal, RefusalKind
from shared.releases.decide_change import Change, refuse
from shared.releases.needs import Case
from shared.releases.release import ABORT_LIMIT, OutgoingKind, Release, Status


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
    if not case.actor.may(Permission.ABORT):
        return refuse(case, RefusalKind.FORBIDDEN, Need.ROLE)
    if release.status is not Status.DEPLOYING:
        return refuse(case, RefusalKind.NOT_ALLOWED, Need.NO_STEP)
    if _is_abort_underway(release, case.now):
        return None
    if attempt.expect_rev != release.rev:
        return refuse(case, RefusalKind.STALE, Need.STALE)
    changed = replace(
        release,
        is_abort_asked=True,
        abort_asked_at=case.now,
        deadline_at=case.now + ABORT_LIMIT,
        rev=release.rev + 1,
    )
    return Change(changed, case.environment, outgoing=(OutgoingKind.CARD, OutgoingKind.NOTICE, OutgoingKind.ROLLBACK))


def _is_abort_underway(release: Release, now: datetime) -> bool:
    is_unsent = any(each.kind is OutgoingKind.ROLLBACK for each in release.outbox)
    asked_at = release.abort_asked_at
    return release.is_abort_asked and (is_unsent or (asked_at is not None and now < asked_at + ABORT_LIMIT))

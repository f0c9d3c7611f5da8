"""What comes of a person's wish to start a deployment, or to have a running one back. Pure."""

from dataclasses import replace

from shared.releases.actor import Permission
from shared.releases.attempt import Attempt, Need, Refusal, RefusalKind
from shared.releases.decide_change import Change, refuse
from shared.releases.needs import Case
from shared.releases.release import OutgoingKind, Status


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
    """Decide on the wish to have a deployment back. None: somebody has asked for it before.

    The status stays: the workflow that goes back reports `production_failed` once the traffic is back. Until then
    `deployed` is refused.
    """
    release = case.release
    if not case.actor.may(Permission.ABORT):
        return refuse(case, RefusalKind.FORBIDDEN, Need.ROLE)
    if release.status is not Status.DEPLOYING:
        return refuse(case, RefusalKind.NOT_ALLOWED, Need.NO_STEP)
    if release.is_abort_asked:
        return None
    if attempt.expect_rev != release.rev:
        return refuse(case, RefusalKind.STALE, Need.STALE)
    changed = replace(release, is_abort_asked=True, rev=release.rev + 1)
    return Change(changed, case.environment, outgoing=(OutgoingKind.CARD, OutgoingKind.NOTICE, OutgoingKind.ROLLBACK))

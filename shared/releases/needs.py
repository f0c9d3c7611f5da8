"""What each step of a release needs beside its row in the table. Pure: a function per step names what is missing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.releases.actor import Actor, ActorKind, Member
from shared.releases.attempt import LOOKS, Attempt, Need
from shared.releases.environment import Environment
from shared.releases.quorum import is_quorum, list_counted
from shared.releases.release import Release, Status, is_digest, release_id


@dataclass(frozen=True, slots=True)
class Case:
    """What a decision rests on, as it was read for one commit."""

    release: Release
    environment: Environment
    actor: Actor
    now: datetime
    others: Mapping[str, Release] = field(default_factory=dict)
    """By id: releases that the step may depend on or change."""
    members: tuple[Member, ...] = ()
    """Those who have voted."""


def find_need(case: Case, attempt: Attempt) -> Need | None:
    """What is missing for this step; None: it can be made."""
    if case.actor.kind is ActorKind.TIME and not is_due(case, attempt):
        return Need.NOT_DUE
    need = _NEEDS.get((case.release.status, attempt.target), _NEEDS_OF_TARGET.get(attempt.target))
    return None if need is None else need(case, attempt)


def is_due(case: Case, attempt: Attempt) -> bool:
    """Whether time may act: the deadline has come, or a newer release."""
    deadline = case.release.deadline_at
    is_overtaken = attempt.target is Status.CANCELLED and bool(attempt.superseded_by)
    return is_overtaken or (deadline is not None and case.now >= deadline)


def _begin_building(case: Case, attempt: Attempt) -> Need | None:
    return None if case.actor.id == case.release.github_run_id else Need.OTHER_RUN


def _fail_on_staging(case: Case, attempt: Attempt) -> Need | None:
    return Need.PHASE if case.actor.kind is ActorKind.BUILD and not attempt.phase else None


def _begin_testing(case: Case, attempt: Attempt) -> Need | None:
    evidence = attempt.evidence
    if not evidence.versions or len(set(evidence.versions)) > 1 or not is_digest(evidence.versions[0]):
        return Need.IMAGE
    if not evidence.is_smoke_passed:
        return Need.SMOKE
    if not evidence.is_way_back_walked:
        return Need.WAY_BACK
    shown = case.others.get(case.environment.candidate.get(case.release.service_name, ""))
    is_late = shown is not None and shown.created_at > case.release.created_at
    return Need.OVERTAKEN if is_late else None  # a late report: staging has gone on since


def _pass_tests(case: Case, attempt: Attempt) -> Need | None:
    return None if is_quorum(case.environment.quorum, list_counted(case.release, case.members)) else Need.QUORUM


def _give_reason(case: Case, attempt: Attempt) -> Need | None:
    return Need.REASON if case.actor.kind is ActorKind.MEMBER and not attempt.reason.strip() else None


def _begin_deployment(case: Case, attempt: Attempt) -> Need | None:
    environment = case.environment
    if environment.moving:
        return Need.BUSY
    if environment.hold:
        return Need.HOLD
    if environment.is_frozen(case.now):
        return Need.FROZEN
    if attempt.evidence.tree != case.release.tree:
        return Need.TREE
    return _pass_tests(case, attempt)  # whoever approved may have been removed since


def _end_deployment(case: Case, attempt: Attempt) -> Need | None:
    if case.actor.id != case.release.deployment_run_id:
        return Need.OTHER_RUN
    if case.release.is_abort_asked:
        return Need.ABORT_ASKED
    evidence = attempt.evidence
    return None if evidence.is_rollout_whole and evidence.is_watch_passed else Need.ROLLOUT


def _fail_in_production(case: Case, attempt: Attempt) -> Need | None:
    if case.actor.kind is ActorKind.ROLLBACK and not case.release.is_abort_asked:
        return Need.NO_ABORT
    if case.actor.kind is ActorKind.DEPLOY and case.actor.id != case.release.deployment_run_id:
        return Need.OTHER_RUN
    return None if attempt.evidence.is_traffic_back else Need.TRAFFIC


def _go_back(case: Case, attempt: Attempt) -> Need | None:
    release, environment = case.release, case.environment
    if environment.moving not in {"", release.id}:
        return Need.BUSY
    if release.status in {Status.DEPLOYED, Status.PRODUCTION_FAILED} and _is_past(case):
        return Need.NOT_LIVE
    target = find_target(case, attempt)
    is_good = target is not None and target.id != release.id and target.status is Status.DEPLOYED
    # What has failed serves nobody any more: from there the way back is only seen through, to what serves.
    is_there = release.status is not Status.PRODUCTION_FAILED or _find_live(case) == getattr(target, "id", "")
    return None if is_good and is_there else Need.TARGET


def _is_past(case: Case) -> bool:
    """Whether another release serves: instead of this deployed one, or deployed after this one had failed."""
    release, live = case.release, _find_live(case)
    if release.status is Status.DEPLOYED:
        return live != release.id
    failed_at = release.completed_at
    deployed_at = case.others[live].completed_at if live in case.others else None
    return failed_at is not None and deployed_at is not None and deployed_at > failed_at


def _find_live(case: Case) -> str:
    return case.environment.live.get(case.release.service_name, "")


def _be_back(case: Case, attempt: Attempt) -> Need | None:
    target = find_target(case, attempt)
    looks = attempt.evidence.versions
    is_shown = target is not None and len(looks) >= LOOKS and set(looks) == {target.digest}
    return None if is_shown else Need.IMAGE


def find_target(case: Case, attempt: Attempt) -> Release | None:
    """The release to go back to; a second try goes where the first one wanted to. None: it is unknown."""
    tag = case.release.rollback_to_tag if is_going_back(case.release) else attempt.rollback_to_tag
    return case.others.get(release_id(case.release.service_name, tag))


def is_going_back(release: Release) -> bool:
    """Whether the release has its `rollback_to_tag`."""
    return release.status in {Status.ROLLBACK, Status.ROLLBACK_FAILED}


_Check = Callable[[Case, Attempt], Need | None]
_NEEDS: Mapping[tuple[Status, Status], _Check] = {(Status.BUILDING, Status.MANUAL_TESTING): _begin_testing}
_NEEDS_OF_TARGET: Mapping[Status, _Check] = {
    Status.BUILDING: _begin_building,
    Status.STAGING_FAILED: _fail_on_staging,
    Status.MANUAL_TEST_PASSED: _pass_tests,
    Status.MANUAL_TEST_FAILED: _give_reason,
    Status.DEPLOYING: _begin_deployment,
    Status.DEPLOYED: _end_deployment,
    Status.PRODUCTION_FAILED: _fail_in_production,
    Status.ROLLBACK: _go_back,
    Status.ROLLBACK_DONE: _be_back,
    Status.CANCELLED: _give_reason,
}

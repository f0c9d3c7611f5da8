"""What comes of an attempt: a refusal, nothing because it is done already, or the changed documents. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from shared.releases.actor import ActorKind
from shared.releases.attempt import NAMES_MAX, WORDS_MAX, Attempt, Need, Refusal, RefusalKind
from shared.releases.environment import Environment
from shared.releases.needs import Case, find_need, find_target, is_due, is_going_back
from shared.releases.release import ABORT_LIMIT, UNDECIDED, OutgoingKind, Release, Status, limit_at
from shared.releases.transitions import REPORTERS, find_transition, list_allowed, may_make

OVERDUE = {
    Status.INITIATED: Status.CANCELLED,
    Status.BUILDING: Status.STAGING_FAILED,
    Status.MANUAL_TESTING: Status.CANCELLED,
    Status.MANUAL_TEST_PASSED: Status.CANCELLED,
    Status.DEPLOYING: Status.DEPLOYING,  # nobody but the rollout knows where the traffic is: people are told
    Status.ROLLBACK: Status.ROLLBACK_FAILED,
}
"""Where a deadline leads."""
ENDS = frozenset(
    {
        Status.STAGING_FAILED,
        Status.MANUAL_TEST_FAILED,
        Status.DEPLOYED,
        Status.PRODUCTION_FAILED,
        Status.ROLLBACK_DONE,
        Status.CANCELLED,
    }
)
"""Where a release has got what it gets without a new wish."""
TOLD = ENDS | {Status.MANUAL_TESTING, Status.ROLLBACK_FAILED}
"""The states of which people are told by a notice; every change reaches the cards."""


@dataclass(frozen=True, slots=True)
class Change:
    """The documents after a step."""

    release: Release
    """Without its event and its outbox, which are of the commit."""
    environment: Environment
    overtaken: tuple[str, ...] = ()
    """Ids of undecided releases that the step cancels."""
    replaced: tuple[Release, ...] = ()
    """Deployed releases that the step makes live, or no longer live; they keep their state."""
    outgoing: tuple[OutgoingKind, ...] = ()


def decide_change(case: Case, attempt: Attempt) -> Change | Refusal | None:
    """Decide on one attempt. None: this actor has done just that before, and nothing is to be done."""
    if attempt.target is case.release.status:
        return _decide_phase(case, attempt)
    refusal = find_refusal(case, attempt)
    return refusal or _change(case, attempt)


def find_refusal(case: Case, attempt: Attempt) -> Refusal | None:
    """Why this step to another state is refused; None if it is not."""
    release = case.release
    transition = find_transition(release.status, attempt.target)
    if transition is None:
        return refuse(case, RefusalKind.NOT_ALLOWED, Need.NO_STEP)
    if not may_make(case.actor, transition, release):
        return refuse(case, RefusalKind.FORBIDDEN, Need.ROLE)
    if attempt.expect_rev != release.rev or not _is_same_image(case, attempt):
        return refuse(case, RefusalKind.STALE, Need.STALE)
    need = Need.TOO_LONG if _is_too_long(attempt) else find_need(case, attempt)
    return None if need is None else refuse(case, RefusalKind.NOT_ALLOWED, need)


def refuse(case: Case, kind: RefusalKind, need: Need) -> Refusal:
    """The refusal with what this actor may do instead."""
    return Refusal(kind, need, list_allowed(case.release, case.actor), case.release.rev)


def _is_same_image(case: Case, attempt: Attempt) -> bool:
    """Whether the attempt is of today's image. A person always says which one was on the screen."""
    is_open = case.actor.kind is not ActorKind.MEMBER and not attempt.digest
    return is_open or attempt.digest == case.release.digest


def _is_too_long(attempt: Attempt) -> bool:
    names = (attempt.phase, attempt.evidence.log_link, attempt.evidence.tree, *attempt.evidence.versions)
    is_much = len(attempt.reason) > WORDS_MAX or len(attempt.evidence.versions) > NAMES_MAX
    return is_much or any(len(each) > NAMES_MAX for each in names)


def _decide_phase(case: Case, attempt: Attempt) -> Change | Refusal | None:
    """A report within the present state."""
    release, kind = case.release, case.actor.kind
    if kind is ActorKind.STRANGER:
        return refuse(case, RefusalKind.FORBIDDEN, Need.ROLE)
    if kind is not ActorKind.TIME and case.actor.key == release.moved_by and attempt.phase in {"", release.phase}:
        return None  # the answer to the first call was lost
    if kind not in REPORTERS.get(release.status, ()):
        return refuse(case, RefusalKind.NOT_ALLOWED, Need.NO_STEP)
    if attempt.expect_rev != release.rev:
        return refuse(case, RefusalKind.STALE, Need.STALE)
    need = _find_need_of_phase(case, attempt)
    if need is not None:
        return refuse(case, RefusalKind.NOT_ALLOWED, need)
    deadline = _limit_phase(case)
    told = (OutgoingKind.NOTICE,) if kind is ActorKind.TIME else ()
    changed = replace(
        release,
        phase=attempt.phase,
        rev=release.rev + 1,
        moved_by=case.actor.key,
        log_link=attempt.evidence.log_link or release.log_link,
        deadline_at=deadline,
    )
    return Change(changed, case.environment, outgoing=(OutgoingKind.CARD, *told))


def _limit_phase(case: Case) -> datetime | None:
    """When the state has to end after this report. The rollout's reports do not put an abort off."""
    if not case.release.is_abort_asked:
        return limit_at(case.release.status, case.now)
    return case.now + ABORT_LIMIT if case.actor.kind is ActorKind.TIME else case.release.deadline_at


def _find_need_of_phase(case: Case, attempt: Attempt) -> Need | None:
    release = case.release
    if case.actor.kind is ActorKind.TIME:
        return None if is_due(case, attempt) else Need.NOT_DUE
    runs = {Status.INITIATED: release.github_run_id, Status.DEPLOYING: release.deployment_run_id}
    if case.actor.id != runs.get(release.status, case.actor.id):
        return Need.OTHER_RUN
    if not attempt.phase:
        return Need.PHASE
    return Need.TOO_LONG if _is_too_long(attempt) else None


def _change(case: Case, attempt: Attempt) -> Change:
    """The documents after a step that nothing forbids."""
    target = attempt.target
    told = (OutgoingKind.NOTICE,) if target in TOLD else ()
    changed = replace(
        without_workflows(case.release),
        status=target,
        phase=attempt.phase,
        rev=case.release.rev + 1,
        moved_by=case.actor.key,
        log_link=attempt.evidence.log_link or case.release.log_link,
        deadline_at=limit_at(target, case.now),
        completed_at=case.now if target in ENDS else None,
        superseded_by=attempt.superseded_by,
        paused_at=None,
        entered_at=case.release.entered_at | {target.value: case.now},
    )
    change = Change(changed, case.environment, outgoing=(OutgoingKind.CARD, *told))
    finish = _FINISH.get(target)
    return change if finish is None else finish(case, attempt, change)


def _begin_building(case: Case, attempt: Attempt, change: Change) -> Change:
    return replace(change, release=replace(change.release, started_at=case.now))


def _begin_testing(case: Case, attempt: Attempt, change: Change) -> Change:
    """From staging: the newest candidate, which overtakes the one before. Taken back: a new round."""
    release = replace(change.release, votes=())
    if case.release.status is Status.MANUAL_TEST_PASSED:
        return replace(change, release=release)
    release = replace(release, digest=attempt.evidence.versions[0])
    service, environment = release.service_name, case.environment
    before = case.others.get(environment.candidate.get(service, ""))
    is_waiting = before is not None and before.id != release.id and before.status is Status.MANUAL_TESTING
    environment = replace(environment, candidate=environment.candidate | {service: release.id})
    overtaken = (before.id,) if before is not None and is_waiting else ()
    return replace(change, release=release, environment=environment, overtaken=overtaken)


def without_workflows(release: Release) -> Release:
    """The release whose unsent workflows are not started: they were wanted in the state that it leaves.

    A late one would go back a second time, from the good release.
    """
    kept = tuple(each for each in release.outbox if each.kind not in {OutgoingKind.DEPLOYMENT, OutgoingKind.ROLLBACK})
    return replace(release, outbox=kept)


def _pass_tests(case: Case, attempt: Attempt, change: Change) -> Change:
    return replace(change, outgoing=(*change.outgoing, OutgoingKind.DEPLOYMENT))


def _begin_deployment(case: Case, attempt: Attempt, change: Change) -> Change:
    release = replace(change.release, deployment_run_id=case.actor.id)
    return replace(change, release=release, environment=replace(case.environment, moving=release.id))


def _end_deployment(case: Case, attempt: Attempt, change: Change) -> Change:
    """Everything older that is undecided is overtaken, and the release that was live stays one to go back to."""
    release, environment = change.release, case.environment
    before = case.others.get(environment.live.get(release.service_name, ""))
    older = (each for each in case.others.values() if each.status in UNDECIDED and each.created_at < release.created_at)
    return replace(
        change,
        environment=replace(environment, moving="", live=environment.live | {release.service_name: release.id}),
        overtaken=tuple(each.id for each in older),
        replaced=() if before is None else (replace(before, superseded_by=release.id),),
    )


def _fail_in_production(case: Case, attempt: Attempt, change: Change) -> Change:
    environment = replace(case.environment, moving="", hold=f"{change.release.id}: {attempt.target.value}")
    return replace(change, release=replace(change.release, is_abort_asked=False), environment=environment)


def _go_back(case: Case, attempt: Attempt, change: Change) -> Change:
    """A workflow that goes back by itself needs no other to be started."""
    tag = case.release.rollback_to_tag if is_going_back(case.release) else attempt.rollback_to_tag
    release = replace(change.release, rollback_to_tag=tag)
    starts = () if case.actor.kind is ActorKind.ROLLBACK else (OutgoingKind.ROLLBACK,)
    environment = replace(case.environment, moving=release.id)
    return replace(change, release=release, environment=environment, outgoing=(*change.outgoing, *starts))


def _be_back(case: Case, attempt: Attempt, change: Change) -> Change:
    target = find_target(case, attempt)
    assert target is not None, "the step needs it"
    live = case.environment.live | {target.service_name: target.id}
    hold = f"{change.release.id}: {attempt.target.value}"
    environment = replace(case.environment, moving="", live=live, hold=hold)
    return replace(change, environment=environment, replaced=(replace(target, superseded_by=""),))


_FINISH: Mapping[Status, Callable[[Case, Attempt, Change], Change]] = {
    Status.BUILDING: _begin_building,
    Status.MANUAL_TESTING: _begin_testing,
    Status.MANUAL_TEST_PASSED: _pass_tests,
    Status.DEPLOYING: _begin_deployment,
    Status.DEPLOYED: _end_deployment,
    Status.PRODUCTION_FAILED: _fail_in_production,
    Status.ROLLBACK: _go_back,
    Status.ROLLBACK_DONE: _be_back,
}

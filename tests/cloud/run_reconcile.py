"""Reconciliation: what Cloud Run does after it has accepted a change.

The newest revision starts, or fails for good. Then the traffic moves, all of it or nothing: only when each of its
targets is a revision that is there and ready. A service whose newest revision failed stays failed whatever its traffic
is (`latest_ready_revision` ≠ `latest_created_revision`), so a change of traffic alone moves it and yet ends in an
error; google.cloud.run_v2.types.Service says so of `reconciling`.
"""

from collections.abc import Callable
from datetime import datetime

from google.cloud.run_v2.types import Condition, Service, TrafficTarget, TrafficTargetStatus

from tests.cloud.run_history import short_name
from tests.cloud.run_rules import BY_NAME, LATEST
from tests.cloud.run_state import Kept

State = Condition.State
Admit = Callable[[str], str]
"""Why an image may not run; empty if it may."""
STARTUP_FAILED = "The user-provided container failed the configured startup probe checks."


def start_revisions(kept: Kept, broken: set[str], at: datetime, admit: Admit) -> None:
    """What was created becomes ready, or failed where its image is among the broken ones or may not run."""
    for name, revision in kept.revisions.items():
        if not revision.reconciling:
            continue
        revision.reconciling = False
        revision.observed_generation = revision.generation
        if refusal := _ask(kept.service, revision.containers[0].image, admit):
            kept.failed.add(name)
            revision.conditions = [_refuse(refusal, at)]
        elif any(each and each in revision.containers[0].image for each in broken):
            kept.failed.add(name)
            revision.conditions = [_fail(kind, at) for kind in ("Ready", "ContainerHealthy")]
        else:
            kept.service.latest_ready_revision = revision.name
            kinds = ("Ready", "ContainerHealthy", "ResourcesAvailable")
            revision.conditions = [make_condition(kind, at) for kind in kinds]


def _ask(service: Service, image: str, admit: Admit) -> str:
    """Why Binary Authorization refuses the image; empty where it does not, or is not asked."""
    asked = service.binary_authorization
    return admit(image) if asked.use_default and not asked.breakglass_justification else ""


def move_traffic(kept: Kept) -> str:
    """Route as wished; the problem, and nothing moves, where a target cannot serve."""
    service = kept.service
    statuses = []
    for target in list(service.traffic) or [TrafficTarget(type_=LATEST, percent=100)]:
        revision = target.revision if target.type_ == BY_NAME else short_name(service.latest_ready_revision)
        if revision not in kept.revisions:
            return f"Revision '{revision}' does not exist or is deleted. Update all traffic to route elsewhere."
        if revision in kept.failed:
            return f"Revision '{revision}' is not ready and cannot serve traffic. {STARTUP_FAILED}"
        statuses.append(_status(service, target, revision))
    service.traffic_statuses = statuses
    return ""


def find_problem(kept: Kept) -> str:
    """Why the service is not as wished though its traffic may be; empty when all is well."""
    newest = short_name(kept.service.latest_created_revision)
    if newest in kept.failed:
        return f"Revision '{newest}' is not ready and cannot serve traffic. {STARTUP_FAILED}"
    return ""


def conclude(service: Service, problem: str, at: datetime) -> None:
    """The service's own conditions."""
    if problem:
        service.terminal_condition = make_condition("Ready", at, State.CONDITION_FAILED, problem)
    else:
        service.terminal_condition = make_condition("Ready", at)
        service.observed_generation = service.generation
    state = int(service.terminal_condition.state)
    kinds = ("RoutesReady", "ConfigurationsReady")
    service.conditions = [make_condition(kind, at, state, problem) for kind in kinds]


def make_condition(kind: str, at: datetime, state: int = State.CONDITION_SUCCEEDED, message: str = "") -> Condition:
    severity = Condition.Severity.ERROR if state == State.CONDITION_FAILED else Condition.Severity.SEVERITY_UNSPECIFIED
    return Condition(type_=kind, state=state, message=message, severity=severity, last_transition_time=at)


def _refuse(why: str, at: datetime) -> Condition:
    return Condition(
        type_="Ready",
        state=State.CONDITION_FAILED,
        message=f"Revision uses an unauthorized container image. {why}",
        severity=Condition.Severity.ERROR,
        reason=Condition.CommonReason.CONTAINER_IMAGE_UNAUTHORIZED,
        last_transition_time=at,
    )


def _fail(kind: str, at: datetime) -> Condition:
    return Condition(
        type_=kind,
        state=State.CONDITION_FAILED,
        message=STARTUP_FAILED,
        severity=Condition.Severity.ERROR,
        revision_reason=Condition.RevisionReason.HEALTH_CHECK_CONTAINER_ERROR,
        last_transition_time=at,
    )


def _status(service: Service, target: TrafficTarget, revision: str) -> TrafficTargetStatus:
    return TrafficTargetStatus(
        type_=target.type_,
        revision=revision,
        percent=target.percent,
        tag=target.tag,
        uri=service.uri.replace("://", f"://{target.tag}---", 1) if target.tag else "",
    )

"""The table of a release's transitions: from where, to where, and by whom. Nothing else is allowed. Pure.

initiated ─▶ building ─▶ manual_testing ◀─▶ manual_test_passed ─▶ deploying ─▶ deployed
│             │                                       │            │
staging_failed  manual_test_failed                   production_failed    │
└─▶ rollback ◀┘
the first four ─▶ cancelled                              rollback ─▶ rollback_done
rollback ◀─▶ rollback_failed ─▶ rollback_done
"""

from dataclasses import dataclass

from shared.releases.actor import Actor, ActorKind, Permission
from shared.releases.release import UNDECIDED, Release, Status

BUILD, DEPLOY, BACK = ActorKind.BUILD, ActorKind.DEPLOY, ActorKind.ROLLBACK
MONITOR, TIME, MEMBER = ActorKind.MONITOR, ActorKind.TIME, ActorKind.MEMBER


@dataclass(frozen=True, slots=True)
class Transition:
    """One row for each source."""

    sources: tuple[Status, ...]
    target: Status
    actors: tuple[ActorKind, ...]
    permission: Permission | None = None
    """What a member must be allowed to."""


TRANSITIONS = (
    Transition((Status.INITIATED,), Status.BUILDING, (BUILD,)),
    Transition((Status.BUILDING,), Status.STAGING_FAILED, (BUILD, TIME)),
    Transition((Status.BUILDING,), Status.MANUAL_TESTING, (BUILD,)),
    Transition((Status.MANUAL_TESTING,), Status.MANUAL_TEST_PASSED, (MEMBER,), Permission.APPROVE),
    Transition((Status.MANUAL_TESTING,), Status.MANUAL_TEST_FAILED, (MEMBER,), Permission.APPROVE),
    Transition((Status.MANUAL_TEST_PASSED,), Status.MANUAL_TESTING, (MEMBER,), Permission.APPROVE),
    Transition((Status.MANUAL_TEST_PASSED,), Status.DEPLOYING, (DEPLOY,)),
    Transition((Status.DEPLOYING,), Status.DEPLOYED, (DEPLOY,)),
    # A person's abort is carried out by the workflow that goes back: the traffic first, then the status.
    Transition((Status.DEPLOYING,), Status.PRODUCTION_FAILED, (DEPLOY, BACK)),
    Transition(
        (Status.DEPLOYED, Status.PRODUCTION_FAILED), Status.ROLLBACK, (MEMBER, MONITOR, BACK), Permission.ROLL_BACK
    ),
    # Also after its deadline: the workflow may only have been slow, and `/version` says where the traffic is.
    Transition((Status.ROLLBACK, Status.ROLLBACK_FAILED), Status.ROLLBACK_DONE, (BACK,)),
    Transition((Status.ROLLBACK,), Status.ROLLBACK_FAILED, (TIME,)),
    Transition((Status.ROLLBACK_FAILED,), Status.ROLLBACK, (MEMBER,), Permission.ROLL_BACK),
    Transition(UNDECIDED, Status.CANCELLED, (MEMBER, TIME), Permission.CANCEL),
)

REPORTERS = {
    Status.INITIATED: (BUILD,),
    Status.BUILDING: (BUILD,),
    Status.DEPLOYING: (DEPLOY, TIME),
    Status.ROLLBACK: (BACK,),
}
"""Who may report a phase within a state. Time reports that nothing was reported."""


def find_transition(source: Status, target: Status) -> Transition | None:
    """The row for this step; None if there is none."""
    return next((each for each in TRANSITIONS if source in each.sources and each.target is target), None)


def may_make(actor: Actor, transition: Transition, release: Release) -> bool:
    """Whether this actor may ask for the step; what it needs besides is not looked at."""
    if actor.kind not in transition.actors:
        return False
    if actor.kind is not MEMBER or transition.permission is None:
        return True
    is_own = transition.target is Status.CANCELLED and actor.github_id in release.initiator_ids
    return is_own or actor.may(transition.permission)


def list_allowed(release: Release, actor: Actor) -> tuple[Status, ...]:
    """Where this actor may bring the release from its present state."""
    rows = (each for each in TRANSITIONS if release.status in each.sources)
    return tuple(each.target for each in rows if may_make(actor, each, release))

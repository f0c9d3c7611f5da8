"""Every state, every target and every actor: what is not in the table is refused, with what is allowed instead."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.releases.actor import Account, ActorKind, Role
from shared.releases.attempt import Need, Refusal, RefusalKind
from shared.releases.decide_change import Change, decide_change
from shared.releases.release import Status
from shared.releases.transitions import list_allowed
from tests.unit.releases.releasing import INITIATOR, NOW, make_actor, make_attempt, make_case, make_release

LATE = NOW + timedelta(days=9)
WORKFLOWS = {
    ActorKind.BUILD: {
        ("initiated", "building"),
        ("building", "staging_failed"),
        ("building", "manual_testing"),
    },
    ActorKind.DEPLOY: {
        ("manual_test_passed", "deploying"),
        ("deploying", "deployed"),
        ("deploying", "production_failed"),
    },
    ActorKind.ROLLBACK: {
        ("deploying", "production_failed"),
        ("deployed", "rollback"),
        ("production_failed", "rollback"),
        ("rollback", "rollback_done"),
        ("rollback_failed", "rollback_done"),
    },
    ActorKind.MONITOR: {("deployed", "rollback"), ("production_failed", "rollback")},
    ActorKind.TIME: {
        ("building", "staging_failed"),
        ("rollback", "rollback_failed"),
        *((each, "cancelled") for each in ("initiated", "building", "manual_testing", "manual_test_passed")),
    },
    ActorKind.STRANGER: set[tuple[str, str]](),
}
APPROVES = {
    ("manual_testing", "manual_test_passed"),
    ("manual_testing", "manual_test_failed"),
    ("manual_test_passed", "manual_testing"),
}
GOES_BACK = {("deployed", "rollback"), ("production_failed", "rollback"), ("rollback_failed", "rollback")}
CANCELS = {(each, "cancelled") for each in ("initiated", "building", "manual_testing", "manual_test_passed")}
MEMBERS = {
    Role.VIEWER: set[tuple[str, str]](),
    Role.DEVELOPER: set[tuple[str, str]](),
    Role.QA: APPROVES,
    Role.RELEASE_MANAGER: APPROVES | GOES_BACK | CANCELS,
    Role.OPERATOR: GOES_BACK,
    Role.ADMIN: GOES_BACK,
}
ROWS = [
    *((kind, Role.VIEWER, steps) for kind, steps in WORKFLOWS.items()),
    *((ActorKind.MEMBER, role, steps) for role, steps in MEMBERS.items()),
]


@pytest.mark.parametrize("source", Status)
@pytest.mark.parametrize(("kind", "role", "steps"), ROWS, ids=lambda each: getattr(each, "value", None))
def test_whole_matrix(kind: ActorKind, role: Role, steps: set[tuple[str, str]], source: Status) -> None:
    """With all that a step may need, an actor makes exactly the steps of the design, and hears of them otherwise."""
    release = make_release(source, is_abort_asked=kind is ActorKind.ROLLBACK)
    actor = make_actor(kind, release, role)
    now = LATE if kind is ActorKind.TIME else NOW
    allowed = {target for target in Status if (source.value, target.value) in steps}
    for target in set(Status) - {source}:
        result = decide_change(make_case(release, actor, now), make_attempt(release, target))
        if target in allowed:
            assert isinstance(result, Change), f"{target}: {result}"
            assert (result.release.status, result.release.rev) == (target, release.rev + 1)
        else:
            assert isinstance(result, Refusal), target
            assert result.need in {Need.NO_STEP, Need.ROLE}
            assert set(result.allowed) == allowed


@pytest.mark.parametrize("source", Status)
@pytest.mark.parametrize("kind", ActorKind)
def test_phases_are_reported_by_who_works(kind: ActorKind, source: Status) -> None:
    """Within a state only its own workflow reports a phase, and time that nothing was reported for long."""
    reporters = {
        Status.INITIATED: {ActorKind.BUILD},
        Status.BUILDING: {ActorKind.BUILD},
        Status.DEPLOYING: {ActorKind.DEPLOY, ActorKind.TIME},
        Status.ROLLBACK: {ActorKind.ROLLBACK},
    }
    release = make_release(source)
    result = decide_change(make_case(release, make_actor(kind, release), LATE), make_attempt(release, source))
    if kind in reporters.get(source, ()):
        assert isinstance(result, Change)
        assert (result.release.status, result.release.phase, result.release.rev) == (source, "phase", 6)
        assert result.release.deadline_at is not None
        assert result.release.deadline_at > LATE
    else:
        assert isinstance(result, Refusal)
        is_stranger = kind is ActorKind.STRANGER
        assert result.kind is (RefusalKind.FORBIDDEN if is_stranger else RefusalKind.NOT_ALLOWED)


def test_initiators_cancel_without_a_role() -> None:
    """A member whose GitHub account began the release may cancel it, a member without an account may not."""
    release = make_release(Status.BUILDING)
    member = make_actor(ActorKind.MEMBER, release, Role.VIEWER)
    release = replace(release, initiators=(Account(901, "pat"),))
    for account in (INITIATOR, 901):
        assert list_allowed(release, replace(member, github_id=account)) == (Status.CANCELLED,)
    assert list_allowed(replace(release, initiated_by_id=0, initiators=()), replace(member, github_id=0)) == ()

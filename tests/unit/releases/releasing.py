"""A release with its people and workflows, for these tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.releases.actor import TIME, Actor, ActorKind, Member, Role
from shared.releases.attempt import Attempt, Evidence
from shared.releases.environment import PRODUCTION, Environment
from shared.releases.needs import Case
from shared.releases.release import LIMITS, Release, Status, Vote

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DIGEST = "sha256:" + "a" * 64
OLD_DIGEST = "sha256:" + "b" * 64
SERVICE = "nanobanana"
INITIATOR = 900
"""GitHub's id."""
RUN, DEPLOY_RUN = "71", "72"

OLD = Release(
    SERVICE, "v1.0.0", "c0", "t0", "60", 901, NOW - timedelta(days=9), status=Status.DEPLOYED, digest=OLD_DIGEST
)
BASE = Release(SERVICE, "v1.1.0", "c1", "t1", RUN, INITIATOR, NOW - timedelta(hours=1))

QA = Member(1, "Quinn", (Role.QA,), 101)
MANAGER = Member(2, "Max", (Role.RELEASE_MANAGER,), 102)
OPERATOR = Member(3, "Olga", (Role.OPERATOR,), 103)

EVIDENCE = Evidence(
    tree="t1",
    versions=(DIGEST,),
    is_smoke_passed=True,
    is_way_back_walked=True,
    is_rollout_whole=True,
    is_watch_passed=True,
    is_traffic_back=True,
)
"""All that a good release shows, but for a way back."""
BACK_EVIDENCE = replace(EVIDENCE, versions=(OLD_DIGEST,) * 5)


def make_release(status: Status, **changes: Any) -> Release:
    """The release in this state, as it gets there."""
    limit = LIMITS.get(status)
    release = replace(BASE, status=status, deadline_at=None if limit is None else NOW + limit, rev=5)
    if status not in {Status.INITIATED, Status.BUILDING}:
        release = replace(release, digest=DIGEST, votes=(vote(QA), vote(MANAGER)))
    if status in {Status.DEPLOYING, Status.DEPLOYED, Status.PRODUCTION_FAILED}:
        release = replace(release, deployment_run_id=DEPLOY_RUN)
    if status in {Status.ROLLBACK, Status.ROLLBACK_FAILED}:
        release = replace(release, rollback_to_tag=OLD.release_tag)
    return replace(release, **changes)


def vote(member: Member) -> Vote:
    return Vote(member.telegram_id, 5, DIGEST, NOW)


def make_environment(release: Release, **changes: Any) -> Environment:
    """Production, as it is while the release is in its state."""
    is_moving = release.status in {Status.DEPLOYING, Status.ROLLBACK, Status.ROLLBACK_FAILED}
    live = release.id if release.status is Status.DEPLOYED else OLD.id
    environment = Environment(
        PRODUCTION,
        moving=release.id if is_moving else "",
        live={SERVICE: live},
        candidate={SERVICE: release.id},
    )
    return replace(environment, **changes)


def make_case(release: Release, actor: Actor, now: datetime = NOW, **environment: Any) -> Case:
    """What a decision rests on: the release, the one before it, and those who have voted."""
    found = make_environment(release, **environment)
    return Case(release, found, actor, now, {OLD.id: OLD}, (QA, MANAGER))


def make_actor(kind: ActorKind, release: Release, role: Role = Role.RELEASE_MANAGER) -> Actor:
    """An actor of this kind who has the most to say: the right run, a member with this role."""
    if kind is ActorKind.TIME:
        return TIME
    if kind in {ActorKind.MEMBER, ActorKind.STRANGER}:
        return Actor(kind, "2", "Max", (role,) if kind is ActorKind.MEMBER else (), 102)
    run = release.deployment_run_id or DEPLOY_RUN if kind is ActorKind.DEPLOY else RUN
    return Actor(kind, run, "hand")


def make_attempt(release: Release, target: Status, **changes: Any) -> Attempt:
    """An attempt that has all it may need."""
    evidence = BACK_EVIDENCE if target is Status.ROLLBACK_DONE else EVIDENCE
    attempt = Attempt(
        target, release.rev, "phase", "because", evidence, digest=release.digest, rollback_to_tag=OLD.release_tag
    )
    return replace(attempt, **changes)

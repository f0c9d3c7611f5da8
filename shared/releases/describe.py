"""Releases, events, environments and refusals as the API tells them: JSON, refusals by RFC 9457. Pure."""

from datetime import datetime
from typing import Any

from shared.ports import Fields
from shared.releases.actor import Actor
from shared.releases.attempt import Refusal, RefusalKind
from shared.releases.environment import Environment
from shared.releases.release import Release
from shared.releases.transitions import list_allowed

Json = dict[str, Any]
STATUS = {
    RefusalKind.NOT_ALLOWED: 409,
    RefusalKind.STALE: 412,
    RefusalKind.FORBIDDEN: 403,
    RefusalKind.UNKNOWN: 404,
}


def describe_release(release: Release, actor: Actor) -> Json:
    """A release, and where this actor may bring it."""
    names = (
        *("service_name", "release_tag", "rollback_to_tag", "phase", "rev", "commit", "tree", "digest"),
        *("initiated_by_id", "initiated_by_login", "github_run_id", "github_action_link", "github_ref"),
        *("superseded_by", "is_abort_asked"),
    )
    times = ("created_at", "started_at", "completed_at", "deadline_at")
    return {
        "id": release.id,
        "status": release.status.value,
        "kind": release.kind.value,
        **{name: getattr(release, name) for name in names},
        **{name: _write_time(getattr(release, name)) for name in times},
        "is_paused": release.paused_at is not None,
        "votes": len(release.votes),
        "events": release.event_count,
        "event_hash": release.event_hash,
        "allowed": [status.value for status in list_allowed(release, actor)],
    }


def describe_event(stored: Fields) -> Json:
    """An event with all that its hash covers, so that a reader can check the chain."""
    return {name: _write_time(value) if isinstance(value, datetime) else value for name, value in stored.items()}


def describe_environment(environment: Environment) -> Json:
    """What moves, what is live, and what holds releases back."""
    return {
        "name": environment.name,
        "moving": environment.moving,
        "live": environment.live,
        "candidate": environment.candidate,
        "hold": environment.hold,
        "frozen_until": _write_time(environment.frozen_until),
        "freeze_reason": environment.freeze_reason,
        "quorum": environment.quorum,
        "policy_version": environment.policy_version,
    }


def describe_refusal(refusal: Refusal) -> Json:
    """A problem: what is missing, and what the caller may do instead."""
    return {
        "type": f"urn:release:{refusal.need.value}",
        "title": refusal.kind.value,
        "status": STATUS[refusal.kind],
        "detail": refusal.need.value,
        "allowed": [status.value for status in refusal.allowed],
        "rev": refusal.rev,
    }


def _write_time(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()

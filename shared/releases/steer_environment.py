"""Members hold releases back, for a time or until somebody lets them go."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from shared.logs import log_event
from shared.people.accounts import try_until_won
from shared.releases.actor import ROLES, Permission, Role
from shared.releases.attempt import WORDS_MAX, Need, Refusal, RefusalKind
from shared.releases.environment import PRODUCTION, SEATS_MAX, Environment
from shared.releases.read_case import find_actor, read_records
from shared.releases.release_documents import (
    check_unchanged,
    decode_environment,
    environment_key,
    member_key,
    write_environment,
)
from shared.releases.release_ports import Caller, ReleasePorts

Steer = Callable[[Environment], Environment]


async def set_hold(
    ports: ReleasePorts, member_id: int, reason: str, expected: str | None = None
) -> Environment | Refusal:
    """Hold all releases back for this reason; an empty one lets them go. Raises UnavailableError.

    `expected`: the hold that was on the screen; with another one nothing changes, and it is answered as it is.
    """
    steer = partial(_hold, reason=reason[:WORDS_MAX], expected=expected)
    return await try_until_won(ports, lambda: _steer(ports, member_id, Permission.HOLD, steer))


async def set_freeze(ports: ReleasePorts, member_id: int, until: datetime | None, reason: str) -> Environment | Refusal:
    """Let no deployment begin until then; None lets them begin. Raises UnavailableError."""
    steer = partial(_freeze, until=until, reason=reason[:WORDS_MAX])
    return await try_until_won(ports, lambda: _steer(ports, member_id, Permission.FREEZE, steer))


async def set_quorum(
    ports: ReleasePorts, member_id: int, role: Role, count: int, version: int
) -> Environment | Refusal:
    """Ask for so many approvals of a role before production. Raises UnavailableError.

    `version`: that of the policy on the screen. With another one, or where nobody had to approve, nothing changes, and
    it is answered as it is.
    """
    steer = partial(_ask_for, role=role, count=count, version=version)
    return await try_until_won(ports, lambda: _steer(ports, member_id, Permission.MEMBERS, steer))


def _ask_for(environment: Environment, *, role: Role, count: int, version: int) -> Environment:
    quorum = environment.quorum | {role.value: count}
    is_possible = role in ROLES[Permission.APPROVE] and 0 <= count <= SEATS_MAX and any(quorum.values())
    if version != environment.policy_version or not is_possible or quorum == environment.quorum:
        return environment
    return replace(environment, quorum=quorum, policy_version=version + 1)


def _hold(environment: Environment, *, reason: str, expected: str | None) -> Environment:
    is_another = expected is not None and environment.hold != expected
    return environment if is_another else replace(environment, hold=reason)


def _freeze(environment: Environment, *, until: datetime | None, reason: str) -> Environment:
    return replace(environment, frozen_until=until, freeze_reason=reason if until is not None else "")


async def _steer(ports: ReleasePorts, member_id: int, permission: Permission, steer: Steer) -> Environment | Refusal:
    records = await read_records(ports, [environment_key(PRODUCTION), member_key(member_id)])
    if not find_actor(Caller(member_id=member_id), records).may(permission):
        log_event("steering_refused", severity="WARNING", member=member_id, permission=permission.value)
        return Refusal(RefusalKind.FORBIDDEN, Need.ROLE)
    record = records.get(environment_key(PRODUCTION))
    changed = steer(decode_environment(record, PRODUCTION))
    await ports.store.commit([write_environment(record, changed), check_unchanged(records[member_key(member_id)])])
    log_event("environment_steered", member=member_id, permission=permission.value)
    return changed

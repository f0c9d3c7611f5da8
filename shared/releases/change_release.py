"""One attempt to change a release: read, decide, and one commit of status, event and what has to be sent outside.

    read ── decide ── commit {release + event + outbox, environment, releases that it overtakes, mark of the token}
      ▲                 │ somebody was faster                       └─▶ task: send the outbox (send_outgoing.py)
      └─────────────────┘
    refused ── commit {release: end of the chain, event}

A process that dies before the commit has done nothing, one that dies after it leaves the outbox to `sweep_releases`.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.codec import update
from shared.errors import ConflictError, UnavailableError
from shared.logs import log_event
from shared.people.accounts import try_until_won
from shared.ports import Record, Write
from shared.releases.actor import TIME, Actor
from shared.releases.attempt import Attempt, Need, Refusal, RefusalKind
from shared.releases.decide_change import Change, decide_change, refuse
from shared.releases.event import REFUSALS_MAX, append_event
from shared.releases.needs import Case
from shared.releases.read_case import Opened, read_case
from shared.releases.release import Outgoing, OutgoingKind, Release, Status
from shared.releases.release_documents import (
    check_unchanged,
    create_event,
    create_token,
    environment_key,
    event_key,
    member_key,
    release_key,
    write_environment,
)
from shared.releases.release_ports import Caller, ReleasePorts

SEND_AFTER = timedelta(minutes=1)
"""After this time the sweep makes another task for what is unsent."""

Decide = Callable[[Case, Attempt], Change | Refusal | None]
"""`decide_change`, `decide_vote`, `decide_abort`, `decide_start`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt."""

    release: Release | None
    """As it is after it; None: there is no such release."""
    refusal: Refusal | None = None
    is_repeat: bool = False
    """It had been done before."""
    touched: tuple[str, ...] = ()
    """Ids of releases that have something to send."""


async def change_release(
    ports: ReleasePorts, caller: Caller, id_: str, attempt: Attempt, decide: Decide = decide_change
) -> Outcome:
    """Make one attempt. Raises UnavailableError: then it may have been made, and a repetition tells."""
    outcome = await try_until_won(ports, lambda: _attempt(ports, caller, id_, attempt, decide))
    if outcome.refusal is not None:
        log_refusal(id_, attempt.target, outcome.refusal)
    elif not outcome.is_repeat:
        log_event("release_changed", release=id_, target=attempt.target.value)
    await publish_all(ports, outcome.touched)
    return outcome


def log_refusal(id_: str, target: Status, refusal: Refusal) -> None:
    """One line for each refused attempt: an alarm counts them."""
    log_event("release_refused", severity="WARNING", release=id_, target=target.value, need=refusal.need.value)


async def publish_all(ports: ReleasePorts, ids: tuple[str, ...]) -> None:
    """Make the tasks that send; the sweep makes those that fail here."""
    for id_ in ids:
        try:
            await ports.publish(id_)
        except UnavailableError as error:
            log_event("release_unpublished", severity="WARNING", release=id_, error=error)


async def _attempt(ports: ReleasePorts, caller: Caller, id_: str, attempt: Attempt, decide: Decide) -> Outcome:
    opened = await read_case(ports, caller, id_, attempt)
    if opened is None:
        return await _refuse_unknown(ports, caller)
    case = opened.case
    if opened.is_token_used:
        return await _refuse(ports, opened, attempt, refuse(case, RefusalKind.FORBIDDEN, Need.REPLAYED), [])
    result = decide(case, attempt)
    mark: list[Write] = [create_token(caller.token_id, case.now)] if caller.token_id else []
    if isinstance(result, Refusal):
        return await _refuse(ports, opened, attempt, result, mark)
    if result is None:
        if mark:
            await ports.store.commit(mark)
        return Outcome(case.release, is_repeat=True)
    release, writes, touched = _write_change(opened, attempt, result)
    await ports.store.commit([*writes, *mark])
    return Outcome(release, touched=touched)


async def _refuse_unknown(ports: ReleasePorts, caller: Caller) -> Outcome:
    """There is no history to write it into, but the token is used up; whoever repeats it changes nothing either."""
    if caller.token_id:
        with suppress(ConflictError):
            await ports.store.commit([create_token(caller.token_id, ports.clock.now())])
    return Outcome(None, Refusal(RefusalKind.UNKNOWN, Need.NO_RELEASE))


def _write_change(opened: Opened, attempt: Attempt, change: Change) -> tuple[Release, list[Write], tuple[str, ...]]:
    """The release after the step, all writes of the commit, and whose outboxes are to be sent."""
    case = opened.case
    record = opened.records[release_key(case.release.id)]
    release, writes = write_step(record, case.release.status, change, case.actor, attempt, case.now)
    writes += _write_environment(opened, change)
    writes += _check_members(opened)
    for other in change.replaced:
        card = add_outgoing(other, (OutgoingKind.CARD,), other.event_count, case.now)
        writes.append(update(opened.records[release_key(other.id)], card))
    for id_ in change.overtaken:
        writes += _overtake(opened, change, case.others[id_])
    return release, writes, (release.id, *(each.id for each in change.replaced), *change.overtaken)


def write_step(
    record: Record, source: Status, change: Change, actor: Actor, attempt: Attempt, now: datetime
) -> tuple[Release, list[Write]]:
    """The release with its event and its outbox, and the writes of both documents."""
    release, event = append_event(change.release, actor, attempt, now, source=source)
    release = add_outgoing(release, change.outgoing, event.number, now)
    return release, [update(record, release), create_event(event)]


def add_outgoing(release: Release, kinds: tuple[OutgoingKind, ...], event_number: int, now: datetime) -> Release:
    """The release with more to send. A card shows the newest state, so one is enough."""
    kept = tuple(each for each in release.outbox if each.kind is not OutgoingKind.CARD or each.kind not in kinds)
    outbox = (*kept, *(Outgoing(kind, event_number) for kind in kinds))
    return with_sweep(replace(release, outbox=outbox), now)


def with_sweep(release: Release, now: datetime) -> Release:
    """The release with the time of its next sweep: what is unsent, or the deadline, whatever comes first."""
    due = [] if release.deadline_at is None else [release.deadline_at]
    due += [now + SEND_AFTER] if release.outbox else []
    return replace(release, sweep_at=min(due, default=None))


def _overtake(opened: Opened, change: Change, other: Release) -> list[Write]:
    """Cancel a release that a newer one has overtaken."""
    now, id_ = opened.case.now, change.release.id
    attempt = Attempt(Status.CANCELLED, other.rev, reason=f"overtaken by {id_}", superseded_by=id_)
    cancelled = decide_change(Case(other, change.environment, TIME, now), attempt)
    assert isinstance(cancelled, Change), "it is undecided"
    _, writes = write_step(opened.records[release_key(other.id)], other.status, cancelled, TIME, attempt, now)
    return writes


def _write_environment(opened: Opened, change: Change) -> list[Write]:
    """The changed environment, or a check that it is as it was read; one that is not there yet has no rules."""
    record = opened.records.get(environment_key(change.environment.name))
    if change.environment != opened.case.environment:
        return [write_environment(record, change.environment)]
    return [] if record is None else [check_unchanged(record)]


def _check_members(opened: Opened) -> list[Write]:
    """Checks that nobody's roles, on which the step rests, have changed since they were read."""
    ids = {member.telegram_id for member in opened.case.members}
    return [check_unchanged(opened.records[member_key(each)]) for each in sorted(ids)]


async def _refuse(
    ports: ReleasePorts, opened: Opened, attempt: Attempt, refusal: Refusal, mark: list[Write]
) -> Outcome:
    """Put a refused attempt into the history, unless it says what the last event says, or there are too many.

    Its token is used up in any case.
    """
    case = opened.case
    release, event = append_event(
        case.release, case.actor, attempt, case.now, source=case.release.status, refusal=refusal.need.value
    )
    writes = mark
    if case.release.refusal_count < REFUSALS_MAX and not _is_said(opened, attempt, refusal):
        record = opened.records[release_key(release.id)]
        writes = [update(record, release), create_event(event), *mark]
    if writes:
        await ports.store.commit(writes)
    return Outcome(case.release, refusal)


def _is_said(opened: Opened, attempt: Attempt, refusal: Refusal) -> bool:
    case = opened.case
    last = opened.records.get(event_key(case.release.id, case.release.event_count))
    said = (case.actor.kind.value, case.actor.id, attempt.target.value, refusal.need.value)
    names = ("actor_kind", "actor_id", "target", "refusal")
    return last is not None and tuple(last.fields.get(name) for name in names) == said

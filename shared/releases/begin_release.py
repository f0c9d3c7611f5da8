"""A workflow begins a release. The id is the service and the tag, so whoever begins it twice finds it.

A tag on what staging tests or production serves begins nothing either: one tree has one release on its way.
"""

from datetime import datetime

from shared.logs import log_event
from shared.people.accounts import try_until_won
from shared.ports import Create, Write
from shared.releases.actor import Account, Actor, ActorKind
from shared.releases.attempt import Attempt, Need, Refusal, RefusalKind
from shared.releases.beginning import Beginning, is_usable
from shared.releases.change_release import Outcome, add_outgoing, change_release, log_refusal, publish_all
from shared.releases.changes import Changes
from shared.releases.decide_change import Change, refuse
from shared.releases.environment import PRODUCTION, Environment
from shared.releases.event import append_event
from shared.releases.needs import Case
from shared.releases.read_case import decode_readable, find_actor, is_token_used, list_first_keys, read_records
from shared.releases.release import (
    UNDECIDED,
    OutgoingKind,
    Release,
    Status,
    limit_at,
    release_id,
)
from shared.releases.release_documents import (
    check_unchanged,
    create_event,
    create_release,
    create_token,
    decode_environment,
    environment_key,
    release_key,
)
from shared.releases.release_ports import Caller, ReleasePorts

UNDERWAY = frozenset({*UNDECIDED, Status.DEPLOYING, Status.DEPLOYED})
"""Where a release is, or may become, what serves: its tree needs no other."""


async def begin_release(ports: ReleasePorts, caller: Caller, beginning: Beginning) -> Outcome:
    """Begin a release, or find the one that this commit has. Raises UnavailableError."""
    if not is_usable(beginning):
        return Outcome(None, Refusal(RefusalKind.NOT_ALLOWED, Need.NAME))
    outcome = await try_until_won(ports, lambda: _begin(ports, caller, beginning))
    if outcome is None:  # it is there
        id_ = release_id(beginning.service_name, beginning.release_tag)
        attempt = Attempt(Status.INITIATED, 1, reason=beginning.commit)
        return await change_release(ports, caller, id_, attempt, lambda case, _: _find_again(case, beginning))
    if outcome.refusal is not None:
        log_refusal(release_id(beginning.service_name, beginning.release_tag), Status.INITIATED, outcome.refusal)
    else:
        assert outcome.release is not None, "what is not refused is there"
        log_event("release_begun", release=outcome.release.id, is_repeat=outcome.is_repeat)
    await publish_all(ports, outcome.touched)
    return outcome


async def _begin(ports: ReleasePorts, caller: Caller, beginning: Beginning) -> Outcome | None:
    """One try. None: the release is there."""
    id_, now = release_id(beginning.service_name, beginning.release_tag), ports.clock.now()
    records = await read_records(ports, list_first_keys(caller, id_))
    if release_key(id_) in records:
        return None
    actor, record = find_actor(caller, records), records.get(environment_key(PRODUCTION))
    environment = decode_environment(record, PRODUCTION)
    is_used = is_token_used(caller, records)
    mark: list[Create] = [create_token(caller.token_id, now)] if caller.token_id and not is_used else []
    refusal = _find_refusal(actor, environment, is_used=is_used)
    others = [] if refusal else await _read_others(ports, environment, beginning.service_name)
    same = next((each for each in others if each.tree == beginning.tree and each.status in UNDERWAY), None)
    if refusal is not None or same is not None:
        if mark:
            await ports.store.commit(mark)
        return Outcome(same, refusal, is_repeat=same is not None)
    live = environment.live.get(beginning.service_name)
    base = next((each.commit for each in others if each.id == live), "")
    changes = await ports.find_changes(beginning.commit, base)
    attempt = Attempt(Status.INITIATED, 0)
    begun = _make_release(actor, beginning, now, changes)
    release, event = append_event(begun, actor, attempt, now, source=None)
    release = add_outgoing(release, (OutgoingKind.CARD,), event.number, now)
    writes: list[Write] = [create_release(release), create_event(event)]
    writes += [] if record is None else [check_unchanged(record)]
    await ports.store.commit([*writes, *mark])
    return Outcome(release, touched=(release.id,))


async def _read_others(ports: ReleasePorts, environment: Environment, service: str) -> list[Release]:
    """The service's release that staging shows, and the one that serves."""
    ids = {places[service] for places in (environment.candidate, environment.live) if service in places}
    records = await read_records(ports, [release_key(each) for each in sorted(ids)])
    return list(decode_readable(records.values()))


def _make_release(actor: Actor, beginning: Beginning, now: datetime, changes: Changes) -> Release:
    """The release as it begins. An App that pushes for people is not its initiator: they are."""
    people = [each for each in (Account(actor.github_id, actor.name), *changes.accounts) if not each.is_bot]
    first = people[0] if people else Account(actor.github_id, actor.name)
    return Release(
        beginning.service_name,
        beginning.release_tag,
        beginning.commit,
        beginning.tree,
        actor.id,
        first.id,
        now,
        first.login,
        tuple(dict.fromkeys(people)),
        beginning.github_ref,
        beginning.github_action_link,
        beginning.kind,
        pulls=changes.pulls,
        risks=changes.risks,
        moved_by=actor.key,
        deadline_at=limit_at(Status.INITIATED, now),
        entered_at={Status.INITIATED.value: now},
    )


def _find_refusal(actor: Actor, environment: Environment, *, is_used: bool) -> Refusal | None:
    if is_used:
        return Refusal(RefusalKind.FORBIDDEN, Need.REPLAYED)
    if actor.kind is not ActorKind.BUILD:
        return Refusal(RefusalKind.FORBIDDEN, Need.ROLE)
    return Refusal(RefusalKind.NOT_ALLOWED, Need.HOLD) if environment.hold else None


def _find_again(case: Case, beginning: Beginning) -> Change | Refusal | None:
    """A second beginning changes nothing; of another commit it is refused."""
    if case.actor.kind is not ActorKind.BUILD:
        return refuse(case, RefusalKind.FORBIDDEN, Need.ROLE)
    release = case.release
    is_same = (release.commit, release.tree) == (beginning.commit, beginning.tree)
    return None if is_same else refuse(case, RefusalKind.NOT_ALLOWED, Need.TAKEN)

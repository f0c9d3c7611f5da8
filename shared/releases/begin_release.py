"""A workflow begins a release. The id is the service and the tag, so whoever begins it twice finds it."""

from shared.logs import log_event
from shared.people.accounts import try_until_won
from shared.ports import Create, Write
from shared.releases.actor import Actor, ActorKind
from shared.releases.attempt import Attempt, Need, Refusal, RefusalKind
from shared.releases.beginning import Beginning, is_usable
from shared.releases.change_release import Outcome, add_outgoing, change_release, publish_all
from shared.releases.decide_change import Change, refuse
from shared.releases.environment import PRODUCTION, Environment
from shared.releases.event import append_event
from shared.releases.needs import Case
from shared.releases.read_case import find_actor, is_token_used, list_first_keys, read_records
from shared.releases.release import (
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


async def begin_release(ports: ReleasePorts, caller: Caller, beginning: Beginning) -> Outcome:
    """Begin a release, or find the one that this commit has. Raises UnavailableError."""
    if not is_usable(beginning):
        return Outcome(None, Refusal(RefusalKind.NOT_ALLOWED, Need.NAME))
    outcome = await try_until_won(ports, lambda: _begin(ports, caller, beginning))
    if outcome is None:  # it is there
        id_ = release_id(beginning.service_name, beginning.release_tag)
        attempt = Attempt(Status.INITIATED, 1, reason=beginning.commit)
        return await change_release(ports, caller, id_, attempt, lambda case, _: _find_again(case, beginning))
    id_ = "" if outcome.release is None else outcome.release.id
    log_event("release_begun", release=id_, refused="" if outcome.refusal is None else outcome.refusal.need.value)
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
    refusal = _find_refusal(actor, environment, is_used=is_token_used(caller, records))
    if refusal is not None:
        return Outcome(None, refusal)
    attempt = Attempt(Status.INITIATED, 0)
    begun = Release(
        beginning.service_name,
        beginning.release_tag,
        beginning.commit,
        beginning.tree,
        actor.id,
        actor.github_id,
        now,
        actor.name,
        beginning.github_ref,
        beginning.github_action_link,
        beginning.kind,
        moved_by=actor.key,
        deadline_at=limit_at(Status.INITIATED, now),
    )
    release, event = append_event(begun, actor, attempt, now, source=None)
    release = add_outgoing(release, (OutgoingKind.CARD,), event.number, now)
    writes: list[Write] = [create_release(release), create_event(event)]
    writes += [] if record is None else [check_unchanged(record)]
    mark: list[Create] = [create_token(caller.token_id, now)] if caller.token_id else []
    await ports.store.commit([*writes, *mark])
    return Outcome(release, touched=(release.id,))


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

"""Reading all that a decision on a release rests on, with the versions that its commit is bound to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from shared.errors import DocumentUnreadableError
from shared.logs import log_event
from shared.ports import Key, Record
from shared.releases.actor import Actor, Member
from shared.releases.attempt import Attempt
from shared.releases.environment import PRODUCTION, Environment
from shared.releases.needs import Case
from shared.releases.release import Release, Status, is_release_id, is_tag, release_id
from shared.releases.release_documents import (
    decode_environment,
    decode_member,
    decode_release,
    environment_key,
    event_key,
    member_key,
    release_key,
    token_key,
    undecided_releases,
)
from shared.releases.release_ports import Caller, ReleasePorts

Records = dict[Key, Record]


@dataclass(frozen=True, slots=True)
class Opened:
    """A case with the records that it was read from."""

    case: Case
    records: Records = field(repr=False)
    is_token_used: bool = False


async def read_case(ports: ReleasePorts, caller: Caller, id_: str, attempt: Attempt) -> Opened | None:
    """Read in two round trips, three at the end of a deployment. None: no such release. Raises UnavailableError."""
    if not is_release_id(id_):
        return None
    records = await read_records(ports, list_first_keys(caller, id_))
    record = records.get(release_key(id_))
    if record is None:
        return None
    release = decode_release(record)
    environment = decode_environment(records.get(environment_key(PRODUCTION)), PRODUCTION)
    records |= await read_records(ports, _list_other_keys(release, environment, attempt))
    if attempt.target is Status.DEPLOYED:
        found = await ports.store.find(undecided_releases(release.service_name))
        records |= {each.key: each for each in found if each.key != record.key}
    others = list(decode_readable(each for key, each in records.items() if key.collection == record.key.collection))
    voters = {vote.member_id for vote in release.votes} | {caller.member_id}
    case = Case(
        release,
        environment,
        find_actor(caller, records),
        ports.clock.now(),
        {each.id: each for each in others if each.id != id_},
        tuple(find_members(sorted(voters), records)),
    )
    return Opened(case, records, is_token_used(caller, records))


def decode_readable(records: Iterable[Record]) -> Iterator[Release]:
    """The releases that can be read: one broken document must not hold up the others."""
    for record in records:
        try:
            yield decode_release(record)
        except DocumentUnreadableError as error:
            log_event("document_unreadable", severity="ERROR", error=error, key=f"releases/{record.key.id}")


def list_first_keys(caller: Caller, id_: str) -> list[Key]:
    """The release, its environment, who asks, and the mark of the token."""
    keys = [release_key(id_), environment_key(PRODUCTION)]
    if caller.actor is None:
        keys.append(member_key(caller.member_id))
    if caller.token_id:
        keys.append(token_key(caller.token_id))
    return keys


def find_actor(caller: Caller, records: Records) -> Actor:
    """Who asks, with their roles of now; a person without a document is a stranger."""
    if caller.actor is not None:
        return caller.actor
    members = find_members((caller.member_id,), records)
    return next(members, Member(caller.member_id)).actor


def find_members(ids: Iterable[int], records: Records) -> Iterator[Member]:
    """The members among these people."""
    found = (records.get(member_key(each)) for each in ids)
    return (decode_member(record) for record in found if record is not None)


def is_token_used(caller: Caller, records: Records) -> bool:
    """Whether the caller's token was accepted before."""
    return bool(caller.token_id) and token_key(caller.token_id) in records


def _list_other_keys(release: Release, environment: Environment, attempt: Attempt) -> list[Key]:
    service = release.service_name
    tags = {tag for tag in (attempt.rollback_to_tag, release.rollback_to_tag) if is_tag(tag)}
    ids = {release_id(service, tag) for tag in tags}
    ids |= {places[service] for places in (environment.live, environment.candidate) if service in places}
    keys = [release_key(each) for each in sorted(ids - {release.id})]
    keys += [member_key(vote.member_id) for vote in release.votes]
    return [*keys, event_key(release.id, release.event_count)]


async def read_records(ports: ReleasePorts, keys: list[Key]) -> Records:
    """The documents at these keys that are there. Raises UnavailableError."""
    found = await ports.store.read(list(dict.fromkeys(keys)))
    return {record.key: record for record in found if record is not None}

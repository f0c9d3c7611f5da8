"""Documents of releases, their events, members, environments, and used tokens."""

from datetime import datetime, timedelta
from typing import Any

from shared.codec import decode, encode, update
from shared.hash_ids import hash_id
from shared.ports import Create, Key, Op, Query, Record, Update
from shared.releases.actor import Member
from shared.releases.environment import Environment
from shared.releases.event import Event
from shared.releases.release import UNDECIDED, Release, Status

TOKENS_KEPT = timedelta(days=1)
"""Longer than any token is valid: GitHub's last for minutes."""
SWEPT_MAX = 100
MEMBERS_MAX = 1000
"""Who is told of a release. Of a larger team nobody knows who is left out, so that is said (`stuck_notice.py`)."""
UNDECIDED_MAX = 100
"""More releases of one service are never underway; the commit that cancels them has room for 500 writes."""


def release_key(id_: str) -> Key:
    """One per service and tag."""
    return Key("releases", id_)


def event_key(id_: str, number: int) -> Key:
    """One per release and attempt: a page of a history is read by its numbers, without a query."""
    return Key("release_events", f"{id_}.{number}")


def member_key(telegram_id: int) -> Key:
    """One per person."""
    return Key("members", str(telegram_id))


def environment_key(name: str) -> Key:
    """One per environment."""
    return Key("environments", name)


def token_key(token_id: str) -> Key:
    """One per token of a workflow."""
    return Key("release_tokens", hash_id("token", token_id))


def create_release(release: Release) -> Create:
    """The creation of a release; a second one with the same service and tag fails."""
    return Create(release_key(release.id), encode(release))


def create_event(event: Event) -> Create:
    """The creation of an event; nothing ever changes one."""
    return Create(event_key(event.release_id, event.number), encode(event))


def create_token(token_id: str, now: datetime) -> Create:
    """The mark that a token was used."""
    return Create(token_key(token_id), {"used_at": now, "expire_at": now + TOKENS_KEPT})


def decode_release(record: Record) -> Release:
    """The release in a record."""
    return decode(Release, record.fields)


def decode_member(record: Record) -> Member:
    """The member in a record."""
    return decode(Member, record.fields)


def decode_environment(record: Record | None, name: str) -> Environment:
    """The environment in a record; one in which nothing has happened yet if there is none."""
    return Environment(name) if record is None else decode(Environment, record.fields)


def write_environment(record: Record | None, environment: Environment) -> Create | Update:
    """The change of an environment, or its beginning."""
    if record is None:
        return Create(environment_key(environment.name), encode(environment))
    return update(record, environment)


def check_unchanged(record: Record) -> Update:
    """A write that changes nothing, and fails where the document is no longer as it was read.

    It keeps the document's version, so that others who only check it meet no conflict.
    """
    name = min(record.fields)
    return Update(record.key, {name: record.fields[name]}, record.version)


def due_releases(now: datetime) -> Query:
    """Releases to look after, the oldest first. They are few a day, so they need no shards."""
    return Query("releases", (("sweep_at", "<=", now),), SWEPT_MAX, ("sweep_at", "ASCENDING"))


def undecided_releases(service_name: str) -> Query:
    """Releases of a service that no deployment has begun for."""
    states = tuple(status.value for status in UNDECIDED)
    return Query("releases", (("service_name", "==", service_name), ("status", "in", states)), UNDECIDED_MAX)


def releases_by_time(service_name: str, after: tuple[datetime, str] | None, limit: int) -> Query:
    """The newest releases, of one service or of all (an empty name), after one with this time and id."""
    where: tuple[tuple[str, Op, Any], ...] = (("service_name", "==", service_name),) if service_name else ()
    return Query("releases", where, limit, ("created_at", "DESCENDING"), after)


def releases_in_states(
    states: tuple[Status, ...], service_name: str, author: str, after: tuple[datetime, str] | None, limit: int
) -> Query:
    """The newest releases in these states; of one service and of one account of GitHub, unless those are empty."""
    where: list[tuple[str, Op, Any]] = [("service_name", "==", service_name)] if service_name else []
    where += [("initiated_by_login", "==", author)] if author else []
    where.append(("status", "in", tuple(state.value for state in states)))
    return Query("releases", tuple(where), limit, ("created_at", "DESCENDING"), after)


def active_members() -> Query:
    """All members who were not removed; a team has fewer."""
    return Query("members", (("is_active", "==", True),), MEMBERS_MAX)

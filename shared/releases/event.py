"""The history of a release: one event per attempt, refused ones too, each with the hash of the one before. Pure."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from shared.codec import encode
from shared.ports import Fields
from shared.releases.actor import Actor, ActorKind
from shared.releases.attempt import NAMES_MAX, WORDS_MAX, Attempt, Evidence
from shared.releases.release import Release, Status

REFUSALS_MAX = 1000
"""Of one release. Later ones are logged only: nobody fills a history with presses."""


@dataclass(frozen=True, slots=True)
class Event:
    """See the module's docstring."""

    release_id: str
    number: int
    """From 1 on, without gaps."""
    at: datetime
    source: str
    """The status before; empty: there was no release."""
    target: str
    actor_kind: ActorKind
    rev: int
    """Of the release after the attempt."""
    previous_hash: str
    actor_id: str = ""
    actor_name: str = ""
    phase: str = ""
    reason: str = ""
    evidence: Evidence = field(default_factory=Evidence)
    refusal: str = ""
    """Why nothing changed; empty: it did, or an approval was given."""
    hash: str = ""


def append_event(
    release: Release, actor: Actor, attempt: Attempt, now: datetime, *, source: Status | None, refusal: str = ""
) -> tuple[Release, Event]:
    """The event after all earlier ones of the release, and the release that knows of it."""
    event = Event(
        release.id,
        release.event_count + 1,
        now.astimezone(UTC),
        "" if source is None else source.value,
        attempt.target.value,
        actor.kind,
        release.rev,
        release.event_hash,
        actor.id,
        actor.name[:NAMES_MAX],
        attempt.phase[:NAMES_MAX],
        attempt.reason[:WORDS_MAX],
        attempt.evidence if not refusal else Evidence(),  # what is refused may be of any size
        refusal,
    )
    event = replace(event, hash=hash_fields(encode(event)))
    refusals = release.refusal_count + bool(refusal)
    changed = replace(release, event_count=event.number, event_hash=event.hash, refusal_count=refusals)
    return changed, event


def hash_fields(fields: Fields) -> str:
    """The hash of a stored event, in hex. Fields without a value count as absent: later releases may add some."""
    content = _without_blanks({name: value for name, value in fields.items() if name != "hash"})
    text = json.dumps(content, default=datetime.isoformat, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _without_blanks(fields: Fields) -> Fields:
    kept = {name: _without_blanks(value) if isinstance(value, dict) else value for name, value in fields.items()}
    return {name: value for name, value in kept.items() if value}


def find_break(release: Release, events: Sequence[Fields]) -> int | None:
    """The number of the first event that is missing or was changed; None if the chain is whole.

    `events` are as they are stored, from the first one on.
    """
    return find_break_of(release.id, release.event_count, release.event_hash, events)


def find_break_of(release_id: str, count: int, last_hash: str, events: Sequence[Fields]) -> int | None:
    """Likewise of a release that the API tells of: its events' times are text there, with equal hashes."""
    previous = ""
    for number, fields in enumerate(events, start=1):
        named = (fields.get("release_id"), fields.get("number"), fields.get("previous_hash"))
        if named != (release_id, number, previous) or fields.get("hash") != hash_fields(fields):
            return number
        previous = fields["hash"]
    is_whole = (len(events), previous) == (count, last_hash)
    return None if is_whole else len(events) + 1

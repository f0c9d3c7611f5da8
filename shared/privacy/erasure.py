"""Erasing a person: asked for, a day later done, in pieces. Pure.

    ASKED ──*Keep my data*──▶ (the document is deleted)
      └──a day──▶ BEGUN ──nothing of theirs is under way──▶ CLOSED ──no trace is left──▶ (the document is deleted)

From BEGUN on nothing can be taken back. From CLOSED on the person's updates wait, until they are new.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.hash_ids import hash_id
from shared.jobs.time_limits import VIDEO_SERVICE_SECONDS
from shared.people.nobody import nobody_of
from shared.people.users import Language

DAY = timedelta(days=1)
"""The time to change one's mind."""
SURE_WITHIN = timedelta(hours=1)
"""How long the button that asks for it counts: later the words above it may be wrong."""
VISITS = timedelta(seconds=VIDEO_SERVICE_SECONDS + 30)
"""After this time no worker is left that had read a document before the person was closed."""
WAITED = timedelta(hours=12)
"""A check of all books takes minutes; one that does not end holds nobody's erasure up for longer."""
PAUSE = timedelta(minutes=1)
"""How soon what could not go on is tried again."""


class ErasureState(StrEnum):
    """The states of an erasure."""

    ASKED = "asked"
    BEGUN = "begun"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Erasure:
    """See the module's docstring. It is gone when the person is."""

    id: str
    user_id: int
    nobody_id: int
    """Under which number the books go on."""
    language: Language
    asked_at: datetime
    due_at: datetime
    sweep_at: datetime | None
    state: ErasureState = ErasureState.ASKED
    closed_at: datetime | None = None
    sweeps: int = 0


def erasure_id_of(user_id: int) -> str:
    """The id of a person's erasure: there is one at a time."""
    return hash_id("erasure", user_id)


def new_erasure(user_id: int, language: Language, secret: str, now: datetime) -> Erasure:
    """An erasure that begins in a day. `secret`: nobody can tell the nobody's number without it."""
    due_at = now + DAY
    return Erasure(erasure_id_of(user_id), user_id, nobody_of(secret), language, now, due_at, sweep_at=due_at)


def may_be_kept(erasure: Erasure) -> bool:
    """Whether the person may still change their mind."""
    return erasure.state is ErasureState.ASKED


def begin(erasure: Erasure) -> Erasure:
    """The erasure whose day is over. `sweep` comes again at growing pauses, and reports what does not end."""
    return replace(erasure, state=ErasureState.BEGUN)


def close(erasure: Erasure, now: datetime) -> Erasure:
    """The erasure of somebody for whom nothing is done any more; traces are removed once all workers have ended."""
    return put_off(replace(erasure, state=ErasureState.CLOSED, closed_at=now), now + VISITS)


def put_off(erasure: Erasure, at: datetime) -> Erasure:
    """The erasure that goes on then."""
    return replace(erasure, sweep_at=at, sweeps=0)


def is_quiet(erasure: Erasure, now: datetime) -> bool:
    """Whether all workers from before have ended."""
    return erasure.closed_at is not None and now >= erasure.closed_at + VISITS


def is_recent(erasure: Erasure, now: datetime) -> bool:
    """Whether the person was closed so lately that a check of all books may still be waited for."""
    return erasure.closed_at is not None and now < erasure.closed_at + WAITED

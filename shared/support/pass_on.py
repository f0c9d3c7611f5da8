"""Passing a message on, from a person to the operators or back. Telegram's copies have no idempotency key.

store *sending* ── copy ✓ ── store *sent*                                        passed on once
store *sending* ── flood control, topic closed or gone ── store *free* ── again  passed on once
store *sending* ── copy ? (no response, or the worker died) ── store *unknown*   at most once; its author is told

A second delivery that finds *sending* waits until the first one must be over.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.codec import as_written, decode, encode, update
from shared.errors import (
    BotBlockedError,
    ChatMigratedError,
    ConflictError,
    DeliveryUnknownError,
    LaterError,
    MessengerError,
    PlaceRefusedError,
    TooManyRequestsError,
)
from shared.hash_ids import hash_id
from shared.logs import log_event
from shared.ports import Create, Key, Ports, Record

SENDING = timedelta(seconds=60)
"""As long as a task of `bot` may run: later nobody is sending any more."""
RACE_PAUSE_SECONDS = 2.0
KEPT = timedelta(days=35)
"""As long as the mark of a handled update."""


class State(StrEnum):
    """What became of a message."""

    SENDING = "sending"
    FREE = "free"
    """It certainly did not arrive: the next delivery may send it."""
    SENT = "sent"
    REFUSED = "refused"
    """Telegram does not copy such a message, or it was deleted."""
    BLOCKED = "blocked"
    """The person has blocked the bot."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Passing:
    """One message on its way."""

    state: State
    at: datetime
    expire_at: datetime
    is_told: bool = False
    """Its author has read what became of it."""


@dataclass(frozen=True, slots=True)
class StoredPassing:
    """With the record it was read from."""

    passing: Passing
    record: Record

    @property
    def state(self) -> State:
        """What became of the message."""
        return self.passing.state


def passing_key(bot_id: int, chat_id: int, message_id: int) -> Key:
    """One per message, whichever update brings it."""
    return Key("support_messages", hash_id(bot_id, chat_id, message_id))


async def pass_on(ports: Ports, key: Key, copy: Callable[[], Awaitable[int]]) -> StoredPassing:
    """Send a message on at most once, and say what became of it.

    Raises LaterError while another delivery sends it, UnavailableError, and of the MessengerErrors those after which it
    may be sent: TooManyRequestsError, PlaceRefusedError, ChatMigratedError.
    """
    [record] = await ports.store.read([key])
    stored = None if record is None else StoredPassing(decode(Passing, record.fields), record)
    if stored is None or stored.state is State.FREE:
        return await _send(ports, await _claim(ports, key, stored), copy)
    if stored.state is not State.SENDING:
        return stored
    rest = stored.passing.at + SENDING - ports.clock.now()
    if rest > timedelta():
        raise LaterError(rest.total_seconds())
    return await _note(ports, stored, State.UNKNOWN)


async def note_told(ports: Ports, stored: StoredPassing) -> None:
    """Store that its author has read what became of it. Raises UnavailableError."""
    try:
        await ports.store.commit([update(stored.record, replace(stored.passing, is_told=True))])
    except ConflictError:
        return  # another delivery has told it


async def _claim(ports: Ports, key: Key, free: StoredPassing | None) -> StoredPassing:
    now = ports.clock.now()
    passing = Passing(State.SENDING, now, now + KEPT)
    write = Create(key, encode(passing)) if free is None else update(free.record, passing)
    try:
        [version] = await ports.store.commit([write])
    except ConflictError as error:
        raise LaterError(RACE_PAUSE_SECONDS) from error
    return StoredPassing(passing, as_written(write, version))


async def _send(ports: Ports, stored: StoredPassing, copy: Callable[[], Awaitable[int]]) -> StoredPassing:
    try:
        await copy()
    except (TooManyRequestsError, PlaceRefusedError, ChatMigratedError):
        await _note(ports, stored, State.FREE)
        raise
    except DeliveryUnknownError:
        state = State.UNKNOWN
    except BotBlockedError:
        state = State.BLOCKED
    except MessengerError:
        state = State.REFUSED
    else:
        state = State.SENT
    return await _note(ports, stored, state)


async def _note(ports: Ports, stored: StoredPassing, state: State) -> StoredPassing:
    """Store what became of it; after a lost race, what another delivery has stored."""
    passing = replace(stored.passing, state=state)
    write = update(stored.record, passing)
    try:
        [version] = await ports.store.commit([write])
    except ConflictError:
        [record] = await ports.store.read([stored.record.key])
        assert record is not None, "nothing deletes it before it expires"
        return StoredPassing(decode(Passing, record.fields), record)
    if state is not State.FREE:
        log_event("support_message", state=state.value)
    return StoredPassing(passing, as_written(write, version))

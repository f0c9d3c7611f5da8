"""Reading a user's document and changing it with optimistic concurrency."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

from shared.codec import encode, update
from shared.credits.ledger import Transfer
from shared.credits.transfer_documents import create_transfer
from shared.errors import BeingErasedError, ConflictError, UnavailableError
from shared.logs import log_event
from shared.people.allowance import take_allowance
from shared.people.erased import find_erased
from shared.people.library import is_left
from shared.people.nobody import is_nobody
from shared.people.subscriptions import Subscriptions
from shared.people.user_documents import decode_user, user_key
from shared.people.users import User, new_user, returned_user, with_first_model, with_sold_model, with_subscriptions
from shared.ports import Clock, Create, Ids, Ports, Record, Write

T = TypeVar("T")

TRIES_MAX = 30
COMMAND_TRIES_MAX = 10
PAUSE_SECONDS = 0.01
DOUBLINGS_MAX = 7
"""The pause doubles with each lost race and has a random part, so that contenders drift apart."""


@dataclass(frozen=True, slots=True)
class OpenUser:
    """A user as read, with the free credits that the next write adds: at first contact, and once a day."""

    user: User
    record: Record | None
    gift: Transfer | None = None
    erased_at: datetime | None = None
    """Of somebody without a document who was erased before: when."""

    def writes(self, changed: User) -> list[Write]:
        """The writes that store the changed user and book the free credits."""
        write: Write = (
            Create(user_key(changed.id), encode(changed)) if self.record is None else update(self.record, changed)
        )
        return [write] if self.gift is None else [write, create_transfer(self.gift)]


async def open_record(ports: Ports, user_id: int, record: Record | None) -> OpenUser:
    """The user in this record; a new user if there is no record. Raises BeingErasedError, UnavailableError."""
    if record is None:
        return await _open_new(ports, user_id)
    user = with_sold_model(decode_user(record), ports.sellers)
    if user.erased_as:
        raise BeingErasedError("somebody who is being erased")
    if is_nobody(user_id):
        return OpenUser(user, record)
    now = ports.clock.now()
    if user.filling is not None and is_left(user.filling, user.storage, now):
        user = replace(user, filling=None)  # stored by the next write
    user, allowance = take_allowance(user, now) or (user, None)
    return OpenUser(user, record, allowance)


async def _open_new(ports: Ports, user_id: int) -> OpenUser:
    erased_at, now = await find_erased(ports, user_id), ports.clock.now()
    if erased_at is not None or is_nobody(user_id):
        return OpenUser(returned_user(user_id, now), None, erased_at=erased_at)
    user, gift = new_user(user_id, now)
    first = (await ports.spending.switches()).first
    return OpenUser(with_first_model(user, first, ports.sellers), None, gift)


async def open_user(ports: Ports, user_id: int) -> OpenUser:
    """Read a user. Raises BeingErasedError, UnavailableError."""
    [record] = await ports.store.read([user_key(user_id)])
    return await open_record(ports, user_id, record)


async def change_user(ports: Ports, opened: OpenUser, change: Callable[[User], User | None]) -> User:
    """Commit a change; after a conflict read the user and decide again. `change` returns None for no change.

    Returns the current user. Raises UnavailableError.
    """
    first: OpenUser | None = opened

    async def attempt() -> User:
        nonlocal first
        current = first or await open_user(ports, opened.user.id)
        first = None
        changed = change(current.user)
        if changed is None:
            return current.user
        await ports.store.commit(current.writes(changed))
        log_gift(current)
        return changed

    return await try_until_won(ports, attempt)


async def change_subscriptions(
    ports: Ports, opened: OpenUser, change: Callable[[Subscriptions], Subscriptions]
) -> User:
    """Commit a change of a person's subscriptions, as `change_user` does; equal ones are no change."""

    def changed(user: User) -> User | None:
        subscriptions = change(user.subscriptions)
        return None if subscriptions == user.subscriptions else with_subscriptions(user, subscriptions)

    return await change_user(ports, opened, changed)


def log_gift(opened: OpenUser) -> None:
    """Log, after the commit, that it added free credits."""
    if opened.gift is not None:
        occasion = "welcome" if opened.record is None else "daily"
        log_event("credits_granted", occasion=occasion, credits=opened.gift.credits)


class Contender(Protocol):
    """The ports that a repeated commit needs."""

    @property
    def clock(self) -> Clock: ...
    @property
    def ids(self) -> Ids: ...


async def try_until_won(ports: Contender, attempt: Callable[[], Awaitable[T]]) -> T:
    """Repeat a read-decide-commit until its preconditions hold.

    Raises UnavailableError after too many lost races.
    """
    for lost in range(TRIES_MAX):
        try:
            return await attempt()
        except ConflictError:
            await ports.clock.sleep(PAUSE_SECONDS * 2 ** min(lost, DOUBLINGS_MAX) * ports.ids.jitter())
    raise UnavailableError(f"lost {TRIES_MAX} rounds")


async def try_without_pause(attempt: Callable[[], Awaitable[T]]) -> T:
    """Likewise for an operator's command, which has few rivals. Raises UnavailableError after too many lost races."""
    for _ in range(COMMAND_TRIES_MAX):
        try:
            return await attempt()
        except ConflictError:
            continue
    raise UnavailableError(f"lost {COMMAND_TRIES_MAX} rounds")

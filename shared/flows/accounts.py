"""Opening a user's document and changing it in one commit, however many others try at the same time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from shared.domain.ledger import Transfer
from shared.domain.users import User, new_user
from shared.errors import ConflictError, UnavailableError
from shared.flows.documents import create_transfer, decode_user, encode, user_key
from shared.logs import log_event
from shared.ports import Create, Ports, Record, Update, Version, Write

T = TypeVar("T")

TRIES_MAX = 30
PAUSE_SECONDS = 0.01
"""Grows with each lost round and is spread at random, so that contenders drift apart."""


@dataclass(frozen=True, slots=True)
class OpenUser:
    """A user as read, or as they will be written at first contact."""

    user: User
    version: Version | None
    gift: Transfer | None = None

    def writes(self, changed: User) -> list[Write]:
        """What a commit needs to change the user; at first contact also the welcome credits."""
        fields = encode(changed)
        if self.gift is not None:
            return [Create(user_key(changed.id), fields), create_transfer(self.gift)]
        return [Update(user_key(changed.id), fields, self.version)]


def open_record(ports: Ports, user_id: int, record: Record | None) -> OpenUser:
    """The user in this record; a new one where there is none."""
    if record is None:
        user, gift = new_user(user_id, ports.clock.now())
        return OpenUser(user, None, gift)
    return OpenUser(decode_user(record), record.version)


async def open_user(ports: Ports, user_id: int) -> OpenUser:
    """Read a user. Raises UnavailableError."""
    [record] = await ports.store.read([user_key(user_id)])
    return open_record(ports, user_id, record)


def log_gift(opened: OpenUser) -> None:
    """Say, after the commit, that a first contact brought its welcome credits."""
    if opened.gift is not None:
        log_event("credits_granted", occasion="welcome", credits=opened.gift.credits)


async def try_until_won(ports: Ports, attempt: Callable[[], Awaitable[T]]) -> T:
    """Repeat a read-decide-commit until its preconditions hold.

    Raises UnavailableError when others win every time.
    """
    for lost in range(TRIES_MAX):
        try:
            return await attempt()
        except ConflictError:
            await ports.clock.sleep(PAUSE_SECONDS * min(lost + 1, 5) * ports.ids.jitter())
    raise UnavailableError(f"lost {TRIES_MAX} rounds")

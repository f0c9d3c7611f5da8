"""What the use cases of releases need from outside."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from shared.ports import Clock, Ids, Store
from shared.releases.actor import Actor
from shared.releases.release import Outgoing, Release


@dataclass(frozen=True, slots=True)
class ReleasePorts:
    """Created once per process."""

    store: Store
    clock: Clock
    ids: Ids
    publish: Callable[[str], Awaitable[None]]
    """Creates the task that has `send_outgoing` called for a release. Raises UnavailableError."""


class Sender(Protocol):
    """Sends to Telegram and GitHub what a release has in its outbox."""

    async def send(self, release: Release, outgoing: Outgoing) -> None:
        """Send one thing; it may be asked for again if this process dies.

        A card is an edit, so twice is once. For a workflow GitHub has no key of idempotence: look first whether a run
        with the release's id and the event's number in its name is there. Raises UnavailableError: again later.
        """
        ...


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a workflow or time, or a member whose roles are read again for each commit."""

    actor: Actor | None = None
    """None: it is the member."""
    member_id: int = 0
    """Telegram's id."""
    token_id: str = ""
    """The `jti` of a workflow's token, which is accepted once. Empty: there is none."""

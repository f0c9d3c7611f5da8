"""What the use cases of releases need from outside."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from shared.ports import Clock, Ids, Store
from shared.releases.actor import Account, Actor
from shared.releases.release import Outgoing, Release


@dataclass(frozen=True, slots=True)
class ReleasePorts:
    """Created once per process."""

    store: Store
    clock: Clock
    ids: Ids
    publish: Callable[[str], Awaitable[None]]
    """Creates the task that has `send_outgoing` called for a release. Raises UnavailableError."""
    find_initiators: Callable[[str, str], Awaitable[tuple[Account, ...]]]
    """Asks GitHub who has a commit (the first hash) built: everybody who pushed, wrote or merged what it has and an
    earlier commit (the second hash; empty: there is none) has not. Raises UnavailableError.
    """


class Sender(Protocol):
    """Sends to Telegram and GitHub what a release has in its outbox."""

    async def send(self, release: Release, outgoing: Outgoing) -> None:
        """Send one thing. With `outgoing.tries` above 1 it may have been sent before; `outgoing_id` names it.

        A card is an edit, so twice is once. GitHub has no key of idempotence for a workflow: the id is an input that
        stands in the run's name, so look first whether a run has it. Raises UnavailableError: again later.
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

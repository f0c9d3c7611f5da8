"""What the use cases of releases need from outside."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from shared.ports import Clock, Ids, Store
from shared.releases.actor import Actor
from shared.releases.changes import Changes
from shared.releases.release import Outgoing, Release

FindChanges = Callable[[str, str], Awaitable[Changes]]
"""Asks GitHub what a commit (the first hash) has and an earlier one (the second hash; empty: there is none) has not.

Raises UnavailableError.
"""


@dataclass(frozen=True, slots=True)
class ReleasePorts:
    """Created once per process."""

    store: Store
    clock: Clock
    ids: Ids
    publish: Callable[[str], Awaitable[None]]
    """Creates the task that has `send_outgoing` called for a release. Raises UnavailableError."""
    find_changes: FindChanges


class Sender(Protocol):
    """Sends to Telegram and GitHub what a release has in its outbox."""

    async def send(self, release: Release, outgoing: Outgoing) -> None:
        """Send one thing; kind and event number name it. With `tries` above 1 it may have been sent before.

        A card is an edit, so twice is once. GitHub has no key of idempotence for a workflow: look first whether a run
        has the request in its name. Raises UnavailableError: again later.
        """
        ...


class Workflows(Protocol):
    """GitHub's workflows of our repository."""

    async def start(self, workflow: str, branch: str, request: str, inputs: Mapping[str, str]) -> None:
        """Start this file's workflow on a branch, unless a run with `request` as a word of its name is there.

        `request` is one of the inputs. A run that has just been started may not be listed yet, so the workflow itself
        has to bear a second run. Raises UnavailableError: again later; it may have been started.
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

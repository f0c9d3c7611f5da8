"""Stand-ins where a key is not set: a provider whose models are gone, Telegram and GitHub without a key."""

from collections.abc import AsyncIterator, Mapping
from typing import Never

from shared.errors import CallRefusedError, UnavailableError
from shared.providers.ladder import PictureRung, VideoRung
from shared.providers.outcomes import Busy, Gone, ModelOutcome, PictureTask
from shared.providers.videos import Poll, VideoMade, VideoTask
from shared.releases.changes import Changes

_NO_KEY = "NO_KEY"


class AbsentProvider:
    """A `Provider` and a `VideoProvider`. Jobs that were accepted while there was a key end with a refund."""

    async def generate(self, rung: PictureRung, task: PictureTask) -> ModelOutcome | Gone:  # noqa: ARG002
        return Gone()

    async def start(self, rung: VideoRung, task: VideoTask, prefix: str) -> ModelOutcome | Gone:  # noqa: ARG002
        return Gone()

    async def poll(self, operation: str, prefix: str) -> Poll:  # noqa: ARG002 — the key may come back in time
        return Busy(_NO_KEY, is_fault=True)

    async def find(self, prefix: str) -> VideoMade | None:  # noqa: ARG002 — as above
        return None

    async def read(self, made: VideoMade) -> AsyncIterator[bytes]:
        raise UnavailableError(f"no key for {made.address[:40]}")

    async def cancel(self, operation: str) -> None:
        """Nobody can be asked."""

    async def forget(self, operation: str) -> bool:  # noqa: ARG002 — as above
        return False


class AbsentMessenger:
    """The `Messenger` of a function that does not hold the bot's token: each call is a bug of ours.

    Only the bot's name is known, from a setting.
    """

    def __init__(self, username: str) -> None:
        self._username = username

    async def username(self) -> str:
        return self._username

    def __getattr__(self, name: str) -> Never:
        raise CallRefusedError(f"{name}: this function has no bot token")


async def ask_nobody(commit: str, base: str) -> Changes:
    """The `FindChanges` of an environment without a GitHub App: no release begins while nobody knows whose it is."""
    raise UnavailableError(f"no App that could say who has {commit[:10]} built")


class AbsentWorkflows:
    """The `Workflows` of an environment without a GitHub App: the wish stays, and its deadline tells people."""

    async def start(self, workflow: str, branch: str, request: str, inputs: Mapping[str, str]) -> None:  # noqa: ARG002
        raise UnavailableError(f"no App that could start {workflow}")

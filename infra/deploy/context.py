"""The context of a verb: environment variables, time, output, and the person at the keyboard."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from infra.deploy.errors import DeployError, RefusedError


class Clock(Protocol):
    """The time, so that a test can play days in milliseconds."""

    def now(self) -> datetime:
        """The time in UTC."""

    def sleep(self, seconds: float) -> None:
        """Return that much later."""


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass(frozen=True)
class Context:
    """A verb's access to the outside world."""

    environment: Mapping[str, str]
    dry_run: bool = False
    """Print every change and make none."""
    clock: Clock = field(default_factory=SystemClock)
    say: Callable[[str], None] = print
    signing_keys: Path | None = None
    """Public keys of another Sigstore (`TrustedRoot`), for tests. No argument or variable of a verb leads here."""
    ask: Callable[[str], str] = input
    """A question to the person; returns the answer."""

    def confirm(self, word: str) -> None:
        """Go on only if the person types this word. Raises RefusedError."""
        try:
            answer = self.ask(f"Type {word} to go on: ")
        except EOFError:
            answer = ""
        if answer.strip() != word:
            raise RefusedError("nothing was changed")

    def require(self, name: str) -> str:
        """A required environment variable. Raises DeployError if it is missing."""
        value = self.environment.get(name, "").strip()
        if not value:
            raise DeployError(f"{name} is not set")
        return value

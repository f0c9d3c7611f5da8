"""The local Cloud Run: which image a place serves, to how many, and what `/version` says there."""

from dataclasses import dataclass, field
from typing import Any

from infra.local.github.repository import Version

Json = dict[str, Any]
WHOLE = 100


@dataclass
class Place:
    """A service whose traffic is divided between two versions at most. Moving traffic is one assignment."""

    stable: Version | None = None
    candidate: Version | None = None
    percent: int = 0
    """The candidate's share."""
    good: list[Version] = field(default_factory=list)
    """What served before and was well, the newest first."""

    def begin(self, candidate: Version) -> None:
        """A candidate without traffic."""
        self.candidate, self.percent = candidate, 0

    def give(self, percent: int) -> None:
        """Give the candidate this share of the traffic."""
        self.percent = percent

    def promote(self) -> None:
        """The candidate is the stable version."""
        if self.candidate is None:
            return
        if self.stable is not None and self.stable != self.candidate:
            self.good.insert(0, self.stable)
        self.stable, self.candidate, self.percent = self.candidate, None, 0

    def give_up(self) -> None:
        """Everybody has the stable version again."""
        self.candidate, self.percent = None, 0

    def go_back(self, tag: str) -> bool:
        """Serve an earlier version again; False if there is none of this tag."""
        found = next((each for each in self.good if each.tag == tag), None)
        if found is None:
            return False
        self.good = [each for each in self.good if each.tag != tag]
        self.stable, self.candidate, self.percent = found, None, 0
        return True

    @property
    def served(self) -> Version | None:
        """What most people meet."""
        return self.candidate if self.percent == WHOLE else self.stable

    def describe(self) -> Json:
        """What `/version` answers."""
        served = self.served
        return {"version": served.tag if served else "", "digest": served.digest if served else ""}

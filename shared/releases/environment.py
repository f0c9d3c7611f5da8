"""What the releases of an environment share: who moves, what is live, and what forbids a deployment. Pure."""

from dataclasses import dataclass, field
from datetime import datetime

from shared.releases.actor import Role

PRODUCTION = "production"
SEATS_MAX = 3
"""Approvals of one role that can be asked for."""
DEFAULT_QUORUM = {Role.QA.value: 1, Role.RELEASE_MANAGER.value: 1}


@dataclass(frozen=True, slots=True)
class Environment:
    """One document. Every commit that lets a release move, or go live, changes it: so no two can."""

    name: str
    moving: str = ""
    """The id of the release that is deployed or rolled back now; empty: none."""
    live: dict[str, str] = field(default_factory=dict)
    """By service: the id of the release that serves."""
    candidate: dict[str, str] = field(default_factory=dict)
    """By service: the id of the release that staging shows, the only one that can be tested."""
    hold: str = ""
    """Why nothing is released until a person says so; empty: nothing holds."""
    frozen_until: datetime | None = None
    freeze_reason: str = ""
    quorum: dict[str, int] = field(default_factory=lambda: dict(DEFAULT_QUORUM))
    """By role: how many people must approve."""
    policy_version: int = 1

    def is_frozen(self, now: datetime) -> bool:
        """Whether deployments wait for a time."""
        return self.frozen_until is not None and now < self.frozen_until

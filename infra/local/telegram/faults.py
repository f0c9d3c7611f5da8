"""Failures on purpose: how the local Telegram is told to misbehave.

A fault is JSON with a `kind` and, all optional, `probability` (0 to 1, default 1), `count` (how many times at
most), `methods` (names of Bot API methods it touches; default all), `chat_ids` (chats it touches). Kinds:

| kind | more fields | what happens |
|---|---|---|
| `flood` | `retry_after` (s, default 1) | the call is refused with 429 |
| `error` | `status` (default 500), `description` | the call is refused, nothing was done |
| `lost_answer` | | the call is done, then the connection breaks without an answer |
| `slow` | `delay_seconds`, `after` (true: wait after doing it) | the call takes longer |
| `blocked` | | sends and edits answer 403, the user has blocked the bot |
| `limits` | `chat_per_second`, `total_per_second`, `group_per_minute` | real flood limits: 429 past them |
| `duplicate_update` | `kinds` (update kinds) | an update is delivered again with the same update_id |
| `duplicate_intent` | `kinds` | the same message or tap comes again under a new update_id |
| `wrong_stop` | | the update of a stopped draft names the bot as its chat, as Telegram has done |
| `shuffle` | `window_seconds` (default 0.3) | updates are delivered in any order, each after a random delay |
"""

import math
import random
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from infra.local.telegram.errors import ControlError

_SHARED = {"kind", "probability", "count", "methods", "chat_ids"}
_FIELDS: dict[str, set[str]] = {
    "flood": {"retry_after"},
    "error": {"status", "description"},
    "lost_answer": set(),
    "slow": {"delay_seconds", "after"},
    "blocked": set(),
    "wrong_stop": set(),
    "limits": {"chat_per_second", "total_per_second", "group_per_minute"},
    "duplicate_update": {"kinds"},
    "duplicate_intent": {"kinds"},
    "shuffle": {"window_seconds", "kinds"},
}


@dataclass
class Fault:
    """One fault that is switched on; `left` is how often it may still happen (None: without end)."""

    kind: str
    settings: dict[str, Any]
    left: int | None
    happened: int = 0
    sent: dict[str, deque[float]] = field(default_factory=dict)

    def get(self, name: str, default: Any) -> Any:
        """A setting of this fault."""
        return self.settings.get(name, default)

    def to_json(self) -> dict[str, Any]:
        """The fault with its counters."""
        return {**self.settings, "left": self.left, "happened": self.happened}


class Faults:
    """The faults switched on now."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.active: list[Fault] = []

    def add(self, settings: dict[str, Any]) -> Fault:
        """Switch one on; ControlError 400 for a kind or field that does not exist."""
        kind = str(settings.get("kind"))
        if kind not in _FIELDS:
            raise ControlError(400, f"unknown fault {kind!r}: one of {', '.join(_FIELDS)}")
        unknown = sorted(set(settings) - _SHARED - _FIELDS[kind])
        if unknown:
            raise ControlError(400, f"unknown field {unknown[0]!r} of the fault {kind}")
        fault = Fault(kind, settings, settings.get("count"))
        self.active.append(fault)
        return fault

    def clear(self) -> None:
        """Switch all off."""
        self.active.clear()

    def draw(self, kind: str, *, method: str = "", chat_id: int | None = None, update: str = "") -> Fault | None:
        """The first fault of this kind that happens now, counted."""
        for fault in self.active:
            if fault.kind == kind and self._matches(fault, method, chat_id, update) and self._happens(fault):
                fault.happened += 1
                return fault
        return None

    def _matches(self, fault: Fault, method: str, chat_id: int | None, update: str) -> bool:
        methods = [str(name).lower() for name in fault.get("methods", [])]
        fits = not methods or method.lower() in methods
        fits = fits and (not fault.get("chat_ids", []) or chat_id in fault.get("chat_ids", []))
        return fits and (not fault.get("kinds", []) or update in fault.get("kinds", []))

    def _happens(self, fault: Fault) -> bool:
        if fault.left == 0 or self._chance.random() >= float(fault.get("probability", 1.0)):
            return False
        if fault.left is not None:
            fault.left -= 1
        return True


def count_against_limits(fault: Fault, chat_id: int, messages: int) -> int:
    """Count one call that puts `messages` into a chat; the seconds to wait if it is past a limit, else 0.

    A call without a message (a chat action, a reaction) counts in all only. An album is one call of a second and as
    many messages of a minute as it has parts.
    """
    now = time.monotonic()
    wanted = [("total", float(fault.get("total_per_second", 30)), 1.0, 1)]
    if messages:
        wanted.append((f"chat {chat_id}", float(fault.get("chat_per_second", 1)), 1.0, 1))
    if messages and chat_id < 0:
        wanted.append((f"group {chat_id}", float(fault.get("group_per_minute", 20)), 60.0, messages))
    waits = [_find_wait(fault, name, most - weight, window, now) for name, most, window, weight in wanted]
    if any(waits):
        return max(waits)
    for name, _, _, weight in wanted:
        fault.sent[name].extend([now] * weight)
    return 0


def _find_wait(fault: Fault, name: str, others_max: float, window: float, now: float) -> int:
    """Seconds until at most `others_max` calls are younger than the window; 0 if that is so now."""
    times = fault.sent.setdefault(name, deque())
    while times and times[0] <= now - window:
        times.popleft()
    too_many = math.ceil(len(times) - others_max)
    return max(1, math.ceil(times[too_many - 1] + window - now)) if too_many > 0 else 0

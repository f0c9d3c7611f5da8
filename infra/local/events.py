"""The output of a running system: JSON lines become events, other lines stay text."""

import json
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

KEPT_MAX = 200_000


@dataclass(frozen=True)
class Event:
    """One line that a part wrote: the `fields` of its JSON object, or else the line as `text`."""

    part: str
    text: str
    fields: dict[str, Any] | None = None
    heard_at: float = field(default_factory=time.time)
    """Seconds since the epoch, on the supervisor's clock."""

    @property
    def name(self) -> str:
        """The `event` key, or nothing."""
        return str((self.fields or {}).get("event", ""))

    @property
    def severity(self) -> str:
        """The `severity` key in capitals; INFO where there is none."""
        return str((self.fields or {}).get("severity", "INFO")).upper()


def read_event(part: str, line: str) -> Event:
    """The event in a line; never fails."""
    fields = None
    if line.startswith("{"):
        try:
            fields = json.loads(line)
        except ValueError:
            fields = None
    return Event(part, line, fields if isinstance(fields, dict) else None)


class EventLog(Sequence[Event]):
    """The last KEPT_MAX events, oldest first; can be waited on."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque(maxlen=KEPT_MAX)
        self._listeners: list[Callable[[Event], None]] = []

    def add(self, event: Event) -> None:
        """Keep an event, and wake the waiters."""
        self._events.append(event)
        for listener in [*self._listeners]:
            listener(event)

    def listen(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Call `listener` with every event from now on; returns a function that unsubscribes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def named(self, name: str, part: str | None = None) -> list[Event]:
        """All events of one name, of one part or of all."""
        return [event for event in self._events if event.name == name and part in {None, event.part}]

    def errors(self) -> list[Event]:
        """Events of severity ERROR or higher, and uncaught tracebacks."""
        bad = {"ERROR", "CRITICAL", "ALERT", "EMERGENCY"}
        return [e for e in self._events if e.severity in bad or e.text.startswith("Traceback")]

    def clear(self) -> None:
        """Forget all events, between two rounds of a long run."""
        self._events.clear()

    def __len__(self) -> int:
        return len(self._events)

    def __iter__(self) -> Iterator[Event]:
        return iter([*self._events])

    def __getitem__(self, index: Any) -> Any:
        return self._events[index]

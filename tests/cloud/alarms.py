"""Alert policies over recorded series: when each would have rung.

https://cloud.google.com/monitoring/promql/promql-in-alerting: the query is asked every `evaluation_interval`; a series
of its answer that is there for the whole `duration` opens an incident, and one that is not there any more closes it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from tests.cloud.promql import Labels, Recording, evaluate
from tests.cloud.promql_parse import Node, parse_query


@dataclass(frozen=True)
class Incident:
    """An alarm that rang: in seconds, `closed_at` None while it lasts."""

    labels: Labels
    opened_at: int
    closed_at: int | None = None


@dataclass(frozen=True)
class Alarm:
    """One policy with a query."""

    name: str
    query: Node
    duration_seconds: int
    interval_seconds: int

    @classmethod
    def read(cls, values: dict[str, Any]) -> Self | None:
        """From the policy in Terraform's state; None for one without a query."""
        (condition, *_) = values["conditions"]
        found = condition.get("condition_prometheus_query_language")
        if not found:
            return None
        duration, interval = (int(found[0][name].removesuffix("s")) for name in ("duration", "evaluation_interval"))
        return cls(values["user_labels"]["runbook"], parse_query(found[0]["query"]), duration, interval)

    def list_incidents(self, recording: Recording, start: int, end: int, step: int = 0) -> list[Incident]:
        """What rang between two times; `step` in seconds instead of the policy's own interval, for long times."""
        incidents: list[Incident] = []
        since: dict[Labels, int] = {}
        opened: dict[Labels, int] = {}
        for now in range(start, end + 1, step or self.interval_seconds):
            answer = evaluate(self.query, recording, now)
            assert isinstance(answer, dict), "an alarm's query answers with series"
            for key in [key for key in since if key not in answer]:
                del since[key]
                if key in opened:
                    incidents.append(Incident(key, opened.pop(key), now))
            for key in answer:
                if now - since.setdefault(key, now) >= self.duration_seconds:
                    opened.setdefault(key, now)
        return [*incidents, *(Incident(key, at) for key, at in opened.items())]


def read_alarms(policies: Sequence[dict[str, Any]]) -> Iterator[Alarm]:
    """The alarms among the policies of a state."""
    for values in policies:
        if alarm := Alarm.read(values):
            yield alarm

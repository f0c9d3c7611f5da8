"""What the business counts: chosen events of the log, with chosen fields. No person is in them.

An allow-list decides, as for traces (`attributes.py`): a field without a rule is dropped, and so is a value that does
not match its rule. No field is an id of a person, a chat or a job, and none can hold what somebody wrote. The sink of
terraform/modules/product/analytics.tf brings these events to BigQuery; docs/numbers.md lists them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_NAME = re.compile(r"[a-z][a-z_]{0,23}")
_MODEL = re.compile(r"[a-z][a-z0-9./-]{0,63}")
_NUMBER_MAX = 10**9
"""Most ids of Telegram are larger."""

WORDS: Mapping[str, re.Pattern[str]] = {
    "code": re.compile(r"[A-Za-z][A-Za-z_-]{0,23}"),
    "currency": re.compile(r"[A-Z]{3}"),
    "day": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "ending": _NAME,
    "kind": _NAME,
    "medium": _NAME,
    "model": _MODEL,
    "model_id": _MODEL,
    "occasion": _NAME,
    "outcome": _NAME,
    "provider": _NAME,
    "size": re.compile(r"[0-9A-Za-z]{1,8}"),
    "way": _NAME,
}
"""The fields with a text, and the form of its values."""
NUMBERS = frozenset(
    {
        *("amount", "attempts", "cost_usd_micros", "credits", "jobs", "model_ms", "ms", "people"),
        *("seconds", "slowest_seconds", "value", "waited_ms"),
    }
)
"""The fields with a number. A field is always a text or always a number: BigQuery refuses a line that changes it."""

_WORK = frozenset({"medium", "model", "size", "seconds"})
_END = _WORK | {"outcome", "credits", "attempts", "model_ms", "waited_ms"}
_PAYMENT = frozenset({"provider", "amount", "currency", "credits"})
EVENTS: Mapping[str, frozenset[str]] = {
    "request_accepted": _WORK | {"jobs", "credits"},
    "request_declined": frozenset({"medium", "code"}),
    "model_answered": _WORK | {"model_id", "outcome", "cost_usd_micros", "ms"},
    "job_delivered": _END | {"way", "ending"},
    "job_refused": _END | {"code"},
    "job_canceled": _END,
    "result_rated": frozenset({"kind", "value"}),
    "result_shared": frozenset({"kind"}),
    "credits_granted": frozenset({"occasion", "credits"}),
    "payment_credited": _PAYMENT,
    "payment_returned": _PAYMENT - {"credits"},
    "payment_disputed": _PAYMENT,
    "person_erased": frozenset(),
    "day_summed": frozenset({"day", "people", "slowest_seconds"}),
}
"""The events, and the fields that each may have."""


@dataclass(frozen=True, slots=True)
class BusinessEvent:
    """One event as it leaves the process."""

    name: str
    at: datetime
    fields: Mapping[str, str | int]


def choose_event(name: str, fields: Mapping[str, Any], at: datetime) -> BusinessEvent | None:
    """The event of a line of the log with what of it may leave; None if the business does not count it.

    Jobs that are incognito are not counted; that a request was declined is.
    """
    known = EVENTS.get(name)
    if known is None or fields.get("incognito"):
        return None
    chosen = {field: fields[field] for field in sorted(known & fields.keys())}
    return BusinessEvent(name, at, {field: value for field, value in chosen.items() if _is_allowed(field, value)})


def _is_allowed(field: str, value: object) -> bool:
    if field in NUMBERS:
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _NUMBER_MAX
    return isinstance(value, str) and WORDS[field].fullmatch(value) is not None

"""What a person chose about how long their requests and results are stored. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

RESULTS_DAYS = (7, 30, 90)
"""The choices for requests, pictures, videos and sounds; the bucket deletes every file after 90 days."""
DEFAULT_RESULTS_DAYS = 90
INCOGNITO_FOR = timedelta(hours=1)
"""It ends by itself, so that nobody misses results in the gallery because they forgot it."""
REPEATED_FOR = timedelta(days=2)
"""Telegram and Cloud Tasks repeat for a day each: so long an incognito request is known, in the end without words."""


@dataclass(frozen=True, slots=True)
class Storage:
    """See the module's docstring."""

    results_days: int = DEFAULT_RESULTS_DAYS
    """One of RESULTS_DAYS."""
    incognito_from: datetime | None = None
    """When incognito was last switched on; None: never."""
    incognito_until: datetime | None = None
    """When that ends, or ended."""


def with_results_days(storage: Storage, value: str) -> Storage | None:
    """The storage with another term; None if that is none of the choices."""
    days = next((each for each in RESULTS_DAYS if str(each) == value), None)
    return None if days is None else replace(storage, results_days=days)


def with_incognito(storage: Storage, value: str, at: datetime) -> Storage | None:
    """The storage after incognito was switched *on*, for an hour from then, or *off*; None for another value.

    Switched on while it is on it lasts longer: what was asked before the second press may still be on its way.
    """
    if value == "on":
        since = storage.incognito_from if is_incognito(storage, at) else at
        return replace(storage, incognito_from=since, incognito_until=at + INCOGNITO_FOR)
    if value != "off":
        return None
    return replace(storage, incognito_until=at) if is_incognito(storage, at) else storage


def is_incognito(storage: Storage, asked_at: datetime) -> bool:
    """Whether what the webhook received at this time was asked incognito, also when that is over by now."""
    since, until = storage.incognito_from, storage.incognito_until
    return since is not None and until is not None and since <= asked_at < until


def statistics_facts(storage: Storage, asked_at: datetime) -> dict[str, Any]:
    """The fields of a log line by which no statistics count what was asked incognito."""
    return {"incognito": True} if is_incognito(storage, asked_at) else {}


def kept_for(storage: Storage, asked_at: datetime, usual: timedelta) -> timedelta:
    """How long a question, or a wish that waits for a press, is kept."""
    return min(usual, REPEATED_FOR) if is_incognito(storage, asked_at) else usual


def is_brief_for(storage: Storage, asked_at: datetime) -> bool:
    """Whether a file that waits to be used is kept for a day only."""
    return storage.results_days < DEFAULT_RESULTS_DAYS or is_incognito(storage, asked_at)

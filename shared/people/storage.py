"""What a person chose about how long their requests and results are stored. Pure."""

from dataclasses import dataclass

RESULTS_DAYS = (7, 30, 90)
"""The choices for requests, pictures, videos and sounds; the bucket deletes every file after 90 days."""
DEFAULT_RESULTS_DAYS = 90


@dataclass(frozen=True, slots=True)
class Storage:
    """See the module's docstring."""

    results_days: int = DEFAULT_RESULTS_DAYS
    """One of RESULTS_DAYS."""


def with_results_days(storage: Storage, value: str) -> Storage | None:
    """The storage with another term; None if that is none of the choices."""
    days = next((each for each in RESULTS_DAYS if str(each) == value), None)
    return None if days is None else Storage(days)

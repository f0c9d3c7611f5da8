"""What a person did with their credits in the last days, from transfers that are there anyway. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.credits.ledger import Transfer, TransferKind
from shared.statement.entries import is_told_by_another

WINDOW = timedelta(days=30)
TRANSFERS_MAX = 300
"""The newest ones; whoever moves more in 30 days gets the numbers of fewer days."""
RESULTS_MAX = 20
"""Of the newest results, whose time is the usual one."""


@dataclass(frozen=True, slots=True)
class OwnNumbers:
    """Counted since a time."""

    since: datetime
    made: Mapping[str, int]
    """How many jobs of each kind were paid for; "" for those of releases that noted no kind."""
    spent: int
    """Without what a group's wallet paid, as below."""
    returned: int
    """Credits of jobs that ended without a result. Both in credits."""


def count_numbers(transfers: Sequence[Transfer], now: datetime) -> OwnNumbers:
    """The numbers of the last days. `transfers`: the newest of one person, in this order, TRANSFERS_MAX at most."""
    since = now - WINDOW
    if len(transfers) == TRANSFERS_MAX:
        since = max(since, transfers[-1].at)
    recent = [each for each in transfers if each.at >= since]
    ids = {each.id for each in transfers}
    granted = {each.id.partition(":")[2] for each in transfers if each.kind is TransferKind.GRANT}
    paid = [each for each in recent if each.kind is TransferKind.CAPTURE]
    back = [each for each in recent if each.kind is TransferKind.RELEASE and not is_told_by_another(each, ids)]
    made = Counter(each.job_kind for each in paid)
    spent = sum(each.credits for each in paid if each.job_id not in granted)
    return OwnNumbers(since, made, spent, sum(each.credits for each in back if each.job_id not in granted))


def usual_seconds(durations: Sequence[float]) -> int | None:
    """The time in the middle of them, at least 1 s; None without any."""
    return max(1, round(sorted(durations)[len(durations) // 2])) if durations else None

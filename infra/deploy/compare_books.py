"""Checking the books of a restored database, and listing the transfers that it lacks."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from google.api_core.exceptions import GoogleAPICallError

from infra.deploy.context import Context
from infra.operations import ledger
from shared.credits.ledger import Transfer


@dataclass(frozen=True)
class Comparison:
    """The difference between a ledger and its restored earlier state."""

    booked_since: tuple[Transfer, ...] = ()
    """Only in the original: lost when the restored database replaces it."""
    only_restored: tuple[Transfer, ...] = ()
    """Only in the restored database: somebody deleted them from the original, which must never happen."""
    changed: tuple[Transfer, ...] = ()
    """In both with different contents, in the restored version: transfers must never change either."""


@dataclass(frozen=True)
class Verdict:
    """The result of checking a restored database."""

    count: int
    violations: tuple[str, ...] = ()
    comparison: Comparison | None = field(default=None)
    """None if there is no original beside it, or none that can be read any more."""


def tell_books(project: str, original: str | None, restored: str, context: Context) -> int:
    """Print the check of the restored books; returns 0 if they are right, otherwise 1."""
    verdict = asyncio.run(check_books(project, original, restored))
    for line in describe(verdict):
        context.say(line)
    return int(bool(verdict.violations))


async def check_books(project: str, original: str | None, restored: str) -> Verdict:
    """Read all users, jobs and transfers of the restored database and all transfers of the original, if any."""
    async with ledger.open_database(project, restored) as client:
        violations, count = await ledger.audit_books(client)
        if original is None:
            return Verdict(count, tuple(violations))
        after = await ledger.read_transfers(client)
    try:
        async with ledger.open_database(project, original) as client:
            before = await ledger.read_transfers(client)
    except GoogleAPICallError:
        return Verdict(count, tuple(violations))
    return Verdict(count, tuple(violations), compare_ledgers(before, after))


def compare_ledgers(original: Iterable[Transfer], restored: Iterable[Transfer]) -> Comparison:
    """The differences, each list sorted by time."""
    first, second = ({transfer.id: transfer for transfer in each} for each in (original, restored))
    shared = first.keys() & second.keys()
    return Comparison(
        booked_since=_by_time(first[name] for name in first.keys() - shared),
        only_restored=_by_time(second[name] for name in second.keys() - shared),
        changed=_by_time(second[name] for name in shared if first[name] != second[name]),
    )


def describe(verdict: Verdict) -> list[str]:
    """The verdict as lines of text."""
    lines = [f"ledger: {verdict.count} transfers, {len(verdict.violations)} violations", *verdict.violations]
    if verdict.comparison is None:
        return [*lines, "the original cannot be read: nothing to compare with"]
    found = verdict.comparison
    lines.append(f"booked since then and not in it: {_sum_up(found.booked_since)}")
    if found.only_restored:
        lines.append(f"deleted from the original: {_sum_up(found.only_restored)}")
    if found.changed:
        lines.append(f"changed in the original: {_sum_up(found.changed)}")
    return lines


def _sum_up(transfers: tuple[Transfer, ...]) -> str:
    if not transfers:
        return "nothing"
    credits_by_kind: Counter[str] = Counter()
    for transfer in transfers:
        credits_by_kind[transfer.kind] += transfer.credits
    people = len({transfer.user_id for transfer in transfers})
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(credits_by_kind.items()))
    first, last = transfers[0].at, transfers[-1].at
    span = f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC"
    return f"{len(transfers)} transfers of {people} people ({kinds} credits), {span}"


def _by_time(transfers: Iterable[Transfer]) -> tuple[Transfer, ...]:
    return tuple(sorted(transfers, key=lambda transfer: (transfer.at, transfer.id)))

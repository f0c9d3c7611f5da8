"""Which transfers of a page are entries: one for each job, whatever moved for it. Pure.

A job has a hold, and a capture, a release or both. Its entry is the capture or the release; the hold, while neither is
there. Transfers of one moment stay on one page, so a time is the place of a page.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.credits.ledger import Side, Transfer, TransferKind
from shared.credits.transfer_documents import end_key
from shared.jobs.job import Job
from shared.ports import Key

ENTRIES_SHOWN = 10
TRANSFERS_READ = 2 * ENTRIES_SHOWN
"""Most jobs have two transfers. A page is never empty while another follows: of as many transfers in a row more are
entries than may be holds of jobs that run at the same time (`ACTIVE_JOBS_MAX`)."""
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a statement."""

    entries: tuple[Transfer, ...]
    following: datetime | None = None
    """The place of the next page; None if there is none."""
    jobs: Mapping[str, Job] = field(default_factory=dict)
    """Those jobs of the entries that are still stored."""


def keep_whole_moments(found: Sequence[Transfer]) -> Sequence[Transfer]:
    """What was found, without the last moment if a part of it may be missing; the newest first."""
    if len(found) <= TRANSFERS_READ:
        return found
    return [each for each in found if each.at > found[-1].at] or found


def list_unknown_ends(transfers: Sequence[Transfer]) -> Iterator[Key]:
    """The transfers that decide whether something is an entry of its own, and were not found among the others."""
    known = {each.id for each in transfers}
    for each in transfers:
        if each.job_id is None or each.kind not in {TransferKind.HOLD, TransferKind.RELEASE}:
            continue
        keys = [end_key(TransferKind.CAPTURE, each.job_id)]
        if each.kind is TransferKind.HOLD:
            keys.append(end_key(TransferKind.RELEASE, each.job_id))
        if not any(key.id in known for key in keys):
            yield from keys


def cut_page(transfers: Sequence[Transfer], booked: Collection[str], *, has_more: bool) -> Page:
    """The entries of the next page; `booked`: the ids of transfers that are known to exist."""
    told = [each for each in transfers if not is_told_by_another(each, booked)]
    if len(told) <= ENTRIES_SHOWN:
        return Page(tuple(told), transfers[-1].at - MICROSECOND if has_more else None)
    last = told[ENTRIES_SHOWN - 1].at
    shown = tuple(each for each in told if each.at >= last)
    is_whole = len(shown) == len(told) and not has_more
    return Page(shown, None if is_whole else last - MICROSECOND)


def is_told_by_another(transfer: Transfer, booked: Collection[str]) -> bool:
    """Whether another entry covers a transfer: an ended hold, or the rest that was released at a capture."""
    if transfer.job_id is None:
        return False
    is_captured = end_key(TransferKind.CAPTURE, transfer.job_id).id in booked
    if transfer.kind is TransferKind.HOLD:
        return is_captured or end_key(TransferKind.RELEASE, transfer.job_id).id in booked
    return transfer.kind is TransferKind.RELEASE and is_captured


def change_of(transfer: Transfer) -> tuple[int, int]:
    """By how much a transfer changed the available credits, and by how much the held ones."""
    signed = {transfer.source: -transfer.credits, transfer.target: transfer.credits}
    return signed.get(Side.AVAILABLE, 0), signed.get(Side.HELD, 0)

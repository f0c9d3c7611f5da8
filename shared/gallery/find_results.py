"""A person's finished pictures and videos, newest first, in pages.

    page = await find_results(ports, user_id)                              the newest
    page = await find_results(ports, user_id, after=page.following)        the next ones, until there is none

A page costs one query, and two where pictures and videos stand together; each reads at most one document more than the
page holds. A deleted result is in no page, and one that is brought back is there again.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from shared.errors import DocumentUnreadableError
from shared.gallery.result import ALL, Cursor, Order, Result, Selection, is_shown, queries_of
from shared.hash_ids import is_id
from shared.jobs.frame import is_known
from shared.jobs.open_jobs import StoredJob, open_job, open_job_record
from shared.ports import Ports, Record

PAGE = 20


@dataclass(frozen=True, slots=True)
class Page:
    """Some results, and the place after which the next page begins; None if there is none."""

    results: tuple[Result, ...]
    following: Cursor | None


async def find_results(
    ports: Ports,
    user_id: int,
    selection: Selection = ALL,
    *,
    after: Cursor | None = None,
    limit: int = PAGE,
    is_upwards: bool = False,
) -> Page:
    """The results after a place, those next to it first; older ones, or with `is_upwards` newer ones.

    A page may hold fewer than `limit` although another follows: what only another release can read is left out. Raises
    UnavailableError.
    """
    order: Order = "ASCENDING" if is_upwards else "DESCENDING"
    asked = queries_of(user_id, selection, after, limit + 1, order)
    found = [record for records in await asyncio.gather(*map(ports.store.find, asked)) for record in records]
    found.sort(key=_place_of, reverse=not is_upwards)
    now = ports.clock.now()
    jobs = [opened.job for record in found[:limit] if (opened := read_job(ports, record)) is not None]
    following = Cursor(*_place_of(found[limit - 1])) if len(found) > limit else None
    return Page(tuple(Result(job) for job in jobs if is_shown(job, now)), following)


async def open_result(ports: Ports, user_id: int, job_id: str) -> StoredJob | None:
    """One result of this person, to be changed; None if it is not there any more. Raises UnavailableError."""
    opened = await open_job(ports, job_id) if is_id(job_id) else None
    is_theirs = opened is not None and opened.job.user_id == user_id and is_known(ports, opened.job)
    return opened if opened is not None and is_theirs and is_shown(opened.job, ports.clock.now()) else None


def read_job(ports: Ports, record: Record) -> StoredJob | None:
    """The job of a document; None if only another release can read it."""
    try:
        opened = open_job_record(ports, record)
    except DocumentUnreadableError:
        return None
    return opened if is_known(ports, opened.job) else None


def _place_of(record: Record) -> tuple[datetime, str]:
    return record.fields["created_at"], record.key.id

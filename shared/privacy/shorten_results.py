"""Shortening the term of what a person has already, page by page in the order of ids.

Each page is one commit and idempotent. A walk that is too long for one task begins again in the next, which only reads
what is shortened already, 100 documents at a time.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from shared.conversations.erase_conversation import PAUSE_SECONDS, SECONDS_MAX
from shared.errors import DocumentUnreadableError, LaterError
from shared.jobs.job_documents import update_job
from shared.jobs.open_jobs import StoredJob, decode_job
from shared.jobs.storage_term import keep_shorter
from shared.people.uploads import upload_prefix
from shared.pictures.keep_shares import share_key
from shared.pictures.share import share_id
from shared.ports import Ports, Record, Update, Write
from shared.privacy.person_documents import PAGE, owned_by

PAGE_SPREAD = timedelta(minutes=1)
"""What is over already leaves page by page, so that `sweep` is not busy with one person."""


async def shorten_results(ports: Ports, user_id: int, days: int) -> None:
    """Give all of a person's jobs a shorter term, and delete what they uploaded in the app.

    Raises LaterError, ConflictError, UnavailableError.
    """
    begun_at, passed, shortened = ports.clock.now(), "", 0
    while page := await ports.store.find(owned_by("jobs", user_id, passed, PAGE)):
        if changed := list(_shorten(page, days, begun_at + PAGE_SPREAD * shortened)):
            writes = [update_job(each.job, each.record) for each in changed]
            await ports.store.commit([*writes, *await _shorten_links(ports, changed)])
            shortened += 1
        passed = page[-1].key.id
        if shortened and ports.clock.now() > begun_at + timedelta(seconds=SECONDS_MAX):
            raise LaterError(PAUSE_SECONDS)
    await ports.blobs.delete_all(upload_prefix(user_id))


def _shorten(page: list[Record], days: int, sweep_at: datetime) -> Iterator[StoredJob]:
    """The jobs of a page that get a shorter term, each with the record that it had."""
    for record in page:
        opened = _read(record)
        shorter = None if opened is None else keep_shorter(opened.job, days, sweep_at)
        if shorter is not None:
            yield StoredJob(shorter, record)


async def _shorten_links(ports: Ports, changed: list[StoredJob]) -> list[Write]:
    """The writes for the links to these results, which live as long as they do."""
    shares = await ports.store.read([share_key(share_id(each.job.id)) for each in changed])
    found = zip(changed, shares, strict=True)
    return [
        Update(share.key, {"expire_at": each.job.expire_at}, share.version)
        for each, share in found
        if share is not None
    ]


def _read(record: Record) -> StoredJob | None:
    """The job, of which the engine's part is enough; None if only another release can read it."""
    try:
        return StoredJob(decode_job(record.fields, {}, {}), record)
    except DocumentUnreadableError:
        return None

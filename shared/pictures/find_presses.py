"""Finding the results of earlier presses of a button."""

from collections.abc import Sequence
from datetime import datetime

from shared.codec import decode
from shared.credits.catalogue import COUNTS
from shared.credits.ledger import Transfer
from shared.credits.transfer_documents import release_key
from shared.jobs.attempts import was_open
from shared.jobs.identity import job_id_of
from shared.jobs.open_jobs import open_jobs
from shared.ports import Ports


async def were_open(ports: Ports, intents: Sequence[str], at: datetime) -> bool:
    """Whether a picture of one of these intents was unfinished at that time. Raises UnavailableError."""
    job_ids = [job_id_of(intent, number) for intent in intents for number in COUNTS]
    jobs = [opened.job for opened in await open_jobs(ports, job_ids)]
    if not jobs or any(was_open(job, at) for job in jobs):
        return bool(jobs)
    # The attempts of a job canceled while it waited do not show when it ended.
    released = await ports.store.read([release_key(job.id) for job in jobs])
    return any(decode(Transfer, record.fields).at > at for record in released if record is not None)


async def find_release(ports: Ports, job_id: str) -> datetime | None:
    """When a job's hold was released, which is when it ended without a picture. Raises UnavailableError."""
    [record] = await ports.store.read([release_key(job_id)])
    return None if record is None else decode(Transfer, record.fields).at

"""Storing and reading shares, and reading the pictures that somebody shared."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from shared.codec import decode, encode, update
from shared.errors import BlobMissingError
from shared.jobs.frame import is_known
from shared.jobs.job import Job, JobState
from shared.jobs.job_documents import job_key
from shared.jobs.open_jobs import open_job, open_job_record
from shared.logs import log_event
from shared.people.accounts import try_until_won
from shared.pictures.picture import Reference, artefacts_of, is_picture
from shared.pictures.share import Share, is_open, opens, share_id
from shared.pictures.signed_file import read_picture
from shared.ports import Create, Key, Ports
from shared.telegram.download_file import download_file


def share_key(id_: str) -> Key:
    """One per shared job."""
    return Key("shares", id_)


@dataclass(frozen=True, slots=True)
class Shared:
    """A share whose link is open, and its job."""

    share: Share
    job: Job


def can_be_shared(ports: Ports, job: Job) -> bool:
    """Whether there is a result to share; one that leaves in a moment is none."""
    return is_known(ports, job) and job.state is JobState.DELIVERED and job.deleted_at is None and not job.is_incognito


async def share_job(ports: Ports, job: Job) -> Share:
    """Open the link of this job; an open one stays as it is. Raises UnavailableError."""
    token = ports.ids.token()

    async def attempt() -> Share:
        [record] = await ports.store.read([share_key(share_id(job.id))])
        if record is None:
            fresh = Share(share_id(job.id), job.id, job.user_id, ports.clock.now(), job.expire_at, token)
            await ports.store.commit([Create(share_key(fresh.id), encode(fresh))])
            return fresh
        share = decode(Share, record.fields)
        if share.token:
            return share
        opened = replace(share, token=token, expire_at=job.expire_at)
        await ports.store.commit([update(record, opened)])
        return opened

    share = await try_until_won(ports, attempt)
    if share.token == token:  # it was closed until now
        log_event("result_shared", kind=job.kind)
    return share


async def change_share(ports: Ports, job: Job, change: Callable[[Share], Share]) -> Share | None:
    """Change the share of a job while its link is open; None if it is closed. Raises UnavailableError."""

    async def attempt() -> Share | None:
        [record] = await ports.store.read([share_key(share_id(job.id))])
        share = None if record is None else decode(Share, record.fields)
        if record is None or share is None or not share.token:
            return None
        changed = change(share)
        await ports.store.commit([update(record, changed)])
        return changed

    return await try_until_won(ports, attempt)


async def open_share(ports: Ports, id_: str, token: str) -> Shared | None:
    """What a link leads to; None if it is closed, or the result is gone. Raises UnavailableError."""
    [record] = await ports.store.read([share_key(id_)])
    share = None if record is None else decode(Share, record.fields)
    if share is None or not opens(share, token, ports.clock.now()):
        return None
    opened = await open_job(ports, share.job_id)
    return None if opened is None or not can_be_shared(ports, opened.job) else Shared(share, opened.job)


async def is_shared_now(ports: Ports, job_id: str) -> bool:
    """Whether the link of this job is open. Raises UnavailableError."""
    [record] = await ports.store.read([share_key(share_id(job_id))])
    return record is not None and is_open(decode(Share, record.fields), ports.clock.now())


async def read_reference(ports: Ports, reference: Reference) -> bytes:
    """The file of a reference. Raises as `download_file` and `read_shared`, and BlobMissingError."""
    if reference.shared_id:
        return await read_shared(ports, reference.shared_id)
    if reference.blob:
        return await ports.blobs.get(reference.blob)
    return await download_file(ports, reference.file_id)


async def read_shared(ports: Ports, job_id: str) -> bytes:
    """A picture that is shared now. Raises BlobMissingError if it is not (any more), UnavailableError."""
    shared, made = await ports.store.read([share_key(share_id(job_id)), job_key(job_id)])
    if shared is None or made is None or not is_open(decode(Share, shared.fields), ports.clock.now()):
        raise BlobMissingError(job_id)
    job = open_job_record(ports, made).job
    result = artefacts_of(job).result if is_picture(job) and can_be_shared(ports, job) else None
    if result is None:
        raise BlobMissingError(job_id)
    return await read_picture(ports.blobs, result)

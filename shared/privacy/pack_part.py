"""Packing the next part of an export: the documents first, then files, job by job in the order of their ids.

A part that was not stored whole is packed again from the same place, under another name.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.errors import BlobMissingError
from shared.gallery.find_results import read_job
from shared.gallery.result import is_kept
from shared.gallery.whole_file import WholeFile, whole_file
from shared.gallery.zip_stream import NAME_CHARACTERS_MAX, Entry, name_entry, write_zip
from shared.jobs.job import Job
from shared.ports import MediaStore, Ports, Record
from shared.privacy.export import PART_BYTES_MAX, Part, Progress, part_name, progress_of
from shared.privacy.person_documents import walk_owned
from shared.privacy.write_documents import open_documents

PACKING = timedelta(seconds=90)
"""After this time a part takes no further file: it has to be stored within one visit."""
ZIP_TYPE = "application/zip"


@dataclass(slots=True)
class _Packing:
    """What has gone into the part so far."""

    progress: Progress
    until: datetime
    count: int = 0
    size_bytes: int = 0


async def pack_part(ports: Ports, media: MediaStore, job: Job) -> Progress:
    """Store the next part; returns the progress with it. Raises UnavailableError."""
    progress, now, name = progress_of(job), ports.clock.now(), part_name(job)
    if not progress.parts:
        entries = open_documents(ports.store, job, now)
        size_bytes = await media.put_stream(name, write_zip(entries), ZIP_TYPE)
        return replace(progress, parts=(Part(name, size_bytes, 0),))
    packing = _Packing(progress, now + PACKING)
    size_bytes = await media.put_stream(name, write_zip(_open_files(ports, media, job, packing)), ZIP_TYPE)
    if not packing.count:
        await media.delete_all(name)
        return packing.progress
    return replace(packing.progress, parts=(*progress.parts, Part(name, size_bytes, packing.count)))


async def _open_files(ports: Ports, media: MediaStore, export: Job, packing: _Packing) -> AsyncIterator[Entry]:
    """Each file as it is reached, until the part is full or its time is over; one that is gone is counted."""
    async for record in walk_owned(ports.store, "jobs", export.user_id, packing.progress.passed):
        job = _read(ports, record)
        file = None if job is None else whole_file(job)
        if file is not None:
            if packing.count and packing.size_bytes + file.size_bytes > PART_BYTES_MAX:
                return
            entry = await _open(media, file)
            if entry is not None:
                packing.count += 1
                packing.size_bytes += file.size_bytes
                yield entry
            else:
                packing.progress = replace(packing.progress, missing=packing.progress.missing + 1)
        packing.progress = replace(packing.progress, passed=record.key.id)
        if ports.clock.now() >= packing.until:
            return
    packing.progress = replace(packing.progress, is_whole=True)


async def _open(media: MediaStore, file: WholeFile) -> Entry | None:
    try:
        pieces = await media.stream(file.blob, 0, file.size_bytes)
    except BlobMissingError:
        return None
    job = file.job
    words = name_entry(job.index, file.words[:NAME_CHARACTERS_MAX], file.extension)
    return Entry(f"{job.created_at:%Y-%m-%d %H-%M} {job.id[:8]} {words}", job.created_at, pieces)


def _read(ports: Ports, record: Record) -> Job | None:
    """A job whose result is there; None for every other, and for one that only another release can read."""
    opened = read_job(ports, record)
    return opened.job if opened is not None and is_kept(opened.job, ports.clock.now()) else None

"""Packing a ZIP of results: found, streamed from the bucket through the ZIP into the bucket, shown.

found ── packed and stored ✓ ── commit: MADE ── shown, or a link to it ✓ ── the bucket deletes the file after a day
      ╳ died in between: packed again under another name; nothing is paid, so nothing can be paid twice
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

from shared.errors import BlobMissingError
from shared.gallery.archive import (
    BYTES_MAX,
    COST_USD_MICROS,
    RESULTS_MAX,
    StoredArchive,
    archive_of,
    archive_prefix,
    archive_request,
    with_archive,
)
from shared.gallery.archive_screens import LINK_HOURS, linked_archive
from shared.gallery.deliver_zip import deliver_zip
from shared.gallery.find_results import Page, find_results, open_result
from shared.gallery.result import Cursor, read_cursor, read_selection, write_cursor
from shared.gallery.whole_file import WholeFile, whole_file
from shared.gallery.zip_stream import Entry, name_entry, write_zip
from shared.jobs.attempts import end_attempt
from shared.jobs.before_asking import PREPARING_ERRORS, costs_no_attempt, end_unasked, must_wait_for_spending
from shared.jobs.frame import Document, Words, surface_of
from shared.jobs.job import Job, mark_made
from shared.jobs.open_jobs import StoredJob, change_held_job
from shared.jobs.refuse_job import refuse_job
from shared.jobs.time_limits import FILMING_SECONDS_MAX
from shared.ports import Ports, StoredFile, VideoStudio
from shared.providers.outcomes import FailureReason
from shared.videos.video import SHOWN_BYTES_MAX

LAST_ID = "~"
"""Behind every id of a job: a page that begins there has all that have its time."""


@dataclass(slots=True)
class _Packed:
    """What has gone into the ZIP so far."""

    count: int = 0
    missing: int = 0
    following: Cursor | None = None
    files: list[WholeFile] = field(default_factory=list)


async def make_archive(ports: Ports, studio: VideoStudio, held: StoredJob) -> None:
    """Pack the results of a claimed job and show the ZIP. Raises LeaseLostError, UnavailableError."""
    if await must_wait_for_spending(ports, held):
        return
    try:
        held, lost = await surface_of(ports, held.job).prepare(ports, held)
        if lost is not None:
            raise lost
        async with costs_no_attempt(ports, held), asyncio.timeout(FILMING_SECONDS_MAX):
            await ports.spending.book(COST_USD_MICROS)
            archive = await _pack(ports, studio, held.job)
    except PREPARING_ERRORS as error:
        await end_unasked(ports, held, error)
        return
    now = ports.clock.now()
    if archive is None:
        await refuse_job(ports, held, FailureReason.NO_RESULT, lambda job: end_attempt(job, now, "empty"))
        return
    made = await change_held_job(
        ports, held, lambda job: mark_made(with_archive(end_attempt(job, now, "made"), archive), now)
    )
    await show_archive(ports, studio, made)


async def _pack(ports: Ports, studio: VideoStudio, job: Job) -> StoredArchive | None:
    """The stored file; None if there is nothing to pack."""
    if archive_request(job).only:
        return await _find_video(ports, studio, job)
    packed = await _choose(ports, job)
    if not packed.files:
        return None
    name = f"{archive_prefix(job)}{job.fence}.zip"
    size_bytes = await studio.media.put_stream(name, write_zip(_open_all(studio, packed)), "application/zip")
    if not packed.count:
        return None
    following = "" if packed.following is None else write_cursor(packed.following)
    filename = f"nanobanana-{job.created_at:%Y-%m-%d}.zip"
    return StoredArchive(name, size_bytes, filename, packed.count, packed.missing, following)


async def _choose(ports: Ports, job: Job) -> _Packed:
    """The files to pack: so many, and so large together, at most; at least one."""
    packed, size_bytes = _Packed(), 0
    page = await _find(ports, job)
    packed.following = page.following
    last: Cursor | None = None
    for result in page.results:
        file = whole_file(result.job)
        size_bytes += 0 if file is None else file.size_bytes
        if last is not None and size_bytes > BYTES_MAX:
            packed.following = last
            break
        last = result.cursor
        packed.missing += file is None
        packed.files += [] if file is None else [file]
    return packed


async def _find(ports: Ports, job: Job) -> Page:
    """The results to pack, the newest first. Those of one request have one time, whatever else was made then."""
    request = archive_request(job)
    selection, after = read_selection(request.selection), read_cursor(request.after)
    if not request.album or after is None:
        return await find_results(ports, job.user_id, selection, after=after, limit=RESULTS_MAX)
    page = await find_results(ports, job.user_id, selection, after=Cursor(after.at, LAST_ID), limit=request.album)
    return Page(tuple(result for result in page.results if result.created_at == after.at), None)


async def _open_all(studio: VideoStudio, packed: _Packed) -> AsyncIterator[Entry]:
    """Each file as it is reached; one that the bucket does not have any more is left out."""
    for file in packed.files:
        try:
            pieces = await studio.media.stream(file.blob, 0, file.size_bytes)
        except BlobMissingError:
            packed.missing += 1
            continue
        packed.count += 1
        name = name_entry(packed.count, file.words, file.extension)
        yield Entry(name, file.job.created_at, pieces)


async def _find_video(ports: Ports, studio: VideoStudio, job: Job) -> StoredArchive | None:
    """The file of one video, as it is."""
    opened = await open_result(ports, job.user_id, archive_request(job).only)
    file = None if opened is None else whole_file(opened.job)
    if file is None or await studio.media.measure(file.blob) is None:
        return None
    return StoredArchive(file.blob, file.size_bytes, f"nanobanana-{file.job.id}.{file.extension}", 1)


async def show_archive(ports: Ports, studio: VideoStudio, held: StoredJob) -> None:
    """Turn the card into the file, or into a link to one that Telegram does not take.

    Raises LeaseLostError, UnavailableError.
    """
    archive = archive_of(held.job)
    if archive is None or await studio.media.measure(archive.blob) is None:
        await refuse_job(ports, held, FailureReason.FILE_GONE)
        return
    shown: Document | Words = Document(StoredFile(archive.blob, archive.size_bytes), archive.filename)
    if archive.size_bytes > SHOWN_BYTES_MAX:
        address = await studio.media.link(archive.blob, timedelta(hours=LINK_HOURS), archive.filename)
        shown = Words((linked_archive(held.job, address),))
    await deliver_zip(ports, held, shown)

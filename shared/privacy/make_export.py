"""Making an export: a part in each visit, so that neither its memory nor its time grows with what a person has.

asked ── commit: POLLING ── part 1 stored ── commit: progress ── task ── part 2 … ── commit: MADE ── links shown
                         ╳ died: the next visit packs the same part again, behind the stored progress
"""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from shared.errors import MessengerError
from shared.gallery.archive_kind import ARCHIVE_KIND, BUCKET
from shared.gallery.archive_screens import LINK_HOURS
from shared.gallery.deliver_zip import deliver_zip
from shared.jobs.attempts import end_attempt
from shared.jobs.before_asking import (
    PREPARING_ERRORS,
    REST_SECONDS_MAX,
    costs_no_attempt,
    end_unasked,
    must_wait_for_spending,
)
from shared.jobs.follow_operation import follow_operation
from shared.jobs.frame import Kind, Words, surface_of
from shared.jobs.job import Job, mark_made, retry_seconds
from shared.jobs.open_jobs import StoredJob, change_held_job
from shared.jobs.pause_job import pause_job
from shared.jobs.refuse_job import refuse_job
from shared.jobs.time_limits import FILMING_SECONDS_MAX
from shared.ports import Ports, VideoStudio
from shared.privacy.export import MEDIUM, cost_of_last, filename_of, progress_of, with_progress
from shared.privacy.export_screens import linked_export
from shared.privacy.pack_part import pack_part
from shared.providers.ladder import Rung
from shared.providers.outcomes import FailureReason


async def begin_export(ports: Ports, studio: VideoStudio, held: StoredJob) -> None:
    """Post the card of a claimed job and schedule its first part. Raises LeaseLostError, UnavailableError."""
    if await must_wait_for_spending(ports, held):
        return
    try:
        async with costs_no_attempt(ports, held):
            held, lost = await surface_of(ports, held.job).prepare(ports, held)
        if lost is not None:
            raise lost
    except PREPARING_ERRORS as error:
        await end_unasked(ports, held, error)
        return
    await follow_operation(ports, held, MEDIUM, timedelta())


async def pack_next(ports: Ports, studio: VideoStudio, held: StoredJob) -> None:
    """Pack one part; after the last show the links. Raises LeaseLostError, UnavailableError."""
    if await ports.spending.rest_until() is not None:
        await pause_job(ports, held, REST_SECONDS_MAX)
        return
    try:
        async with asyncio.timeout(FILMING_SECONDS_MAX):
            progress = await pack_part(ports, studio.media, held.job)
    except TimeoutError:
        await pause_job(ports, held, retry_seconds(held.job))
        return
    await ports.spending.book(cost_of_last(progress))
    if not progress.is_whole:
        with suppress(MessengerError):
            await surface_of(ports, held.job).show(ports, with_progress(held.job, progress))
        await follow_operation(ports, held, MEDIUM, timedelta(), lambda job: with_progress(job, progress))
        return
    now = ports.clock.now()
    made = await change_held_job(
        ports, held, lambda job: mark_made(with_progress(end_attempt(job, now, "made"), progress), now)
    )
    await show_export(ports, studio, made)


async def show_export(ports: Ports, studio: VideoStudio, held: StoredJob) -> None:
    """Turn the card into the links to all parts. Raises LeaseLostError, UnavailableError."""
    addresses = []
    for number, part in enumerate(progress_of(held.job).parts, 1):
        if await studio.media.measure(part.blob) is None:
            await refuse_job(ports, held, FailureReason.FILE_GONE)
            return
        filename = filename_of(held.job, number)
        addresses.append(await studio.media.link(part.blob, timedelta(hours=LINK_HOURS), filename))
    await deliver_zip(ports, held, Words(linked_export(held.job, addresses)))


_BUCKET = replace(BUCKET, id=MEDIUM)


def _rungs(studio: VideoStudio, job: Job) -> tuple[Rung, ...]:
    return (_BUCKET,)


EXPORT_KIND: Kind[VideoStudio] = replace(
    ARCHIVE_KIND, rungs=_rungs, make=begin_export, deliver=show_export, poll=pack_next
)
"""The kind `export`: a ZIP as of the gallery, made in several visits. No model is asked."""

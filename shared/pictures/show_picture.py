"""Showing a stored picture, and sending the file."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from shared.errors import (
    BlobMissingError,
    FileTooManyPixelsError,
    FileUnreadableError,
    MessengerError,
)
from shared.jobs.deliver_job import deliver_job
from shared.jobs.frame import Receipt, surface_of
from shared.jobs.job import Job, Result, retry_seconds, show_card
from shared.jobs.open_jobs import OpenJob, change_job
from shared.jobs.pause_job import pause_job
from shared.jobs.refuse_job import refuse_job
from shared.ports import Media, Ports, Screen, Sent, Studio
from shared.providers.outcomes import FailureReason
from shared.telegram.announce_jobs import card_place
from shared.texts import html_text

LONG_SECONDS = 60
"""A job that took longer ends with a message of its own: edits do not make the phone ring."""
EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


async def keep_and_show(
    ports: Ports, studio: Studio, held: OpenJob, content: bytes, keep: Callable[[int, int], Awaitable[OpenJob]]
) -> bool:
    """Write a picture down with `keep`, given its width and height in px, and deliver it; False where it is none.

    Raises LeaseLostError, UnavailableError.
    """
    try:
        preview, width, height = await studio.pictures.preview(content)
    except FileUnreadableError:
        return False
    except FileTooManyPixelsError:  # no memory for it now: it is paid, so it is kept, and shown when there is
        held = await keep(0, 0)
        await pause_job(ports, held, retry_seconds(held.job))
    else:
        await show_picture(ports, await keep(width, height), preview, content)
    return True


async def show_stored_picture(ports: Ports, studio: Studio, held: OpenJob) -> None:
    """Deliver a picture that an earlier worker stored."""
    assert held.job.result is not None
    try:
        original = await ports.blobs.get(held.job.result.blob)
        preview, _, _ = await studio.pictures.preview(original)
    except (BlobMissingError, FileUnreadableError):
        await refuse_job(ports, held, FailureReason.FILE_GONE)
    except FileTooManyPixelsError:  # more than there is memory for now: the picture is kept, and tried again
        await pause_job(ports, held, retry_seconds(held.job))
    else:
        await show_picture(ports, held, preview, original)


async def show_picture(ports: Ports, held: OpenJob, preview: bytes, original: bytes) -> None:
    """Turn the card into the picture and take the money. Raises LeaseLostError, UnavailableError."""
    delivered = await deliver_job(ports, held, Media(preview, f"{held.job.id}.jpg"), _with_photo)
    if delivered is not None:
        await _follow_up(ports, delivered, original)


def _with_photo(job: Job, receipt: Receipt) -> Job:
    assert job.result is not None
    return replace(job, result=replace(job.result, photo_file_id=receipt.file_id or job.result.photo_file_id))


async def _follow_up(ports: Ports, delivered: OpenJob, original: bytes) -> None:
    """What is sent at most once: only the worker whose settlement counted comes here."""
    job, surface = delivered.job, surface_of(ports, delivered.job)
    seconds = (ports.clock.now() - job.created_at).total_seconds()
    with suppress(MessengerError):
        if seconds > LONG_SECONDS:
            await surface.ring(ports, job)
        if job.request.original and surface.sends_files:
            await send_original(ports, delivered, _name_original(job, original))


async def open_original(ports: Ports, job: Job) -> Media:
    """The stored file, or its `file_id` where Telegram has it already. Raises BlobMissingError, UnavailableError."""
    assert job.result is not None
    return _name_original(job, job.result.document_file_id or await ports.blobs.get(job.result.blob))


def _name_original(job: Job, content: bytes | str) -> Media:
    assert job.result is not None
    return Media(content, f"nanobanana-{job.id}.{EXTENSIONS.get(job.result.mime_type, 'img')}")


async def send_original(ports: Ports, delivered: OpenJob, document: Media) -> None:
    """Send the file uncompressed. Not idempotent. Raises MessengerErrors, UnavailableError."""
    job = delivered.job
    place = replace(card_place(job), reply_to=job.card_message_id)
    sent = await ports.messenger.send_document(place, document, Screen(html_text(job.language, "original-caption")))
    now = ports.clock.now()
    await change_job(ports, delivered, lambda job: _with_document(job, sent, now))


def _with_document(job: Job, sent: Sent, now: datetime) -> Job:
    assert job.result is not None
    kept = job.card_message_id
    result: Result = replace(job.result, document_file_id=sent.file_id)
    return replace(show_card(job, sent.message_id), card_message_id=kept, result=result, original_sent_at=now)

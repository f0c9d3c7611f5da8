"""Showing a stored picture, and sending the file."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from shared.errors import (
    BlobMissingError,
    FileTooManyPixelsError,
    FileUnreadableError,
    MessageGoneError,
    MessageRejectedError,
    MessengerError,
)
from shared.jobs.deliver_job import deliver_job
from shared.jobs.frame import Photo, Receipt, surface_of
from shared.jobs.job import Job, retry_seconds
from shared.jobs.open_jobs import StoredJob, change_job
from shared.jobs.pause_job import pause_job
from shared.jobs.refuse_job import refuse_job
from shared.people.accounts import OpenUser
from shared.pictures.picture import EXTENSIONS, note_original, request_of, result_of, with_result
from shared.pictures.signed_file import read_picture
from shared.ports import Media, PictureStudio, Ports, Screen, Sent
from shared.providers.outcomes import FailureReason
from shared.telegram.address import add_message, chat_of
from shared.telegram.announce_jobs import card_place
from shared.telegram.send_patiently import send_patiently
from shared.texts import html_text

LONG_SECONDS = 60
"""A longer job ends with an additional message, because edits cause no notification."""
Preview = tuple[bytes, int, int]
"""A JPEG, and the width and height in px of its original."""


async def make_preview(studio: PictureStudio, content: bytes) -> Preview | None:
    """The JPEG for the chat and the width and height in px; None if this is not a picture.

    If there is not enough memory, the JPEG is empty: the model is already paid, so the picture is kept and shown later.
    """
    try:
        return await studio.pictures.preview(content)
    except FileUnreadableError:
        return None
    except FileTooManyPixelsError:
        return b"", 0, 0


async def show_stored_picture(ports: Ports, studio: PictureStudio, held: StoredJob) -> None:
    """Deliver a picture that an earlier worker stored. Raises LeaseLostError, UnavailableError."""
    made = None
    with suppress(BlobMissingError):
        original = await read_picture(ports.blobs, result_of(held.job))
        made = await make_preview(studio, original)
    if made is None:
        await refuse_job(ports, held, FailureReason.FILE_GONE)
    else:
        await show_when_possible(ports, held, made[0], original)


async def show_when_possible(
    ports: Ports, held: StoredJob, preview: bytes, original: bytes, payer: OpenUser | None = None
) -> None:
    """Deliver a stored picture; later, if there was no memory for its preview.

    `payer` is its person, where they were read before.

    Raises LeaseLostError, UnavailableError.
    """
    if preview:
        await show_picture(ports, held, preview, original, payer)
    else:
        await pause_job(ports, held, retry_seconds(held.job))


async def show_picture(
    ports: Ports, held: StoredJob, preview: bytes, original: bytes, payer: OpenUser | None = None
) -> None:
    """Turn the card into the picture and capture its price. Raises LeaseLostError, UnavailableError."""
    photo = Photo(Media(preview, f"{held.job.id}.jpg"))
    delivered = await deliver_job(ports, held, photo, _with_photo, payer=payer)
    if delivered is not None:
        await _follow_up(ports, delivered, original)


def _with_photo(job: Job, receipt: Receipt) -> Job:
    result = result_of(job)
    return with_result(job, replace(result, photo_file_id=receipt.file_id or result.photo_file_id))


async def _follow_up(ports: Ports, delivered: StoredJob, original: bytes) -> None:
    """Send the follow-up messages, at most once: only the worker whose settlement succeeded calls this."""
    job, surface = delivered.job, surface_of(ports, delivered.job)
    seconds = (ports.clock.now() - job.created_at).total_seconds()
    if seconds > LONG_SECONDS:
        with suppress(MessengerError):
            await surface.ring(ports, job)
    if request_of(job).original and surface.sends_files:
        document = _name_original(job, original)
        with suppress(MessengerError):
            if not await _fill_placeholder(ports, delivered, document):
                await send_original(ports, delivered, document)


async def _fill_placeholder(ports: Ports, delivered: StoredJob, document: Media) -> bool:
    """Put the file in its place in the album of a batch; False if there is no such place.

    Raises TooManyRequestsError, DeliveryUnknownError and other MessengerErrors, UnavailableError.
    """
    job, now = delivered.job, ports.clock.now()
    message_id = chat_of(job).file_message_id
    if message_id is None:
        return False
    caption = Screen(html_text(job.language, "original-caption"))
    with suppress(MessageGoneError, MessageRejectedError):
        file_id = await send_patiently(
            ports, lambda: ports.messenger.edit_document(card_place(job), message_id, document, caption)
        )
        await change_job(ports, delivered, lambda job: _with_document(job, Sent(message_id, file_id), now))
        return True
    return False


async def open_original(ports: Ports, job: Job) -> Media:
    """The stored file, or its `file_id` if Telegram has it already. Raises BlobMissingError, UnavailableError."""
    result = result_of(job)
    return _name_original(job, result.document_file_id or await read_picture(ports.blobs, result))


def _name_original(job: Job, content: bytes | str) -> Media:
    return Media(content, f"nanobanana-{job.id}.{EXTENSIONS.get(result_of(job).mime_type, 'img')}")


async def send_original(ports: Ports, delivered: StoredJob, document: Media) -> None:
    """Send the file uncompressed. Not idempotent. Raises MessengerErrors, UnavailableError."""
    job = delivered.job
    place = replace(card_place(job), reply_to=chat_of(job).card_message_id)
    sent = await ports.messenger.send_document(place, document, Screen(html_text(job.language, "original-caption")))
    now = ports.clock.now()
    await change_job(ports, delivered, lambda job: _with_document(job, sent, now))


def _with_document(job: Job, sent: Sent, now: datetime) -> Job:
    known = with_result(job, replace(result_of(job), document_file_id=sent.file_id))
    return note_original(add_message(known, sent.message_id), now)

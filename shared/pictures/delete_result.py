"""Deleting a picture: hidden at once, removed a minute later.

mark ── delete messages ── the card shows *Undo* ── 60 s ── no *Undo* any more ── remove files
After a crash in between, the update, the task or `sweep` comes again; each step is idempotent.

*Undo* shows the preview that Telegram keeps. If Telegram's response was lost, the preview's `file_id` is unknown: then
`image`, which can make previews, shows a new one.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from shared.errors import (
    BlobMissingError,
    DeliveryUnknownError,
    FileTooManyPixelsError,
    FileUnreadableError,
    MessageRejectedError,
    MessengerError,
    TooManyRequestsError,
)
from shared.jobs.job import Job, JobState
from shared.jobs.next_step import UNDO_SECONDS
from shared.jobs.open_jobs import StoredJob, change_job
from shared.jobs.publish_jobs import publish_job
from shared.people.accounts import open_user
from shared.pictures.cards import caption, deleted_card, undeletable_caption
from shared.pictures.deletion import begin_purge, can_undelete, delete, undelete
from shared.pictures.picture import artefacts_of, blob_prefix, result_of, with_result
from shared.pictures.signed_file import read_picture
from shared.ports import Media, PictureStudio, Place, Ports, Sent
from shared.telegram.address import chat_of, read_message_ref, show_card
from shared.telegram.announce_jobs import card_place
from shared.telegram.move_place import FINAL, PLACE_LOST
from shared.telegram.press_count import FIRST

SHOW_PAUSE_SECONDS = 15.0


async def delete_result(ports: Ports, opened: StoredJob, count: str) -> Job:
    """Remove a delivered picture and all its messages from the chat; idempotent.

    `count`: the press count of the picture's keyboard, which the remaining message continues.

    Raises TooManyRequestsError, UnavailableError.
    """
    deleted = await hide_picture(ports, opened)
    job = deleted.job
    if job.deleted_at is None:
        return job
    left = await _take_back(ports, job, count)
    return job if chat_of(job).card_message_id is not None else await _tell(ports, deleted, left, count)


async def hide_picture(ports: Ports, opened: StoredJob) -> StoredJob:
    """Mark a delivered picture as deleted, and have its files removed; its messages are the caller's. Idempotent.

    Returns the job, unchanged if it has no picture to delete. Raises UnavailableError.
    """
    now = ports.clock.now()

    def mark(job: Job) -> Job | None:
        is_there = job.state is JobState.DELIVERED and job.deleted_at is None
        return delete(job, now) if is_there else None

    deleted = await change_job(ports, opened, mark)
    if deleted.job.deleted_at is not None and can_undelete(deleted.job):
        await publish_job(ports, deleted.job, deleted.job.deleted_at + timedelta(seconds=UNDO_SECONDS))
    return deleted


async def restore_result(ports: Ports, opened: StoredJob, message_id: int, count: str) -> Job:
    """Restore a deleted picture in the message with *Undo*, with its keyboard's count; idempotent.

    Raises MessengerErrors, UnavailableError.
    """
    restored = await change_job(ports, opened, lambda job: undelete(job, message_id) if can_undelete(job) else None)
    job = restored.job
    result = artefacts_of(job).result
    if job.deleted_at is None and chat_of(job).card_message_id == message_id and result is not None:
        if lacks_preview(job):
            await publish_job(ports, job)
        else:
            await _show(ports, job, Media(result.photo_file_id, f"{job.id}.jpg"), count)
    return job


def lacks_preview(job: Job) -> bool:
    """Whether a delivered picture can only be shown again after making a new preview."""
    is_there = job.state is JobState.DELIVERED and job.deleted_at is None
    result = artefacts_of(job).result if is_there else None
    return result is not None and chat_of(job).card_message_id is not None and not result.photo_file_id


async def show_restored(ports: Ports, studio: PictureStudio, opened: StoredJob) -> None:
    """Make, show and store the preview of a picture that `lacks_preview`; idempotent.

    Raises UnavailableError.
    """
    try:
        preview, _, _ = await studio.pictures.preview(await read_picture(ports.blobs, result_of(opened.job)))
        sent = await _show(ports, opened.job, Media(preview, f"{opened.job.id}.jpg"), FIRST)
    except (TooManyRequestsError, DeliveryUnknownError):
        await publish_job(ports, opened.job, ports.clock.now() + timedelta(seconds=SHOW_PAUSE_SECONDS))
    except (*FINAL, BlobMissingError, FileUnreadableError, FileTooManyPixelsError):
        return  # deleted again, or the chat refuses it: *Original* still works
    else:
        await change_job(ports, opened, lambda job: _with_preview(job, sent.file_id))


async def _show(ports: Ports, job: Job, photo: Media, count: str) -> Sent:
    message_id = chat_of(job).card_message_id
    assert message_id is not None
    left = (await open_user(ports, job.user_id)).user.account.available
    return await ports.messenger.edit_photo(card_place(job), message_id, photo, caption(job, left, count))


def _with_preview(job: Job, file_id: str) -> Job | None:
    return with_result(job, replace(result_of(job), photo_file_id=file_id)) if file_id else None


async def purge_result(ports: Ports, opened: StoredJob) -> None:
    """Remove the files of a deleted picture, of every attempt, for ever; idempotent.

    Raises UnavailableError.
    """
    now = ports.clock.now()
    purged = await change_job(ports, opened, lambda job: begin_purge(job, now) if can_undelete(job) else None)
    if purged.job.purged_at is None:  # it was restored
        return
    await ports.blobs.delete_all(blob_prefix(purged.job))
    await change_job(ports, purged, lambda job: None if job.sweep_at is None else replace(job, sweep_at=None))
    await _show_deleted(ports, purged.job)


async def _take_back(ports: Ports, job: Job, count: str) -> int | None:
    """Delete the card and the copies. Returns the message id of a picture that Telegram refuses to delete, or None."""
    left: int | None = None
    for chat_id, message_id in map(read_message_ref, chat_of(job).messages):
        if message_id == chat_of(job).card_message_id:
            continue
        try:
            await ports.messenger.delete_message(Place(chat_id), message_id)
        except MessageRejectedError:
            left = left or await _strip(ports, job, Place(chat_id), message_id, count)
        except (DeliveryUnknownError, *PLACE_LOST):
            continue  # it may be deleted; otherwise its buttons still work. Or the bot was removed from the group
    return left


async def _strip(ports: Ports, job: Job, place: Place, message_id: int, count: str) -> int | None:
    """Say in the caption of a remaining picture that its file is deleted; None if the message is not a picture."""
    try:
        await ports.messenger.edit_caption(place, message_id, undeletable_caption(job, count))
    except FINAL:
        return None
    return message_id if place.chat_id == chat_of(job).chat_id else None


async def _tell(ports: Ports, deleted: StoredJob, left: int | None, count: str) -> Job:
    """Leave one message with *Undo*, and store its id."""
    message_id = left or await ports.messenger.send_text(card_place(deleted.job), deleted_card(deleted.job, count))

    def record(job: Job) -> Job | None:
        is_ours = job.deleted_at is not None and chat_of(job).card_message_id is None
        return show_card(job, message_id) if is_ours else None

    return (await change_job(ports, deleted, record)).job


async def _show_deleted(ports: Ports, job: Job) -> None:
    """Remove *Undo* from the remaining message: a text, or a picture that could not be deleted."""
    message_id = chat_of(job).card_message_id
    if message_id is None:
        return
    with suppress(MessengerError):
        try:
            await ports.messenger.edit_text(card_place(job), message_id, deleted_card(job))
        except MessengerError:
            await ports.messenger.edit_caption(card_place(job), message_id, undeletable_caption(job))

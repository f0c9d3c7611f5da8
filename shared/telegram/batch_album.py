"""The album of a batch: its messages are sent before the pictures are made, and each picture replaces its own one.

press ── an album of placeholders ✓ ── its messages are noted in the first job ✓ ── the jobs' tasks
                                    ╳ died in between, or not sent: each picture comes in a message of its own
a picture is made ── its placeholder is edited into it: an edit may be repeated
all have ended ── the placeholders of those that have no picture are deleted

An album cannot be edited into being, and a send is not idempotent. So nothing that was made depends on the album. Who
wants the files too gets a second album, of documents, in the same way; like any file by that setting, each is sent at
most once, after its picture was paid.
"""

from collections.abc import Sequence
from contextlib import suppress

from shared.errors import DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.jobs.identity import job_id_of
from shared.jobs.job import Job, JobState
from shared.jobs.open_jobs import StoredJob, change_held_job, change_job, open_job
from shared.ports import Media, Ports
from shared.telegram.address import chat_of, note_album, note_file_album, show_in_album
from shared.telegram.announce_jobs import card_place
from shared.telegram.send_patiently import send_patiently

ALBUM_MIN = 2
"""Telegram makes no album of fewer."""
_WITHOUT_RESULT = frozenset({JobState.REFUSED, JobState.FAILED, JobState.CANCELED})


async def send_placeholders(ports: Ports, first: StoredJob, photos: Sequence[Media], files: Sequence[Media]) -> None:
    """Send the albums of a new batch, once: of photos, and of files unless there are none.

    Without them each picture comes alone, also where an album may have arrived: then its placeholders stay. A caller
    that was paused comes too late: the first job has begun or was canceled. Raises UnavailableError.
    """
    current = await open_job(ports, first.job.id)
    if current is None or current.job.state is not JobState.QUEUED or current.job.fence > 0:
        return
    place = card_place(first.job)
    try:
        if len(photos) >= ALBUM_MIN:
            message_ids = await ports.messenger.send_album(place, photos)
            first = await change_job(ports, first, lambda job: note_album(job, message_ids))
        if len(files) >= ALBUM_MIN:
            file_ids = await ports.messenger.send_file_album(place, files)
            await change_job(ports, first, lambda job: note_file_album(job, file_ids))
    except MessengerError:
        return


async def take_placeholder(ports: Ports, held: StoredJob) -> StoredJob:
    """Make the placeholder of a held job its card, if it has no other. Raises LeaseLostError, UnavailableError."""
    chat, at = chat_of(held.job), held.job.index - 1
    first = await open_job(ports, job_id_of(chat.batch, 1)) if chat.batch and chat.card_message_id is None else None
    if first is None or len(chat_of(first.job).album) <= at:
        return held
    message_id, files = chat_of(first.job).album[at], chat_of(first.job).file_album
    file_id = files[at] if at < len(files) else None
    return await change_held_job(ports, held, lambda job: show_in_album(job, message_id, file_id))


async def clear_album(ports: Ports, jobs: Sequence[Job]) -> None:
    """Delete the placeholders of those that ended without a picture, or whose picture is elsewhere. Idempotent.

    Raises TooManyRequestsError, DeliveryUnknownError.
    """
    first = chat_of(jobs[0])
    photos = [(job, each, chat_of(job).card_message_id) for job, each in zip(jobs, first.album, strict=False)]
    files = [(job, each, chat_of(job).file_message_id) for job, each in zip(jobs, first.file_album, strict=False)]
    for job, message_id, used in (*photos, *files):
        is_elsewhere = job.state is JobState.DELIVERED and used != message_id and job.deleted_at is None
        if job.state in _WITHOUT_RESULT or is_elsewhere:
            await _delete(ports, job, message_id)


async def _delete(ports: Ports, job: Job, message_id: int) -> None:
    async def delete() -> None:
        await ports.messenger.delete_message(card_place(job), message_id)

    try:
        with suppress(DeliveryUnknownError):
            await send_patiently(ports, delete)
            return
        await send_patiently(ports, delete)  # a deletion may be repeated
    except (TooManyRequestsError, DeliveryUnknownError):
        raise
    except MessengerError:
        pass  # gone already, or the person blocked the bot

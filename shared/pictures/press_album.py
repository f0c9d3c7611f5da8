"""*As an album* under the card of a finished batch: its pictures once more, in one message of Telegram.

They are sent by Telegram's own ids, so nothing is uploaded. An album has no buttons, so it comes beside the pictures'
messages and not in their place.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from shared.errors import DeliveryUnknownError, MessengerError
from shared.jobs.job import Job, JobState
from shared.jobs.open_jobs import StoredJob, change_job
from shared.pictures.batch_card import is_over
from shared.pictures.find_batch import find_batch
from shared.pictures.picture import result_of
from shared.ports import Media, Place, Ports
from shared.telegram.address import add_message, chat_of
from shared.telegram.claim_sending import claim_sending
from shared.telegram.send_patiently import send_patiently
from shared.telegram.taps import toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit

ALBUM_MIN = 2
"""Telegram makes no album of fewer."""


async def press_album(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Send the album, at most once a minute, because a send is not idempotent. Raises UnavailableError."""
    jobs = await find_batch(ports, visit, tap, arguments)
    if jobs is None:
        return
    shown = [opened for opened in jobs if _is_there(opened.job)]
    if not all(is_over(opened.job) and opened.job.state is not JobState.MADE for opened in jobs):
        await toast(ports, visit, tap, "toast-not-done")
    elif len(shown) < ALBUM_MIN:
        await toast(ports, visit, tap, "toast-gone")
    elif (claimed := await _claim(ports, visit, jobs[0])) is None:
        await toast(ports, visit, tap, "toast-album-sent")
    else:
        await toast(ports, visit, tap, "toast-album")
        await _send(ports, tap, claimed, shown)


def _is_there(job: Job) -> bool:
    """Whether Telegram has the picture."""
    return job.state is JobState.DELIVERED and job.deleted_at is None and bool(result_of(job).photo_file_id)


async def _claim(ports: Ports, visit: Visit, first: StoredJob) -> StoredJob | None:
    """Store the time of sending in the first job; None if the album was just sent."""
    return await claim_sending(
        ports,
        first,
        visit.received_at,
        lambda job: chat_of(job).album_at,
        lambda job, at: replace(job, address=replace(chat_of(job), album_at=at)),
    )


async def _send(ports: Ports, tap: Tap, claimed: StoredJob, shown: Sequence[StoredJob]) -> None:
    """Send it, and note its messages, so that replies refer to their pictures.

    If it was certainly not sent, another press is allowed. Raises UnavailableError.
    """
    place, photos = Place(tap.chat.id, tap.chat.thread_id, tap.message_id), [result_of(each.job) for each in shown]
    try:
        album = [Media(photo.photo_file_id, "") for photo in photos]
        message_ids = await send_patiently(ports, lambda: ports.messenger.send_album(place, album))
    except DeliveryUnknownError:
        return
    except MessengerError:
        await change_job(ports, claimed, lambda job: replace(job, address=replace(chat_of(job), album_at=None)))
    else:
        for opened, message_id in zip(shown, message_ids, strict=True):
            await change_job(ports, opened, partial(add_message, message_id=message_id))

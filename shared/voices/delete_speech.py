"""Deleting a voice message: the message at once, its sound and its words a minute later.

mark ── delete the message ── 60 s ── remove files and words        each step is idempotent
     └─ Telegram unavailable ── 60 s ── remove files and words, delete the message ── … for at most a day
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum

from shared.errors import DeliveryUnknownError, MessageRejectedError, MessengerError, TooManyRequestsError
from shared.jobs.job import SWEEP_AFTER_SECONDS, Job, JobState
from shared.jobs.next_step import UNDO_SECONDS
from shared.jobs.open_jobs import StoredJob, change_job
from shared.jobs.publish_jobs import publish_job
from shared.ports import Place, Ports, Screen
from shared.telegram.address import chat_of
from shared.voices.speech import sound_of, sound_prefix, with_sound


class Taken(Enum):
    """The result of deleting a message."""

    GONE = "gone"
    TOO_OLD = "too_old"
    """Telegram no longer deletes it: its button was removed, and the person can delete it themselves."""
    LATER = "later"
    """Telegram is unavailable, or the result is unknown."""


TRIED_FOR = timedelta(days=1)
"""For how long the deletion of a message is retried."""


async def delete_speech(ports: Ports, opened: StoredJob) -> Taken | None:
    """Delete a delivered voice message from the chat; None if it was not delivered. Raises UnavailableError."""
    now = ports.clock.now()
    deleted = await change_job(ports, opened, lambda job: _mark(job, now))
    job = deleted.job
    if job.deleted_at is None:
        return None
    await publish_job(ports, job, job.deleted_at + timedelta(seconds=UNDO_SECONDS))
    taken, _ = await _take_back(ports, job)
    return taken


async def purge_speech(ports: Ports, opened: StoredJob) -> None:
    """Remove a deleted job's sound (of every attempt), words and message; idempotent."""
    await ports.blobs.delete_all(sound_prefix(opened.job))
    taken, seconds = await _take_back(ports, opened.job)
    now = ports.clock.now()
    is_over = taken is not Taken.LATER or now > (opened.job.deleted_at or now) + TRIED_FOR
    emptied = await change_job(ports, opened, lambda job: _emptied(job, now, is_over=is_over))
    if not is_over:
        await publish_job(ports, emptied.job, now + timedelta(seconds=seconds))


def _mark(job: Job, now: datetime) -> Job | None:
    if job.state is not JobState.DELIVERED or job.deleted_at is not None:
        return None
    return replace(job, deleted_at=now, sweep_at=now + timedelta(seconds=UNDO_SECONDS + SWEEP_AFTER_SECONDS))


def _emptied(job: Job, now: datetime, *, is_over: bool) -> Job:
    silent = with_sound(job, replace(sound_of(job), words="", file_id=""))
    return replace(silent, purged_at=job.purged_at or now, sweep_at=None) if is_over else silent


async def _take_back(ports: Ports, job: Job) -> tuple[Taken, float]:
    """Delete the message; returns the result, and the pause in seconds before a retry."""
    place, message_id = Place(chat_of(job).chat_id), sound_of(job).message_id
    if not message_id:  # the message is to stay in the chat
        return Taken.GONE, 0.0
    try:
        await ports.messenger.delete_message(place, message_id)
    except MessageRejectedError:
        with suppress(MessengerError):
            await ports.messenger.edit_buttons(place, message_id, Screen(""))
        return Taken.TOO_OLD, 0.0
    except TooManyRequestsError as error:
        return Taken.LATER, error.retry_after_seconds
    except DeliveryUnknownError:
        return Taken.LATER, UNDO_SECONDS
    except MessengerError:  # it is gone, or the chat is closed to us
        return Taken.GONE, 0.0
    return Taken.GONE, 0.0

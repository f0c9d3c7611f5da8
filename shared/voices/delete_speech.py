"""Deleting something spoken: the message at once, its sound and its words a minute later.

mark ── the message goes ── 60 s ── files and words removed        each step may be repeated
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from shared.errors import MessageRejectedError, MessengerError
from shared.jobs.job import SWEEP_AFTER_SECONDS, Job, JobState
from shared.jobs.next_step import UNDO_SECONDS
from shared.jobs.open_jobs import StoredJob, change_job
from shared.jobs.publish_jobs import publish_job
from shared.ports import Place, Ports, Screen
from shared.telegram.address import chat_of
from shared.voices.speech import sound_of, sound_prefix, with_sound


async def delete_speech(ports: Ports, opened: StoredJob) -> Job:
    """Take a delivered voice message out of the chat; the job as it now is. Raises UnavailableError."""
    now = ports.clock.now()
    deleted = await change_job(ports, opened, lambda job: _mark(job, now))
    job = deleted.job
    if job.deleted_at is not None:
        await publish_job(ports, job, job.deleted_at + timedelta(seconds=UNDO_SECONDS))
        await _take_back(ports, Place(chat_of(job).chat_id), sound_of(job).message_id)
    return job


async def purge_speech(ports: Ports, opened: StoredJob) -> None:
    """Remove the sound of a deleted job, those of every attempt, and its words; may be repeated."""
    await ports.blobs.delete_all(sound_prefix(opened.job))
    now = ports.clock.now()
    await change_job(ports, opened, lambda job: _emptied(job, now))


def _mark(job: Job, now: datetime) -> Job | None:
    if job.state is not JobState.DELIVERED or job.deleted_at is not None:
        return None
    return replace(job, deleted_at=now, sweep_at=now + timedelta(seconds=UNDO_SECONDS + SWEEP_AFTER_SECONDS))


def _emptied(job: Job, now: datetime) -> Job:
    silent = with_sound(job, replace(sound_of(job), words="", file_id=""))
    return replace(silent, purged_at=job.purged_at or now, sweep_at=None)


async def _take_back(ports: Ports, place: Place, message_id: int) -> None:
    """One that is too old to be deleted loses its button: its file here goes all the same."""
    with suppress(MessengerError):
        try:
            await ports.messenger.delete_message(place, message_id)
        except MessageRejectedError:
            await ports.messenger.edit_buttons(place, message_id, Screen(""))

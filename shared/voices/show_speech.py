"""Sending what was spoken, and remembering what Telegram calls it."""

from contextlib import suppress
from dataclasses import replace
from math import ceil

from shared.errors import BlobMissingError, ConflictError
from shared.jobs.deliver_job import deliver_job
from shared.jobs.frame import Receipt, Voice
from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob
from shared.jobs.refuse_job import refuse_job
from shared.ports import Media, Ports, TalkStudio
from shared.providers.outcomes import FailureReason
from shared.telegram.address import add_message, forget_card
from shared.voices.samples import keep_sample
from shared.voices.speech import sound_of, speech_of, with_sound


async def show_stored_speech(ports: Ports, studio: TalkStudio, held: StoredJob) -> None:
    """Deliver what an earlier worker stored. Raises LeaseLostError, UnavailableError."""
    content = b""
    with suppress(BlobMissingError):
        content = await ports.blobs.get(sound_of(held.job).blob)
    if content:
        await show_speech(ports, held, content)
    else:
        await refuse_job(ports, held, FailureReason.FILE_GONE)


async def show_speech(ports: Ports, held: StoredJob, content: bytes) -> None:
    """Send it, and take the money. Raises LeaseLostError, UnavailableError."""
    seconds = max(1, ceil(sound_of(held.job).seconds))
    voice = Voice(Media(content, f"{held.job.id}.ogg"), seconds)
    delivered = await deliver_job(ports, held, voice, _with_message)
    if delivered is not None and not speech_of(held.job).answer_id:
        with suppress(ConflictError):  # somebody else's is kept
            await keep_sample(ports, delivered.job)


def _with_message(job: Job, receipt: Receipt) -> Job:
    """A reply to the voice message means this job; a card that it had is deleted."""
    sound = sound_of(job)
    known = with_sound(forget_card(job), replace(sound, file_id=receipt.file_id or sound.file_id))
    return add_message(known, receipt.message_id) if receipt.message_id else known

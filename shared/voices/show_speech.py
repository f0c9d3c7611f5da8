"""Sending a voice message and storing its ids."""

from contextlib import suppress
from dataclasses import replace
from math import ceil

from shared.errors import BlobMissingError, ConflictError, UnavailableError
from shared.jobs.deliver_job import deliver_job
from shared.jobs.frame import Receipt, Voice
from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob, change_job, open_job
from shared.jobs.refuse_job import refuse_job
from shared.ports import Media, Ports, TalkStudio
from shared.providers.outcomes import FailureReason
from shared.telegram.address import add_message, chat_of, forget_card
from shared.voices.samples import keep_sample
from shared.voices.speech import SpeechArtefacts, sound_of, sound_prefix, speech_of, with_sound
from shared.voices.spoken_words import find_words


async def show_stored_speech(ports: Ports, studio: TalkStudio, held: StoredJob) -> None:
    """Deliver a sound that an earlier worker stored, unless its words were deleted meanwhile.

    Raises LeaseLostError, UnavailableError.
    """
    words, is_awaited = await find_words(ports, held.job)
    if not words and not is_awaited:
        await refuse_speech(ports, held)
        return
    content = b""
    with suppress(BlobMissingError):
        content = await ports.blobs.get(sound_of(held.job).blob)
    if content:
        await show_speech(ports, held, content)
    else:
        await refuse_job(ports, held, FailureReason.FILE_GONE)


async def refuse_speech(ports: Ports, held: StoredJob) -> None:
    """End a job whose words are gone, and remove its sound. Raises LeaseLostError, UnavailableError."""
    await ports.blobs.delete_all(sound_prefix(held.job))
    await refuse_job(ports, held, FailureReason.FILE_GONE, _silenced)


def _silenced(job: Job) -> Job:
    assert isinstance(job.artefacts, SpeechArtefacts)
    return replace(job, artefacts=replace(job.artefacts, sound=None))


async def show_speech(ports: Ports, held: StoredJob, content: bytes) -> None:
    """Send the sound and capture its price. Raises LeaseLostError, UnavailableError."""
    seconds = max(1, ceil(sound_of(held.job).seconds))
    voice = Voice(Media(content, f"{held.job.id}.ogg"), seconds)
    delivered = await deliver_job(ports, held, voice, _with_message)
    if delivered is None:
        return
    with suppress(ConflictError, UnavailableError):  # another sample is stored; this one was delivered anyway
        if speech_of(delivered.job).answer_id:
            await _stand_for_answer(ports, delivered.job)
        else:
            await keep_sample(ports, delivered.job)


async def _stand_for_answer(ports: Ports, job: Job) -> None:
    """Let a reply to the voice message refer to the answer."""
    answer = await open_job(ports, speech_of(job).answer_id)
    if answer is not None:
        message_id, chat_id = sound_of(job).message_id, chat_of(job).chat_id
        await change_job(ports, answer, lambda each: add_message(each, message_id, chat_id))


def _with_message(job: Job, receipt: Receipt) -> Job:
    """The job with its voice message and without a card, which was deleted."""
    sound = replace(sound_of(job), file_id=receipt.file_id, message_id=receipt.message_id)
    return with_sound(forget_card(job), sound)

"""Samples of the voices: one per voice and language, made once and then sent by Telegram's `file_id`."""

from dataclasses import dataclass

from shared.codec import decode, encode
from shared.jobs.job import Job
from shared.people.users import Language
from shared.ports import Create, Key, Ports, Update
from shared.voices.speech import sound_of, speech_of


@dataclass(frozen=True, slots=True)
class Sample:
    """A voice message that can be sent to everybody."""

    file_id: str
    seconds: float


def sample_key(bot_id: int, voice: str, language: Language) -> Key:
    """One per voice and language; also per bot, because a `file_id` is valid for one bot only."""
    return Key("samples", f"{bot_id}.{voice}.{language}")


async def find_sample(ports: Ports, voice: str, language: Language) -> Sample | None:
    """The sample, if it was made before. Raises UnavailableError."""
    [record] = await ports.store.read([sample_key(ports.bot_id, voice, language)])
    return None if record is None else decode(Sample, record.fields)


async def keep_sample(ports: Ports, job: Job) -> None:
    """Store the sample that a delivered job made, replacing one whose file is gone.

    Raises ConflictError if another job stored one first, UnavailableError.
    """
    sound = sound_of(job)
    if not sound.file_id:
        return
    key, fields = (
        sample_key(ports.bot_id, speech_of(job).voice, job.language),
        encode(Sample(sound.file_id, sound.seconds)),
    )
    [known] = await ports.store.read([key])
    await ports.store.commit([Create(key, fields) if known is None else Update(key, fields, known.version)])

"""How the voices sound: one sample of each in each language, made once and sent by Telegram's own name for the file."""

from dataclasses import dataclass

from shared.codec import decode, encode
from shared.jobs.job import Job
from shared.people.users import Language
from shared.ports import Create, Key, Ports, Update
from shared.voices.speech import sound_of, speech_of


@dataclass(frozen=True, slots=True)
class Sample:
    """A voice message that everybody may be sent."""

    file_id: str
    seconds: float


def sample_key(bot_id: int, voice: str, language: Language) -> Key:
    """One for each voice and language; files are named for each bot."""
    return Key("samples", f"{bot_id}.{voice}.{language}")


async def find_sample(ports: Ports, voice: str, language: Language) -> Sample | None:
    """The sample, where it was made before. Raises UnavailableError."""
    [record] = await ports.store.read([sample_key(ports.bot_id, voice, language)])
    return None if record is None else decode(Sample, record.fields)


async def keep_sample(ports: Ports, job: Job) -> None:
    """Write down what a delivered job made, in the place of a file that is gone.

    Raises ConflictError where another came first, UnavailableError.
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

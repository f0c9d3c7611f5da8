"""Deleting the sound of a conversation: the transcripts of its questions, and its answers as voice messages.

Their jobs hold the same words. No document lists these jobs: their ids are derived from the answer's. Idempotent.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.conversations.speech_intents import list_rounds
from shared.credits.catalogue import PACES, VOICES
from shared.jobs.identity import job_id_of, message_intent, transcript_intent
from shared.jobs.job import ENDS, JobState
from shared.jobs.job_documents import job_key
from shared.jobs.next_step import UNDO_SECONDS
from shared.people.speech_settings import SpeechSettings
from shared.ports import Ports, Record, Update

WRITES_MAX = 100
SOUND_KEPT = timedelta(days=1)
"""How long the job of a voice message lives on: the sweep needs it to remove the sound within two minutes."""


async def erase_spoken(ports: Ports, answers: Sequence[Record]) -> None:
    """Delete the sound that belongs to the records of these jobs. Raises ConflictError, UnavailableError."""
    now = ports.clock.now()
    asked = {_transcript_id(ports.bot_id, record) for record in answers}
    spoken = [list_rounds(ports.bot_id, record.key.id, SpeechSettings(voice=voice, pace=pace))
              for record in answers for voice in VOICES for pace in PACES]  # fmt: skip
    first = await _read(ports, sorted(asked | {rounds[0].job_id for rounds in spoken}))
    known = {record.key.id for record in first}
    more = [each.job_id for rounds in spoken if rounds[0].job_id in known for each in rounds[1:]]
    writes = [_erase(record, now) for record in [*first, *await _read(ports, more)] if record.fields["state"] in ENDS]
    for begin in range(0, len(writes), WRITES_MAX):
        await ports.store.commit(writes[begin : begin + WRITES_MAX])


def _transcript_id(bot_id: int, record: Record) -> str:
    """The id of the transcript of this job's question, if the question was spoken."""
    asked = message_intent(bot_id, record.fields["chat_id"], record.fields["message_id"])
    return job_id_of(transcript_intent(asked), 1)


async def _read(ports: Ports, job_ids: Sequence[str]) -> list[Record]:
    found = await ports.store.read([job_key(each) for each in job_ids]) if job_ids else []
    return [record for record in found if record is not None]


def _erase(record: Record, now: datetime) -> Update:
    """The update that marks a delivered voice message as deleted; the sweep then removes its sound and its words."""
    has_sound = record.fields.get("sound") is not None and record.fields["state"] == JobState.DELIVERED
    if not has_sound:
        return Update(record.key, {"expire_at": now}, record.version)
    sound = {**record.fields["sound"], "message_id": 0}  # the message stays in the chat, as the answer in words does
    marks = {
        "sound": sound,
        "deleted_at": now,
        "sweep_at": now + timedelta(seconds=UNDO_SECONDS),
        "expire_at": now + SOUND_KEPT,
    }
    return Update(record.key, marks, record.version)

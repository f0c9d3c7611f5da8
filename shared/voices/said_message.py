"""Turns a transcript into the message that the person would have typed. Pure."""

from dataclasses import replace

from shared.jobs.job import Job
from shared.telegram.updates import Message, Replied, Spoken
from shared.voices.spoken_message import open_message
from shared.voices.transcript import spoken_of, transcript_of

SURE_MIN = 0.6
"""Below this confidence the bot asks before it acts."""
_RECORDED = frozenset({"voice", "video_note"})
"""Kinds that a person records in the app; other kinds may contain anybody's words."""
TRANSCRIBE = "transcribe"
"""The command that transcribes a recording: its message's own, or the one that it replies to."""


def write_message(job: Job) -> Message:
    """The message that brought the recording, with the words instead of the recording."""
    request, transcript = spoken_of(job), transcript_of(job)
    said = replace(open_message(request.message, job.user_id), spoken=Spoken(request.mode))
    words = transcript.transcript
    if said.is_foreign or (request.recording.kind not in _RECORDED and not said.text):
        return replace(said, text=words, is_foreign=True)
    if request.recording.kind not in _RECORDED:
        return replace(said, replied=Replied(said.message_id, said.sender.id, None, text=words))
    spoken = Spoken(request.mode, is_doubtful=transcript.sure < SURE_MIN)
    return replace(said, text=f"{said.text}\n{words}".strip(), spoken=spoken)


def write_typed_message(job: Job) -> Message:
    """The message as if it had been typed; the words of a replied recording are material."""
    message, kept = write_message(job), spoken_of(job).message
    if kept.command == TRANSCRIBE and kept.about is not None:
        message = replace(message, is_foreign=True, replied=None)
    return replace(message, spoken=None, command=None)

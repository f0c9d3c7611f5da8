"""Words that were spoken, handled as if they had been typed: in the mode that was in use, in the message's own name.

    transcript ──▶ the message with these words ──▶ the router      marked in the inbox like an update of its own

What a person recorded are their words. What was forwarded, or sent as a file, is somebody's: it is material. Where the
model is not sure that it heard right, nothing is bought without a question.
"""

from dataclasses import replace

from shared.bot.router import handle_once
from shared.delivery import Delivery
from shared.jobs.identity import spoken_key
from shared.jobs.job import Job
from shared.ports import Ports, TalkStudio
from shared.telegram.address import chat_of
from shared.telegram.updates import Message, Replied, Spoken
from shared.voices.spoken_message import open_message
from shared.voices.transcript import spoken_of, transcript_of

SURE_MIN = 0.6
"""Below that the words may be wrong, and are asked about."""
_RECORDED = frozenset({"voice", "video_note"})
"""What a person records in the app; all else may be anybody's."""


async def take_spoken(ports: Ports, studio: TalkStudio, job: Job) -> None:
    """Do what the words of a transcript ask for, once. Raises LaterError, UnavailableError."""
    message = write_message(job)
    received_at = chat_of(job).asked_at or job.created_at
    # A worker that comes here again follows one that died: the answer that is kept may not have been sent.
    delivery = Delivery(received_at, failures=job.fence - 1)
    await handle_once(ports, message, spoken_key(job.id), delivery, studio)


def write_message(job: Job) -> Message:
    """The message that brought the recording, with its words in the recording's place."""
    request, transcript = spoken_of(job), transcript_of(job)
    said = replace(open_message(request.message, job.user_id), spoken=Spoken(request.mode))
    words = transcript.transcript
    if said.is_foreign or (request.recording.kind not in _RECORDED and not said.text):
        return replace(said, text=words, is_foreign=True)
    if request.recording.kind not in _RECORDED:
        return replace(said, replied=Replied(said.message_id, said.sender.id, None, text=words))
    spoken = Spoken(request.mode, is_doubtful=transcript.sure < SURE_MIN)
    return replace(said, text=f"{said.text}\n{words}".strip(), spoken=spoken)

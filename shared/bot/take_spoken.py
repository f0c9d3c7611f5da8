"""Handling spoken words like typed ones: in the mode at the time of recording, under the message's own intent.

    transcript ──▶ the message with these words ──▶ the router      marked in the inbox like a separate update

A recording made in the app contains the person's own words. A forwarded recording or a file may be somebody else's, so
its words are material. If the model is not sure of the words, nothing is bought without a question.
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
"""Below this confidence the bot asks before it acts."""
_RECORDED = frozenset({"voice", "video_note"})
"""Kinds that a person records in the app; other kinds may contain anybody's words."""


async def take_spoken(ports: Ports, studio: TalkStudio, job: Job) -> None:
    """Handle the words of a transcript once. Raises LaterError, UnavailableError."""
    message = write_message(job)
    received_at = chat_of(job).asked_at or job.created_at
    # A second worker here follows one that died, so the stored answer may not have been sent.
    delivery = Delivery(received_at, failures=job.fence - 1)
    await handle_once(ports, message, spoken_key(job.id), delivery, studio)


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

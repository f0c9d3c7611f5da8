"""Words that were spoken, handled as if they had been typed: in the mode that was in use, in the message's own name.

    transcript ──▶ the message with these words ──▶ the router      marked in the inbox like an update of its own

What a person recorded are their words. What was forwarded, or sent as a file, is somebody's: it is material. Where the
model is not sure that it heard right, nothing is bought without a question.
"""

from shared.bot.router import handle_once
from shared.delivery import Delivery
from shared.jobs.identity import spoken_key
from shared.jobs.job import Job
from shared.ports import Ports, TalkStudio
from shared.telegram.address import chat_of
from shared.voices.said_message import write_message


async def take_spoken(ports: Ports, studio: TalkStudio, job: Job) -> None:
    """Do what the words of a transcript ask for, once. Raises LaterError, UnavailableError."""
    message = write_message(job)
    received_at = chat_of(job).asked_at or job.created_at
    # A worker that comes here again follows one that died: the answer that is kept may not have been sent.
    delivery = Delivery(received_at, failures=job.fence - 1)
    await handle_once(ports, message, spoken_key(job.id), delivery, studio)

"""Handling spoken words like typed ones: in the mode at the time of recording, under the message's own intent.

    transcript ──▶ the message with these words ──▶ the router      marked in the inbox like a separate update

A recording made in the app contains the person's own words. A forwarded recording or a file may be somebody else's, so
its words are material. If the model is not sure of the words, nothing is bought without a question.
"""

from shared.bot.router import handle_once
from shared.delivery import Delivery
from shared.jobs.identity import spoken_key
from shared.jobs.job import Job
from shared.ports import Ports, TalkStudio
from shared.telegram.address import chat_of
from shared.voices.said_message import write_message


async def take_spoken(ports: Ports, studio: TalkStudio, job: Job) -> None:
    """Handle the words of a transcript once. Raises LaterError, UnavailableError."""
    message = write_message(job)
    received_at = chat_of(job).asked_at or job.created_at
    # A second worker here follows one that died, so the stored answer may not have been sent.
    delivery = Delivery(received_at, failures=job.fence - 1)
    await handle_once(ports, message, spoken_key(job.id), delivery, studio)

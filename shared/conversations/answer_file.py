"""Sending a very long answer as a file, in addition to its messages.

A send cannot be repeated safely, so its time is stored before it. The file is sent automatically at most once, after
the commit that delivers the answer. If that failed, a button sends it, at most once a minute.
"""

import re
from datetime import datetime

from shared.conversations.answer import answer_of, note_file, question_of
from shared.errors import DeliveryUnknownError, MessengerError
from shared.jobs.job import Job, JobState
from shared.jobs.open_jobs import StoredJob, change_job
from shared.ports import Media, Ports, Screen
from shared.telegram.announce_jobs import card_place
from shared.telegram.claim_sending import claim_sending
from shared.telegram.send_patiently import send_patiently
from shared.texts import html_text, plain_text

_NAME_CHARACTERS_MAX = 40


async def send_file(ports: Ports, noted: StoredJob) -> None:
    """Send the file after its time was stored. If it was certainly not sent, the button may send it.

    Raises UnavailableError.
    """
    job = noted.job
    document, caption = _compose_file(job), Screen(html_text(job.language, "answer-file"))
    try:
        await send_patiently(ports, lambda: ports.messenger.send_document(card_place(job), document, caption))
    except DeliveryUnknownError:
        return
    except MessengerError:
        await change_job(ports, noted, lambda job: note_file(job, None))


async def send_file_again(ports: Ports, opened: StoredJob, received_at: datetime) -> str:
    """Handle a press of the file's button; returns the id of the text to show. Raises UnavailableError."""
    if opened.job.state is not JobState.DELIVERED:
        return "toast-answer-running"
    noted = await claim_sending(ports, opened, received_at, lambda job: answer_of(job).file_sent_at, note_file)
    if noted is None:
        return "toast-sent-already"
    await send_file(ports, noted)
    return "toast-original"


def _compose_file(job: Job) -> Media:
    """The answer in Markdown, named after the question."""
    words = re.sub(r"[^\w-]+", " ", question_of(job).words).split()
    name = " ".join(words)[:_NAME_CHARACTERS_MAX].strip() or plain_text(job.language, "answer-file-name")
    return Media(answer_of(job).said.encode("utf-8", "replace"), f"{name}.md")

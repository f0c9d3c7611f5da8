"""Finding the words of a speech, while they exist."""

from shared.jobs.job import ENDS, Job, JobState
from shared.jobs.open_jobs import open_job
from shared.jobs.screens import screens_of
from shared.ports import Ports
from shared.texts import plain_text
from shared.voices.speech import speech_of
from shared.voices.speech_text import speakable


async def find_words(ports: Ports, job: Job) -> tuple[str, bool]:
    """The words to speak, and whether they are still to come; empty if they are gone. Raises UnavailableError."""
    request = speech_of(job)
    if not request.answer_id:
        return plain_text(job.language, "speech-sample"), False
    opened = await open_job(ports, request.answer_id)
    read = None if opened is None else screens_of(ports, opened.job).words
    if opened is None or read is None or opened.job.deleted_at is not None:
        return "", False
    if opened.job.state in {JobState.MADE, JobState.DELIVERED}:
        return speakable(read(opened.job)), False
    return "", opened.job.state not in ENDS

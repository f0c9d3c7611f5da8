"""Replacing the prompt of a waiting job after its message was edited."""

from dataclasses import replace
from datetime import datetime

from shared.jobs.accept_request import find_accepted
from shared.jobs.job import Job, JobState
from shared.jobs.open_jobs import StoredJob, change_job
from shared.pictures.picture import request_of
from shared.pictures.prompts import ParsedPrompt
from shared.pictures.tools import write_words
from shared.ports import Ports
from shared.telegram.address import chat_of


async def change_prompt(ports: Ports, intent: str, parsed: ParsedPrompt, received_at: datetime) -> list[StoredJob]:
    """Replace the prompt of an intent's queued jobs; returns all its current jobs, an empty list if it has none.

    Of several edits the last that reached the webhook wins: up to there Telegram keeps the order of a chat. Model,
    size, number and price do not change. Raises UnavailableError.
    """

    def change(job: Job) -> Job | None:
        chat = chat_of(job)
        if job.state is not JobState.QUEUED or (chat.prompt_at is not None and received_at <= chat.prompt_at):
            return None
        request = replace(request_of(job), prompt=parsed.text, without=parsed.without, is_understood=False)
        if request.tool:
            words = write_words(request.tool, job.language, parsed.text)
            request = replace(request, prompt=words, words=parsed.text)
        return replace(job, request=request, address=replace(chat, prompt_at=received_at))

    accepted = await find_accepted(ports, intent)
    return [await change_job(ports, job, change) for job in (accepted.jobs if accepted else ())]

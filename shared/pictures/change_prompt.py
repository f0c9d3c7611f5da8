"""An edited message: its new words replace the prompt while the job waits."""

from dataclasses import replace
from datetime import datetime

from shared.jobs.accept_request import find_accepted
from shared.jobs.job import Job, JobState
from shared.jobs.open_jobs import StoredJob, change_job
from shared.pictures.picture import request_of
from shared.ports import Ports
from shared.telegram.address import chat_of


async def change_prompt(ports: Ports, intent: str, prompt: str, received_at: datetime) -> list[StoredJob]:
    """Replace the prompt of an intent's queued jobs; all its jobs as they now are, none if it made none.

    Of several edits the last that reached the webhook wins: up to there Telegram keeps the order of a chat.
    What was agreed on stays: model, size, number and price. Raises UnavailableError.
    """

    def change(job: Job) -> Job | None:
        chat = chat_of(job)
        if job.state is not JobState.QUEUED or (chat.prompt_at is not None and received_at <= chat.prompt_at):
            return None
        request = replace(request_of(job), prompt=prompt, is_understood=False)
        return replace(job, request=request, address=replace(chat, prompt_at=received_at))

    accepted = await find_accepted(ports, intent)
    return [await change_job(ports, job, change) for job in (accepted.jobs if accepted else ())]

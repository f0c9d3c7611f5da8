"""An edited message: its new words replace the prompt while the job waits."""

from dataclasses import replace
from datetime import datetime

from shared.jobs.accept_request import find_accepted
from shared.jobs.job import Job, JobState
from shared.jobs.open_jobs import StoredJob, change_job
from shared.ports import Ports


async def change_prompt(ports: Ports, intent: str, prompt: str, received_at: datetime) -> list[StoredJob]:
    """Replace the prompt of an intent's queued jobs; all its jobs as they now are, none if it made none.

    Of several edits the one that the webhook got last stays: Telegram keeps the order of one chat until there. What
    was agreed on stays: model, size, number and price. Raises UnavailableError.
    """

    def change(job: Job) -> Job | None:
        if job.state is not JobState.QUEUED or (job.prompt_at is not None and received_at <= job.prompt_at):
            return None
        return replace(job, request=replace(job.request, prompt=prompt), prompt_at=received_at)

    accepted = await find_accepted(ports, intent)
    return [await change_job(ports, job, change) for job in (accepted.jobs if accepted else ())]

"""An edited message: its new words replace the prompt while the job waits."""

from dataclasses import replace

from shared.domain.jobs import Job, JobState
from shared.flows.accept_request import find_accepted
from shared.flows.open_jobs import OpenJob, change_job
from shared.ports import Ports


async def change_prompt(ports: Ports, intent: str, prompt: str, update_id: int) -> list[OpenJob]:
    """Replace the prompt of an intent's queued jobs; all its jobs as they now are, none if it made none.

    Of several edits the one with the highest `update_id` stays, in whatever order they come. What was agreed on stays:
    model, size, number and price. Raises UnavailableError.
    """

    def change(job: Job) -> Job | None:
        if job.state is not JobState.QUEUED or update_id <= job.prompt_update_id:
            return None
        return replace(job, request=replace(job.request, prompt=prompt), prompt_update_id=update_id)

    accepted = await find_accepted(ports, intent)
    return [await change_job(ports, job, change) for job in (accepted.jobs if accepted else ())]

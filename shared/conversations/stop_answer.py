"""*Stop* under an answer: what was said so far stays, what was not begun is canceled."""

from shared.conversations.answer import answer_of, ask_to_stop
from shared.jobs.cancel_jobs import cancel_job
from shared.jobs.job import Job, JobState
from shared.jobs.open_jobs import StoredJob, change_job
from shared.ports import Ports


async def stop_answer(ports: Ports, opened: StoredJob) -> str:
    """Have the worker end the answer where it is; the text that says what came of it. Raises UnavailableError."""
    now = ports.clock.now()

    def ask(job: Job) -> Job | None:
        if job.state is not JobState.WORKING or answer_of(job).stop_asked_at is not None:
            return None
        return ask_to_stop(job, now)

    job = (await change_job(ports, opened, ask)).job
    if job.state is JobState.QUEUED:
        job = await cancel_job(ports, job.id) or job
        return "toast-canceled" if job.state is not JobState.WORKING else "toast-answer-running"
    return "toast-answer-stopped" if job.state is JobState.WORKING else "toast-too-late"

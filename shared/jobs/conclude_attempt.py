"""Ending an attempt without a result: ask again, wait for the provider, or give the job up."""

from dataclasses import replace
from datetime import timedelta

from shared.jobs.attempts import PAUSE_SECONDS_MIN, Retry, after_outcome, end_attempt, wait_for_provider
from shared.jobs.follow_operation import follow_operation
from shared.jobs.job import Job, JobState
from shared.jobs.job_events import job_facts
from shared.jobs.open_jobs import StoredJob
from shared.jobs.pause_job import pause_job
from shared.jobs.postpone_job import wait_aloud
from shared.jobs.refuse_job import refuse_job
from shared.logs import log_event
from shared.ports import Ports
from shared.providers.outcomes import Busy, ModelOutcome, NoResult, name_outcome


async def conclude_without_result(ports: Ports, held: StoredJob, outcome: ModelOutcome) -> None:
    """Record the outcome and continue as `after_outcome` decides.

    A provider that is too busy to report on an operation has not ended it, so it is polled again later. Raises
    LeaseLostError, UnavailableError.
    """
    if held.job.state is JobState.POLLING and isinstance(outcome, Busy):
        seconds = max(outcome.retry_after_seconds or 0.0, PAUSE_SECONDS_MIN)
        await follow_operation(ports, held, held.job.operation, timedelta(seconds=seconds))
        return
    now = ports.clock.now()

    def record(job: Job) -> Job:
        ended = end_attempt(job, now, name_outcome(outcome))
        if isinstance(outcome, Busy):
            return wait_for_provider(ended, now, is_faulty=outcome.is_fault)
        said = outcome.said if isinstance(outcome, NoResult) else ended.model_said
        return replace(ended, busy_since=None, model_said=said)

    verdict = after_outcome(record(held.job), outcome, now, ports.ids.jitter())
    reason = getattr(outcome, "reason", "")
    log_event("attempt_failed", outcome=name_outcome(outcome), reason=reason, **job_facts(held.job))
    if not isinstance(verdict, Retry):
        await refuse_job(ports, held, verdict, record)
    elif isinstance(outcome, Busy):
        await wait_aloud(ports, held, verdict.seconds, record)
    else:
        await pause_job(ports, held, verdict.seconds, record)

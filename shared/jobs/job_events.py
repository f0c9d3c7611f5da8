"""The log fields of a job: never a person's words or identity.

Metrics are derived from them (terraform/modules/observability); tests/infra/test_observability.py compares the two.
"""

from datetime import datetime
from typing import Any

from shared.jobs.attempts import attempt_seconds
from shared.jobs.job import Job, JobState, credits_of
from shared.logs import log_event
from shared.people.storage import statistics_facts
from shared.people.users import User


def request_facts(job: Job) -> dict[str, Any]:
    """What a job is about; one that is incognito is in no statistics."""
    return job.request.facts() | ({"incognito": True} if job.is_incognito else {})


def log_declined(user: User, asked_at: datetime, code: str, medium: str) -> None:
    """Log that a request was not taken, and why."""
    log_event("request_declined", code=code, medium=medium, **statistics_facts(user.storage, asked_at))


def job_facts(job: Job) -> dict[str, Any]:
    """The fields of every log line about a job."""
    return {"job_id": job.id} | request_facts(job)


def end_facts(job: Job, now: datetime) -> dict[str, Any]:
    """The fields of the log line about a job's end: moved credits, and the person's waiting time."""
    return {
        **job_facts(job),
        **(job.artefacts.facts() if job.state is JobState.DELIVERED else {}),
        "credits": credits_of(job),
        "attempts": len(job.attempts),
        "model_ms": round(attempt_seconds(job) * 1000),
        "waited_ms": round((now - job.created_at).total_seconds() * 1000),
    }

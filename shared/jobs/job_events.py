"""What the log says of a job: never a person's words or identity.

Metrics are made of it (terraform/modules/observability); tests/infra/test_observability.py compares the two.
"""

from datetime import datetime
from typing import Any

from shared.jobs.attempts import attempt_seconds
from shared.jobs.job import Job, JobState, credits_of


def job_facts(job: Job) -> dict[str, Any]:
    """The fields that every line about a job has."""
    return {"job_id": job.id} | job.request.facts()


def end_facts(job: Job, now: datetime) -> dict[str, Any]:
    """The fields of the line that a job's end leaves: what moved, and how long the person waited."""
    return {
        **job_facts(job),
        **(job.artefacts.facts() if job.state is JobState.DELIVERED else {}),
        "credits": credits_of(job),
        "attempts": len(job.attempts),
        "model_ms": round(attempt_seconds(job) * 1000),
        "waited_ms": round((now - job.created_at).total_seconds() * 1000),
    }

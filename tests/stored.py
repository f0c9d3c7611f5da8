"""Documents as the product reads them."""

from typing import Any

from shared.jobs.job import Job
from shared.jobs.open_jobs import decode_job
from shared.surfaces import SCREENS, SURFACES


def read_job(fields: dict[str, Any]) -> Job:
    """A job's document."""
    return decode_job(fields, SCREENS, SURFACES)

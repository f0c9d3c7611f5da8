"""Updating a person's `conduct` when a job ends: deliveries, failures, and our cost of unpaid model calls."""

from dataclasses import replace
from datetime import datetime

from shared.credits.bounds import count_delivery, count_failure
from shared.jobs.attempts import busy_count
from shared.jobs.job import Job, JobState, credits_of
from shared.people.users import User
from shared.providers.outcomes import PEOPLES_OWN, FailureReason

_THEIRS = {*PEOPLES_OWN, FailureReason.NO_RESULT, FailureReason.UNDELIVERABLE, None}
"""Ends that a person can cause: by words, by files, by blocking the bot, or (None) by canceling."""


def count_end(user: User, job: Job, now: datetime) -> User:
    """The user after one of their jobs was settled."""
    if job.state is JobState.DELIVERED:
        return replace(user, conduct=count_delivery(user.conduct, credits_of(job), now))
    user = job.request.returned(user)
    calls = len(job.attempts) - busy_count(job)
    if not calls:
        return user
    lost = calls * job.request.cost_of_call()
    return replace(user, conduct=count_failure(user.conduct, lost, now, is_theirs=job.failure in _THEIRS))

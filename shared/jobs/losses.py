"""What a job has cost us so far, and what its end says about the person who asked for it."""

from dataclasses import replace
from datetime import datetime

from shared.credits.bounds import count_delivery, count_failure
from shared.credits.catalogue import MATERIAL_USD_MICROS, OFFERS
from shared.jobs.job import Job, JobState, PictureRequest, busy_count, credits_of
from shared.people.users import User
from shared.providers.ladder import Rung
from shared.providers.outcomes import PEOPLES_OWN, FailureReason

_THEIRS = {*PEOPLES_OWN, FailureReason.NO_IMAGE, FailureReason.UNDELIVERABLE, None}
"""Ends that a person can bring about: by words, by files, by blocking the bot, and (None) by canceling."""


def cost_of_call(request: PictureRequest, rungs: tuple[Rung, ...] = ()) -> int:
    """What asking a model once is estimated to cost, in millionths of a US dollar: by the dearest of these rungs, or by
    the wanted one.
    """
    asked = rungs or OFFERS[request.model].rungs[:1]
    return max(each.cost_of(request.size) for each in asked) + request.material_count * MATERIAL_USD_MICROS


def count_end(user: User, job: Job, now: datetime) -> User:
    """The user after this job of theirs was settled."""
    if job.state is JobState.DELIVERED:
        return replace(user, conduct=count_delivery(user.conduct, credits_of(job), now))
    calls = len(job.attempts) - busy_count(job)
    if not calls:
        return user
    lost = calls * cost_of_call(job.request)
    return replace(user, conduct=count_failure(user.conduct, lost, now, is_theirs=job.failure in _THEIRS))

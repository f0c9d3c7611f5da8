"""Storing the words of a recording with their true cost, or ending its job for free if nobody speaks."""

from dataclasses import replace
from datetime import datetime

from shared.credits.catalogue import HEARING, answer_credits
from shared.jobs.attempts import end_attempt
from shared.jobs.job import Job, mark_made, note_spent
from shared.jobs.job_events import job_facts
from shared.jobs.open_jobs import StoredJob, change_held_job
from shared.jobs.refuse_job import refuse_job
from shared.logs import log_event
from shared.ports import Ports
from shared.providers.outcomes import FailureReason
from shared.voices.hear_parts import AllHeard
from shared.voices.transcript import Transcript, spoken_of


async def keep_transcript(ports: Ports, held: StoredJob, heard: AllHeard) -> StoredJob:
    """Store the words; returns the changed job. Raises LeaseLostError, UnavailableError."""
    now = ports.clock.now()
    rung = next((each for each in HEARING.rungs if heard.model_id.startswith(each.id)), HEARING.rungs[0])
    cost, bound = rung.cost_of(heard.tokens, now.date()), spoken_of(held.job).bound_usd_micros
    spent = answer_credits(cost)
    if cost > bound:
        log_event(
            "hearing_over_bound", severity="ERROR", cost_usd_micros=cost, bound_usd_micros=bound, **job_facts(held.job)
        )

    def keep(job: Job) -> Job:
        return mark_made(note_spent(_with_hearing(job, heard, now), spent), now)

    return await change_held_job(ports, held, keep)


async def refuse_hearing(ports: Ports, held: StoredJob, heard: AllHeard) -> None:
    """End a job in whose recording nobody speaks. Raises LeaseLostError, UnavailableError.

    Its failure is *file unreadable*, because the previous release knows no other; the artefacts hold the real reason.
    """
    now = ports.clock.now()
    await refuse_job(ports, held, FailureReason.FILE_UNREADABLE, lambda job: _with_hearing(job, heard, now))


def _with_hearing(job: Job, heard: AllHeard, now: datetime) -> Job:
    hearing = heard.hearing
    transcript = Transcript(
        heard=hearing.heard,
        transcript=hearing.summary if hearing.lines else hearing.words,
        lines=hearing.lines,
        spoken_language=hearing.language,
        sure=hearing.sure,
        tokens_given=heard.tokens.given,
        tokens_made=heard.tokens.made,
        heard_by=heard.model_id,
    )
    return end_attempt(replace(job, artefacts=transcript), now, "told")

"""Keeping what was heard: the words with their true cost, or that nobody says anything, which costs nothing."""

from dataclasses import replace
from datetime import datetime

from shared.credits.catalogue import HEARING, answer_credits
from shared.jobs.attempts import end_attempt
from shared.jobs.job import Job, mark_made, note_spent
from shared.jobs.open_jobs import StoredJob, change_held_job
from shared.jobs.refuse_job import refuse_job
from shared.ports import Ports
from shared.providers.outcomes import FailureReason
from shared.providers.talk import Tokens, Told
from shared.voices.compose_hearing import estimate_charge
from shared.voices.read_hearing import Hearing
from shared.voices.recordings import is_film
from shared.voices.transcript import Transcript, spoken_of


async def keep_transcript(ports: Ports, held: StoredJob, hearing: Hearing, told: Told) -> StoredJob:
    """Write the words down; the job as it now is. Raises LeaseLostError, UnavailableError."""
    now = ports.clock.now()

    def keep(job: Job) -> Job:
        heard = _with_hearing(job, hearing, told, now)
        rung = next((each for each in HEARING.rungs if told.model_id.startswith(each.id)), HEARING.rungs[0])
        return mark_made(note_spent(heard, answer_credits(rung.cost_of(_tokens(job, told), now.date()))), now)

    return await change_held_job(ports, held, keep)


async def refuse_hearing(ports: Ports, held: StoredJob, hearing: Hearing, told: Told) -> None:
    """End a job in whose recording nobody says anything. Raises LeaseLostError, UnavailableError.

    It ends as a file that cannot be used, and its artefacts tell why: the release before knows no reason of its own.
    """
    now = ports.clock.now()
    await refuse_job(ports, held, FailureReason.FILE_UNREADABLE, lambda job: _with_hearing(job, hearing, told, now))


def _with_hearing(job: Job, hearing: Hearing, told: Told, now: datetime) -> Job:
    tokens = _tokens(job, told)
    transcript = Transcript(
        heard=hearing.heard,
        transcript=hearing.words,
        spoken_language=hearing.language,
        sure=hearing.sure,
        tokens_given=tokens.given,
        tokens_made=tokens.made,
        heard_by=told.model_id,
    )
    return end_attempt(replace(job, artefacts=transcript), now, "told")


def _tokens(job: Job, told: Told) -> Tokens:
    request = spoken_of(job)
    estimate = estimate_charge(request.seconds, told.text, is_film=is_film(request.recording))
    return told.tokens or estimate

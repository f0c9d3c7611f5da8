"""Asking a model for what is said: one call, or one for each part of a long recording, all at the same time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.credits.catalogue import HEARING
from shared.jobs.ask_ladder import Call, ask_ladder
from shared.jobs.job import Job
from shared.jobs.job_events import job_facts
from shared.jobs.time_limits import HEARING_SECONDS_MAX
from shared.ports import Ports, TalkStudio
from shared.providers.ladder import TextRung
from shared.providers.outcomes import ModelOutcome, NoResult
from shared.providers.talk import Sound, Tokens, Told
from shared.voices.compose_hearing import compose_hearing, estimate_charge
from shared.voices.cut_sound import Part
from shared.voices.join_hearings import PartHeard, join_hearings
from shared.voices.read_hearing import Hearing, read_hearing
from shared.voices.recordings import form_of, is_film
from shared.voices.transcript import is_long, spoken_of


@dataclass(frozen=True, slots=True)
class AllHeard:
    """What a whole recording holds, and what hearing it was charged for."""

    hearing: Hearing
    tokens: Tokens
    model_id: str


async def hear_parts(ports: Ports, studio: TalkStudio, job: Job, parts: Sequence[Part]) -> AllHeard | ModelOutcome:
    """What is heard; the outcome of the first call that failed, where one did."""
    form = form_of(spoken_of(job).recording)
    outcomes = await asyncio.gather(*(_ask(ports, studio, job, Sound(each.content, form)) for each in parts))
    heard = [_read(job, part, outcome) for part, outcome in zip(parts, outcomes, strict=True)]
    all_heard = [each for each in heard if isinstance(each, PartHeard)]
    failed = next((each for each in heard if not isinstance(each, PartHeard)), None)
    if failed is not None:
        return failed
    hearing = join_hearings(all_heard)
    if hearing is None:
        return NoResult("TOO_MANY_WORDS")
    tokens = Tokens(sum(each.tokens.given for each in all_heard), sum(each.tokens.made for each in all_heard))
    return AllHeard(hearing, tokens, all_heard[0].model_id)


def _seconds(job: Job) -> int:
    """The longest that one call is given."""
    return min(spoken_of(job).seconds, HEARING.part_seconds_max)


async def _ask(ports: Ports, studio: TalkStudio, job: Job, sound: Sound) -> ModelOutcome:
    day, talk = ports.clock.now().date(), compose_hearing(sound, _seconds(job), is_long=is_long(spoken_of(job)))

    def cost(rung: TextRung, outcome: ModelOutcome | None) -> int:
        return rung.cost_of(_count(job, outcome if isinstance(outcome, Told) else None), day)

    call: Call[TextRung] = Call(
        ask=lambda rung: studio.providers[rung.provider].stream(rung, talk, _hear_nothing),
        cost=cost,
        seconds_max=HEARING_SECONDS_MAX,
    )
    return await ask_ladder(ports, studio, HEARING.rungs, call, job_facts(job))


def _hear_nothing(words: str) -> None:
    """Half of a form is none."""


def _count(job: Job, told: Told | None) -> Tokens:
    """What a call was charged for; our estimate where the provider did not say."""
    estimate = estimate_charge(_seconds(job), told.text if told else "", is_film=is_film(spoken_of(job).recording))
    return (told.tokens if told else None) or estimate


def _read(job: Job, part: Part, outcome: ModelOutcome) -> PartHeard | ModelOutcome:
    if not isinstance(outcome, Told):
        return outcome
    hearing = read_hearing(outcome.text, is_long=is_long(spoken_of(job))) if outcome.is_whole else None
    if hearing is None:
        return NoResult("NO_TRANSCRIPT")
    lines = tuple(replace(each, at_seconds=each.at_seconds + part.begins_at_seconds) for each in hearing.lines)
    return PartHeard(part.begins_at_seconds, replace(hearing, lines=lines), _count(job, outcome), outcome.model_id)

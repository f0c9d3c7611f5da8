"""Asking a model for the words: one call, or concurrent calls for the parts of a long recording."""

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
from shared.providers.outcomes import Busy, ModelOutcome, NoResult, Refused, TimedOut
from shared.providers.talk import Sound, Tokens, Told
from shared.texts import plain_text
from shared.voices.compose_hearing import compose_hearing, estimate_charge
from shared.voices.cut_sound import Part
from shared.voices.join_hearings import PartHeard, join_hearings, write_time
from shared.voices.read_hearing import Hearing, read_hearing
from shared.voices.recordings import form_of, is_film
from shared.voices.transcript import Heard, SpokenLine, is_long, spoken_of

PART_TRIES = 2
PART_PAUSE_SECONDS = 3.0
_PASSING = (Busy, TimedOut, NoResult)
"""Outcomes that concern one part only."""


@dataclass(frozen=True, slots=True)
class AllHeard:
    """The content of a whole recording, and the tokens that it cost."""

    hearing: Hearing
    tokens: Tokens
    model_id: str


async def hear_parts(ports: Ports, studio: TalkStudio, job: Job, parts: Sequence[Part]) -> AllHeard | ModelOutcome:
    """The content of the recording, or the outcome of the calls if there is nothing to keep.

    Answered calls cost money, so if one of several parts fails, the others are kept and a note marks the gap.
    """
    tries = 1 if len(parts) == 1 else PART_TRIES
    heard = await asyncio.gather(*(_hear(ports, studio, job, part, tries) for part in parts))
    all_heard = [each for each in heard if isinstance(each, PartHeard)]
    failed = [each for each in heard if not isinstance(each, PartHeard)]
    final = next((each for each in failed if not isinstance(each, _PASSING)), None)
    if (
        final is not None
        or len(failed) == len(parts) == 1
        or (failed and all(isinstance(each, Busy) for each in heard))
    ):
        return final or failed[0]
    unheard = [part for part, each in zip(parts, heard, strict=True) if not isinstance(each, PartHeard)]
    hearing = join_hearings(all_heard, [_name_unheard(job, part) for part in unheard]) if all_heard else None
    if hearing is None or (unheard and hearing.heard is not Heard.SPEECH):
        return NoResult("PARTS_UNHEARD" if unheard else "TOO_MANY_WORDS")
    tokens = Tokens(sum(each.tokens.given for each in all_heard), sum(each.tokens.made for each in all_heard))
    return AllHeard(hearing, tokens, all_heard[0].model_id)


async def _hear(ports: Ports, studio: TalkStudio, job: Job, part: Part, tries: int) -> PartHeard | ModelOutcome:
    """Ask for one part. A busy provider has not charged us, so it is asked once more in the remaining time."""
    sound, started_at = Sound(part.content, form_of(spoken_of(job).recording)), ports.clock.now()
    outcome = await _ask(ports, studio, job, sound, HEARING_SECONDS_MAX)
    for _ in range(tries - 1):
        spent_seconds = (ports.clock.now() - started_at).total_seconds() + PART_PAUSE_SECONDS
        if isinstance(outcome, Busy) and spent_seconds < HEARING_SECONDS_MAX / 2:
            await ports.clock.sleep(PART_PAUSE_SECONDS)
            outcome = await _ask(ports, studio, job, sound, HEARING_SECONDS_MAX - spent_seconds)
    return _read(job, part, outcome)


def _name_unheard(job: Job, part: Part) -> SpokenLine:
    """The note in the place of a part that failed."""
    until = max(
        part.begins_at_seconds + 1, min(spoken_of(job).seconds, part.begins_at_seconds + HEARING.part_seconds_max)
    )
    times = {"begin": write_time(part.begins_at_seconds), "end": write_time(until)}
    return SpokenLine(part.begins_at_seconds, plain_text(job.language, "voice-part-unheard", **times))


def _seconds(job: Job) -> int:
    """The longest part of one call, in seconds."""
    return min(spoken_of(job).seconds, HEARING.part_seconds_max)


async def _ask(ports: Ports, studio: TalkStudio, job: Job, sound: Sound, seconds_max: float) -> ModelOutcome:
    day, talk = ports.clock.now().date(), compose_hearing(sound, _seconds(job), is_long=is_long(spoken_of(job)))

    def cost(rung: TextRung, outcome: ModelOutcome | None) -> int:
        return rung.cost_of(_count(job, outcome if isinstance(outcome, Told) else None), day)

    call: Call[TextRung] = Call(
        ask=lambda rung: studio.providers[rung.provider].stream(rung, talk, _hear_nothing),
        cost=cost,
        seconds_max=seconds_max,
    )
    return await ask_ladder(ports, studio, HEARING.rungs, call, job_facts(job))


def _hear_nothing(words: str) -> None:
    """Ignore a partial text: half of the JSON is useless."""


def _count(job: Job, told: Told | None) -> Tokens:
    """The tokens of a call; our estimate if the provider gave no number."""
    estimate = estimate_charge(_seconds(job), told.text if told else "", is_film=is_film(spoken_of(job).recording))
    return (told.tokens if told else None) or estimate


def _read(job: Job, part: Part, outcome: ModelOutcome) -> PartHeard | ModelOutcome:
    if not isinstance(outcome, Told):
        return outcome
    if outcome.filter_reason:
        return Refused(outcome.filter_reason)
    hearing = read_hearing(outcome.text, is_long=is_long(spoken_of(job))) if outcome.is_whole else None
    if hearing is None:
        return NoResult("NO_TRANSCRIPT")
    lines = tuple(replace(each, at_seconds=each.at_seconds + part.begins_at_seconds) for each in hearing.lines)
    return PartHeard(part.begins_at_seconds, replace(hearing, lines=lines), _count(job, outcome), outcome.model_id)

"""Speaking an answer: one call of the model; the sound is stored, then sent.

model ✓ ── put ✓ ── commit ✗ (the worker dies) ── next worker finds it ── commit ── send          made once
model ? (no response) ── commit ── the job ends, its hold is released                              never asked twice
model ✓ ── the worker dies before the put ── next worker asks again                                as for pictures
"""

import asyncio
from contextlib import suppress
from datetime import UTC, timedelta

from shared.credits.catalogue import AUDIO_TOKENS_PER_SECOND, SPEECH, answer_credits
from shared.errors import UnavailableError
from shared.jobs.ask_ladder import Call, ask_ladder
from shared.jobs.ask_while_ours import ask_while_ours
from shared.jobs.attempts import adopt as adopt_attempt
from shared.jobs.attempts import end_attempt, retract_attempt, untold_fences
from shared.jobs.before_asking import costs_no_attempt, wait_for_spending
from shared.jobs.conclude_attempt import conclude_without_result
from shared.jobs.job import Job, mark_made, note_spent
from shared.jobs.job_events import job_facts
from shared.jobs.open_jobs import StoredJob, change_held_job
from shared.jobs.pause_job import pause_job
from shared.jobs.put_patiently import put_patiently
from shared.jobs.refuse_job import refuse_job
from shared.jobs.stop_work import see_through
from shared.jobs.time_limits import SPEECH_SECONDS_MAX, STORING_SECONDS_MAX
from shared.logs import log_event
from shared.ports import Ports, StoredBlob, TalkStudio
from shared.providers.ladder import TextRung
from shared.providers.outcomes import FailureReason, ModelOutcome, Spoken, TimedOut
from shared.providers.speech import SpeechTask
from shared.providers.talk import Tokens
from shared.voices.show_speech import refuse_speech, show_speech
from shared.voices.speech import STYLES, Sound, sound_name, speech_of, with_sound
from shared.voices.speech_file import describe_sound, facts_of
from shared.voices.spoken_words import find_words

WORDS_PAUSE_SECONDS = 3.0
"""The pause of a job whose words are not stored yet."""
NOTE_PAUSES_SECONDS = (0.5, 2.0, 5.0)
"""The pauses between the tries to write down that a call got no response."""
UNANSWERED_ATTEMPT = "timed_out"
"""The outcome of an attempt whose call got no response: it may be charged."""


async def make_speech(ports: Ports, studio: TalkStudio, held: StoredJob) -> None:
    """Speak the words of a claimed job and handle the outcome. Raises LeaseLostError, UnavailableError."""
    async with costs_no_attempt(ports, held):
        if await recover_speech(ports, studio, held):
            return
        if any(attempt.outcome == UNANSWERED_ATTEMPT for attempt in held.job.attempts):  # an outage kept it open
            await refuse_job(ports, held, FailureReason.LATE, retract_attempt)
            return
        until = await ports.spending.rest_until()
        if until is not None:
            await wait_for_spending(ports, held, until)
            return
        words, is_awaited = await find_words(ports, held.job)
        if words:
            await ports.spending.book(speech_of(held.job).cost_of_call())
    if is_awaited:
        await pause_job(ports, held, WORDS_PAUSE_SECONDS, retract_attempt)
    elif not words:
        await refuse_job(ports, held, FailureReason.FILE_GONE, retract_attempt)
    else:
        outcome = await ask_while_ours(ports, held.job, _ask(ports, studio, held.job, words))
        await see_through(_conclude(ports, studio, held, words, outcome))


async def recover_speech(ports: Ports, studio: TalkStudio, held: StoredJob) -> bool:
    """Continue with a sound that an earlier attempt stored, if any. Raises LeaseLostError, UnavailableError."""
    for fence in untold_fences(held.job):
        name = sound_name(held.job, fence)
        stored = await ports.blobs.look(name)
        if stored is not None:
            words, is_awaited = await find_words(ports, held.job)
            if not words and not is_awaited:
                await refuse_speech(ports, held)
                return True
            sound = describe_sound(name, stored, words)
            log_event("speech_recovered", **job_facts(held.job))
            await show_speech(ports, await _adopt(ports, held, fence, sound), stored.content)
            return True
    return False


async def _adopt(ports: Ports, held: StoredJob, fence: int, sound: Sound) -> StoredJob:
    now = ports.clock.now()
    return await change_held_job(ports, held, lambda job: adopt_attempt(_priced(job, sound), fence, now))


async def _ask(ports: Ports, studio: TalkStudio, job: Job, words: str) -> ModelOutcome:
    request, day = speech_of(job), ports.clock.now().astimezone(UTC).date()
    task = SpeechTask(words, request.voice, STYLES[request.pace])

    def cost(rung: TextRung, outcome: ModelOutcome | None) -> int:
        return rung.cost_of(_count(words, outcome), day) if isinstance(outcome, Spoken) else request.bound_usd_micros

    call: Call[TextRung] = Call(
        ask=lambda rung: studio.speakers[rung.provider].speak(rung, task), cost=cost, seconds_max=SPEECH_SECONDS_MAX
    )
    return await ask_ladder(ports, studio, SPEECH.rungs, call, job_facts(job))


async def _conclude(ports: Ports, studio: TalkStudio, held: StoredJob, words: str, outcome: ModelOutcome) -> None:
    if isinstance(outcome, Spoken):
        held = await _keep(ports, held, words, outcome)
        await show_speech(ports, held, outcome.content)
    elif isinstance(outcome, TimedOut):  # it may be charged, so a retry could cost us twice
        log_event("speech_unanswered", severity="WARNING", **job_facts(held.job))
        await refuse_job(ports, await _note_unanswered(ports, held), FailureReason.LATE)
    else:
        await conclude_without_result(ports, held, outcome)


async def _note_unanswered(ports: Ports, held: StoredJob) -> StoredJob:
    """Record that the call got no response, with retries: whoever does not know it would ask again.

    Raises LeaseLostError, UnavailableError.
    """
    ended_at = ports.clock.now()

    async def note() -> StoredJob:
        return await change_held_job(ports, held, lambda job: end_attempt(job, ended_at, UNANSWERED_ATTEMPT))

    for seconds in NOTE_PAUSES_SECONDS:
        with suppress(UnavailableError):
            return await note()
        await ports.clock.sleep(seconds)
    return await note()


async def _keep(ports: Ports, held: StoredJob, words: str, spoken: Spoken) -> StoredJob:
    """Store the sound in the bucket, then in the job with its true cost. Raises LeaseLostError, UnavailableError."""
    tokens = _count(words, spoken)
    name = sound_name(held.job, held.job.fence)
    sound = Sound(name, len(spoken.content), spoken.seconds, words, tokens.given, tokens.made, model_id=spoken.model_id)
    file = StoredBlob(spoken.content, spoken.mime_type, facts_of(sound))
    try:
        async with asyncio.timeout(STORING_SECONDS_MAX):
            await put_patiently(ports, name, file, ports.clock.now() + timedelta(seconds=STORING_SECONDS_MAX))
    except TimeoutError as error:
        raise UnavailableError("storing took too long") from error
    now = ports.clock.now()
    return await change_held_job(
        ports, held, lambda job: mark_made(end_attempt(_priced(job, sound), now, "spoken"), now)
    )


def _count(words: str, outcome: Spoken) -> Tokens:
    """The tokens of a call, as counted by the provider, or estimated from the length of the sound."""
    return outcome.tokens or Tokens(len(words), round(outcome.seconds * AUDIO_TOKENS_PER_SECOND))


def _priced(job: Job, sound: Sound) -> Job:
    """The job with its sound and its price by the model that spoke; a free job stays free."""
    known = with_sound(job, sound)
    if not job.request.price:
        return known
    rung = next((each for each in SPEECH.rungs if each.id == sound.model_id), SPEECH.rungs[0])
    cost = rung.cost_of(Tokens(sound.tokens_given, sound.tokens_made), job.created_at.astimezone(UTC).date())
    return note_spent(known, answer_credits(cost))

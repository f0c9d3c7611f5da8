"""Writing a recording down: fetching it, asking the model once, and what follows from each kind of end.

Telegram ──20 MB at most──▶ the recording ──measured──▶ the model ──its form is checked──▶ words ──▶ shown
                            too long, no sound: free    silence, music, noise: told, and free
"""

import asyncio
from contextlib import suppress

from shared.credits.catalogue import HEARING
from shared.errors import (
    DeliveryUnknownError,
    FileAwayError,
    FileTooLargeError,
    FileUnreadableError,
    MessengerError,
    TooManyRequestsError,
)
from shared.jobs.ask_ladder import Call, ask_ladder
from shared.jobs.attempts import retract_attempt
from shared.jobs.before_asking import costs_no_attempt, wait_for_spending
from shared.jobs.conclude_attempt import conclude_without_result
from shared.jobs.frame import surface_of
from shared.jobs.job import Job
from shared.jobs.job_events import job_facts
from shared.jobs.open_jobs import StoredJob
from shared.jobs.pause_job import pause_job, try_later
from shared.jobs.refuse_job import refuse_job
from shared.jobs.stop_work import see_through
from shared.jobs.time_limits import HEARING_SECONDS_MAX, MATERIAL_SECONDS_MAX, ROOM_SECONDS_MAX
from shared.logs import log_event
from shared.ports import Ports, TalkStudio
from shared.providers.ladder import TextRung
from shared.providers.outcomes import FailureReason, ModelOutcome, NoImage
from shared.providers.talk import Sound, Told
from shared.voices.compose_hearing import compose_hearing, estimate_charge
from shared.voices.keep_transcript import keep_transcript, refuse_hearing
from shared.voices.measure_sound import measure_seconds
from shared.voices.read_hearing import read_hearing
from shared.voices.recordings import form_of, is_film, is_longer
from shared.voices.show_transcript import Act, show_transcript
from shared.voices.transcript import Heard, TranscriptRequest, spoken_of

FULL_PAUSE_SECONDS = 5.0
"""How long a recording goes back to the queue that found no room."""
FILE_PAUSES_SECONDS = (1.0, 4.0, 15.0)
"""Between the attempts to download a file that is away."""
_FILE_FAILURES: dict[type[Exception], FailureReason] = {
    FileTooLargeError: FailureReason.FILE_TOO_LARGE,
    FileUnreadableError: FailureReason.FILE_UNREADABLE,
    FileAwayError: FailureReason.FILE_GONE,
}


async def hear_recording(ports: Ports, studio: TalkStudio, held: StoredJob, act: Act) -> None:
    """Write the recording of a claimed job down and go on with what comes of it.

    Raises LeaseLostError, UnavailableError.
    """
    async with costs_no_attempt(ports, held):
        until = await ports.spending.rest_until()
    if until is not None:
        await wait_for_spending(ports, held, until)
        return
    try:
        async with asyncio.timeout(ROOM_SECONDS_MAX):
            await studio.hearing.acquire()
    except TimeoutError:
        await pause_job(ports, held, FULL_PAUSE_SECONDS, retract_attempt)
        return
    try:
        outcome = await _fetch_and_ask(ports, studio, held)
    finally:
        studio.hearing.release()
    if outcome is not None:
        await see_through(_conclude(ports, studio, *outcome, act))


async def _fetch_and_ask(ports: Ports, studio: TalkStudio, held: StoredJob) -> tuple[StoredJob, ModelOutcome] | None:
    """What the model says; None where it was not asked, and the job went its way."""
    try:
        held, lost = await surface_of(ports, held.job).prepare(ports, held)
        if lost is not None:
            raise lost
        async with costs_no_attempt(ports, held):
            async with asyncio.timeout(MATERIAL_SECONDS_MAX):
                sound = await _fetch(ports, spoken_of(held.job))
            await ports.spending.book(spoken_of(held.job).cost_of_call())
    except TimeoutError:
        await try_later(ports, held, DeliveryUnknownError("recording"), retract_attempt)
    except (TooManyRequestsError, DeliveryUnknownError) as error:
        await try_later(ports, held, error, retract_attempt)
    except tuple(_FILE_FAILURES) as error:
        await refuse_job(ports, held, _FILE_FAILURES[type(error)], retract_attempt)
    except MessengerError as error:
        await refuse_job(ports, held, FailureReason.UNDELIVERABLE, retract_attempt, error)
    else:
        return held, await _ask(ports, studio, held.job, sound)
    return None


async def _fetch(ports: Ports, request: TranscriptRequest) -> Sound:
    """The recording. Raises FileUnreadableError where it is longer than what was counted, and MessengerErrors."""
    content = await _download(ports, request.recording.file_id)
    form = form_of(request.recording)
    measured = measure_seconds(content, form)
    if measured is not None and is_longer(measured, request.seconds):
        log_event("recording_longer", severity="WARNING", seconds=request.seconds, measured_seconds=round(measured))
        raise FileUnreadableError("longer than its sender's app said")
    return Sound(content, form)


async def _download(ports: Ports, file_id: str) -> bytes:
    """A file that Telegram cannot reach is often there a moment later. Raises FileAwayError when it stays away."""
    for seconds in FILE_PAUSES_SECONDS:
        with suppress(FileAwayError):
            return await ports.messenger.download(file_id)
        await ports.clock.sleep(seconds)
    return await ports.messenger.download(file_id)


async def _ask(ports: Ports, studio: TalkStudio, job: Job, sound: Sound) -> ModelOutcome:
    request, day = spoken_of(job), ports.clock.now().date()
    talk = compose_hearing(sound, request.seconds)

    def cost(rung: TextRung, outcome: ModelOutcome | None) -> int:
        told = outcome if isinstance(outcome, Told) else None
        estimate = estimate_charge(request.seconds, told.text if told else "", is_film=is_film(request.recording))
        return rung.cost_of((told.tokens if told else None) or estimate, day)

    call: Call[TextRung] = Call(
        ask=lambda rung: studio.providers[rung.provider].stream(rung, talk, _hear_nothing),
        cost=cost,
        seconds_max=HEARING_SECONDS_MAX,
    )
    return await ask_ladder(ports, studio, HEARING.rungs, call, job_facts(job))


def _hear_nothing(words: str) -> None:
    """Half of a form is none."""


async def _conclude(ports: Ports, studio: TalkStudio, held: StoredJob, outcome: ModelOutcome, act: Act) -> None:
    told = outcome if isinstance(outcome, Told) and outcome.is_whole else None
    hearing = read_hearing(told.text) if told is not None else None
    if told is None or hearing is None:
        await conclude_without_result(ports, held, NoImage("NO_TRANSCRIPT") if isinstance(outcome, Told) else outcome)
    elif hearing.heard is not Heard.SPEECH:
        await refuse_hearing(ports, held, hearing, told)
    else:
        await show_transcript(ports, studio, await keep_transcript(ports, held, hearing, told), act)

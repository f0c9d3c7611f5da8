"""Transcribing a recording: download it, ask the model, handle each kind of end.

Telegram ──20 MB at most──▶ the recording ──measured──▶ the model ──JSON validated──▶ words ──▶ shown
                            too long, no sound: free    silence, music, noise: reported, and free
"""

import asyncio

from shared.errors import (
    NoRoomError,
)
from shared.jobs.ask_while_ours import ask_while_ours
from shared.jobs.attempts import retract_attempt
from shared.jobs.before_asking import PREPARING_ERRORS, costs_no_attempt, end_unasked, must_wait_for_spending
from shared.jobs.conclude_attempt import conclude_without_result
from shared.jobs.frame import surface_of
from shared.jobs.open_jobs import StoredJob
from shared.jobs.pause_job import FULL_PAUSE_SECONDS, pause_job
from shared.jobs.stop_work import see_through
from shared.jobs.time_limits import MATERIAL_SECONDS_MAX
from shared.ports import Ports, TalkStudio
from shared.providers.outcomes import ModelOutcome
from shared.telegram.download_file import download_file
from shared.voices.cut_sound import Part
from shared.voices.hear_parts import AllHeard, hear_parts
from shared.voices.keep_transcript import keep_transcript, refuse_hearing
from shared.voices.prepare_sound import prepare_sound
from shared.voices.recordings import weigh
from shared.voices.show_transcript import Act, show_transcript
from shared.voices.transcript import Heard, TranscriptRequest, spoken_of


async def hear_recording(ports: Ports, studio: TalkStudio, held: StoredJob, act: Act) -> None:
    """Transcribe the recording of a claimed job and handle the outcome.

    Raises LeaseLostError, UnavailableError.
    """
    if await must_wait_for_spending(ports, held):
        return
    try:
        async with studio.budget.reserve(weigh(spoken_of(held.job).recording)):
            came_of_it = await _fetch_and_ask(ports, studio, held)
    except NoRoomError:
        await pause_job(ports, held, FULL_PAUSE_SECONDS, retract_attempt)
        return
    if came_of_it is not None:
        await see_through(_conclude(ports, studio, *came_of_it, act))


async def _fetch_and_ask(
    ports: Ports, studio: TalkStudio, held: StoredJob
) -> tuple[StoredJob, AllHeard | ModelOutcome] | None:
    """The outcome; None if no model was asked and the job was handled otherwise."""
    try:
        held, lost = await surface_of(ports, held.job).prepare(ports, held)
        if lost is not None:
            raise lost
        async with costs_no_attempt(ports, held):
            async with asyncio.timeout(MATERIAL_SECONDS_MAX):
                parts = await _fetch(ports, studio, spoken_of(held.job))
            await ports.spending.book(spoken_of(held.job).cost_of_call())
    except PREPARING_ERRORS as error:
        await end_unasked(ports, held, error)
    else:
        return held, await ask_while_ours(ports, held.job, hear_parts(ports, studio, held.job, parts), moves_card=False)
    return None


async def _fetch(ports: Ports, studio: TalkStudio, request: TranscriptRequest) -> tuple[Part, ...]:
    """The parts of the recording for the model. Raises MessengerErrors, and the errors of files."""
    content = await download_file(ports, request.recording.file_id)
    return await studio.reader.run(lambda: prepare_sound(content, request))


async def _conclude(
    ports: Ports, studio: TalkStudio, held: StoredJob, heard: AllHeard | ModelOutcome, act: Act
) -> None:
    if not isinstance(heard, AllHeard):
        await conclude_without_result(ports, held, heard)
    elif heard.hearing.heard is not Heard.SPEECH:
        await refuse_hearing(ports, held, heard)
    else:
        await show_transcript(ports, studio, await keep_transcript(ports, held, heard), act)

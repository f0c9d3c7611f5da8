"""Starts a video at the provider: at most once, despite crashes.

commit: SUBMITTED ── the provider is asked ── its operation is written down: POLLING ── tasks look   (`follow_video.py`)
                  ├─ it refuses ── the job ends, or waits for a retry: nothing was begun
                  └─ no answer, or a crash ── unknown ── a file in the bucket decides, or the job ends at our cost
"""

import asyncio
from dataclasses import replace
from functools import partial

from shared.credits.bounds import CREDIT_USD_MICROS
from shared.errors import (
    LeaseLostError,
    NoRoomError,
    UnavailableError,
)
from shared.jobs.ask_ladder import Call, ask_ladder
from shared.jobs.attempts import retract_attempt
from shared.jobs.before_asking import PREPARING_ERRORS, costs_no_attempt, end_unasked, must_wait_for_spending
from shared.jobs.conclude_attempt import conclude_without_result
from shared.jobs.follow_operation import begin_submission, follow_operation
from shared.jobs.frame import surface_of
from shared.jobs.job import Job
from shared.jobs.job_events import job_facts
from shared.jobs.open_jobs import StoredJob
from shared.jobs.pause_job import FULL_PAUSE_SECONDS, pause_job
from shared.jobs.stop_work import see_through
from shared.jobs.time_limits import MATERIAL_SECONDS_MAX, START_SECONDS_MAX
from shared.logs import log_event
from shared.ports import Ports, VideoStudio
from shared.providers.ladder import VideoRung
from shared.providers.notices import write_notice_url
from shared.providers.outcomes import Begun, Broken, FailureReason, Gone, ModelOutcome, NoResult, TimedOut
from shared.providers.videos import VideoTask
from shared.videos.end_video import end_unmade
from shared.videos.fetch_material import Material, fetch_material, weigh_material
from shared.videos.pace import pause_after
from shared.videos.show_progress import show_progress
from shared.videos.video import made_prefix, note_asked, note_kept, video_artefacts, video_request

KEEPING_TRIES = 3
"""Attempts to store the operation's name; without it the started work would be lost."""
KEEPING_PAUSE_SECONDS = 1.0


async def make_video(ports: Ports, studio: VideoStudio, held: StoredJob) -> None:
    """Start the video of a claimed job, then release the job. Raises LeaseLostError, UnavailableError."""
    try:
        async with studio.budget.reserve(weigh_material(video_request(held.job))):
            if not await must_wait_for_spending(ports, held):
                await _make(ports, studio, held)
    except NoRoomError:
        await pause_job(ports, held, FULL_PAUSE_SECONDS, retract_attempt)


async def _make(ports: Ports, studio: VideoStudio, held: StoredJob) -> None:
    try:
        held, lost = await surface_of(ports, held.job).prepare(ports, held)
        if lost is not None:
            raise lost
        async with costs_no_attempt(ports, held):
            async with asyncio.timeout(MATERIAL_SECONDS_MAX):
                material = await fetch_material(ports, studio, video_request(held.job))
            await ports.spending.book(held.job.request.cost_of_call())
    except PREPARING_ERRORS as error:
        await end_unasked(ports, held, error)
    else:
        await see_through(_begin(ports, studio, held, material))


async def _begin(ports: Ports, studio: VideoStudio, held: StoredJob, material: Material) -> None:
    """Ask a provider once and store the outcome; finished even after SIGTERM.

    A model that is gone has begun nothing, so the next one of the ladder may be asked.
    """
    task = _task_for(held.job, material)
    outcome: ModelOutcome = Broken("NOT_FOUND")
    for rung in video_request(held.job).offer.choose_rungs(task, held.job.request.price * CREDIT_USD_MICROS):
        now = ports.clock.now()
        if studio.gone.includes(rung, now):
            continue
        note = partial(note_asked, provider=rung.provider, model_id=rung.id, now=now)
        held = await begin_submission(ports, held, note)
        outcome = await ask_ladder(ports, studio, (rung,), _call_for(studio, held.job, task), job_facts(held.job))
        if not studio.gone.includes(rung, ports.clock.now()):
            break
    await _take_up(ports, studio, held, outcome)


async def _take_up(ports: Ports, studio: VideoStudio, held: StoredJob, outcome: ModelOutcome) -> None:
    if isinstance(outcome, Begun):
        model_id = video_artefacts(held.job).model_id
        if video_request(held.job).offer.fallback_by(model_id) is not None:
            log_event("model_fell_back", severity="WARNING", model_id=model_id, **job_facts(held.job))
        await _follow(ports, studio, held, outcome)
    elif isinstance(outcome, TimedOut):
        log_event("video_begun_unheard", severity="WARNING", **job_facts(held.job))
        await pause_job(ports, held, pause_after(held.job, ports.clock.now()).total_seconds())
    elif isinstance(outcome, NoResult):
        await end_unmade(ports, held, FailureReason.NO_RESULT, outcome)
    else:
        await conclude_without_result(ports, held, outcome)


def _call_for(studio: VideoStudio, job: Job, task: VideoTask) -> Call[VideoRung]:
    """The call that asks a model for this job's video."""
    prefix = made_prefix(job)

    async def ask(rung: VideoRung) -> ModelOutcome | Gone:
        url = write_notice_url(studio.notices_url, rung.provider, job.id)
        fitting = replace(task, notice_url=url, seed=task.seed if rung.takes_seed else None)
        return await studio.providers[rung.provider].start(rung, fitting, prefix)

    return Call(
        ask=ask,
        cost=lambda rung, _: rung.cost_of(task),
        seconds_max=START_SECONDS_MAX,
    )


def _task_for(job: Job, material: Material) -> VideoTask:
    request = video_request(job)
    first, last, *_ = (*material.pictures, None, None)
    is_framed = request.work == "image"
    return VideoTask(
        work=request.work,
        prompt=request.prompt,
        seconds=request.seconds,
        ratio=request.ratio,
        resolution=request.resolution,
        label=job.id,
        has_sound=request.has_sound,
        first_frame=first if is_framed else None,
        last_frame=last if is_framed else None,
        references=() if is_framed else material.pictures,
        clip=material.clip,
        negative_prompt=request.without,
        seed=request.seed,
    )


async def _follow(ports: Ports, studio: VideoStudio, held: StoredJob, begun: Begun) -> None:
    """Store the operation, with retries; for a job canceled meanwhile, delete it at the provider."""
    await show_progress(ports, held.job)
    try:
        await _write_down(ports, held, begun)
    except LeaseLostError:
        provider = studio.providers[video_artefacts(held.job).provider]
        await provider.cancel(begun.operation)
        await provider.forget(begun.operation)
        raise


async def _write_down(ports: Ports, held: StoredJob, begun: Begun) -> None:
    note, pause = partial(note_kept, operation=begun.operation), pause_after(held.job, ports.clock.now())
    for _ in range(KEEPING_TRIES - 1):
        try:
            await follow_operation(ports, held, begun.operation, pause, note)
        except UnavailableError:
            await ports.clock.sleep(KEEPING_PAUSE_SECONDS)
        else:
            return
    await follow_operation(ports, held, begun.operation, pause, note)

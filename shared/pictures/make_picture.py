"""Asking the model for a picture, and handling each outcome."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from shared.credits.catalogue import choose_rungs, is_fallback
from shared.errors import (
    BlobMissingError,
    FileTooManyPixelsError,
    NoRoomError,
    UnavailableError,
)
from shared.jobs.ask_ladder import Call, ask_ladder
from shared.jobs.ask_while_ours import ask_while_ours
from shared.jobs.attempts import end_attempt, retract_attempt
from shared.jobs.before_asking import PREPARING_ERRORS, costs_no_attempt, end_unasked, wait_for_spending
from shared.jobs.conclude_attempt import conclude_without_result
from shared.jobs.frame import surface_of
from shared.jobs.job import Job, mark_made
from shared.jobs.job_events import job_facts
from shared.jobs.open_jobs import StoredJob, change_held_job, open_job
from shared.jobs.pause_job import FULL_PAUSE_SECONDS, pause_job
from shared.jobs.put_patiently import put_patiently
from shared.jobs.stop_work import see_through
from shared.jobs.time_limits import MATERIAL_SECONDS_MAX, MODEL_SECONDS_MAX, storing_seconds
from shared.logs import log_event
from shared.people.accounts import OpenUser, open_user
from shared.pictures.byte_budget import weigh_answer, weigh_material
from shared.pictures.keep_shares import read_reference
from shared.pictures.picture import (
    PictureRequest,
    Reference,
    Result,
    artefacts_of,
    is_picture,
    picture_name,
    request_of,
    result_of,
    seed_of,
    with_made,
)
from shared.pictures.recover_picture import recover_picture
from shared.pictures.request import ratio_for
from shared.pictures.show_picture import make_preview, show_when_possible
from shared.pictures.signed_file import facts_of, split_file
from shared.ports import PictureStudio, Ports, StoredBlob
from shared.providers.admission import set_admission
from shared.providers.images import Image
from shared.providers.ladder import PictureRung, task_for
from shared.providers.outcomes import Made, ModelOutcome, NoResult, PictureTask, Turn

PARENT_BYTES_MAX = 6_000_000
"""The largest earlier version that is sent unchanged: a model call carries 20 MB, including base64's overhead."""
Kept = tuple[StoredJob, bytes, bytes, OpenUser | None]
"""A stored job, its JPEG for the chat, the picture itself if it is to be sent as a file, and the person as read
meanwhile."""


async def make_picture(ports: Ports, studio: PictureStudio, held: StoredJob) -> None:
    """Make the picture of a claimed job and handle the outcome.

    Raises LeaseLostError, UnavailableError.
    """
    try:
        async with studio.budget.reserve(weigh_material(request_of(held.job))):
            async with costs_no_attempt(ports, held):
                if await recover_picture(ports, studio, held):
                    return
                until = await ports.spending.rest_until()
            if until is None:
                await _make(ports, studio, held)
            else:
                await wait_for_spending(ports, held, until)
    except NoRoomError:
        await pause_job(ports, held, FULL_PAUSE_SECONDS, retract_attempt)


async def _make(ports: Ports, studio: PictureStudio, held: StoredJob) -> None:
    try:
        held, lost = await surface_of(ports, held.job).prepare(ports, held)
        if lost is not None:
            raise lost
        async with costs_no_attempt(ports, held):
            async with asyncio.timeout(MATERIAL_SECONDS_MAX):
                rungs, task = await _gather_material(ports, studio, held.job)
            held = await _take_shape(ports, held, task)
            await ports.spending.book(request_of(held.job).cost_of_call(rungs))
    except FileTooManyPixelsError as error:
        await end_unasked(ports, held, error, _note_too_many_pixels)
    except PREPARING_ERRORS as error:
        await end_unasked(ports, held, error)
    else:
        kept = await _ask_and_keep(ports, studio, held, rungs, task)
        if kept is not None:
            await see_through(show_when_possible(ports, *kept))


async def _ask_and_keep(
    ports: Ports, studio: PictureStudio, held: StoredJob, rungs: tuple[PictureRung, ...], task: PictureTask
) -> Kept | None:
    """Ask the model and store the outcome; returns None if there is no picture.

    Memory for the response is reserved when it begins, and released before the upload to Telegram, which may take long.
    """
    async with studio.budget.expect(weigh_answer(request_of(held.job))) as take:
        set_admission(take)
        outcome = await ask_while_ours(ports, held.job, _ask_model(ports, studio, held.job, rungs, task))
        return await see_through(_conclude(ports, studio, held, outcome))


def _note_too_many_pixels(job: Job) -> Job:
    return replace(retract_attempt(job), artefacts=replace(artefacts_of(job), too_many_pixels=True))


async def _ask_model(
    ports: Ports, studio: PictureStudio, job: Job, rungs: tuple[PictureRung, ...], task: PictureTask
) -> ModelOutcome:
    outcome = await ask_ladder(ports, studio, rungs, picture_call(studio, rungs[0], task), job_facts(job))
    if isinstance(outcome, Made) and is_fallback(request_of(job).model, outcome.model_id):
        log_event("model_fell_back", severity="WARNING", model_id=outcome.model_id, **job_facts(job))
    return outcome


def picture_call(studio: PictureStudio, wanted: PictureRung, task: PictureTask) -> Call[PictureRung]:
    """The call for a picture, for `ask_ladder`."""
    return Call(
        ask=lambda rung: studio.providers[rung.provider].generate(rung, task_for(rung, wanted, task)),
        cost=lambda rung, _: rung.cost_of(task.size),
        seconds_max=MODEL_SECONDS_MAX,
    )


async def _take_shape(ports: Ports, held: StoredJob, task: PictureTask) -> StoredJob:
    """Store the real shape of the first reference, which the card shows and new versions keep."""
    ratio = ratio_for(request_of(held.job), task.references)
    if ratio == request_of(held.job).ratio:
        return held
    return await change_held_job(ports, held, lambda job: replace(job, request=replace(request_of(job), ratio=ratio)))


async def _gather_material(
    ports: Ports, studio: PictureStudio, job: Job
) -> tuple[tuple[PictureRung, ...], PictureTask]:
    """The rungs to ask, and the task."""
    request = request_of(job)
    references = await _fetch_all(ports, studio, request.references)
    ratio = ratio_for(request, references)
    rungs = rungs_for(studio, replace(request, ratio=ratio))
    return rungs, PictureTask(
        prompt=request.prompt,
        ratio=ratio,
        size=request.size,
        references=references,
        without=request.without,
        seed=seed_of(job),
        parent=await _open_parent(ports, studio, request.parent_id, rungs[0]) if request.parent_id else None,
    )


async def _fetch_all(ports: Ports, studio: PictureStudio, references: tuple[Reference, ...]) -> tuple[Image, ...]:
    """Download all references; the first failure cancels the others."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_fetch(ports, studio, each)) for each in references]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return tuple(task.result() for task in tasks)


async def _fetch(ports: Ports, studio: PictureStudio, reference: Reference) -> Image:
    return await studio.pictures.check(await read_reference(ports, reference))


def rungs_for(studio: PictureStudio, request: PictureRequest) -> tuple[PictureRung, ...]:
    """The models that may be asked for this request, the wanted one first."""
    return choose_rungs(
        request.model, request.size, request.ratio, request.material_count, dearer_too=studio.dearer_too
    )


async def _open_parent(ports: Ports, studio: PictureStudio, parent_id: str, wanted: PictureRung) -> Turn:
    """The earlier version, with its signature only if the wanted model made it and it is not reduced."""
    parent = await open_job(ports, parent_id)
    is_there = parent is not None and is_picture(parent.job) and parent.job.deleted_at is None
    if parent is None or not is_there or artefacts_of(parent.job).result is None:
        raise BlobMissingError(parent_id)
    result = result_of(parent.job)
    content, signature = split_file(await ports.blobs.get(result.blob), result.size_bytes)
    picture = Image(content, result.mime_type)
    if len(picture.content) > PARENT_BYTES_MAX:
        return Turn(request_of(parent.job).prompt, await studio.pictures.check(picture.content), b"")
    if result.model_id != wanted.id:
        signature = b""
    elif result.signature_blob is not None:
        signature = await ports.blobs.get(result.signature_blob)
    return Turn(request_of(parent.job).prompt, picture, signature)


async def _conclude(ports: Ports, studio: PictureStudio, held: StoredJob, outcome: ModelOutcome) -> Kept | None:
    kept = await _keep(ports, studio, held, outcome) if isinstance(outcome, Made) else None
    if kept is None:
        failed = NoResult("unreadable picture") if isinstance(outcome, Made) else outcome
        await conclude_without_result(ports, held, failed)
    return kept


async def _keep(ports: Ports, studio: PictureStudio, held: StoredJob, made: Made) -> Kept | None:
    """Store the picture while its preview is made, and note it in the job; returns None if it is not a picture.

    A stored file that is not a picture stays until the bucket deletes old files; nobody reads it, as its attempt ended.
    Raises LeaseLostError, UnavailableError.
    """
    showing = asyncio.create_task(make_preview(studio, made.content))
    try:
        result = await _store_picture(ports, held.job, made)
    finally:
        await asyncio.wait({showing})  # it uses its reserved memory until then
    seen = showing.result()
    if seen is None:
        return None
    preview, width, height = seen
    result = replace(result, width=width, height=height)
    now = ports.clock.now()

    def note(job: Job) -> Job:
        return mark_made(with_made(end_attempt(job, now, "made"), result), now)

    stored, person = await asyncio.gather(
        change_held_job(ports, held, note), open_user(ports, held.job.user_id), return_exceptions=True
    )
    if isinstance(stored, BaseException):
        raise stored
    original = made.content if request_of(held.job).original else b""
    return stored, preview, original, None if isinstance(person, BaseException) else person


async def _store_picture(ports: Ports, job: Job, made: Made) -> Result:
    """Store picture and signature under a name that no other attempt uses; returns the facts known without decoding.

    Raises UnavailableError if the bucket was unavailable for the rest of the visit.
    """
    name = picture_name(job, job.fence)
    result = Result(name, made.mime_type, 0, 0, len(made.content), model_id=made.model_id)
    file = StoredBlob(made.content + made.signature, made.mime_type, facts_of(result))
    seconds = storing_seconds((ports.clock.now() - job.attempts[-1].started_at).total_seconds())
    try:
        async with asyncio.timeout(seconds):
            await put_patiently(ports, name, file, ports.clock.now() + timedelta(seconds=seconds))
    except TimeoutError as error:
        raise UnavailableError("storing took too long") from error
    return result

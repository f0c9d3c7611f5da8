"""/made/{job}: what became of an order. The page asks again until all of its jobs have ended.

GET /made/{job}             the page        GET /made/{job}/state    its changing part
    …?paid=1                for one that begins as soon as the credits of a payment are here
"""

from dataclasses import dataclass

from shared.gallery.result import Result
from shared.hash_ids import is_id
from shared.jobs.frame import is_known
from shared.jobs.job import ENDS, Job, JobState, set_ids
from shared.jobs.open_jobs import open_job, open_jobs
from shared.jobs.screens import draw_card
from shared.miniapp.calls import NOT_FOUND, Call, Reply, page
from shared.miniapp.page import Frame, greet, show_followed, show_gone
from shared.miniapp.templates import render
from shared.miniapp.tiles import Tile, draw_tile
from shared.people.users import Language
from shared.pictures.picture import is_picture
from shared.ports import AppPorts
from shared.texts import plain_text, unmark
from shared.videos.video import is_video

PAID = "paid"
"""In an address: the job begins as soon as a payment is booked, so that it may not be there yet."""


@dataclass(frozen=True, slots=True)
class Stage:
    """How far one job is."""

    words: str
    """What its card says, without markup."""
    tile: Tile | None
    """Its result."""
    sends: bool = False
    """It can be sent to a chat."""


async def show_made(ports: AppPorts, call: Call) -> Reply:
    """The page. Raises UnavailableError."""
    visitor = await greet(ports, call)
    jobs = await _find_jobs(ports, call)
    if not jobs and PAID not in call.query:
        return show_gone(visitor, "create")
    frame = Frame("create", plain_text(visitor.language, "app-made"), "/create")
    drawn = _draw(ports, visitor.language, call.parameters["job"], jobs)
    return show_followed(visitor, "made_state.html", frame, ("/create", "app-create-more"), **drawn)


async def show_made_state(ports: AppPorts, call: Call) -> Reply:
    """The changing part of the page. Raises UnavailableError."""
    visitor = await greet(ports, call)
    jobs = await _find_jobs(ports, call)
    if not jobs and PAID not in call.query:
        return NOT_FOUND
    return page(
        render("made_state.html", visitor.language, _draw(ports, visitor.language, call.parameters["job"], jobs))
    )


async def _find_jobs(ports: AppPorts, call: Call) -> list[Job]:
    """The jobs of an order of this person; none if it is somebody else's."""
    job_id = call.parameters["job"]
    opened = await open_job(ports, job_id) if is_id(job_id) else None
    if opened is None or opened.job.user_id != call.user_id or not _can_be_shown(ports, opened.job):
        return []
    return [each.job for each in await open_jobs(ports, list(set_ids(opened.job)))]


def _can_be_shown(ports: AppPorts, job: Job) -> bool:
    return is_known(ports, job) and (is_picture(job) or is_video(job))


def _draw(ports: AppPorts, language: Language, job_id: str, jobs: list[Job]) -> dict[str, object]:
    is_over = bool(jobs) and all(job.state in ENDS for job in jobs)
    stages = [_stage(ports, language, job) for job in jobs]
    if not jobs:
        stages = [Stage(plain_text(language, "app-made-paid"), None)]
    query = "" if jobs else f"?{PAID}=1"
    return {"stages": stages, "job_id": job_id, "is_over": is_over, "query": query, "token": ports.ids.token()}


def _stage(ports: AppPorts, language: Language, job: Job) -> Stage:
    if job.state is JobState.DELIVERED and job.deleted_at is None:
        return Stage("", draw_tile(Result(job), language), bool(Result(job).file_id))
    if job.deleted_at is not None:
        return Stage(plain_text(language, "app-gone"), None)
    return Stage(unmark(draw_card(ports, job).text), None)

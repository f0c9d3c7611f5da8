"""The gallery in the app: pages of small pictures, and one result with what can be done with it.

    GET  /gallery?show=a&after=…      a page; `show` and `after` as the buttons of /gallery write them
    GET  /gallery/{job}               one result
    POST /gallery/{job}/star          on or off
    GET  /gallery/{job}/delete        the question, POST: the deletion
    POST /gallery/{job}/share         a link to it; /unshare closes the link
"""

from dataclasses import dataclass, replace

from shared.credits.catalogue import title_of
from shared.gallery.find_results import find_results, open_result
from shared.gallery.gallery_screens import describe_selection
from shared.gallery.result import (
    ALL,
    PICTURES,
    STARS,
    VIDEOS,
    Result,
    Selection,
    read_cursor,
    read_selection,
    write_cursor,
    write_selection,
)
from shared.gallery.erase_result import hide_result
from shared.jobs.open_jobs import change_job
from shared.miniapp.acts import Act, publish_act
from shared.miniapp.calls import Call, Reply
from shared.miniapp.files import small_of, whole_of
from shared.miniapp.page import Frame, Visitor, greet, show_gone, show_page
from shared.miniapp.share import find_share_link
from shared.people.shelves import STARRED, put_on, take_off
from shared.people.users import Language
from shared.pictures.keep_shares import change_share, share_job
from shared.pictures.picture import artefacts_of, is_picture, request_of
from shared.pictures.share import close
from shared.ports import AppPorts
from shared.texts import plain_text, shorten
from shared.videos.video import video_request

PAGE = 24
"""Results on a page: a multiple of what stands in a row."""
GONE = "/gallery?said=gone"
"""Where a form leads whose result is not there (any more)."""
_ALT_CHARACTERS_MAX = 80


@dataclass(frozen=True, slots=True)
class Tile:
    """A result among others."""

    href: str
    image: str
    """The address of a small picture; empty: there is none."""
    alt: str
    is_video: bool
    is_starred: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A selection to choose."""

    label: str
    href: str
    is_chosen: bool


async def show_gallery(ports: AppPorts, call: Call) -> Reply:
    """A page of results, the newest first. Raises UnavailableError."""
    visitor = await greet(ports, call)
    selection, after = read_selection(call.query.get("show", "")), read_cursor(call.query.get("after", ""))
    page = await find_results(ports, call.user_id, selection, after=after, limit=PAGE)
    code = write_selection(selection)
    older = "" if page.following is None else f"/gallery?show={code}&after={write_cursor(page.following)}"
    return show_page(
        visitor,
        "gallery.html",
        Frame("gallery", plain_text(visitor.language, "app-tab-gallery"), "" if after is None else f"/gallery?show={code}"),
        tiles=[draw_tile(call, visitor.language, each) for each in page.results],
        choices=_list_choices(visitor, selection),
        older=older,
        is_first=after is None,
    )


def draw_tile(call: Call, language: Language, result: Result) -> Tile:
    """A result as a small picture that leads to it."""
    is_video = result.medium == "video"
    words = shorten(result.prompt, _ALT_CHARACTERS_MAX)
    alt = plain_text(language, "app-video-of" if is_video else "app-picture-of", words=words)
    return Tile(f"/gallery/{result.id}", small_of(call, result.job), alt, is_video, result.is_starred)


def _list_choices(visitor: Visitor, chosen: Selection) -> list[Choice]:
    gallery = visitor.user.gallery
    offered = [ALL, PICTURES, VIDEOS, STARS, *(Selection(shelf=shelf.id) for shelf in gallery.shelves)]
    return [
        Choice(
            describe_selection(each, gallery, visitor.language), f"/gallery?show={write_selection(each)}", each == chosen
        )
        for each in offered
    ]


async def show_result(ports: AppPorts, call: Call) -> Reply:
    """One result. Raises UnavailableError."""
    visitor = await greet(ports, call)
    opened = await open_result(ports, call.user_id, call.parameters["job"])
    if opened is None:
        return show_gone(visitor, "gallery")
    result, language = Result(opened.job), visitor.language
    is_video = result.medium == "video"
    return show_page(
        visitor,
        "result.html",
        Frame("gallery", plain_text(language, "app-video" if is_video else "app-picture"), "/gallery"),
        result=result,
        is_video=is_video,
        what=describe_result(result),
        alt=plain_text(language, "app-video-of" if is_video else "app-picture-of", words=shorten(result.prompt, _ALT_CHARACTERS_MAX)),
        file=whole_of(call, result.job),
        small=small_of(call, result.job),
        download=whole_of(call, result.job, name_file(result)),
        filename=name_file(result),
        share=await find_share_link(ports, result.job, visitor.language),
    )


def describe_result(result: Result) -> str:
    """Model, shape and size."""
    if is_picture(result.job):
        request = request_of(result.job)
        return " · ".join((title_of(request.model), request.ratio, request.size))
    video = video_request(result.job)
    return " · ".join((video.offer.title, video.ratio, video.resolution))


def name_file(result: Result) -> str:
    """The name of the file when it is saved."""
    if result.medium == "video":
        return f"{result.id}.mp4"
    made = artefacts_of(result.job).result
    endings = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
    return f"{result.id}.{endings.get('' if made is None else made.mime_type, 'png')}"


async def star_result(ports: AppPorts, call: Call) -> Reply:
    """Make it a favourite, or not one any more: the form says which. Raises UnavailableError."""
    opened = await open_result(ports, call.user_id, call.parameters["job"])
    if opened is None:
        return go_to(GONE)
    put = put_on if call.value("on") == "1" else take_off
    await change_job(ports, opened, lambda job: replace(job, shelves=put(job.shelves, STARRED)))
    return go_to(f"/gallery/{opened.job.id}?said=saved")


async def share_result(ports: AppPorts, call: Call) -> Reply:
    """Make a link to it, or close the link: the form says which. Raises UnavailableError."""
    opened = await open_result(ports, call.user_id, call.parameters["job"])
    if opened is None:
        return go_to(GONE)
    if call.value("on") == "1":
        await share_job(ports, opened.job)
        return go_to(f"/gallery/{opened.job.id}?said=shared")
    await change_share(ports, opened.job, close)
    return go_to(f"/gallery/{opened.job.id}?said=unshared")


async def ask_delete(ports: AppPorts, call: Call) -> Reply:
    """The question before a deletion. Raises UnavailableError."""
    visitor = await greet(ports, call)
    opened = await open_result(ports, call.user_id, call.parameters["job"])
    if opened is None:
        return show_gone(visitor, "gallery")
    result = Result(opened.job)
    frame = Frame("gallery", plain_text(visitor.language, "app-delete-title"), f"/gallery/{result.id}")
    return show_page(visitor, "delete.html", frame, result=result, tile=draw_tile(call, visitor.language, result))


async def delete_result(ports: AppPorts, call: Call) -> Reply:
    """Delete it: it disappears here at once, and `bot`, which can, deletes its messages. Raises UnavailableError.

    The task comes first: a process that dies in between leaves a deletion that is only a second late.
    """
    opened = await open_result(ports, call.user_id, call.parameters["job"])
    if opened is None:
        return go_to(GONE)
    await publish_act(ports, Act("erase", call.user_id, opened.job.id, ports.clock.now()))
    await hide_result(ports, opened)
    return go_to("/gallery?said=deleted")

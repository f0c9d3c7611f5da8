"""The gallery in the app: pages of small pictures, and one result with what can be done with it.

GET  /gallery?show=a&after=…      a page; `show` and `after` as the buttons of /gallery write them
GET  /gallery/{job}               one result
POST /gallery/{job}/star          a favourite or not     POST /gallery/{job}/share     a link to it or none
POST /gallery/{job}/send          to a chat: see sending_page.py
GET  /gallery/{job}/delete        the question           POST /gallery/{job}/delete    the deletion

Collections are `shelf_page.py`.
"""

from datetime import timedelta

from shared.gallery.change_shelves import put_result
from shared.gallery.erase_result import hide_result
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
from shared.miniapp.acts import Act, publish_act
from shared.miniapp.calls import Call, Reply
from shared.miniapp.page import Choice, Frame, Visitor, go_to, greet, show_gone, show_page
from shared.miniapp.share_link import find_share_link
from shared.miniapp.tiles import describe_result, draw_tile, find_file
from shared.people.shelves import NAME_CHARACTERS_MAX, STARRED, find_shelf
from shared.pictures.keep_shares import change_share, share_job
from shared.pictures.share import close
from shared.ports import AppPorts
from shared.texts import plain_text

PAGE = 24
"""Results on a page."""
LINK_LIFE = timedelta(minutes=15)
"""How long the address of a file works."""
GONE = "/gallery?said=gone"
"""Where a form leads whose result is not there (any more)."""
ON = "1"


async def show_gallery(ports: AppPorts, call: Call) -> Reply:
    """A page of results, the newest first. Raises UnavailableError."""
    visitor = await greet(ports, call)
    selection, after = read_selection(call.query.get("show", "")), read_cursor(call.query.get("after", ""))
    found = await find_results(ports, call.user_id, selection, after=after, limit=PAGE)
    newest = f"/gallery?show={write_selection(selection)}"
    frame = Frame("gallery", plain_text(visitor.language, "app-tab-gallery"), "" if after is None else newest)
    return show_page(
        visitor,
        "gallery.html",
        frame,
        tiles=[draw_tile(each, visitor.language) for each in found.results],
        choices=_list_choices(visitor, selection),
        shelf=find_shelf(visitor.user.gallery, selection.shelf),
        newest="" if after is None else newest,
        older="" if found.following is None else f"{newest}&after={write_cursor(found.following)}",
    )


def _list_choices(visitor: Visitor, chosen: Selection) -> list[Choice]:
    gallery, language = visitor.user.gallery, visitor.language
    offered = [ALL, PICTURES, VIDEOS, STARS, *(Selection(shelf=shelf.id) for shelf in gallery.shelves)]
    names = [(describe_selection(each, gallery, language), write_selection(each)) for each in offered]
    return [Choice(name, f"/gallery?show={code}", code == write_selection(chosen)) for name, code in names]


async def show_result(ports: AppPorts, call: Call) -> Reply:
    """One result. Raises UnavailableError."""
    visitor = await greet(ports, call)
    opened = await open_result(ports, call.user_id, call.parameters["job"])
    if opened is None:
        return show_gone(visitor, "gallery")
    result, language = Result(opened.job), visitor.language
    blob, filename = find_file(result)
    frame = Frame("gallery", plain_text(language, f"app-{result.medium}"), "/gallery")
    return show_page(
        visitor,
        "result.html",
        frame,
        result=result,
        tile=draw_tile(result, language),
        what=describe_result(result),
        file=await ports.media.link(blob, LINK_LIFE, filename) if blob else "",
        filename=filename,
        share=await find_share_link(ports, result.job, language),
        shelves=[(each, each.id in result.job.shelves) for each in visitor.user.gallery.shelves],
        name_max=NAME_CHARACTERS_MAX,
        sends=bool(result.file_id),
        token=ports.ids.token(),
    )


async def star_result(ports: AppPorts, call: Call) -> Reply:
    """Make it a favourite, or not one any more: the form says which. Raises UnavailableError."""
    await greet(ports, call)
    opened = await open_result(ports, call.user_id, call.parameters["job"])
    if opened is None:
        return go_to(GONE)
    await put_result(ports, opened, STARRED, is_on=call.value("on") == ON)
    return go_to(f"/gallery/{opened.job.id}?said=saved")


async def share_result(ports: AppPorts, call: Call) -> Reply:
    """Make a link to it, or close the link: the form says which. Raises UnavailableError."""
    await greet(ports, call)
    opened = await open_result(ports, call.user_id, call.parameters["job"])
    if opened is None:
        return go_to(GONE)
    is_on = call.value("on") == ON
    await (share_job(ports, opened.job) if is_on else change_share(ports, opened.job, close))
    return go_to(f"/gallery/{opened.job.id}?said={'shared' if is_on else 'unshared'}")


async def ask_delete(ports: AppPorts, call: Call) -> Reply:
    """The question before a deletion. Raises UnavailableError."""
    visitor = await greet(ports, call)
    opened = await open_result(ports, call.user_id, call.parameters["job"])
    if opened is None:
        return show_gone(visitor, "gallery")
    result = Result(opened.job)
    frame = Frame("gallery", plain_text(visitor.language, "app-delete-title"), f"/gallery/{result.id}")
    return show_page(visitor, "delete.html", frame, tile=draw_tile(result, visitor.language))


async def delete_result(ports: AppPorts, call: Call) -> Reply:
    """Delete it: it disappears here at once, and `bot`, which can, deletes its messages. Raises UnavailableError.

    The task comes first: a process that dies in between leaves a deletion that is only a moment late.
    """
    await greet(ports, call)
    opened = await open_result(ports, call.user_id, call.parameters["job"])
    if opened is None:
        return go_to(GONE)
    await publish_act(ports, Act("erase", call.user_id, opened.job.id, ports.clock.now()))
    await hide_result(ports, opened)
    return go_to("/gallery?said=deleted")

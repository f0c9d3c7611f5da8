"""Collections in the app: put a result into one or take it out, make one, remove one.

POST /gallery/{job}/shelf        in or out: the form says which       POST /gallery/{job}/shelves    a new one with it
GET  /shelves/{shelf}/delete     the question                         POST /shelves/{shelf}/delete   the removal

The id of a new one is a hash of its form's token, so that a form that comes twice makes one.
"""

from shared.gallery.change_shelves import create_shelf, drop_shelf, put_result
from shared.gallery.find_results import open_result
from shared.miniapp.calls import Call, Reply
from shared.miniapp.gallery_page import GONE, ON
from shared.miniapp.page import Frame, go_to, greet, show_gone, show_page
from shared.people.shelves import (
    SHELVES_MAX,
    Shelf,
    find_shelf,
    shelf_id,
    tidy_shelf_name,
)
from shared.ports import AppPorts
from shared.texts import plain_text


async def put_on_shelf(ports: AppPorts, call: Call) -> Reply:
    """Put a result into a collection, or take it out. Raises UnavailableError."""
    visitor = await greet(ports, call)
    opened = await open_result(ports, call.user_id, call.parameters["job"])
    shelf = find_shelf(visitor.user.gallery, call.value("shelf"))
    if opened is None or shelf is None:
        return go_to(GONE)
    await put_result(ports, opened, shelf.id, is_on=call.value("on") == ON)
    return go_to(f"/gallery/{opened.job.id}?said=saved")


async def make_shelf(ports: AppPorts, call: Call) -> Reply:
    """Make a collection with this result in it; a name that is taken means the one that has it.

    Raises UnavailableError.
    """
    visitor = await greet(ports, call)
    opened = await open_result(ports, call.user_id, call.parameters["job"])
    name = tidy_shelf_name(call.value("name"))
    if opened is None:
        return go_to(GONE)
    if not name:
        return go_to(f"/gallery/{opened.job.id}")
    shelf = Shelf(shelf_id(ports.bot_id, "app", call.user_id, call.value("token")), name)
    _, kept = await create_shelf(ports, visitor.opened, shelf)
    if kept is None:
        refused = plain_text(visitor.language, "app-shelves-full", limit=SHELVES_MAX)
        frame = Frame("gallery", plain_text(visitor.language, "app-shelves"), f"/gallery/{opened.job.id}", refused)
        return show_page(visitor, "gone.html", frame)
    await put_result(ports, opened, kept.id, is_on=True)
    return go_to(f"/gallery/{opened.job.id}?said=saved")


async def ask_remove(ports: AppPorts, call: Call) -> Reply:
    """The question before a removal. Raises UnavailableError."""
    visitor = await greet(ports, call)
    shelf = find_shelf(visitor.user.gallery, call.parameters["shelf"])
    if shelf is None:
        return show_gone(visitor, "gallery")
    frame = Frame("gallery", shelf.name, f"/gallery?show={shelf.id}")
    return show_page(visitor, "shelf_remove.html", frame, shelf=shelf)


async def remove(ports: AppPorts, call: Call) -> Reply:
    """Remove a collection; what was in it stays in the gallery. Raises UnavailableError."""
    visitor = await greet(ports, call)
    await drop_shelf(ports, visitor.opened, call.parameters["shelf"])
    return go_to("/gallery?said=removed")

"""/gallery: a person's finished pictures and videos in one message, whose file changes.

    /gallery ─▶ a text ─▶ edited into the newest result ─▶ ◀️ ▶️: edited into the next, by its `file_id`

An edit may be repeated, so a press that comes twice shows the same. The gallery is in private chats only: in a group
others would see what a person made elsewhere.
"""

from shared.errors import BlobMissingError, MessageGoneError, MessageRejectedError
from shared.gallery.find_results import find_results
from shared.gallery.gallery_screens import (
    View,
    empty_screen,
    opening_screen,
    read_view,
    result_screen,
    without_file,
)
from shared.gallery.result import ALL, STARS, VIDEOS, Cursor, Result, Selection, read_selection
from shared.gallery.show_file import show_file
from shared.ports import Place, Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.taps import answer_tap, toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit

UNREADABLE_MAX = 20
"""How many results of another release, one after the other, are passed over."""


async def show_gallery(ports: Ports, visit: Visit) -> None:
    """Send the newest result in a private chat. Raises MessengerErrors, UnavailableError."""
    found = await find_next(ports, visit.opened.user.id, ALL, None, is_upwards=False)
    if found is None:
        await answer(ports, visit, empty_screen(visit.language))
        return
    message_id = await ports.messenger.send_text(visit.place, opening_screen(visit.language))
    await show_result(ports, visit, message_id, *found)


async def press_show(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Show the newest result of a selection."""
    if not await is_private(ports, visit, tap):
        return
    selection = read_selection("".join(arguments[:1]))
    found = await find_next(ports, visit.opened.user.id, selection, None, is_upwards=False)
    if found is None:
        await toast(ports, visit, tap, _nothing(selection))
        return
    await answer_tap(ports, tap.query_id)
    await show_result(ports, visit, tap.message_id, *found)


async def press_older(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """▶️: the next older result."""
    await _turn(ports, visit, tap, arguments, is_upwards=False)


async def press_newer(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """◀️: the next newer result."""
    await _turn(ports, visit, tap, arguments, is_upwards=True)


async def _turn(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...], *, is_upwards: bool) -> None:
    view = await open_view(ports, visit, tap, arguments)
    if view is None:
        return
    found = await find_next(ports, visit.opened.user.id, view.selection, view.cursor, is_upwards=is_upwards)
    if found is None:
        await toast(ports, visit, tap, "toast-gallery-newest" if is_upwards else "toast-gallery-oldest")
        return
    await answer_tap(ports, tap.query_id)
    await show_result(ports, visit, tap.message_id, *found)


async def find_next(
    ports: Ports, user_id: int, selection: Selection, after: Cursor | None, *, is_upwards: bool
) -> tuple[Result, View] | None:
    """The result next to a place, with its view; the newest without a place. Raises UnavailableError."""
    place = after
    for _ in range(UNREADABLE_MAX):
        page = await find_results(ports, user_id, selection, after=place, limit=1, is_upwards=is_upwards)
        for result in page.results:
            goes_on, came_from = page.following is not None, after is not None
            newer, older = (goes_on, came_from) if is_upwards else (came_from, goes_on)
            return result, View(selection, result.cursor, has_newer=newer, has_older=older)
        if page.following is None:
            return None
        place = page.following
    return None


async def show_near(ports: Ports, visit: Visit, message_id: int, view: View) -> None:
    """Show what stands beside a result that is gone: an older one, else a newer one, else the newest of all."""
    user_id = visit.opened.user.id
    for is_upwards in (False, True):
        found = await find_next(ports, user_id, view.selection, view.cursor, is_upwards=is_upwards)
        if found is not None:
            await show_result(ports, visit, message_id, *found)
            return
    await show_newest(ports, visit, message_id)


async def show_newest(ports: Ports, visit: Visit, message_id: int) -> None:
    """Show the newest result of all, or that there is none."""
    found = await find_next(ports, visit.opened.user.id, ALL, None, is_upwards=False)
    if found is None:
        await replace_message(ports, visit, message_id, empty_screen(visit.language))
    else:
        await show_result(ports, visit, message_id, *found)


async def show_result(ports: Ports, visit: Visit, message_id: int, result: Result, view: View) -> None:
    """Edit a message into a result. Raises TooManyRequestsError, DeliveryUnknownError, UnavailableError."""
    screen = result_screen(result, view, visit.opened.user.gallery, visit.language)
    place = Place(visit.update.chat.id, visit.update.chat.thread_id)
    try:
        await show_file(ports, place, message_id, result, screen)
    except (BlobMissingError, MessageRejectedError):
        await replace_message(ports, visit, message_id, without_file(screen, visit.language))


async def replace_message(ports: Ports, visit: Visit, message_id: int, screen: Screen) -> None:
    """A text instead of the message; a photo cannot become one, so it is sent anew."""
    place = Place(visit.update.chat.id, visit.update.chat.thread_id)
    try:
        await ports.messenger.edit_text(place, message_id, screen)
    except MessageGoneError:
        await ports.messenger.send_text(place, screen)
        await ports.messenger.delete_message(place, message_id)


async def open_view(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> View | None:
    """The view of a pressed button; None after a toast if it has none."""
    if not await is_private(ports, visit, tap):
        return None
    view = read_view(arguments)
    if view is None:
        await toast(ports, visit, tap, "toast-gallery-old")
    return view


async def is_private(ports: Ports, visit: Visit, tap: Tap) -> bool:
    """Whether the press comes from the owner's private chat; otherwise the person is told so."""
    if tap.chat.is_private:
        return True
    await toast(ports, visit, tap, "toast-gallery-private")
    return False


def _nothing(selection: Selection) -> str:
    if selection == STARS:
        return "toast-gallery-no-stars"
    if selection.shelf:
        return "toast-gallery-empty-shelf"
    return "toast-gallery-no-videos" if selection == VIDEOS else "toast-gallery-nothing"

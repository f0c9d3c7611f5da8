"""The buttons under a result in the gallery: favourite, send again, the file, delete, and the keyboards behind them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from shared.gallery.change_shelves import put_result
from shared.gallery.erase_result import erase_result
from shared.gallery.find_results import open_result
from shared.gallery.gallery_screens import View, delete_rows, menu_rows, result_rows
from shared.gallery.request_archive import order_album
from shared.gallery.result import Result
from shared.gallery.send_again import send_again, send_file
from shared.gallery.show_gallery import open_view, show_near
from shared.jobs.job import kept_until
from shared.jobs.open_jobs import StoredJob
from shared.people.shelves import STARRED
from shared.ports import Ports
from shared.telegram.callbacks import write_moment
from shared.telegram.taps import answer_tap, show_rows, toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import plain_text, write_day


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of a result that is there, pressed by its owner."""

    visit: Visit
    tap: Tap
    view: View
    opened: StoredJob
    value: tuple[str, ...]
    """What the button says beyond its view."""


Handler = Callable[[Ports, Pressed], Awaitable[None]]


async def press_result(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...], handler: Handler) -> None:
    """Find the result of a button and hand the press on; if it is gone, say so and show what is beside it."""
    view = await open_view(ports, visit, tap, arguments)
    if view is None:
        return
    opened = await open_result(ports, visit.opened.user.id, view.cursor.job_id)
    if opened is None:
        await toast(ports, visit, tap, "toast-gallery-gone")
        await show_near(ports, visit, tap.message_id, view)
        return
    await handler(ports, Pressed(visit, tap, view, opened, arguments[2:]))


async def show_first_rows(ports: Ports, pressed: Pressed, opened: StoredJob) -> None:
    """The first keyboard of the result as it is now."""
    rows = result_rows(Result(opened.job), pressed.view, pressed.visit.language)
    await show_rows(ports, pressed.tap, rows)


async def _star(ports: Ports, pressed: Pressed) -> None:
    is_on = pressed.value[:1] == ("1",)
    opened = await put_result(ports, pressed.opened, STARRED, is_on=is_on)
    language = pressed.visit.language
    told = plain_text(language, "toast-gallery-starred", date=write_day(language, kept_until(opened.job)))
    await answer_tap(ports, pressed.tap.query_id, told if is_on else plain_text(language, "toast-gallery-unstarred"))
    await show_first_rows(ports, pressed, opened)


async def _send(ports: Ports, pressed: Pressed) -> None:
    await toast(ports, pressed.visit, pressed.tap, await send_again(ports, pressed.visit, pressed.opened))


async def _file(ports: Ports, pressed: Pressed) -> None:
    await send_file(ports, pressed.visit, pressed.tap, pressed.opened)


async def _delete(ports: Ports, pressed: Pressed) -> None:
    await toast(ports, pressed.visit, pressed.tap, "toast-sure")
    await show_rows(ports, pressed.tap, delete_rows(pressed.view, pressed.visit.language))


async def _erase(ports: Ports, pressed: Pressed) -> None:
    """Delete it everywhere, and show what stood beside it."""
    await erase_result(ports, pressed.opened, pressed.visit.received_at)
    await toast(ports, pressed.visit, pressed.tap, "deleted-now")
    await show_near(ports, pressed.visit, pressed.tap.message_id, pressed.view)


async def _back(ports: Ports, pressed: Pressed) -> None:
    await answer_tap(ports, pressed.tap.query_id)
    await show_first_rows(ports, pressed, pressed.opened)


async def _menu(ports: Ports, pressed: Pressed) -> None:
    await answer_tap(ports, pressed.tap.query_id)
    visit = pressed.visit
    opened = write_moment(visit.received_at)
    result, gallery = Result(pressed.opened.job), visit.opened.user.gallery
    await show_rows(ports, pressed.tap, menu_rows(result, pressed.view, gallery, visit.language, opened))


async def _album(ports: Ports, pressed: Pressed) -> None:
    await order_album(ports, pressed.visit, pressed.tap, pressed.opened.job, "".join(pressed.value[:1]))


press_star = partial(press_result, handler=_star)
press_send = partial(press_result, handler=_send)
press_file = partial(press_result, handler=_file)
press_delete = partial(press_result, handler=_delete)
press_erase = partial(press_result, handler=_erase)
press_back = partial(press_result, handler=_back)
press_menu = partial(press_result, handler=_menu)
press_album = partial(press_result, handler=_album)

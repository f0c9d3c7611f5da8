"""The buttons that ask for a ZIP of what is shown, or for the file of a video; each makes a job, free of charge.

A button carries when its keyboard was opened, so two quick presses are one request.
"""

from dataclasses import replace

from shared.gallery.archive import ArchiveArtefacts, ArchiveRequest, day_of, is_archive
from shared.gallery.find_results import find_results
from shared.gallery.gallery_screens import describe_selection
from shared.gallery.order_zip import order_zip, stop_zip
from shared.gallery.result import ALL, Result, read_cursor, read_selection, write_cursor, write_selection
from shared.gallery.show_gallery import is_private
from shared.jobs.accept_request import Order
from shared.jobs.identity import tap_intent
from shared.jobs.job import Job
from shared.people.shelves import ARCHIVES_PER_DAY
from shared.ports import Ports
from shared.telegram.callbacks import write_moment
from shared.telegram.taps import toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import plain_text, shorten


async def press_zip(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Pack a selection, from its newest result or from a place on."""
    if not await is_private(ports, visit, tap):
        return
    code, nonce, after = (*arguments, "", "", "")[:3]
    selection = read_selection(code)
    intent = tap_intent(ports.bot_id, f"zip:{visit.opened.user.id}:{code}", after, nonce)
    page = await find_results(ports, visit.opened.user.id, selection, after=read_cursor(after), limit=1)
    if not page.results and page.following is None:
        await toast(ports, visit, tap, "toast-gallery-nothing")
        return
    name = describe_selection(selection, visit.opened.user.gallery, visit.language)
    request = ArchiveRequest(price=0, selection=code, name=name, after=after)
    await _order(ports, visit, tap, intent, request)


async def order_album(ports: Ports, visit: Visit, tap: Tap, job: Job, nonce: str) -> None:
    """Pack what one request became. `nonce`: when the keyboard was opened."""
    intent = tap_intent(ports.bot_id, job.id, "album", nonce)
    name = plain_text(visit.language, "gallery-album", words=shorten(Result(job).prompt))
    after = write_cursor(Result(job).cursor)
    request = ArchiveRequest(price=0, selection=write_selection(ALL), name=name, after=after, album=job.count)
    await _order(ports, visit, tap, intent, request)


async def send_video_file(ports: Ports, visit: Visit, tap: Tap, job_id: str) -> None:
    """Have the file of a video sent as it is: by the function that may sign links, in its own time."""
    minute = write_moment(visit.received_at)[:-3]  # 16³ tenths of a second: a little less than seven minutes
    intent = tap_intent(ports.bot_id, job_id, "file", minute)
    name = plain_text(visit.language, "button-original")
    await _order(ports, visit, tap, intent, ArchiveRequest(price=0, selection="", name=name, only=job_id))


async def _order(ports: Ports, visit: Visit, tap: Tap, intent: str, request: ArchiveRequest) -> None:
    request = replace(request, day=day_of(ports.clock.now()))
    order = Order("archive", request, ArchiveArtefacts(), 1, is_recent=False)
    over = plain_text(visit.language, "toast-gallery-zip-limit", limit=ARCHIVES_PER_DAY)
    await order_zip(ports, visit, tap, intent, order, begun="toast-gallery-zip", over=over)


async def press_stop(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """*Cancel* under the card of a ZIP."""
    await stop_zip(ports, visit, tap, arguments, is_archive)

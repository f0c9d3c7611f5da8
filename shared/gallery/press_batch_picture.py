"""A number under the card of a finished batch: that picture as a message of its own, which has its buttons."""

from shared.gallery.find_results import open_result
from shared.gallery.send_again import send_again
from shared.jobs.job import ENDS
from shared.pictures.find_batch import find_batch
from shared.ports import Ports
from shared.telegram.taps import toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit


async def press_batch_picture(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Send the picture with this number again. Raises TooManyRequestsError, DeliveryUnknownError, UnavailableError."""
    jobs = await find_batch(ports, visit, tap, arguments)
    if jobs is None:
        return
    number = "".join(arguments[1:2])
    chosen = next((each.job for each in jobs if str(each.job.index) == number), None)
    opened = None if chosen is None else await open_result(ports, visit.opened.user.id, chosen.id)
    if opened is not None:
        await toast(ports, visit, tap, await send_again(ports, visit, opened))
    elif chosen is not None and chosen.state not in ENDS:
        await toast(ports, visit, tap, "toast-not-done")
    else:
        await toast(ports, visit, tap, "toast-gone")

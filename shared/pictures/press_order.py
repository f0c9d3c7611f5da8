"""*Yes* under the question about a dear order, or about one that the group's wallet does not pay."""

from dataclasses import replace

from shared.jobs.accept_request import Accepted
from shared.jobs.frame import is_known
from shared.pictures.ask_order import OWN, forget_hidden, open_asked, order_again
from shared.pictures.go_on import begin_order
from shared.pictures.place_order import place_order
from shared.ports import Ports
from shared.telegram.announce_jobs import announce_jobs, resume_jobs
from shared.telegram.taps import show_rows, tell_ordered, toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit


async def press_order(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Place the order, once however often it is pressed. Raises UnavailableError."""
    found = await open_asked(ports, next(iter(arguments), ""))
    if found is None or not is_known(ports, found.job):
        await toast(ports, visit, tap, "toast-expired")
        return
    if found.about.user_id != tap.sender.id:
        await toast(ports, visit, tap, "not-yours")
        return
    origin, order = order_again(found, visit.inbox_id)
    is_own = OWN in arguments
    origin = replace(origin, wallet_id="") if is_own else origin
    came_of_it = await place_order(ports, visit.opened, origin, order, is_confirmed=True)
    await tell_ordered(ports, visit, tap, came_of_it)
    if isinstance(came_of_it, Accepted):
        visit.recorded = came_of_it.fresh
        if is_own:  # it may have been ordered by a press: then its kind may have no card
            await begin_order(ports, order, came_of_it)
        else:
            await (announce_jobs if came_of_it.fresh else resume_jobs)(ports, came_of_it.jobs)
        await show_rows(ports, tap, ())
        await forget_hidden(ports, found)  # last: a press that comes again finishes what was interrupted

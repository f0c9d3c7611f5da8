"""Asking for what is packed free of charge, so many times a day: ZIPs of results or of everything; and canceling it."""

from collections.abc import Callable

from shared.jobs.accept_request import Accepted, Order, find_accepted
from shared.jobs.cancel_jobs import cancel_job
from shared.jobs.frame import is_known
from shared.jobs.job import Job, is_canceled
from shared.pictures.place_order import place_order
from shared.ports import Ports
from shared.telegram.announce_jobs import announce_jobs, resume_jobs
from shared.telegram.find_pressed import find_pressed_job
from shared.telegram.taps import answer_tap, tell_ordered, toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit, origin_of


async def order_zip(ports: Ports, visit: Visit, tap: Tap, intent: str, order: Order, *, begun: str, over: str) -> None:
    """Place the order of a tap; `begun` is the id of what the tap says then, `over` the words once the day's number is
    used up. Raises UnavailableError.
    """
    if not order.request.is_offered(visit.opened.user) and await find_accepted(ports, intent) is None:
        await answer_tap(ports, tap.query_id, over, alert=True)
        return
    accepted = await place_order(ports, visit.opened, origin_of(visit, intent), order)
    await tell_ordered(ports, visit, tap, accepted, begun)
    if isinstance(accepted, Accepted):
        visit.recorded = accepted.fresh
        await (announce_jobs if accepted.fresh else resume_jobs)(ports, accepted.jobs)


async def stop_zip(
    ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...], is_packed: Callable[[Job], bool]
) -> None:
    """*Cancel* under the card of a job of the kind that `is_packed` tells. Raises UnavailableError."""

    def fits(job: Job) -> bool:
        return is_known(ports, job) and is_packed(job)

    opened = await find_pressed_job(ports, visit, tap, "".join(arguments[:1]), fits)
    if opened is None:
        return
    job = await cancel_job(ports, opened.job.id)
    await toast(ports, visit, tap, "toast-canceled" if job is not None and is_canceled(job) else "toast-too-late")

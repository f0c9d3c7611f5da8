"""Ordering jobs that are decided on, of any kind, or saying why there are none."""

from shared.jobs.accept_request import Accepted, Declined, Order, Origin, accept_request
from shared.logs import log_event
from shared.people.accounts import OpenUser
from shared.pictures.declines import decline_among_others, decline_for_now, decline_means
from shared.ports import Ports, Screen, Write


async def place_order(
    ports: Ports,
    opened: OpenUser,
    origin: Origin,
    order: Order,
    extra_writes: tuple[Write, ...] = (),
    hint: str = "",
) -> Accepted | Screen:
    """The jobs, or the screen that says why there are none, as the place where they were asked for lets it be told.

    `hint`, in HTML, stands below a reason that lies in the person. Raises as `accept_request` does.
    """
    answer = await accept_request(ports, opened, origin, order, extra_writes)
    if not isinstance(answer, Declined):
        return answer
    price, count = order.request.price, order.count
    log_event("request_declined", code=answer.reason.value, medium=order.request.facts()["medium"])
    if answer.until is not None:
        return decline_for_now(origin.language, answer.until)
    if origin.is_seen_by_all:
        return decline_among_others(origin.language, answer.user, price, count)
    why = decline_means(origin.language, answer.reason, answer.user, price * count, ports.clock.now())
    return Screen(f"{why.text}\n{hint}") if hint else why

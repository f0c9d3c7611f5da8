"""Accepting an order of jobs of any kind, or declining it."""

from dataclasses import replace

from shared.jobs.accept_request import Accepted, Declined, Order, Origin, accept_request, find_accepted
from shared.logs import log_event
from shared.payments.prices import currencies_of
from shared.people.accounts import OpenUser
from shared.pictures.ask_order import ask_order, needs_confirmation
from shared.pictures.declines import decline_among_others, decline_for_now, decline_means
from shared.ports import Ports, Screen, Write


async def place_order(
    ports: Ports,
    opened: OpenUser,
    origin: Origin,
    order: Order,
    extra_writes: tuple[Write, ...] = (),
    hint: str = "",
    *,
    is_confirmed: bool = False,
) -> Accepted | Screen:
    """Accept an order; returns the jobs, or the screen that declines it, which in groups has no personal reason.

    An order of a message may be asked about first, unless it `is_confirmed` or answers a question (`extra_writes`).
    `hint`, in HTML, is added below a personal reason. Raises as `accept_request` does.
    """
    if not is_confirmed and not extra_writes and needs_confirmation(opened.user, origin, order, ports.clock.now()):
        return await find_accepted(ports, origin.intent) or await ask_order(ports, opened.user, origin, order)
    answer = await accept_request(ports, opened, origin, order, extra_writes)
    if not isinstance(answer, Declined):
        return answer
    total, count = order.price, order.count
    log_event("request_declined", code=answer.reason.value, medium=order.request.facts()["medium"])
    if answer.until is not None:
        return decline_for_now(origin.language, answer.reason, answer.until)
    if origin.is_seen_by_all:
        return decline_among_others(origin.language, answer.user, order.request.price, count)
    now, sells, currencies = ports.clock.now(), bool(ports.support_contact), currencies_of(ports.cards)
    why = decline_means(origin.language, answer.reason, answer.user, total, now, sells=sells, currencies=currencies)
    return replace(why, text=f"{why.text}\n{hint}") if hint else why

"""Accepting an order of jobs of any kind, or declining it."""

from dataclasses import replace

from shared.jobs.accept_request import Accepted, Declined, Order, Origin, accept_request, find_accepted
from shared.jobs.job_events import log_declined
from shared.payments.prices import currencies_of
from shared.people.accounts import OpenUser
from shared.pictures.ask_order import ask_order, ask_own, needs_confirmation
from shared.pictures.declines import decline_among_others, decline_for_now, decline_means, decline_switched_off
from shared.pictures.wait_for_credits import wait_for_credits
from shared.ports import Ports, Screen, Write
from shared.providers.outcomes import DeclineReason
from shared.telegram.address import ChatAddress
from shared.texts import html_text


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
    `hint`, in HTML, is added below a personal reason. In a private chat, an order that only lacks credits waits for
    them. What the wallet of a group cannot pay is asked about again: then the person pays. Raises as `accept_request`.
    """
    if not is_confirmed and not extra_writes and needs_confirmation(opened.user, origin, order, ports.clock.now()):
        return await find_accepted(ports, origin.intent) or await ask_order(ports, opened.user, origin, order)
    answer = await accept_request(ports, opened, origin, order, extra_writes)
    if not isinstance(answer, Declined):
        return answer
    total, count = order.price, order.count
    log_declined(answer.user, origin.asked.received_at, answer.reason.value, order.request.facts()["medium"])
    if answer.reason in {DeclineReason.WALLET_EMPTY, DeclineReason.WALLET_LIMIT}:
        return await ask_own(ports, answer.user, origin, order, answer.reason)
    if answer.offer:
        return decline_switched_off(origin.language, answer.offer)
    if answer.until is not None:
        return decline_for_now(origin.language, answer.reason, answer.until)
    if origin.is_seen_by_all:
        return decline_among_others(origin.language, answer.user, order.request.price, count)
    now, sells, currencies = ports.clock.now(), ports.sells, currencies_of(ports.cards)
    why = decline_means(origin.language, answer.reason, answer.user, total, now, sells=sells, currencies=currencies)
    lines = [why.text]
    if sells and answer.reason is DeclineReason.NOT_ENOUGH_CREDITS and _may_wait(origin):
        await wait_for_credits(ports, origin, order)
        lines.append(html_text(origin.language, "declined-waits"))
    return replace(why, text="\n".join([*lines, *([hint] if hint else [])]))


def _may_wait(origin: Origin) -> bool:
    """Whether it goes on by itself once credits are bought: only where nobody else reads what is paid, and only what
    the person asked for.
    """
    is_private = isinstance(origin.address, ChatAddress) and origin.address.is_private
    return is_private and not origin.is_automatic

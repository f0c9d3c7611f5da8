"""Accepting a wish for pictures, or declining it."""

from dataclasses import dataclass, replace

from shared.credits.catalogue import OFFERS
from shared.jobs.accept_request import Accepted, Order, Origin
from shared.jobs.job_events import log_declined
from shared.people.accounts import OpenUser
from shared.pictures.declines import decline
from shared.pictures.picture import MEDIUM, PictureArtefacts, PictureRequest
from shared.pictures.place_order import place_order
from shared.pictures.request import Material, plan_request
from shared.ports import Ports, Screen, Write
from shared.providers.outcomes import DeclineReason


@dataclass(frozen=True, slots=True)
class Wish:
    """A person's wish, in words."""

    words: str
    material: Material | DeclineReason
    show_words: bool = False
    """The words are not the person's own, so the card shows them for copying."""


async def request_picture(
    ports: Ports, opened: OpenUser, origin: Origin, wish: Wish, extra_writes: tuple[Write, ...] = ()
) -> Accepted | Screen:
    """Accept a wish; returns its jobs, or the screen that declines it. Raises as `accept_request` does."""
    material = wish.material
    if isinstance(material, DeclineReason):
        return _decline_wish(opened, origin, material, wish)
    plan = plan_request(wish.words, opened.user.settings, material)
    if isinstance(plan, DeclineReason):
        return _decline_wish(opened, origin, plan, wish)
    request = replace(plan.request, settings=opened.user.settings, show_words=wish.show_words)
    return await order_pictures(ports, opened, origin, request, plan.count, extra_writes)


async def order_pictures(
    ports: Ports,
    opened: OpenUser,
    origin: Origin,
    request: PictureRequest,
    count: int,
    extra_writes: tuple[Write, ...] = (),
    *,
    is_confirmed: bool = False,
) -> Accepted | Screen:
    """Accept a complete request; returns its jobs, or the screen that declines it. `is_confirmed`: no question."""
    order = Order(OFFERS[request.model].kind, request, PictureArtefacts(), count)
    return await place_order(ports, opened, origin, order, extra_writes, is_confirmed=is_confirmed)


def _decline_wish(opened: OpenUser, origin: Origin, reason: DeclineReason, wish: Wish) -> Screen:
    log_declined(opened.user, origin.asked.received_at, reason.value, MEDIUM)
    return decline(origin.language, reason, wish.words)

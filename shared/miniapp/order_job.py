"""The order of a form: the same plan and the same acceptance as a message in the private chat has.

The result comes to the private chat, and is in the gallery: the worker posts the card, because `api` has no bot token.
"""

from dataclasses import replace

from shared.credits.catalogue import OFFERS, VIDEO
from shared.hash_ids import hash_id
from shared.jobs.accept_request import Order, Origin
from shared.jobs.job import Job
from shared.jobs.publish_jobs import publish_job
from shared.miniapp.create_form import CreateForm, Sources, plan_film, plan_pictures
from shared.miniapp.page import Visitor
from shared.pictures.declines import decline
from shared.pictures.picture import PictureArtefacts
from shared.pictures.place_order import place_order
from shared.pictures.wait_for_credits import wait_for_credits
from shared.ports import AppPorts, Screen
from shared.providers.outcomes import DeclineReason
from shared.telegram.address import TELEGRAM, ChatAddress, asked_at
from shared.texts import plain_text, unmark
from shared.videos.video import VideoArtefacts


def plan_order(visitor: Visitor, form: CreateForm, sources: Sources) -> Order | str:
    """What a form orders at the price that it shows, or why that cannot be had."""
    order = _plan(form, sources)
    if isinstance(order, DeclineReason):
        return unmark(decline(visitor.language, order, form.words).text)
    if order.price != form.price:
        return plain_text(visitor.language, "app-price-changed", price=order.price)
    return order


async def order_job(ports: AppPorts, visitor: Visitor, form: CreateForm, order: Order) -> Job | str:
    """Accept the order and start its jobs; the first of them, or why it was declined. Raises UnavailableError.

    A form that comes again, even after a failure in between, leads to the same jobs, and publishes them once more.
    """
    came_of_it = await place_order(ports, visitor.opened, _origin(ports, visitor, form), order)
    if isinstance(came_of_it, Screen):
        return unmark(came_of_it.text)
    for opened in came_of_it.jobs:
        await publish_job(ports, opened.job)
    return came_of_it.jobs[0].job


async def order_when_paid(ports: AppPorts, visitor: Visitor, form: CreateForm, order: Order) -> str:
    """Keep the order until credits are bought; the id that its first job will have. Raises UnavailableError."""
    return await wait_for_credits(ports, _origin(ports, visitor, form), order, is_of_app=True)


def _plan(form: CreateForm, sources: Sources) -> Order | DeclineReason:
    if form.medium == "video":
        film = plan_film(form, sources)
        if isinstance(film, DeclineReason):
            return film
        return Order(VIDEO.kind, film, VideoArtefacts(), 1, has_card=False, is_recent=False)
    plan = plan_pictures(form, sources)
    if isinstance(plan, DeclineReason):
        return plan
    request = replace(plan.request, settings=form.settings, show_words=True)
    return Order(OFFERS[request.model].kind, request, PictureArtefacts(), plan.count, has_card=False)


def _origin(ports: AppPorts, visitor: Visitor, form: CreateForm) -> Origin:
    return origin_of_form(ports, visitor, hash_id("app", ports.bot_id, visitor.user.id, form.token))


def origin_of_form(ports: AppPorts, visitor: Visitor, intent: str) -> Origin:
    """Where a form's request comes from: its result goes to the private chat."""
    now, user_id = ports.clock.now(), visitor.user.id
    address = ChatAddress(user_id, None, 0, is_private=True, update_id=0, asked_at=now)
    return Origin(
        intent=intent,
        inbox_id=None,
        user_id=user_id,
        language=visitor.language,
        surface=TELEGRAM,
        address=address,
        asked=asked_at(address, now),
    )

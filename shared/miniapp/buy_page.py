"""Buying credits in the app.

GET  /buy?for=…&then=…   what is sold; `for`: how many credits are missing; `then`: the job that begins once it is paid
POST /buy                an order: the name and the price that the person saw; then /buy/{order}
GET  /buy/{order}        its invoice, once `bot` has made the link        /buy/{order}/state: the changing part

Paying by card is `card_page.py`.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from shared.codec import decode
from shared.credits.catalogue import PACKAGES, PLANS
from shared.credits.purchases import Package, Plan
from shared.errors import ConflictError
from shared.hash_ids import hash_id, is_id
from shared.miniapp.acts import Act, publish_act
from shared.miniapp.calls import NOT_FOUND, Call, Reply, page
from shared.miniapp.link_invoice import LINK
from shared.miniapp.page import Frame, Visitor, go_to, greet, show_followed, show_gone, show_page
from shared.miniapp.sale import find_suggested, then_of, why_nothing_is_sold, write_query
from shared.miniapp.templates import render
from shared.payments.order import Order
from shared.payments.packages import find_sold, smallest_for
from shared.payments.payment_documents import create_order, order_key
from shared.payments.shop import ORDER_LIFE
from shared.people.subscriptions import renews_any
from shared.people.talk import CONFIRM_USUALLY_ABOVE
from shared.ports import AppPorts
from shared.texts import plain_text


@dataclass(frozen=True, slots=True)
class Sold:
    """Something on sale."""

    name: str
    stars: int
    credits: int
    days: int
    """The period of a subscription; 0: it is bought once."""
    is_suggested: bool


async def show_buy(ports: AppPorts, call: Call) -> Reply:
    """What is sold. Raises UnavailableError."""
    visitor = await greet(ports, call)
    return _show(ports, visitor, await why_nothing_is_sold(ports, visitor))


def _show(ports: AppPorts, visitor: Visitor, refused: str = "") -> Reply:
    frame = Frame("balance", plain_text(visitor.language, "app-buy"), "/balance", refused)
    sold = list_sold(visitor, ports.clock.now()) if ports.sells else []
    return show_page(
        visitor,
        "buy.html",
        frame,
        sold=sold,
        token=ports.ids.token(),
        contact=ports.support_contact,
        limit=CONFIRM_USUALLY_ABOVE,
        by_card=f"/buy/card{write_query(visitor.call)}" if ports.card_currencies else "",
        subscribes=bool(visitor.user.subscriptions),
        then=then_of(visitor.call),
    )


def list_sold(visitor: Visitor, now: datetime) -> list[Sold]:
    """The packages, then the subscriptions unless the person has one."""
    suggested = find_suggested(visitor.call)
    sold = [Sold(name, each.stars, each.credits, 0, name == suggested) for name, each in PACKAGES.items()]
    if renews_any(visitor.user.subscriptions, now):
        return sold
    return [*sold, *(Sold(name, each.stars, each.credits, each.days, False) for name, each in PLANS.items())]


async def buy(ports: AppPorts, call: Call) -> Reply:
    """Store an order and have its invoice made; a form that comes twice is one order. Raises UnavailableError."""
    visitor = await greet(ports, call)
    if why := await why_nothing_is_sold(ports, visitor):
        return _show(ports, visitor, why)
    seen = call.value("name"), call.value("stars"), call.value("credits")
    package = find_package(visitor, *seen, ports.clock.now()) if ports.sells else None
    if package is None:
        return _show(ports, visitor, plain_text(visitor.language, "toast-new-prices"))
    order_id = await open_order(ports, visitor, package, call.value("token"))
    return go_to(f"/buy/{order_id}{write_query(call)}")


async def open_order(ports: AppPorts, visitor: Visitor, package: Package, token: str) -> str:
    """Store the order of a form with this token and have its invoice made; its id. Raises UnavailableError."""
    call, now = visitor.call, ports.clock.now().replace(microsecond=0)
    days = package.days if isinstance(package, Plan) else 0
    order = Order(
        id=hash_id("order", "app", ports.bot_id, call.user_id, token),
        user_id=call.user_id,
        stars=package.stars,
        credits=package.credits,
        expires_at=None if days else now + ORDER_LIFE,
        days=days,
    )
    with suppress(ConflictError):  # the form came again
        await ports.store.commit([create_order(order, now)])
    await publish_act(ports, Act("link", call.user_id, order.id, now))
    return order.id


def find_package(visitor: Visitor, name: str, stars: str, credit_count: str, now: datetime) -> Package | None:
    """What a form names, at the price that it shows; None if that is not sold (any more)."""
    package = find_sold(name)
    if package is None or (str(package.stars), str(package.credits)) != (stars, credit_count):
        return None
    return None if isinstance(package, Plan) and renews_any(visitor.user.subscriptions, now) else package


def offer_missing(missing: int) -> Sold:
    """The smallest package that makes up for so many missing credits."""
    name = smallest_for(missing, PACKAGES)
    return Sold(name, PACKAGES[name].stars, PACKAGES[name].credits, 0, is_suggested=True)


async def show_order(ports: AppPorts, call: Call) -> Reply:
    """An order with its invoice. Raises UnavailableError."""
    visitor, found = await greet(ports, call), await _find_order(ports, call)
    if found is None:
        return show_gone(visitor, "buy")
    frame = Frame("balance", plain_text(visitor.language, "app-buy"), "/buy")
    return show_followed(visitor, "order_state.html", frame, ("/balance", "app-to-balance"), **_draw(visitor, *found))


async def show_order_state(ports: AppPorts, call: Call) -> Reply:
    """The changing part of the page. Raises UnavailableError."""
    visitor, found = await greet(ports, call), await _find_order(ports, call)
    if found is None:
        return NOT_FOUND
    return page(render("order_state.html", visitor.language, _draw(visitor, *found)))


def _draw(visitor: Visitor, order: Order, link: str) -> dict[str, object]:
    call = visitor.call
    return {"order": order, "link": link, "then": then_of(call), "query": write_query(call)}


async def _find_order(ports: AppPorts, call: Call) -> tuple[Order, str] | None:
    """An order of this person, with its link, which may be empty. Raises UnavailableError."""
    order_id = call.parameters["order"]
    [record] = await ports.store.read([order_key(order_id)]) if is_id(order_id) else [None]
    order = None if record is None else decode(Order, record.fields)
    if record is None or order is None or order.user_id != call.user_id:
        return None
    return order, str(record.fields.get(LINK, ""))

"""A person's subscriptions in the app: how they go on, *Cancel* and *Restore*. `/buy` sells new ones.

GET  /subscription           what goes on and what is paid        GET /subscription/state    its changing part
POST /subscription           a wish: `bot` tells Telegram, and the page looks until it is settled
"""

from dataclasses import dataclass
from functools import partial

from shared.miniapp.acts import Act, publish_act
from shared.miniapp.calls import Call, Reply, page
from shared.miniapp.page import Frame, Visitor, go_to, greet, show_followed
from shared.miniapp.templates import render
from shared.payments.book_card_order import put_off
from shared.payments.subscription_page import WISHES
from shared.payments.subscription_screens import BUTTONS, STOP, describe_subscription, list_shown, offered_wish
from shared.people.accounts import change_subscriptions
from shared.people.subscriptions import find_subscription, want_renewal
from shared.ports import AppPorts
from shared.texts import plain_text


@dataclass(frozen=True, slots=True)
class Described:
    """One subscription."""

    order_id: str
    html: str
    """Escaped, with the markup of a message."""
    wish: str
    """What its button wants; empty: it has none."""
    label: str


async def show_subscription(ports: AppPorts, call: Call) -> Reply:
    """What a person subscribes to. Raises UnavailableError."""
    visitor = await greet(ports, call)
    frame = Frame("balance", plain_text(visitor.language, "app-subscription"), "/balance")
    return show_followed(visitor, "subscription_state.html", frame, ("/buy", "app-buy"), **_draw(ports, visitor))


async def show_subscription_state(ports: AppPorts, call: Call) -> Reply:
    """The changing part of the page. Raises UnavailableError."""
    visitor = await greet(ports, call)
    return page(render("subscription_state.html", visitor.language, _draw(ports, visitor)))


async def change_subscription(ports: AppPorts, call: Call) -> Reply:
    """Store what the person wants, and have `bot` tell Telegram; the same again asks again. Raises UnavailableError."""
    visitor, wish, order_id = await greet(ports, call), call.value("wish"), call.value("order")
    known, now = find_subscription(visitor.user.subscriptions, order_id), ports.clock.now()
    if wish not in WISHES or known is None or (known.is_by_card and wish != STOP):
        return go_to("/subscription?said=gone")
    if known.is_by_card:
        await put_off(ports, order_id)  # before the wish: what dies after it is asked for by `sweep`
    want = partial(want_renewal, order_id=order_id, renewal=WISHES[wish], at=now)
    await change_subscriptions(ports, visitor.opened, want)
    await publish_act(ports, Act("renewal", call.user_id, order_id, now))
    return go_to("/subscription")


def _draw(ports: AppPorts, visitor: Visitor) -> dict[str, object]:
    now, language = ports.clock.now(), visitor.language
    shown = list_shown(visitor.user.subscriptions, now)
    described = []
    for each in shown:
        wish = offered_wish(each, now)
        label = plain_text(language, BUTTONS[wish]) if wish else ""
        described.append(Described(each.order_id, describe_subscription(language, each, now), wish, label))
    return {"subscriptions": described, "is_settled": all(each.is_settled for each in shown)}

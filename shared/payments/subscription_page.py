"""/subscription: what a person subscribes to, *Cancel* and *Restore*.

    press ── the wish is stored, not settled ✓ ── Telegram is asked ── settled ✓ ── the page shows it
          ╳ no answer: the same press comes again and asks for what is stored by then; the page says that it is open

A press carries what is wanted, never "the other one", and the newest press wins, in whatever order they arrive. So
Telegram ends with what the person wanted last, although a call may be repeated.

A subscription by card is canceled by its provider, which `sweep` has asked until it has done so.
"""

from contextlib import suppress
from functools import partial

from shared.errors import CardsUnavailableError
from shared.payments.book_card_order import find_card_order, put_off
from shared.payments.card_order import CardOrder
from shared.payments.follow_card_subscription import cancel_card_subscription, settle_cancel
from shared.payments.shop import lead_to_private
from shared.payments.shop_screens import SHOW
from shared.payments.subscription_screens import ALLOW, STOP, draw_subscriptions
from shared.people.accounts import change_subscriptions, open_user
from shared.people.subscriptions import (
    Renewal,
    Subscription,
    find_subscription,
    settle_renewal,
    want_renewal,
)
from shared.people.users import User
from shared.ports import Place, Ports
from shared.telegram.answers import answer
from shared.telegram.taps import answer_tap, toast
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import plain_text

WISHES = {STOP: Renewal.STOPPED, ALLOW: Renewal.CANCELED}
"""What each button wants."""
_DONE = {STOP: "toast-subscription-stopped", ALLOW: "toast-subscription-allowed"}


async def show_subscription(ports: Ports, visit: Visit, message: Message) -> None:
    """/subscription, in the private chat. Raises MessengerErrors, UnavailableError."""
    if not visit.update.chat.is_private:
        await lead_to_private(ports, visit, "subscription")
    else:
        await answer(ports, visit, draw_subscriptions(visit.language, visit.opened.user, ports.clock.now()))


async def press_subscription(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Show the page, stop a renewal or allow it again. Raises MessengerErrors, UnavailableError."""
    owner, wish, order_id, *_ = (*arguments, "", "", "")
    known = find_subscription(visit.opened.user.subscriptions, order_id)
    if owner != str(tap.sender.id):
        await toast(ports, visit, tap, "not-yours")
    elif wish == SHOW:
        await answer(ports, visit, draw_subscriptions(visit.language, visit.opened.user, ports.clock.now()))
        await answer_tap(ports, tap.query_id)
    elif wish not in WISHES or known is None:
        await toast(ports, visit, tap, "old-menu")
    elif not known.is_by_card:
        await _change(ports, visit, tap, wish, order_id)
    elif wish == STOP and (first := await find_card_order(ports, order_id)) is not None:
        await _stop_card(ports, visit, tap, first)
    else:
        await toast(ports, visit, tap, "old-menu")


async def _stop_card(ports: Ports, visit: Visit, tap: Tap, first: CardOrder) -> None:
    """Have the provider take no more payments; without its answer the order's next task asks again."""
    await put_off(ports, first.id)  # before the wish: what dies after it is asked for
    want = partial(want_renewal, order_id=first.id, renewal=Renewal.STOPPED, at=visit.received_at)
    user = await change_subscriptions(ports, visit.opened, want)
    wish, is_done = find_subscription(user.subscriptions, first.id), False
    with suppress(CardsUnavailableError):
        is_done = await cancel_card_subscription(ports, first)
    if wish is not None and is_done:
        user = await settle_cancel(ports, user.id, wish)
    if is_done:
        await toast(ports, visit, tap, _DONE[STOP])
    else:
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "subscription-card-waits"), alert=True)
    await _redraw(ports, visit, tap, user)


async def _redraw(ports: Ports, visit: Visit, tap: Tap, user: User) -> None:
    screen = draw_subscriptions(visit.language, user, ports.clock.now())
    await ports.messenger.edit_text(Place(tap.chat.id, tap.chat.thread_id), tap.message_id, screen)


async def _change(ports: Ports, visit: Visit, tap: Tap, wish: str, order_id: str) -> None:
    want = partial(want_renewal, order_id=order_id, renewal=WISHES[wish], at=visit.received_at)
    user = await change_subscriptions(ports, visit.opened, want)
    user, was_agreed = await tell_telegram(ports, user, order_id)
    if was_agreed:
        await toast(ports, visit, tap, _DONE[wish])
    else:
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "subscription-refused"), alert=True)
    await _redraw(ports, visit, tap, user)


async def tell_telegram(ports: Ports, user: User, order_id: str) -> tuple[User, bool]:
    """Ask Telegram for what is wanted by now, until nothing is left to be asked; whether it agreed to the last."""
    was_agreed, asked = True, None
    while (told := find_subscription(user.subscriptions, order_id)) is not None and _is_open(told, asked):
        was_agreed, asked = await _ask(ports, user.id, told), told.renewal
        settle = partial(settle_renewal, told=told, at=ports.clock.now(), was_agreed=was_agreed)
        user = await change_subscriptions(ports, await open_user(ports, user.id), settle)
    return user, was_agreed


def _is_open(known: Subscription, asked: Renewal | None) -> bool:
    """Whether Telegram has to be asked: for the first time, or anew because another press was asked for meanwhile."""
    is_undone = asked is not None and known.renewal in WISHES.values() and known.renewal is not asked
    return not known.is_settled or is_undone


async def _ask(ports: Ports, user_id: int, told: Subscription) -> bool:
    """Whether Telegram agreed for one of its charges at least: it knows no more of those that ended long ago."""
    is_canceled = told.renewal is Renewal.STOPPED
    edit = ports.messenger.edit_subscription
    return any([await edit(user_id, charge_id, is_canceled=is_canceled) for charge_id in told.charge_ids])

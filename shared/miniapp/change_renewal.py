"""Telling Telegram, or the provider of cards, what a person wants of a subscription. Only `bot` can do it.

api ── the wish is stored, not settled ✓ ── act ──▶ bot ── it is asked ── settled ✓      the page looks for it
"""

from contextlib import suppress

from shared.errors import CardsUnavailableError
from shared.payments.book_card_order import find_card_order
from shared.payments.follow_card_subscription import cancel_card_subscription, settle_cancel
from shared.payments.subscription_page import tell_telegram
from shared.people.accounts import open_user
from shared.people.subscriptions import Subscription, find_subscription
from shared.people.users import language_of
from shared.ports import Place, Ports, Screen
from shared.texts import html_text


async def change_renewal(ports: Ports, user_id: int, order_id: str) -> None:
    """Ask for what is wanted by now; a refusal is told in the chat. Raises Messenger- and UnavailableError."""
    user = (await open_user(ports, user_id)).user
    known = find_subscription(user.subscriptions, order_id)
    if known is not None and known.is_by_card:
        await _cancel_by_card(ports, user_id, known)
        return
    user, was_agreed = await tell_telegram(ports, user, order_id)
    if not was_agreed:
        refused = html_text(language_of(user, ""), "subscription-refused")
        await ports.messenger.send_text(Place(user_id), Screen(refused))


async def _cancel_by_card(ports: Ports, user_id: int, wish: Subscription) -> None:
    """Have the provider take no more payments; without its answer the order's next task asks again."""
    first = None if wish.is_settled else await find_card_order(ports, wish.order_id)
    if first is None:
        return
    with suppress(CardsUnavailableError):
        if await cancel_card_subscription(ports, first):
            await settle_cancel(ports, user_id, wish)

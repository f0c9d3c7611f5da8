"""Telling Telegram what a person wants of a subscription. Only `bot` can do it.

api ── the wish is stored, not settled ✓ ── act ──▶ bot ── Telegram is asked ── settled ✓      the page looks for it
"""

from shared.payments.subscription_page import tell_telegram
from shared.people.accounts import open_user
from shared.people.users import language_of
from shared.ports import Place, Ports, Screen
from shared.texts import html_text


async def change_renewal(ports: Ports, user_id: int, order_id: str) -> None:
    """Ask Telegram for what is wanted by now; a refusal is told in the chat. Raises Messenger- and UnavailableError."""
    user, was_agreed = await tell_telegram(ports, (await open_user(ports, user_id)).user, order_id)
    if not was_agreed:
        refused = html_text(language_of(user, ""), "subscription-refused")
        await ports.messenger.send_text(Place(user_id), Screen(refused))

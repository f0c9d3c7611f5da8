"""The screen of what credits cost."""

from collections.abc import Collection
from datetime import datetime

from shared.credits.catalogue import PACKAGES, PLANS, cheapest_video_credits, price_of
from shared.credits.ledger import Transfer
from shared.credits.receipt_number import number_of
from shared.payments.card_screens import card_row, offer_by_card
from shared.payments.packages import smallest_for
from shared.people.subscriptions import renews_any
from shared.people.users import Language, User
from shared.ports import Button, Screen
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text

BUY = "buy"
SUBSCRIPTION = "sub"
SHOW = "show"
RECEIPT = "receipt"

Rows = tuple[tuple[Button, ...], ...]


def draw_shop(language: Language, user: User, now: datetime, *, by_card: bool = False) -> Screen:
    """The packages and subscriptions, one button each, and the way to payment by card where there is one."""
    text = html_text(
        language,
        "buy",
        available=user.account.available,
        picture=price_of("fast", "1K"),
        video=cheapest_video_credits(),
    )
    packages = tuple((package_button(language, user.id, name),) for name in PACKAGES)
    card = (card_row(language, user.id),) if by_card else ()
    return Screen(text, (*packages, *card, *_subscription_rows(language, user, now)))


def offer_missing(
    language: Language, user: User, missing: int, now: datetime, currencies: Collection[str] = ()
) -> Rows:
    """The smallest package, also by card, and the smallest subscription that make up for so many missing credits.

    A row each. `currencies`: in which cards are taken.
    """
    package = smallest_for(missing, PACKAGES)
    rows: Rows = ((package_button(language, user.id, package),), *offer_by_card(language, user.id, package, currencies))
    if renews_any(user.subscriptions, now):
        return rows
    return (*rows, (plan_button(language, user.id, smallest_for(missing, PLANS)),))


def package_button(language: Language, user_id: int, name: str) -> Button:
    """A button that sends the invoice of a package; it names the price that it shows."""
    package = PACKAGES[name]
    label = plain_text(language, "button-package", credits=package.credits, stars=package.stars)
    return Button(label, write_callback(BUY, user_id, name, package.stars, package.credits))


def plan_button(language: Language, user_id: int, name: str) -> Button:
    """A button that sends the link of a subscription; it names the price that it shows."""
    plan = PLANS[name]
    label = plain_text(language, "button-plan", credits=plan.credits, stars=plan.stars, days=plan.days)
    return Button(label, write_callback(BUY, user_id, name, plan.stars, plan.credits))


def receipt_rows(language: Language, transfer: Transfer) -> Rows:
    """A button that shows the receipt of a transfer."""
    return ((Button(plain_text(language, "button-receipt"), write_callback(RECEIPT, number_of(transfer))),),)


def _subscription_rows(language: Language, user: User, now: datetime) -> Rows:
    """What a person may subscribe to; the one that goes on already, where there is one."""
    if not renews_any(user.subscriptions, now):
        return tuple((plan_button(language, user.id, name),) for name in PLANS)
    return subscription_rows(language, user.id)


def subscription_rows(language: Language, user_id: int) -> Rows:
    """The way to the subscription that goes on."""
    return ((Button(plain_text(language, "button-subscription"), write_callback(SUBSCRIPTION, user_id, SHOW)),),)

"""The screens of a person's subscriptions."""

from datetime import datetime

from shared.payments.prices import show_money, write_day
from shared.payments.shop_screens import SUBSCRIPTION, Rows
from shared.people.subscriptions import Phase, Renewal, Subscription, Subscriptions, phase_of
from shared.people.users import Language, User
from shared.ports import Button, Screen
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text

STOP, ALLOW = "stop", "allow"
BUTTONS = {STOP: "button-cancel-subscription", ALLOW: "button-restore-subscription"}
"""The label of each."""
_NEWS = {Renewal.FAILED: "renewal-card-failed", Renewal.CANCELED: "renewal-card-canceled"}
SHOWN_MAX = 5
"""Subscriptions that are not over. More than one is rare: the shop offers none beside another."""


def draw_subscriptions(language: Language, user: User, now: datetime) -> Screen:
    """What goes on and what is paid, each with what may be done; the last one that ended, if nothing else is there."""
    shown = list_shown(user.subscriptions, now)
    texts = [describe_subscription(language, each, now) for each in shown] or [html_text(language, "subscription-none")]
    rows: Rows = tuple(row for each in shown for row in _rows(language, user.id, each, now))
    return Screen("\n\n".join(texts), rows)


def list_shown(subscriptions: Subscriptions, now: datetime) -> Subscriptions:
    """Those that are not over; else the last one that ended."""
    running = tuple(each for each in subscriptions if phase_of(each, now) is not Phase.ENDED)
    return running[-SHOWN_MAX:] or subscriptions[-1:]


def describe_subscription(language: Language, subscription: Subscription, now: datetime) -> str:
    """What it is, and how it goes on, in HTML."""
    state, date = _find_state(subscription, now), write_day(subscription.until)
    if not subscription.is_by_card:
        title = html_text(language, "subscription-title", credits=subscription.credits, stars=subscription.stars)
        text = html_text(language, f"subscription-{state}", date=date)
        return f"{title}\n{text}"
    money = _show_price(language, subscription)
    title = html_text(language, "subscription-card-title", credits=subscription.credits, money=money)
    text = html_text(language, f"subscription-card-{state}", date=date, money=money)
    return f"{title}\n{text}"


def draw_renewal_news(language: Language, subscription: Subscription) -> Screen:
    """What the provider of a subscription by card says of its renewal, and the way on."""
    facts = {"money": _show_price(language, subscription), "date": write_day(subscription.until)}
    return Screen(html_text(language, _NEWS[subscription.renewal], **facts))


def _show_price(language: Language, subscription: Subscription) -> str:
    return show_money(subscription.amount, subscription.currency, language)


def _find_state(subscription: Subscription, now: datetime) -> str:
    """The last part of the id of its text."""
    phase = phase_of(subscription, now)
    if not subscription.is_settled and phase is not Phase.ENDED:
        return "asked"
    if phase is Phase.RUNS_OUT:
        return "stopped" if subscription.renewal is Renewal.STOPPED else "canceled"
    return phase.value


def offered_wish(subscription: Subscription, now: datetime) -> str:
    """STOP for what goes on, ALLOW for what we stopped, else "": what a person turned off is turned on in Telegram.

    A subscription by card is not restored: a new one is in the shop.
    """
    if phase_of(subscription, now) in {Phase.RENEWS, Phase.LATE}:
        return STOP
    return ALLOW if _may_restore(subscription, now) else ""


def _rows(language: Language, user_id: int, subscription: Subscription, now: datetime) -> Rows:
    wish = offered_wish(subscription, now)
    if not wish:
        return ()
    data = write_callback(SUBSCRIPTION, user_id, wish, subscription.order_id)
    return ((Button(plain_text(language, BUTTONS[wish]), data),),)


def _may_restore(subscription: Subscription, now: datetime) -> bool:
    is_stopped = subscription.renewal is Renewal.STOPPED and phase_of(subscription, now) is Phase.RUNS_OUT
    return is_stopped and not subscription.is_by_card

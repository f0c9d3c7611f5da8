"""The screens of a person's subscriptions."""

from datetime import datetime

from shared.payments.shop_screens import SUBSCRIPTION, Rows
from shared.people.subscriptions import Phase, Renewal, Subscription, Subscriptions, phase_of
from shared.people.users import Language, User
from shared.ports import Button, Screen
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text

STOP, ALLOW = "stop", "allow"
BUTTONS = {STOP: "button-cancel-subscription", ALLOW: "button-restore-subscription"}
"""The label of each."""
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
    title = html_text(language, "subscription-title", credits=subscription.credits, stars=subscription.stars)
    state = html_text(language, _state_text(subscription, now), date=write_day(subscription.until))
    return f"{title}\n{state}"


def _state_text(subscription: Subscription, now: datetime) -> str:
    phase = phase_of(subscription, now)
    if not subscription.is_settled and phase is not Phase.ENDED:
        return "subscription-asked"
    if phase is Phase.RUNS_OUT:
        return "subscription-stopped" if subscription.renewal is Renewal.STOPPED else "subscription-canceled"
    return f"subscription-{phase.value}"


def offered_wish(subscription: Subscription, now: datetime) -> str:
    """STOP for what goes on, ALLOW for what we stopped, else "": what a person turned off is turned on in Telegram."""
    phase = phase_of(subscription, now)
    if phase in {Phase.RENEWS, Phase.LATE}:
        return STOP
    return ALLOW if phase is Phase.RUNS_OUT and subscription.renewal is Renewal.STOPPED else ""


def _rows(language: Language, user_id: int, subscription: Subscription, now: datetime) -> Rows:
    wish = offered_wish(subscription, now)
    if not wish:
        return ()
    data = write_callback(SUBSCRIPTION, user_id, wish, subscription.order_id)
    return ((Button(plain_text(language, BUTTONS[wish]), data),),)


def write_day(at: datetime) -> str:
    """A day as people write it, in UTC."""
    return at.strftime("%d.%m.%Y")

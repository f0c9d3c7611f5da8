"""The screens of a person's subscriptions."""

from datetime import datetime

from shared.payments.shop_screens import SUBSCRIPTION, Rows
from shared.people.subscriptions import Phase, Renewal, Subscription, phase_of
from shared.people.users import Language, User
from shared.ports import Button, Screen
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text

STOP, ALLOW = "stop", "allow"
SHOWN_MAX = 5
"""Subscriptions that are not over. More than one is rare: the shop offers none beside another."""


def draw_subscriptions(language: Language, user: User, now: datetime) -> Screen:
    """What goes on and what is paid, each with what may be done; the last one that ended, if nothing else is there."""
    running = [each for each in user.subscriptions if phase_of(each, now) is not Phase.ENDED]
    shown = running[-SHOWN_MAX:] or user.subscriptions[-1:]
    texts = [_describe(language, each, now) for each in shown] or [html_text(language, "subscription-none")]
    rows: Rows = tuple(row for each in shown for row in _rows(language, user.id, each, now))
    return Screen("\n\n".join(texts), rows)


def _describe(language: Language, subscription: Subscription, now: datetime) -> str:
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


def _rows(language: Language, user_id: int, subscription: Subscription, now: datetime) -> Rows:
    """*Cancel* for what goes on, *Restore* for what we stopped; what the person turned off is turned on in Telegram."""
    if phase_of(subscription, now) in {Phase.RENEWS, Phase.LATE}:
        wish, text_id = STOP, "button-cancel-subscription"
    elif phase_of(subscription, now) is Phase.RUNS_OUT and subscription.renewal is Renewal.STOPPED:
        wish, text_id = ALLOW, "button-restore-subscription"
    else:
        return ()
    data = write_callback(SUBSCRIPTION, user_id, wish, subscription.order_id)
    return ((Button(plain_text(language, text_id), data),),)


def write_day(at: datetime) -> str:
    """A day as people write it, in UTC."""
    return at.strftime("%d.%m.%Y")

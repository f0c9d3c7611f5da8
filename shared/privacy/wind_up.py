"""Ending what a person has under way, so that no credits move in books that are about to be closed.

    subscriptions: stopped at Telegram and the providers of cards ── gifts: back ── jobs: canceled

Each may be repeated. What a worker has in its hands ends by itself; then the next visit finds nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from shared.errors import CardsUnavailableError, DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.growth.recall_gifts import open_gifts_of, recall_gifts
from shared.jobs.cancel_jobs import cancel_job
from shared.jobs.job import ENDS, JobState
from shared.jobs.job_documents import jobs_in_state
from shared.logs import log_event
from shared.payments.book_card_order import find_card_order, put_off
from shared.payments.follow_card_subscription import cancel_card_subscription, settle_cancel
from shared.payments.subscription_page import tell_telegram
from shared.people.accounts import change_subscriptions, open_user
from shared.people.subscriptions import (
    Phase,
    Renewal,
    Subscription,
    Subscriptions,
    phase_of,
    want_renewal,
)
from shared.people.user_documents import decode_user, user_key
from shared.people.users import User
from shared.ports import Ports, Record

_OPEN = sorted(set(JobState) - ENDS)


@dataclass(frozen=True, slots=True)
class Idle:
    """Somebody who had nothing under way when the record was read."""

    user: User
    record: Record


async def wind_up(ports: Ports, user_id: int) -> Idle | None:
    """End everything; None while something goes on. Raises UnavailableError."""
    stopped = await _stop_subscriptions(ports, user_id)
    if stopped is None:
        return None
    await recall_gifts(ports, user_id)
    for job_id in await _list_open(ports, user_id):
        await cancel_job(ports, job_id)
    [record] = await ports.store.read([user_key(user_id)])
    assert record is not None, "only the end of an erasure deletes a person"
    user = decode_user(record)
    is_free = not (user.account.held or user.account.active_jobs) and stopped >= _ids_of(user.subscriptions)
    if not is_free or await _list_open(ports, user_id) or await ports.store.find(open_gifts_of(user_id)):
        return None
    return Idle(user, record)


async def _list_open(ports: Ports, user_id: int) -> list[str]:
    return [
        record.key.id for state in _OPEN for record in await ports.store.find(jobs_in_state(user_id, JobState(state)))
    ]


async def _stop_subscriptions(ports: Ports, user_id: int) -> set[str] | None:
    """The orders for which nothing more is taken; None if somebody has to be asked again.

    This is the last moment at which a provider can be named the person, so one that begins after it is stopped by the
    next visit.
    """
    user, now = (await open_user(ports, user_id)).user, ports.clock.now()
    are_stopped = True
    for each in user.subscriptions:
        if _may_renew(each, now):
            stop = _stop_card if each.is_by_card else _stop_stars
            are_stopped = await stop(ports, user_id, each.order_id) and are_stopped
    return _ids_of(user.subscriptions) if are_stopped else None


def _ids_of(subscriptions: Subscriptions) -> set[str]:
    return {each.order_id for each in subscriptions}


def _may_renew(subscription: Subscription, now: datetime) -> bool:
    """Whether something may be taken for it again, be it after the person has turned the renewal on in Telegram."""
    is_stopped = subscription.renewal is Renewal.STOPPED and subscription.is_settled
    return not is_stopped and phase_of(subscription, now) is not Phase.ENDED


async def _stop_card(ports: Ports, user_id: int, order_id: str) -> bool:
    """Have a provider take no more from a card; False if it has to be asked again."""
    first = await find_card_order(ports, order_id)
    if first is None:
        return True
    await put_off(ports, order_id)  # before the wish: what dies after it is asked for
    want = partial(want_renewal, order_id=order_id, renewal=Renewal.STOPPED, at=ports.clock.now())
    user = await change_subscriptions(ports, await open_user(ports, user_id), want)
    try:
        is_done = await cancel_card_subscription(ports, first)
    except CardsUnavailableError:
        return False
    if is_done:
        [wish] = [each for each in user.subscriptions if each.order_id == order_id]
        await settle_cancel(ports, user_id, wish)
    else:
        log_event("card_cancel_refused", severity="ERROR", provider=first.provider, order_id=order_id)
    return True


async def _stop_stars(ports: Ports, user_id: int, order_id: str) -> bool:
    """Have Telegram take no more Stars; False if it has to be asked again."""
    want = partial(want_renewal, order_id=order_id, renewal=Renewal.STOPPED, at=ports.clock.now())
    user = await change_subscriptions(ports, await open_user(ports, user_id), want)
    try:
        _, was_agreed = await tell_telegram(ports, user, order_id)
    except (TooManyRequestsError, DeliveryUnknownError):
        return False
    except MessengerError as error:
        log_event("subscription_not_stopped", severity="ERROR", error=error)
        return True
    if not was_agreed:
        log_event("subscription_not_stopped", severity="ERROR")
    return True

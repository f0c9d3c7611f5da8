"""Ending what a person has under way, so that no credits move in books that are about to be closed.

    subscriptions: stopped at Telegram, or by their orders' own tasks ── gifts: back ── jobs: canceled

Each may be repeated. What a worker has in its hands ends by itself; then the next visit finds nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from shared.errors import DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.growth.recall_gifts import open_gifts_of, recall_gifts
from shared.jobs.cancel_jobs import cancel_job
from shared.jobs.job import ENDS, JobState
from shared.jobs.job_documents import jobs_in_state
from shared.logs import log_event
from shared.payments.book_card_order import put_off
from shared.payments.subscription_page import tell_telegram
from shared.people.accounts import change_subscriptions, open_user
from shared.people.subscriptions import (
    Phase,
    Renewal,
    Subscription,
    list_by_card,
    phase_of,
    stop_by_card,
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
    if not await _stop_subscriptions(ports, user_id):
        return None
    await recall_gifts(ports, user_id)
    for job_id in await _list_open(ports, user_id):
        await cancel_job(ports, job_id)
    [record] = await ports.store.read([user_key(user_id)])
    if record is None:
        return None
    user = decode_user(record)
    is_free = not (user.account.held or user.account.active_jobs)
    if not is_free or await _list_open(ports, user_id) or await ports.store.find(open_gifts_of(user_id)):
        return None
    return Idle(user, record)


async def _list_open(ports: Ports, user_id: int) -> list[str]:
    return [
        record.key.id for state in _OPEN for record in await ports.store.find(jobs_in_state(user_id, JobState(state)))
    ]


async def _stop_subscriptions(ports: Ports, user_id: int) -> bool:
    """Whether Telegram has stopped all that it renews. What is paid by card is stopped by its order's own task."""
    opened, now = await open_user(ports, user_id), ports.clock.now()
    by_card = list_by_card(opened.user.subscriptions, now)
    for each in by_card:
        await put_off(ports, each.order_id)  # before the wish: what dies after it is asked for
    if by_card:
        await change_subscriptions(ports, opened, partial(stop_by_card, now=now))
    stars = [each for each in opened.user.subscriptions if _may_renew(each, now)]
    return all([await _stop(ports, user_id, each.order_id) for each in stars])


def _may_renew(subscription: Subscription, now: datetime) -> bool:
    """Whether Telegram may take Stars again, be it after the person has turned the renewal on there."""
    is_stopped = subscription.renewal is Renewal.STOPPED and subscription.is_settled
    return not (subscription.is_by_card or is_stopped or phase_of(subscription, now) is Phase.ENDED)


async def _stop(ports: Ports, user_id: int, order_id: str) -> bool:
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

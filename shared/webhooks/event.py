"""An event that one key's program is told at its webhook. Pure.

    WAITING ──claim, POST──▶ 2xx ──▶ DELIVERED
       ▲                      ├────▶ not accepted ──▶ WAITING, after the next of PAUSES_SECONDS; at their end FAILED
       └──── by hand ─────────┴────  FAILED: also if the webhook is off or gone, or the job is

It is created in the commit that ends the job, and has no words: what is sent of the job is read when it is sent.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.hash_ids import hash_id

PAUSES_SECONDS = (5, 60, 300, 1_800, 7_200, 18_000, 28_800, 36_000)
"""Between tries, together 25.6 h; each up to a tenth longer, so that they do not come together."""
JITTER = 0.1
LEASE = timedelta(seconds=60)
"""Longer than a try takes, the deadline of its task included."""
EARLY_MAX = timedelta(seconds=1)
"""How far the clocks of Cloud Tasks and of ours may differ: a task that comes too early is lost until the sweep."""
SWEEP_AFTER = timedelta(seconds=30)
"""How long a task may be missing before `sweep` makes another."""
KEPT, KEPT_INCOGNITO = timedelta(days=30), timedelta(days=2)
"""The second: of a job that is incognito; longer than its tries."""
TRIES_SHOWN = 10
"""The last ones are kept."""


class EventType(StrEnum):
    """What has happened."""

    DELIVERED = "job.delivered"
    FAILED = "job.failed"
    CANCELED = "job.canceled"
    TEST = "webhook.test"


class EventState(StrEnum):
    """The module's docstring has the diagram."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class Trouble(StrEnum):
    """Why a try did not succeed, or was not made."""

    REFUSED = "refused"
    """An answer other than 2xx."""
    UNREACHED = "unreached"
    """No name, no connection, no valid certificate, or no HTTP."""
    SLOW = "slow"
    PRIVATE = "private"
    """The name leads to an address that is not public."""
    OFF = "off"
    """The webhook is off, or was removed."""
    GONE = "gone"
    """The job's document is gone."""


@dataclass(frozen=True, slots=True)
class Try:
    """One POST, or why there was none."""

    at: datetime
    ms: int
    status: int = 0
    """Of the answer; 0: there was none."""
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """See the module's docstring."""

    id: str
    user_id: int
    key_id: str
    type: EventType
    job_id: str
    """Empty for a test."""
    created_at: datetime
    expire_at: datetime
    state: EventState = EventState.WAITING
    pauses: int = 0
    """How many of PAUSES_SECONDS are over."""
    not_before: datetime | None = None
    lease_until: datetime | None = None
    sweep_at: datetime | None = None
    sweeps: int = 0
    tries: tuple[Try, ...] = ()
    """The newest last."""


def id_event(user_id: int, key_id: str, fact: str) -> str:
    """The id of an event. `fact`: what there is one event of, the id of the job that ended."""
    return hash_id("webhook event", user_id, key_id, fact)


def new_event(id_: str, user_id: int, key_id: str, kind: EventType, job_id: str, now: datetime) -> WebhookEvent:
    """An event that is due now."""
    return WebhookEvent(id_, user_id, key_id, kind, job_id, now, now + KEPT, sweep_at=now + SWEEP_AFTER)


def is_due(event: WebhookEvent, now: datetime) -> bool:
    """Whether a worker may try it now."""
    is_free = event.lease_until is None or event.lease_until <= now
    is_time = event.not_before is None or event.not_before <= now + EARLY_MAX
    return event.state is EventState.WAITING and is_free and is_time


def claim_event(event: WebhookEvent, now: datetime) -> WebhookEvent:
    """The event with a worker that tries it."""
    lease_until = now + LEASE
    return replace(event, lease_until=lease_until, sweep_at=lease_until + SWEEP_AFTER, sweeps=0)


def conclude_try(event: WebhookEvent, tried: Try, now: datetime, jitter: float) -> WebhookEvent:
    """The event after a try of its worker. `jitter`: from 0 to 1."""
    tried_event = replace(event, tries=(*event.tries, tried)[-TRIES_SHOWN:], lease_until=None)
    if tried.trouble is None:
        return _end(tried_event, EventState.DELIVERED)
    if tried.trouble in {Trouble.OFF, Trouble.GONE} or event.pauses >= len(PAUSES_SECONDS):
        return _end(tried_event, EventState.FAILED)
    pause_seconds = PAUSES_SECONDS[event.pauses] * (1 + JITTER * jitter)
    return _wait(replace(tried_event, pauses=event.pauses + 1), now + timedelta(seconds=pause_seconds))


def send_again(event: WebhookEvent, now: datetime) -> WebhookEvent | None:
    """The event due at once, with all tries before it; None while a worker tries it."""
    if event.lease_until is not None and event.lease_until > now:
        return None
    return _wait(replace(event, state=EventState.WAITING, pauses=0), now)


def _wait(event: WebhookEvent, until: datetime) -> WebhookEvent:
    return replace(event, not_before=until, sweep_at=until + SWEEP_AFTER, sweeps=0, lease_until=None)


def _end(event: WebhookEvent, state: EventState) -> WebhookEvent:
    return replace(event, state=state, not_before=None, sweep_at=None)

"""A job is one thing that a person requested: requested once, paid once, shown once.

The kind defines `request` and `artefacts`. The surface defines `address`.

    QUEUED ──claim──▶ WORKING ──store──▶ MADE ──show, capture──▶ DELIVERED
      │  ▲               │                 │
      │  └──busy, again──┤                 │
      │                  └──give up────────┴──release──▶ REFUSED ──tell──▶ FAILED
      └──cancel──────────┴──release──▶ REFUSED ──tell──▶ CANCELED

    a long operation of a provider is begun once, and no worker waits for it:

    WORKING ──about to ask──▶ SUBMITTED ──its operation is stored────────▶ POLLING ──it is done, store──▶ MADE
                                  │                                          ▲  │
                                  └──died in between: look for it────────────┘  └──not yet: later──┐
                                                                             └─────────────────────┘

Every state that is not an end has `sweep_at`: when nobody has moved the job by then, `sweep` publishes it again.
A worker holds the lease of the job that it moves. Each claim raises the fence, and every commit checks it: a worker
that stalled past its lease finds a higher fence, and can write nothing.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from shared.codec import FLAT
from shared.credits.ledger import Hold
from shared.jobs.identity import job_id_of
from shared.jobs.time_limits import LEASE_SECONDS, RENEW_SECONDS
from shared.people.users import Language, User
from shared.providers.outcomes import FailureReason

FIRST_KIND, FIRST_SURFACE = "picture", "telegram"
"""The defaults for documents that are older than these fields."""
ANNOUNCE_SECONDS = 15
"""How long `bot` has to post the card and create the task before a worker may do it."""
GATHER_SECONDS = 0.8
"""How long plain words wait for messages that belong to them: a forwarded photo, the rest of a long text."""
ORDER_SECONDS = 0.3
"""How long a message of a conversation waits for an earlier one that may still arrive."""
SWEEP_AFTER_SECONDS = 30
"""How long a task may be missing before `sweep` makes another."""
DEADLINE_SECONDS = 900
"""After this time without a result a job is given up and its hold released, unless its kind sets another limit."""
TELLINGS_MAX = 8
"""How often the message with a job's end is sent again if each send may have arrived: for a quarter of an hour."""
KEPT = timedelta(days=90)


class JobState(StrEnum):
    """The state of a job; the module's docstring has the diagram."""

    QUEUED = "queued"
    WORKING = "working"
    SUBMITTED = "submitted"
    """A provider is being asked to begin. If the lease has expired, a worker has to find out whether it has begun."""
    POLLING = "polling"
    """A provider works on `operation`. No worker holds the job until the next poll."""
    MADE = "made"
    REFUSED = "refused"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELED = "canceled"


ENDS = frozenset({JobState.DELIVERED, JobState.FAILED, JobState.CANCELED})
BEING_MADE = frozenset({JobState.WORKING, JobState.SUBMITTED, JobState.POLLING})
"""An attempt is running, here or at the provider."""
CANCELABLE = BEING_MADE | {JobState.QUEUED}
"""While there is no result yet, the hold can still be released."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call of the model, recorded whatever its outcome."""

    fence: int
    started_at: datetime
    outcome: str = ""
    """Empty while it runs, and for ever if its worker died."""
    ended_at: datetime | None = None


def keep_job(kept_days: int) -> timedelta:
    """How long a job with words is kept if its person chose so many days; 0: until they delete it.

    As long as the conversation plus a day for unfinished work, but at most as long as other jobs.
    """
    return min(KEPT, timedelta(days=kept_days + 1)) if kept_days else KEPT


@dataclass(frozen=True, slots=True)
class Request:
    """The parameters of a job. Each kind has its own subclass; the engine knows only this part."""

    price: int = field(kw_only=True)
    """Credits to hold; 0: the job is free, and no credits move."""

    def cost_of_call(self) -> int:
        """Our estimated cost of one call of the model, in millionths of a US dollar."""
        return 0

    def kept(self) -> timedelta:
        """How long its jobs are kept."""
        return KEPT

    def tried_for(self) -> timedelta:
        """How long to try for a result; then the job is given up and its hold released."""
        return timedelta(seconds=DEADLINE_SECONDS)

    def facts(self) -> dict[str, Any]:
        """Fields for the log: never a person's words."""
        return {}

    def is_offered(self, user: User) -> bool:  # noqa: ARG002 — kinds with free allowances use it
        """Whether the person may still request this unchanged: a concurrent request may have used the allowance."""
        return True

    def taken(self, user: User) -> User:
        """The person after this request, which counts against their free allowance."""
        return user

    def returned(self, user: User) -> User:
        """The person after this ended without a result: the free allowance is given back."""
        return user

    def without_words(self) -> Self:
        """The request without what its person wrote or sent."""
        return self

    def is_known(self) -> bool:
        """Whether this release knows all that it names. Otherwise it only ends the job at its deadline."""
        return True


def offer_of(kind: str, request: Request) -> str:
    """What a job is an order of, by the name under which operators switch it: its model, or else its kind of work."""
    return getattr(request, "model", "") or kind


@dataclass(frozen=True, slots=True)
class Artefacts:
    """The results of the work so far. Each kind has its own subclass."""

    def leaves_something(self) -> bool:
        """Whether `mend` still has work to do after the job has ended; `sweep` publishes such a job again."""
        return False

    def facts(self) -> dict[str, Any]:
        """Fields for the log of the delivery: never a person's words."""
        return {}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a job is requested and shown. Each surface has its own subclass."""


@dataclass(frozen=True, slots=True)
class Job:
    """See the module's docstring."""

    id: str
    user_id: int
    """The person who requested it."""
    language: Language
    address: Address = field(metadata=FLAT)
    request: Request
    index: int
    count: int
    """Number `index` of the `count` jobs that one request became, from 1."""
    created_at: datetime
    deadline_at: datetime
    expire_at: datetime
    payer: str = ""
    """The id of the account that pays. Empty in documents older than these ids."""
    wallet_id: str = ""
    """The document of the group's wallet that gave the payer its price; empty: the payer pays from their own."""
    kind: str = FIRST_KIND
    """What it makes: an entry of `shared/kinds.py`."""
    surface: str = FIRST_SURFACE
    """Where it is requested and shown: an entry of `shared/surfaces.py`."""
    mailbox: str = ""
    """The name of its mailbox; empty for a kind without order."""
    after: str = ""
    """The job of the same mailbox that has to end before this one begins."""
    intent: str = ""
    """The idempotency key of the request: its jobs are `job_id_of(intent, index)`. Empty in old documents, and in a
    batch, whose jobs share no keyboard."""
    state: JobState = JobState.QUEUED
    fence: int = 0
    lease_until: datetime | None = None
    sweep_at: datetime | None = None
    sweeps: int = 0
    not_before: datetime | None = None
    busy_since: datetime | None = None
    """Since when it waits for an unavailable provider; None once that has answered."""
    is_faulty: bool = False
    """With `busy_since`: the provider reports a fault instead of being busy."""
    attempts: tuple[Attempt, ...] = ()
    operation: str = ""
    """The provider's id of the long operation of the running attempt; empty if there is none."""
    spent: int | None = None
    """The final price in credits, for kinds that know it only afterwards: at least 1, at most the hold."""
    artefacts: Artefacts = field(default=Artefacts(), metadata=FLAT)
    failure: FailureReason | None = None
    model_said: str = ""
    """The provider's words instead of a result."""
    is_joined: bool = False
    """It was canceled because its words became part of another request."""
    tellings: int = 0
    """How often the message with its end was sent without knowing whether it arrived."""
    deleted_at: datetime | None = None
    shelves: tuple[str, ...] = ()
    """The ids of its person's shelves on which a delivered result stands."""
    tells_low: bool = False
    """While it is delivered: its caption says that few credits are left, once for as long as that lasts."""
    purged_at: datetime | None = None
    """When the removal of a deleted result's files began: afterwards it cannot be restored."""
    is_incognito: bool = False
    """Its person asked for it incognito: it belongs to no gallery, conversation or rating, and leaves soon."""
    leaves_at: datetime | None = None
    """When its files and its document are removed, after a term that its person chose; None: they expire."""


def is_set(job: Job) -> bool:
    """Whether this is one of several jobs of a request, which share the keyboard under the last of them."""
    return job.count > 1 and bool(job.intent)


def set_ids(job: Job) -> tuple[str, ...]:
    """The jobs of this request, in order; only this one if an old document has no intent."""
    return tuple(job_id_of(job.intent, n) for n in range(1, job.count + 1)) if is_set(job) else (job.id,)


def is_last(job: Job) -> bool:
    """Whether this is the last job of its request: the buttons of the whole request are shown with it."""
    return not is_set(job) or job.index == job.count


def credits_of(job: Job) -> int:
    """The price that the person paid for a delivered job."""
    return job.request.price if job.spent is None else job.spent


def note_spent(job: Job, spent: int) -> Job:
    """The job with its final price, at most the hold; it is 0 only if the hold is 0."""
    return replace(job, spent=min(max(1, spent), job.request.price))


def hold_of(job: Job) -> Hold:
    """The credits that are set aside for a job."""
    return Hold(job.user_id, job.id, job.request.price, job.created_at, job.kind)


def refuse(job: Job, failure: FailureReason | None) -> Job:
    """The job without a result, whose end its surface still has to announce; failure None: it was canceled."""
    return replace(job, state=JobState.REFUSED, failure=failure)


def may_be_drawn_over(job: Job) -> bool:
    """Whether several workers had the job before it ended: an earlier one's edit may arrive after the end."""
    return job.state in ENDS and job.fence > 1


def kept_until(job: Job) -> datetime:
    """Until when its result can be had, unless somebody deletes it."""
    return job.leaves_at or job.expire_at


def is_emptied(job: Job) -> bool:
    """Whether its files and words were removed, so that only its id and its price are still known."""
    return job.purged_at is not None and job.leaves_at is not None and job.sweep_at is None


def is_canceled(job: Job) -> bool:
    """Whether the person canceled it, announced or not yet."""
    return job.state is JobState.CANCELED or (job.state is JobState.REFUSED and job.failure is None)


def ended(job: Job, state: JobState) -> Job:
    """The job in a final state, without an owner; `sweep` comes when its term is over, if its person chose one."""
    sweep_at = job.sweep_at if job.artefacts.leaves_something() else job.leaves_at
    return replace(job, state=state, lease_until=None, sweep_at=sweep_at, not_before=None)


def mark_made(job: Job, now: datetime) -> Job:
    """The held job, whose artefacts hold the result, with a fresh lease to show it."""
    return extend_lease(replace(job, state=JobState.MADE), now)


def claim(job: Job, now: datetime) -> Job:
    """The job with a new owner and a raised fence, which the following commits check."""
    return extend_lease(replace(job, fence=job.fence + 1, not_before=None), now)


def extend_lease(job: Job, now: datetime) -> Job:
    """The job with a full lease for its owner."""
    lease_until = now + timedelta(seconds=LEASE_SECONDS)
    return replace(job, lease_until=lease_until, sweep_at=lease_until + timedelta(seconds=SWEEP_AFTER_SECONDS))


def renew_lease(job: Job, fence: int, now: datetime) -> Job | None:
    """The job with a fresh lease for the worker that claimed it with this fence; None if that is not needed."""
    if not is_held(job, fence) or job.lease_until is None:
        return None
    is_fresh = (job.lease_until - now).total_seconds() > LEASE_SECONDS - RENEW_SECONDS
    return None if is_fresh else extend_lease(job, now)


def is_held(job: Job, fence: int) -> bool:
    """Whether the worker that claimed the job with this fence still holds it."""
    return job.fence == fence and job.lease_until is not None and job.state not in ENDS


def give_back(job: Job, at: datetime) -> Job:
    """The job without an owner, not to be moved before `at`: queued again, or still with its result."""
    state = JobState.QUEUED if job.state is JobState.WORKING else job.state
    sweep_at = at + timedelta(seconds=SWEEP_AFTER_SECONDS)
    return replace(job, state=state, lease_until=None, not_before=at, sweep_at=sweep_at)


def retry_seconds(job: Job) -> float:
    """The pause before the surface is tried again, in seconds: from 5 s to 5 minutes."""
    return min(300.0, 5.0 * float(2 ** min(job.fence - 1, 6)))


def swept(job: Job, now: datetime) -> Job:
    """The job after `sweep` published it; the time until the next sweep doubles."""
    pause_seconds = SWEEP_AFTER_SECONDS * 2 ** min(job.sweeps, 6)
    return replace(job, sweeps=job.sweeps + 1, sweep_at=now + timedelta(seconds=pause_seconds))


def minutes_for(job: Job) -> int:
    """For how many minutes after the request a job is tried, for display."""
    return round((job.deadline_at - job.created_at).total_seconds() / 60)

"""A job is one thing that was asked for: asked for once, paid once, shown once.

The kind defines `request` and `artefacts`. The surface defines `address`.

    QUEUED ──claim──▶ WORKING ──store──▶ MADE ──show, capture──▶ DELIVERED
      │  ▲               │                 │
      │  └──busy, again──┤                 │
      │                  └──give up────────┴──release──▶ REFUSED ──tell──▶ FAILED
      └──cancel──────────┴──release──▶ REFUSED ──tell──▶ CANCELED

    a provider that takes minutes is asked once, and nobody waits for it:

    WORKING ──about to ask──▶ SUBMITTED ──its operation is written down──▶ POLLING ──it is done, store──▶ MADE
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
from typing import Any

from shared.codec import FLAT
from shared.credits.ledger import Hold
from shared.jobs.identity import job_id_of
from shared.jobs.time_limits import LEASE_SECONDS, RENEW_SECONDS
from shared.people.users import Language, User
from shared.providers.outcomes import FailureReason

FIRST_KIND, FIRST_SURFACE = "picture", "telegram"
"""Of documents from before there were others."""
ANNOUNCE_SECONDS = 15
"""How long `bot` has for posting the card and creating the task before others may do it."""
GATHER_SECONDS = 0.8
"""How long plain words wait for what the app sends with them: a forwarded photo, the rest of a long text."""
ORDER_SECONDS = 0.3
"""How long a message of a conversation waits for one that was sent before it and is still on its way."""
SWEEP_AFTER_SECONDS = 30
"""How long a task may be missing before `sweep` makes another."""
DEADLINE_SECONDS = 900
"""After so long without a result a job is given up and its credits go back, where its kind says nothing else."""
TELLINGS_MAX = 8
"""How often a message with a job's end is sent that may have come each time: a quarter of an hour."""
KEPT = timedelta(days=90)


class JobState(StrEnum):
    """Where a job stands; drawn in the module's docstring."""

    QUEUED = "queued"
    WORKING = "working"
    SUBMITTED = "submitted"
    """A provider is being asked to begin. Who finds this without a lease does not know whether it was: it looks."""
    POLLING = "polling"
    """A provider works on `operation`. Nobody holds the job until it is time to ask how far it is."""
    MADE = "made"
    REFUSED = "refused"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELED = "canceled"


ENDS = frozenset({JobState.DELIVERED, JobState.FAILED, JobState.CANCELED})
BEING_MADE = frozenset({JobState.WORKING, JobState.SUBMITTED, JobState.POLLING})
"""An attempt is running, here or at the provider."""
CANCELABLE = BEING_MADE | {JobState.QUEUED}
"""While there is no result yet, the price can still be given back."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call of the model, kept whatever came of it."""

    fence: int
    started_at: datetime
    outcome: str = ""
    """Empty while it runs, and for ever if the worker died."""
    ended_at: datetime | None = None


def keep_job(kept_days: int) -> timedelta:
    """How long a job with words is kept where its person chose so many days; 0: until they delete it.

    As long as the conversation, and a day for what is still to be done; never longer than other jobs.
    """
    return min(KEPT, timedelta(days=kept_days + 1)) if kept_days else KEPT


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. Each kind of work has its own; this much the engine knows of all."""

    price: int = field(kw_only=True)
    """Credits that are held; 0: it is free, and no credits move."""

    def cost_of_call(self) -> int:
        """What asking a model once is estimated to cost us, in millionths of a US dollar."""
        return 0

    def kept(self) -> timedelta:
        """How long its jobs are kept."""
        return KEPT

    def tried_for(self) -> timedelta:
        """How long it is tried to get a result; then the job is given up, and its credits go back."""
        return timedelta(seconds=DEADLINE_SECONDS)

    def facts(self) -> dict[str, Any]:
        """What the log says of it: never a person's words."""
        return {}

    def is_offered(self, user: User) -> bool:  # noqa: ARG002 — kinds that have something for free look at it
        """Whether this person can have it as it stands: they may have asked for something else at the same moment."""
        return True

    def taken(self, user: User) -> User:
        """The person after this was asked for: what they have for free is counted."""
        return user

    def returned(self, user: User) -> User:
        """The person after this ended without a result: what they had for free may be had again."""
        return user

    def is_known(self) -> bool:
        """Whether this release has all that it names. Else it is not made here, only ended at its deadline."""
        return True


@dataclass(frozen=True, slots=True)
class Artefacts:
    """What has come of the work so far. Each kind has its own."""

    def leaves_something(self) -> bool:
        """Whether its kind has something to do when the job has ended: `mend` does it, and `sweep` sees to that."""
        return False

    def facts(self) -> dict[str, Any]:
        """What the log says of it, once it is delivered: never a person's words."""
        return {}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a job is asked for and shown. Each surface has its own."""


@dataclass(frozen=True, slots=True)
class Job:
    """One thing that was asked for; see the module's docstring."""

    id: str
    user_id: int
    """Who asked for it."""
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
    """The account that pays, by its id. Empty in documents from before accounts had ids."""
    kind: str = FIRST_KIND
    """What is made: `shared/kinds.py`."""
    surface: str = FIRST_SURFACE
    """Where it is asked for and shown: `shared/surfaces.py`."""
    mailbox: str = ""
    """The name of its person's mailbox that it is in; empty for a kind whose jobs wait for nobody."""
    after: str = ""
    """The job of the same mailbox that has to be over before this one begins."""
    intent: str = ""
    """What the request's ids are made of: its other jobs are `job_id_of(intent, index)`. Empty in old documents."""
    state: JobState = JobState.QUEUED
    fence: int = 0
    lease_until: datetime | None = None
    sweep_at: datetime | None = None
    sweeps: int = 0
    not_before: datetime | None = None
    busy_since: datetime | None = None
    """Since when it waits for a provider that cannot; None again once that answered."""
    is_faulty: bool = False
    """With `busy_since`: the provider has a fault, it is not only busy."""
    attempts: tuple[Attempt, ...] = ()
    operation: str = ""
    """What the provider calls the work that it does for the running attempt; empty where there is none to wait for."""
    spent: int | None = None
    """Credits that it cost in the end, where its kind knows that afterwards only: from 1 to what was held."""
    artefacts: Artefacts = field(default=Artefacts(), metadata=FLAT)
    failure: FailureReason | None = None
    model_said: str = ""
    """What the provider said instead of a result."""
    is_joined: bool = False
    """It was canceled because its words became part of another request."""
    tellings: int = 0
    """How often a message with its end was sent of which nobody knows whether it came."""
    deleted_at: datetime | None = None
    purged_at: datetime | None = None
    """When the files of what was deleted began to be removed: from then on it cannot be brought back."""


def is_set(job: Job) -> bool:
    """Whether this is one of several jobs of a request, which share the keyboard under the last of them."""
    return job.count > 1 and bool(job.intent)


def set_ids(job: Job) -> tuple[str, ...]:
    """The jobs of this request, in order; of an old document that does not tell its intent, only this one."""
    return tuple(job_id_of(job.intent, n) for n in range(1, job.count + 1)) if is_set(job) else (job.id,)


def is_last(job: Job) -> bool:
    """Whether this is the last job of its request: the buttons of the whole request are shown with it."""
    return not is_set(job) or job.index == job.count


def credits_of(job: Job) -> int:
    """What a delivered job cost its person."""
    return job.request.price if job.spent is None else job.spent


def note_spent(job: Job, spent: int) -> Job:
    """The job with what it cost in the end: never more than what was held, and nothing only where that was nothing."""
    return replace(job, spent=min(max(1, spent), job.request.price))


def hold_of(job: Job) -> Hold:
    """The credits that are set aside for a job."""
    return Hold(job.user_id, job.id, job.request.price, job.created_at)


def refuse(job: Job, failure: FailureReason | None) -> Job:
    """The job without a result, which its surface still has to tell; without a failure it was canceled."""
    return replace(job, state=JobState.REFUSED, failure=failure)


def may_be_drawn_over(job: Job) -> bool:
    """Whether several had the job before it ended: what one still shows may come after the end."""
    return job.state in ENDS and job.fence > 1


def is_canceled(job: Job) -> bool:
    """Whether the person stopped it, told or not yet."""
    return job.state is JobState.CANCELED or (job.state is JobState.REFUSED and job.failure is None)


def ended(job: Job, state: JobState) -> Job:
    """The job at its end: nobody owns it any more."""
    sweep_at = job.sweep_at if job.artefacts.leaves_something() else None
    return replace(job, state=state, lease_until=None, sweep_at=sweep_at, not_before=None)


def mark_made(job: Job, now: datetime) -> Job:
    """The held job, whose kind has noted what came of it, with a fresh lease to show it."""
    return extend_lease(replace(job, state=JobState.MADE), now)


def claim(job: Job, now: datetime) -> Job:
    """The job with a new owner, whose fence the commits that follow check."""
    return extend_lease(replace(job, fence=job.fence + 1, not_before=None), now)


def extend_lease(job: Job, now: datetime) -> Job:
    """The job with its owner's time starting anew."""
    lease_until = now + timedelta(seconds=LEASE_SECONDS)
    return replace(job, lease_until=lease_until, sweep_at=lease_until + timedelta(seconds=SWEEP_AFTER_SECONDS))


def renew_lease(job: Job, fence: int, now: datetime) -> Job | None:
    """The job with a fresh lease for the worker that claimed it with this fence; None where it needs none."""
    if not is_held(job, fence) or job.lease_until is None:
        return None
    is_fresh = (job.lease_until - now).total_seconds() > LEASE_SECONDS - RENEW_SECONDS
    return None if is_fresh else extend_lease(job, now)


def is_held(job: Job, fence: int) -> bool:
    """Whether the worker that claimed the job with this fence still holds it."""
    return job.fence == fence and job.lease_until is not None and job.state not in ENDS


def give_back(job: Job, at: datetime) -> Job:
    """The job without an owner until `at`: queued again, or still with the result it has."""
    state = JobState.QUEUED if job.state is JobState.WORKING else job.state
    sweep_at = at + timedelta(seconds=SWEEP_AFTER_SECONDS)
    return replace(job, state=state, lease_until=None, not_before=at, sweep_at=sweep_at)


def retry_seconds(job: Job) -> float:
    """How long to leave the surface alone: 5 s at first, 5 minutes at last."""
    return min(300.0, 5.0 * float(2 ** min(job.fence - 1, 6)))


def swept(job: Job, now: datetime) -> Job:
    """The job after `sweep` published it: each time it waits twice as long before it does so again."""
    pause_seconds = SWEEP_AFTER_SECONDS * 2 ** min(job.sweeps, 6)
    return replace(job, sweeps=job.sweeps + 1, sweep_at=now + timedelta(seconds=pause_seconds))


def minutes_for(job: Job) -> int:
    """How many minutes a job is tried for, from the request on; the surface says it."""
    return round((job.deadline_at - job.created_at).total_seconds() / 60)

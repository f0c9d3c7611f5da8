"""Delivering a result: the surface shows it, then the hold is captured.

show ✓ ─ crash ─ (lease ends) ─ show again: nothing changes ─ capture ✓        shown once, paid once
show ✓ ─ capture ✓ ─ crash                                                     shown once, paid once
show ? (no response) ─ later: show again ─ capture ✓                           shown once, paid once
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from shared.credits.ledger import Account, Hold, Transfer, capture_part
from shared.errors import MessageRejectedError, MessengerError
from shared.jobs.frame import Receipt, Shown, surface_of
from shared.jobs.job import Job, JobState, credits_of, ended
from shared.jobs.job_events import end_facts
from shared.jobs.open_jobs import StoredJob, settle_job
from shared.jobs.pause_job import try_later
from shared.jobs.refuse_job import refuse_job
from shared.jobs.screens import screens_of
from shared.logs import log_event
from shared.people.accounts import OpenUser, open_user
from shared.people.low_balance import is_news
from shared.ports import Ports
from shared.providers.outcomes import FailureReason

Note = Callable[[Job, Receipt], Job]
"""Returns the job with those parts of the receipt that its kind keeps."""
GoOn = Callable[[StoredJob], Awaitable[None]]
"""A follow-up of a shown result that has to be started before the job ends; idempotent."""


async def deliver_job(
    ports: Ports,
    held: StoredJob,
    shown: Shown,
    note: Note,
    go_on: GoOn | None = None,
    payer: OpenUser | None = None,
) -> StoredJob | None:
    """Show a held job's result and capture its price; returns the delivered job to the worker whose commit succeeded.

    `payer` is the person, if they were read before; the commit's precondition checks that they are unchanged.

    None if the job is not delivered (yet). Raises LeaseLostError, UnavailableError, and the errors of `go_on`.
    """
    user = payer or await open_user(ports, held.job.user_id)
    surface, left = surface_of(ports, held.job), user.user.account.available
    left += held.job.request.price - credits_of(held.job)  # what comes back of the hold
    tells_price = screens_of(ports, held.job).tells_price
    if tells_price is not None and tells_price(held.job) and is_news(user.user, credits_of(held.job)):
        held = replace(held, job=replace(held.job, tells_low=True))  # stored with the next write of the job
    try:
        held, receipt = await surface.deliver(ports, held, shown, left)
    except MessageRejectedError as error:
        receipt = error
    except MessengerError as error:
        await try_later(ports, held, error)
        return None
    if isinstance(receipt, MessengerError):
        await refuse_job(ports, held, FailureReason.UNDELIVERABLE, cause=receipt)
        return None
    if receipt is None:
        return None
    if go_on is not None:
        await go_on(held)
        user = await open_user(ports, held.job.user_id)  # the follow-up has changed the same document
    delivered = await _settle(ports, held, user, receipt, note)
    await surface.tell_done(ports, delivered.job)
    return delivered


async def _settle(ports: Ports, held: StoredJob, user: OpenUser, receipt: Receipt, note: Note) -> StoredJob:
    at = ports.clock.now()

    def end(job: Job) -> Job:
        return replace(ended(note(job, receipt), JobState.DELIVERED), tells_low=False)  # no later caption says it

    def capture(account: Account, hold: Hold) -> tuple[Account, tuple[Transfer, ...]]:
        return capture_part(account, hold, credits_of(held.job), at)

    delivered = await settle_job(ports, held, user, end, capture, is_told_low=held.job.tells_low)
    log_event("job_delivered", outcome="delivered", code="", **end_facts(delivered.job, ports.clock.now()))
    return delivered

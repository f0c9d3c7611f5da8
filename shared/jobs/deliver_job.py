"""Delivering what was made: the surface shows it, then the hold becomes revenue.

show ✓ ─ crash ─ (lease ends) ─ show again: nothing changes ─ capture ✓        shown once, paid once
show ✓ ─ capture ✓ ─ crash                                                     shown once, paid once
show ? (no answer) ─ later: show again ─ capture ✓                             shown once, paid once
"""

from collections.abc import Awaitable, Callable

from shared.credits.ledger import Account, Hold, Transfer, capture_part
from shared.errors import MessageRejectedError, MessengerError
from shared.jobs.frame import Receipt, Shown, surface_of
from shared.jobs.job import Job, JobState, credits_of, ended
from shared.jobs.job_events import end_facts
from shared.jobs.open_jobs import StoredJob, settle_job
from shared.jobs.pause_job import try_later
from shared.jobs.refuse_job import refuse_job
from shared.logs import log_event
from shared.people.accounts import OpenUser, open_user
from shared.ports import Ports
from shared.providers.outcomes import FailureReason

Note = Callable[[Job, Receipt], Job]
"""The job with what its kind keeps of a receipt."""
GoOn = Callable[[StoredJob], Awaitable[None]]
"""What follows from a result that is shown, and has to be on its way before the job ends; it may be repeated."""


async def deliver_job(
    ports: Ports,
    held: StoredJob,
    shown: Shown,
    note: Note,
    go_on: GoOn | None = None,
    payer: OpenUser | None = None,
) -> StoredJob | None:
    """Have a held job's result shown, and take the money; the delivered job, for the one worker whose commit counted.

    `payer` is its person, where they were read before: the commit finds out whether that is still the last.

    None where it is not delivered, or not yet. Raises LeaseLostError, UnavailableError, and what `go_on` raises.
    """
    user = payer or await open_user(ports, held.job.user_id)
    surface = surface_of(ports, held.job)
    try:
        held, receipt = await surface.deliver(ports, held, shown, user.user.account.available)
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
        user = await open_user(ports, held.job.user_id)  # what follows was accepted in the same document
    return await _settle(ports, held, user, receipt, note)


async def _settle(ports: Ports, held: StoredJob, user: OpenUser, receipt: Receipt, note: Note) -> StoredJob:
    at = ports.clock.now()

    def end(job: Job) -> Job:
        return ended(note(job, receipt), JobState.DELIVERED)

    def capture(account: Account, hold: Hold) -> tuple[Account, tuple[Transfer, ...]]:
        return capture_part(account, hold, credits_of(held.job), at)

    delivered = await settle_job(ports, held, user, end, capture)
    log_event("job_delivered", outcome="delivered", code="", **end_facts(delivered.job, ports.clock.now()))
    return delivered

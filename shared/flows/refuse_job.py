"""Ending a job without a picture: first the credits go back, then the card says so."""

from collections.abc import Callable
from datetime import timedelta

from shared.bot.cards import card
from shared.domain.jobs import Job, JobState, give_back, refuse, retry_seconds, settled, show_card
from shared.domain.ledger import release_hold
from shared.domain.outcomes import PEOPLES_OWN, FailureReason
from shared.errors import (
    BotBlockedError,
    MessageGoneError,
    MessageRejectedError,
    MessengerError,
    TooManyRequestsError,
)
from shared.flows.accounts import open_user
from shared.flows.announce_jobs import card_place
from shared.flows.job_events import end_facts
from shared.flows.open_jobs import OpenJob, change_held_job, settle_job
from shared.flows.publish_jobs import publish_job
from shared.logs import log_event
from shared.ports import Ports

FINAL = (BotBlockedError, MessageRejectedError, MessageGoneError)
"""Telegram will not show this whatever we do."""


def _unchanged(job: Job) -> Job:
    return job


async def refuse_job(
    ports: Ports,
    held: OpenJob,
    reason: FailureReason,
    change: Callable[[Job], Job] = _unchanged,
    cause: MessengerError | None = None,
) -> None:
    """Release a held job's credits, then tell; `cause` is what Telegram said, if it comes of that.

    Raises LeaseLostError, UnavailableError.
    """
    user = await open_user(ports, held.job.user_id)
    at = ports.clock.now()
    refused = await settle_job(
        ports,
        held,
        user,
        lambda job: refuse(change(job), reason),
        lambda account, hold: release_hold(account, hold, at),
    )
    said = type(cause).__name__ if cause else ""
    outcome = _judge(reason, cause)
    log_event("job_refused", outcome=outcome, code=reason.value, cause=said, **end_facts(refused.job, at))
    await tell_end(ports, refused)


def _judge(reason: FailureReason, cause: MessengerError | None) -> str:
    """`refused` where it lies with the person, `failed` where we or a provider are to blame."""
    return "refused" if reason in PEOPLES_OWN or isinstance(cause, BotBlockedError) else "failed"


async def tell_end(ports: Ports, held: OpenJob) -> None:
    """Say on the card what happened; the money is settled already. Raises LeaseLostError, UnavailableError."""
    end = JobState.CANCELED if held.job.failure is None else JobState.FAILED
    try:
        card_id = await _show_end(ports, held.job)
    except FINAL:
        await change_held_job(ports, held, lambda job: settled(job, end))
    except MessengerError as error:
        await try_later(ports, held, error)
    else:
        await change_held_job(ports, held, lambda job: show_card(settled(job, end), card_id))


async def _show_end(ports: Ports, job: Job) -> int:
    screen = card(job, ports.clock.now())
    if job.card_message_id is None:
        return await ports.messenger.send_text(card_place(job), screen)
    await ports.messenger.edit_text(card_place(job), job.card_message_id, screen)
    return job.card_message_id


async def try_later(
    ports: Ports, held: OpenJob, error: MessengerError, change: Callable[[Job], Job] = _unchanged
) -> None:
    """Give a job back because Telegram does not take it now."""
    seconds = error.retry_after_seconds if isinstance(error, TooManyRequestsError) else retry_seconds(held.job)
    await pause_job(ports, held, seconds, change)


async def pause_job(ports: Ports, held: OpenJob, seconds: float, change: Callable[[Job], Job] = _unchanged) -> OpenJob:
    """Give a held job back for a while and have it moved then. Raises LeaseLostError, UnavailableError."""
    at = ports.clock.now() + timedelta(seconds=seconds)
    paused = await change_held_job(ports, held, lambda job: give_back(change(job), at))
    await publish_job(ports, held.job.id, at if seconds > 0 else None)
    return paused

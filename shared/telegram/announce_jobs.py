"""Posting the cards of new jobs and creating their tasks; after a failure the workers and `sweep` do the rest."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.errors import (
    BotBlockedError,
    ChatMigratedError,
    DeliveryUnknownError,
    MessengerError,
    PlaceRefusedError,
    TooManyRequestsError,
)
from shared.jobs.frame import is_known
from shared.jobs.job import BEING_MADE, ENDS, Job, JobState
from shared.jobs.open_jobs import StoredJob, change_job, open_jobs
from shared.jobs.publish_jobs import publish_job
from shared.jobs.queues import queue_of
from shared.jobs.screens import draw_caption, draw_card, screens_of
from shared.people.accounts import open_user
from shared.ports import Place, Ports, Record
from shared.task import QueueName
from shared.telegram.address import chat_of, show_card
from shared.telegram.drafts import draft_id_of, shows_draft
from shared.telegram.price_note import empty_draft
from shared.telegram.react import SEEN, react
from shared.telegram.send_patiently import send_patiently

_SHOWN_BY_WORKERS = BEING_MADE | {JobState.MADE, JobState.REFUSED}
CARRIED_BY_CARDS: QueueName = "image"
"""The queue of jobs with a card whose tasks carry their document: a picture costs one read less."""


@dataclass(frozen=True, slots=True)
class _Start:
    """How a worker may begin with a job."""

    at: datetime | None
    """None: at once."""
    opened: StoredJob | None = None
    """The job as it is stored now, if that is known."""


async def announce_jobs(ports: Ports, jobs: Sequence[StoredJob]) -> None:
    """All cards first, in order, then the tasks. Raises UnavailableError."""
    await _tell_ended(ports, jobs)
    await _tell_never_begun(ports, jobs)
    queued = [job for job in jobs if job.job.state is JobState.QUEUED]
    starts = [await _announce(ports, job) for job in queued]
    pairs = zip(queued, starts, strict=True)
    tasks = [publish_job(ports, job.job, start.at, _carried(ports, start.opened)) for job, start in pairs]
    await asyncio.gather(*tasks, _show_life(ports, queued))


def _carried(ports: Ports, opened: StoredJob | None) -> Record | None:
    """The document for the task, where its function takes one and it is rarely written before the worker claims it."""
    if opened is None or not (shows_draft(ports, opened.job) or queue_of(opened.job) == CARRIED_BY_CARDS):
        return None
    return opened.record


async def resume_jobs(ports: Ports, jobs: Sequence[StoredJob]) -> None:
    """Make sure that the jobs of a repeated update have cards and tasks."""
    await _tell_ended(ports, jobs)
    for job in jobs:
        if job.job.state is JobState.QUEUED and is_known(ports, job.job):
            await publish_job(ports, job.job, job.job.lease_until or job.job.not_before)


async def show_again(ports: Ports, job: Job) -> None:
    """Update a job's card unless a worker does it anyway. Raises TooManyRequestsError, UnavailableError."""
    if job.state in _SHOWN_BY_WORKERS or job.deleted_at is not None or not is_known(ports, job):
        return
    message_id = chat_of(job).card_message_id
    if message_id is None:
        return
    try:
        if job.state is JobState.DELIVERED and not screens_of(ports, job).is_text:
            left = (await open_user(ports, job.user_id)).user.account.available
            await ports.messenger.edit_caption(card_place(job), message_id, draw_caption(ports, job, left))
        else:
            await edit_card(ports, job)
    except TooManyRequestsError:
        raise
    except MessengerError:
        pass  # gone or unknown: the job does not depend on its card
    if job.state is JobState.QUEUED:
        await redraw_end(ports, job.id)


async def redraw_end(ports: Ports, job_id: str) -> bool:
    """Draw the final state of a job again; returns False if that has to be retried later. Raises UnavailableError.

    A worker that was paused can overwrite a finished card or an answer with an old card.
    """
    for job in [opened.job for opened in await open_jobs(ports, [job_id])]:
        if not is_known(ports, job) or job.purged_at is not None:  # what is left of it has nothing to show
            continue
        is_text = screens_of(ports, job).is_text
        if job.state is JobState.REFUSED or (is_text and job.state is JobState.MADE):
            return False  # a worker is showing the end now, perhaps before the late edit arrives
        has_ended = job.state in ENDS and (is_text or job.state is not JobState.DELIVERED)
        if not has_ended or chat_of(job).card_message_id is None:
            continue
        try:
            await edit_card(ports, job)
        except (TooManyRequestsError, DeliveryUnknownError):
            return False
        except MessengerError:
            continue  # gone, or the person blocked the bot
    return True


async def _tell_ended(ports: Ports, jobs: Sequence[StoredJob]) -> None:
    """Update the cards of jobs that ended meanwhile (a /cancel overtook an album): they must not look open."""
    for job in jobs:
        if job.job.state in {JobState.FAILED, JobState.CANCELED}:
            await show_again(ports, job.job)


async def _tell_never_begun(ports: Ports, jobs: Sequence[StoredJob]) -> None:
    """Post one card that says that a /cancel overtook the message. It is optional, so it is not retried."""
    first = jobs[0]
    is_untold = first.job.state is JobState.CANCELED and is_known(ports, first.job)
    if not is_untold or chat_of(first.job).card_message_id is not None:
        return
    with suppress(MessengerError):
        place, screen = card_place(first.job), draw_card(ports, first.job)
        message_id = await send_patiently(ports, lambda: ports.messenger.send_text(place, screen))
        await change_job(ports, first, lambda job: show_card(job, message_id))


async def _show_life(ports: Ports, jobs: Sequence[StoredJob]) -> None:
    """Show progress at once: in private chats, where the worker continues it, and in groups by a reaction."""
    for opened in jobs:
        await react(ports, opened.job, SEEN)
    if jobs and chat_of(jobs[0].job).is_private and not shows_draft(ports, jobs[0].job):
        with suppress(MessengerError):
            job = jobs[0].job
            await ports.messenger.send_action(card_place(job), screens_of(ports, job).action)


async def edit_card(ports: Ports, job: Job) -> None:
    """Update a card, if there is one. Raises MessengerErrors."""
    message_id = chat_of(job).card_message_id
    if message_id is not None:
        await ports.messenger.edit_text(card_place(job), message_id, draw_card(ports, job))


def card_place(job: Job) -> Place:
    """Where a job's messages go: as replies to the request, except in private conversations, which are ordered, and in
    batches, whose messages name their words themselves.
    """
    chat = chat_of(job)
    in_order = bool(job.mailbox) and chat.is_private and not chat.is_reply
    return Place(chat.chat_id, chat.thread_id, None if in_order or chat.batch else chat.message_id or None)


async def show_empty_draft(ports: Ports, job: Job) -> None:
    """Show a draft without words for a coming answer, if Telegram accepts it."""
    with suppress(MessengerError):
        await ports.messenger.send_draft(card_place(job), draft_id_of(job), empty_draft(job))


async def _announce(ports: Ports, opened: StoredJob) -> _Start:
    """Post one card; returns when the worker may start."""
    job, now = opened.job, ports.clock.now()
    if shows_draft(ports, job):
        await show_empty_draft(ports, job)
        if job.lease_until is not None:  # it needed a card, because a later job of the mailbox came first
            return _Start(await _leave_to_worker(ports, opened, job.not_before or now))
        return _Start(job.not_before, opened)
    try:
        if chat_of(job).card_message_id is not None:
            await edit_card(ports, job)
            await redraw_end(ports, job.id)
            return _Start(job.not_before, opened)
        message_id = await ports.messenger.send_text(card_place(job), draw_card(ports, job))
    except TooManyRequestsError as error:
        return _Start(await _leave_to_worker(ports, opened, now + timedelta(seconds=error.retry_after_seconds)))
    except (BotBlockedError, PlaceRefusedError, ChatMigratedError):
        return _Start(await _leave_to_worker(ports, opened, now))  # the worker finds another place
    except MessengerError:
        return _Start(job.lease_until)  # perhaps posted: after the lease the worker posts another card
    return _Start(job.not_before, await _record_card(ports, opened, message_id))


async def _leave_to_worker(ports: Ports, opened: StoredJob, at: datetime) -> datetime:
    """Release our lease, because the card was certainly not posted, so that a worker may start at that time."""

    def let_go(job: Job) -> Job | None:
        return replace(job, lease_until=None, not_before=at) if job.fence == 0 else None

    await change_job(ports, opened, let_go)
    return at


async def _record_card(ports: Ports, opened: StoredJob, message_id: int) -> StoredJob:
    """Store the card, or delete it if the job continued without it; returns the job as it is then."""

    def record(job: Job) -> Job | None:
        is_ours = job.fence == 0 and chat_of(job).card_message_id is None
        return replace(show_card(job, message_id), lease_until=None) if is_ours else None

    current = await change_job(ports, opened, record)
    if chat_of(current.job).card_message_id != message_id:
        with suppress(MessengerError):
            await ports.messenger.delete_message(card_place(current.job), message_id)
    return current

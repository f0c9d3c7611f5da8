"""The common card of several jobs that have no cards of their own: a batch.

MADE or REFUSED is committed ── all jobs are read ── the card is edited ── read again: until nothing has changed

So the last edit always shows the last end, whichever worker makes it; one that dies in between repeats it with its job.
When all are over, the album loses the placeholders of what did not become a picture. Then the first job notes that the
card says so, and other workers leave it alone, because Telegram takes one message a second; but for those whose job
another had before them, and may have died after an edit, and for those whose job failed after that.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from shared.errors import DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.jobs.identity import job_id_of
from shared.jobs.job import ENDS, Job, JobState, is_canceled
from shared.jobs.open_jobs import StoredJob, change_job, open_jobs
from shared.jobs.screens import screens_of
from shared.ports import Ports, Screen
from shared.telegram.address import chat_of
from shared.telegram.announce_jobs import card_place
from shared.telegram.batch_album import clear_album
from shared.telegram.send_patiently import send_patiently
from shared.texts import html_text

RING_AFTER = timedelta(minutes=1)
"""A batch that took longer ends with a short message of its own."""
SHOWN = frozenset({JobState.MADE, JobState.DELIVERED})
OVER = ENDS | {JobState.MADE, JobState.REFUSED}
"""States of a job for which the common card has nothing more to wait."""


async def show_together(ports: Ports, job: Job, shown: Screen | None = None) -> None:
    """Update the common card of this job, if it has one; `shown`: what stands there, if that is known.

    While other jobs are still made, it is left out where the chat is busy, and after a cancel: then others are canceled
    too. Raises UnavailableError; TooManyRequestsError, DeliveryUnknownError, if nobody has shown the end of all yet.
    """
    chat, draw = chat_of(job), screens_of(ports, job).together
    if chat.batch_card is None or draw is None:
        return
    while True:
        stored = await _read_all(ports, job)
        jobs = [opened.job for opened in stored]
        is_last = all(each.state in OVER for each in jobs)
        if not is_last and (is_canceled(job) or ports.messenger.wait_seconds(chat.chat_id) > 0):
            return
        screen = draw(jobs)
        is_news = shown is not None or job.fence > 1 or job.failure is not None or not chat_of(jobs[0]).is_told
        if screen == shown or not is_news:
            return
        await _edit(ports, job, chat.batch_card, screen, is_last=is_last)
        shown = screen
        if is_last:
            await clear_album(ports, jobs)
            await _tell(ports, stored[0], has_any=any(each.state in SHOWN for each in jobs))
            return


async def _tell(ports: Ports, first: StoredJob, *, has_any: bool) -> None:
    """Note that the card says the end of all; who noted it lets the phone ring, because edits do not, at most once.

    `has_any`: at least one picture was made.
    """
    is_ours = False

    def note(job: Job) -> Job | None:
        nonlocal is_ours
        is_ours = not chat_of(job).is_told
        return replace(job, address=replace(chat_of(job), is_told=True)) if is_ours else None

    job = (await change_job(ports, first, note)).job
    if is_ours and has_any and chat_of(job).album and ports.clock.now() > job.created_at + RING_AFTER:
        place = replace(card_place(job), reply_to=chat_of(job).batch_card)
        with suppress(MessengerError):
            await ports.messenger.send_text(place, Screen(html_text(job.language, "batch-ready")))


async def _read_all(ports: Ports, job: Job) -> Sequence[StoredJob]:
    return await open_jobs(ports, [job_id_of(chat_of(job).batch, number) for number in range(1, job.count + 1)])


async def _edit(ports: Ports, job: Job, message_id: int, screen: Screen, *, is_last: bool) -> None:
    async def edit() -> None:
        await ports.messenger.edit_text(card_place(job), message_id, screen)

    try:
        await (send_patiently(ports, edit) if is_last else edit())
    except (TooManyRequestsError, DeliveryUnknownError):
        if is_last:
            raise
    except MessengerError:
        pass  # gone, or the person blocked the bot: the pictures do not depend on it

"""The common card of several jobs that have no cards of their own: a batch.

MADE or REFUSED is committed ── all jobs are read ── the card is edited ── read again: until nothing has changed

So the last edit always shows the last end, whichever worker makes it; one that dies in between repeats it with its job.
"""

from collections.abc import Sequence

from shared.errors import DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.jobs.identity import job_id_of
from shared.jobs.job import ENDS, Job, JobState, is_canceled
from shared.jobs.open_jobs import open_jobs
from shared.jobs.screens import screens_of
from shared.ports import Ports, Screen
from shared.telegram.address import chat_of
from shared.telegram.announce_jobs import card_place

OVER = ENDS | {JobState.MADE, JobState.REFUSED}
"""States of a job for which the common card has nothing more to wait."""


async def show_together(ports: Ports, job: Job, shown: Screen | None = None) -> None:
    """Update the common card of this job, if it has one; `shown`: what stands there, if that is known.

    While other jobs are still made, it is left out where the chat is busy, and after a cancel: then others are canceled
    too. Raises UnavailableError; TooManyRequestsError, DeliveryUnknownError, if this may have been the last update.
    """
    chat, draw = chat_of(job), screens_of(ports, job).together
    if chat.batch_card is None or draw is None:
        return
    while True:
        jobs = await _read_all(ports, job)
        is_last = all(each.state in OVER for each in jobs)
        if not is_last and (is_canceled(job) or ports.messenger.wait_seconds(chat.chat_id) > 0):
            return
        screen = draw(jobs)
        if screen == shown:
            return
        await _edit(ports, job, chat.batch_card, screen, is_last=is_last)
        shown = screen
        if is_last:
            return


async def _read_all(ports: Ports, job: Job) -> Sequence[Job]:
    ids = [job_id_of(chat_of(job).batch, number) for number in range(1, job.count + 1)]
    return [opened.job for opened in await open_jobs(ports, ids)]


async def _edit(ports: Ports, job: Job, message_id: int, screen: Screen, *, is_last: bool) -> None:
    try:
        await ports.messenger.edit_text(card_place(job), message_id, screen)
    except (TooManyRequestsError, DeliveryUnknownError):
        if is_last:
            raise
    except MessengerError:
        pass  # gone, or the person blocked the bot: the pictures do not depend on it

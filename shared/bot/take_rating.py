"""👍 and 👎, Telegram's own reactions to a result in the private chat, are kept as the person's opinion of it.

One document for each result. The newest reaction by Telegram's time counts, and nothing is answered.
"""

from dataclasses import replace

from shared.codec import decode, encode, update
from shared.errors import DocumentUnreadableError
from shared.jobs.day_numbers import day_of
from shared.jobs.job import Job, JobState
from shared.jobs.open_jobs import open_job_record
from shared.jobs.rating import DOWN, UP, Rating, count_change, rating_key
from shared.logs import log_event
from shared.people.accounts import try_until_won
from shared.ports import Create, Ports
from shared.telegram.address import job_by_message
from shared.telegram.updates import Reacted

VALUES = {"👍": UP, "👎": DOWN}
"""Other reactions are no opinion."""


async def take_rating(ports: Ports, reacted: Reacted) -> None:
    """Keep the rating of one's own delivered result. Raises UnavailableError."""
    if not reacted.chat.is_private:
        return
    job = await _find_result(ports, reacted)
    if job is None:
        return
    value = next((VALUES[emoji] for emoji in reacted.emojis if emoji in VALUES), 0)
    rating = Rating(reacted.sender.id, job.kind, value, reacted.at, day_of(reacted.at), job.expire_at)
    if await _keep(ports, job.id, rating):
        log_event("result_rated", kind=job.kind, value=value)


async def _find_result(ports: Ports, reacted: Reacted) -> Job | None:
    for record in await ports.store.find(job_by_message(reacted.chat.id, reacted.message_id)):
        try:
            job = open_job_record(ports, record).job
        except DocumentUnreadableError:
            return None  # another release's
        is_theirs = job.user_id == reacted.sender.id and not job.is_incognito
        return job if is_theirs and job.state is JobState.DELIVERED else None
    return None


async def _keep(ports: Ports, job_id: str, rating: Rating) -> bool:
    """Whether this changed what the person thinks. Raises UnavailableError."""

    async def attempt() -> bool:
        [record] = await ports.store.read([rating_key(job_id)])
        known = None if record is None else decode(Rating, record.fields)
        if known is None and not rating.value:
            return False
        if known is not None and (known.at > rating.at or known.value == rating.value):
            return False
        kept = rating if known is None else replace(rating, day=known.day)
        write = Create(rating_key(job_id), encode(kept)) if record is None else update(record, kept)
        await ports.store.commit([write, count_change(0 if known is None else known.value, kept)])
        return True

    return await try_until_won(ports, attempt)

"""👍 and 👎, Telegram's own reactions to a result in the private chat, are kept as the person's opinion of it.

One document for each result. The newest reaction by Telegram's time counts, and nothing is answered.
"""

from dataclasses import dataclass
from datetime import datetime

from shared.codec import decode, encode, update
from shared.errors import DocumentUnreadableError
from shared.jobs.job import Job, JobState
from shared.jobs.open_jobs import open_job_record
from shared.logs import log_event
from shared.people.accounts import try_until_won
from shared.ports import Create, Key, Ports
from shared.telegram.address import job_by_message
from shared.telegram.updates import Reacted

VALUES = {"👍": 1, "👎": -1}
"""Other reactions are no opinion."""


@dataclass(frozen=True, slots=True)
class Rating:
    """What a person thinks of a result."""

    user_id: int
    kind: str
    """What was made."""
    value: int
    """1, -1, or 0: the reaction was taken back."""
    at: datetime
    """Telegram's time of the reaction, in whole seconds."""
    expire_at: datetime
    """With the job."""


def rating_key(job_id: str) -> Key:
    """One per result: it belongs to one person."""
    return Key("ratings", job_id)


async def take_rating(ports: Ports, reacted: Reacted) -> None:
    """Keep the rating of one's own delivered result. Raises UnavailableError."""
    if not reacted.chat.is_private:
        return
    job = await _find_result(ports, reacted)
    if job is None:
        return
    value = next((VALUES[emoji] for emoji in reacted.emojis if emoji in VALUES), 0)
    rating = Rating(reacted.sender.id, job.kind, value, reacted.at, job.expire_at)
    if await _keep(ports, job.id, rating):
        log_event("result_rated", kind=job.kind, value=value)


async def _find_result(ports: Ports, reacted: Reacted) -> Job | None:
    for record in await ports.store.find(job_by_message(reacted.chat.id, reacted.message_id)):
        try:
            job = open_job_record(ports, record).job
        except DocumentUnreadableError:
            return None  # another release's
        return job if job.user_id == reacted.sender.id and job.state is JobState.DELIVERED else None
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
        write = Create(rating_key(job_id), encode(rating)) if record is None else update(record, rating)
        await ports.store.commit([write])
        return True

    return await try_until_won(ports, attempt)

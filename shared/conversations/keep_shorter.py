"""Applying a shorter retention time to existing conversations.

the newest conversation ── step: 100 messages and their jobs ── … ── itself ── the next older one ── …

Each step is idempotent. If one delivery of the press is too short, the next delivery of the same task continues.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from shared.codec import decode
from shared.conversations.conversation import Conversation, keep_until
from shared.conversations.conversation_documents import conversations_of_person
from shared.conversations.erase_conversation import PAUSE_SECONDS, SECONDS_MAX, STEP
from shared.conversations.messages import message_key
from shared.errors import DocumentUnreadableError, LaterError
from shared.jobs.job import ENDS
from shared.jobs.job_documents import job_key
from shared.ports import Ports, Record, Update

PAGE = 10


async def keep_shorter(ports: Ports, user_id: int, kept_days: int) -> None:
    """Shorten the retention of all of a person's conversations. Raises LaterError, ConflictError, UnavailableError."""
    late_at = ports.clock.now() + timedelta(seconds=SECONDS_MAX)
    until: datetime | None = None
    while True:
        page = await ports.store.find(conversations_of_person(user_id, until, PAGE))
        for record in page:
            talk = _read(record)
            if talk is not None and talk.expire_at > keep_until(talk.changed_at, kept_days):
                await _shorten(ports, talk, record, kept_days, late_at)
        if len(page) < PAGE or page[-1].fields["changed_at"] == until:
            return
        until = page[-1].fields["changed_at"]


def _read(record: Record) -> Conversation | None:
    """The conversation to shorten; None if it is being deleted, or if only a newer release can read it."""
    try:
        talk = decode(Conversation, record.fields)
    except DocumentUnreadableError:
        return None
    return talk if talk.deleted_at is None else None


async def _shorten(ports: Ports, talk: Conversation, record: Record, kept_days: int, late_at: datetime) -> None:
    """Shorten the messages first and the conversation last, so that an interrupted run is noticed and repeated."""
    for first in range(1, talk.count + 1, STEP):
        if ports.clock.now() > late_at:
            raise LaterError(PAUSE_SECONDS)
        keys = [message_key(talk, number) for number in range(first, min(first + STEP, talk.count + 1))]
        messages = [each for each in await ports.store.read(keys) if each is not None]
        job_ids = sorted({str(each.fields["job_id"]) for each in messages})
        jobs = [each for each in await ports.store.read([job_key(job_id) for job_id in job_ids]) if each is not None]
        over = [each for each in jobs if each.fields["state"] in ENDS]
        writes = [*_shorter(messages, "at", kept_days), *_shorter(over, "created_at", kept_days + 1)]
        await ports.store.commit(writes)
    expire_at = keep_until(talk.changed_at, kept_days)
    await ports.store.commit([Update(record.key, {"expire_at": expire_at}, record.version)])


def _shorter(records: list[Record], since: str, kept_days: int) -> Iterator[Update]:
    """The updates for those documents that would otherwise be kept longer."""
    for record in records:
        expire_at = keep_until(record.fields[since], kept_days)
        if record.fields["expire_at"] > expire_at:
            yield Update(record.key, {"expire_at": expire_at}, record.version)

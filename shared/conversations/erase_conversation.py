"""Deleting a conversation: it disappears at once, then its messages are erased in idempotent steps.

deleted ── commit {conversation: deleted, its words gone} ── step: 100 messages and their jobs ── … ── expired
                                                          └─ died, or took too long: the press comes again and goes on

The conversation's document records the progress, so nothing is forgotten. The document expires when all is erased;
until then no answer is added to it.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.codec import as_written
from shared.conversations.conversation import LONG_AGO, Conversation
from shared.conversations.conversation_documents import OpenConversation
from shared.conversations.erase_spoken import erase_spoken
from shared.conversations.messages import erase_message, message_key
from shared.errors import LaterError
from shared.jobs.job import ENDS
from shared.jobs.job_documents import job_key
from shared.ports import Ports, Record, Update, Write

STEP = 100
"""Messages per commit; with their jobs a commit holds at most 201 writes."""
SECONDS_MAX = 20.0
"""After this time the next delivery of the same press does the rest."""
PAUSE_SECONDS = 1.0
DELETED_KEPT = timedelta(days=2)
"""How long a job with deleted words may live if it still has to be delivered: as long as with the shortest choice."""
AT_WORK_SECONDS = 5.0
"""The pause before the next look at a job that is just delivering an answer to be deleted."""


def mark_deleted(talk: Conversation, now: datetime) -> Conversation:
    """The conversation without its words, marked as deleted: nothing of it is shown, or sent to a model, any more."""
    return replace(talk, title="", summary="", turns=(), deleted_at=talk.deleted_at or now, changed_at=LONG_AGO)


async def erase_conversation(ports: Ports, opened: OpenConversation) -> None:
    """Delete all of it. Raises LaterError if one delivery cannot finish it, ConflictError, UnavailableError.

    After a conflict the conversation has to be read again.
    """
    assert opened.record is not None, "what was never written needs no deletion"
    began = ports.clock.now()
    talk, record = mark_deleted(opened.conversation, began), opened.record
    record = await _commit(ports, talk, record, [])
    while talk.erased < talk.count:
        if (ports.clock.now() - began).total_seconds() > SECONDS_MAX:
            raise LaterError(PAUSE_SECONDS)
        numbers = range(talk.erased + 1, min(talk.erased + STEP, talk.count) + 1)
        writes = await _erase(ports, talk, numbers)
        talk = replace(talk, erased=numbers[-1])
        record = await _commit(ports, talk, record, writes)
    await _commit(ports, replace(talk, expire_at=ports.clock.now()), record, [])


async def _commit(ports: Ports, talk: Conversation, record: Record, writes: list[Write]) -> Record:
    write = OpenConversation(talk, record).write(talk)
    version, *_ = await ports.store.commit([write, *writes])
    return as_written(write, version)


async def _erase(ports: Ports, talk: Conversation, numbers: range) -> list[Write]:
    """The writes that empty these messages and let their jobs expire, which hold the same words.

    Raises LaterError if a worker holds one of the jobs. A job that waits, such as an answer whose person still has to
    open the private chat, may live as long as with the shortest choice.
    """
    now = ports.clock.now()
    found = await ports.store.read([message_key(talk, number) for number in numbers])
    messages = [record for record in found if record is not None]
    job_ids = sorted({str(record.fields["job_id"]) for record in messages})
    jobs = [record for record in await ports.store.read([job_key(each) for each in job_ids]) if record is not None]
    waiting = [record for record in jobs if record.fields["state"] not in ENDS]
    if any((record.fields["lease_until"] or now) > now for record in waiting):
        raise LaterError(AT_WORK_SECONDS)
    await erase_spoken(ports, jobs)
    over = [record for record in jobs if record not in waiting]
    late = [record for record in waiting if record.fields["expire_at"] > now + DELETED_KEPT]
    return [
        *(erase_message(record, now) for record in messages),
        *(Update(record.key, {"expire_at": now}, record.version) for record in over),
        *(Update(record.key, {"expire_at": now + DELETED_KEPT}, record.version) for record in late),
    ]

"""Letting a model read what a message asks for when the rules are not sure. Fast, cheap, and only a hint.

If the model is unavailable, slow, over a cap, or replies with invalid JSON, the bot asks the person instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.codec import as_written, decode
from shared.conversations.ask_unheard import ask_unheard
from shared.conversations.compose_reading import Sight, compose_reading
from shared.conversations.conversation import Conversation, Turn, conversation_id
from shared.conversations.conversation_documents import conversation_key
from shared.conversations.reading import PICTURES_MAX, Understanding, read_answer
from shared.credits.catalogue import READING_RUNGS, READING_USD_MICROS
from shared.errors import ConflictError, DocumentUnreadableError
from shared.jobs.job import Job, JobState
from shared.jobs.job_documents import job_key
from shared.jobs.open_jobs import open_job_record
from shared.logs import log_event
from shared.people.accounts import OpenUser, log_gift, try_until_won
from shared.people.manner import day_of
from shared.people.storage import statistics_facts
from shared.people.talk import count_reading, may_be_read, place_of, recent_in
from shared.pictures.find_material import is_sold
from shared.pictures.picture import request_of
from shared.ports import Ports, Record, TalkStudio
from shared.providers.talk import Told
from shared.telegram.updates import Message
from shared.telegram.visits import Visit, look_again

MEDIUM = "reading"
"""The name of this kind of work in logs and metrics."""
READING_SECONDS_MAX = 2.5


@dataclass(frozen=True, slots=True)
class Seen:
    """The model's understanding, and the pictures that it may refer to, in the order in which it got them."""

    understood: Understanding | None
    pictures: tuple[Job, ...] = ()


async def read_message(ports: Ports, studio: TalkStudio, visit: Visit, message: Message) -> Seen:
    """Let a model read a message. Raises UnavailableError, LaterError."""
    day = day_of(visit.opened.user.manner, visit.language, ports.clock.now())
    if not may_be_read(visit.opened.user.talk, day):
        return _go_without("cap")
    if await ports.spending.rest_until() is not None:
        return _go_without("spending")
    rung = studio.gone.next_of(READING_RUNGS, ports.clock.now())
    if not studio.breaker.admits(rung.name, visit.inbox_id, ports.clock.now()):
        return _go_without("breaker")
    turns, pictures = await _look_around(ports, visit)
    await _count(ports, visit, day)
    await ports.spending.book(READING_USD_MICROS)
    prompts = [request_of(job).prompt for job in pictures]
    talk = compose_reading(Sight(message.text, turns, prompts, message.file is not None))
    facts = {"medium": MEDIUM, "model": MEDIUM} | statistics_facts(visit.opened.user.storage, visit.received_at)
    outcome = await ask_unheard(ports, studio, READING_RUNGS, talk, READING_SECONDS_MAX, facts)
    await look_again(ports, visit)  # a second has passed, in which other messages of this person were handled
    understood = read_answer(outcome.text) if isinstance(outcome, Told) and outcome.is_whole else None
    if understood is None:
        return _go_without("no_reading", pictures)
    log_event("message_read", act=understood.act.value, sure=round(understood.sure, 2))
    return Seen(understood, pictures)


def _go_without(reason: str, pictures: tuple[Job, ...] = ()) -> Seen:
    log_event("message_unread", reason=reason)
    return Seen(None, pictures)


async def _count(ports: Ports, visit: Visit, day: str) -> None:
    """Count a reading of this person before we pay for it, whatever becomes of the message.

    Raises LaterError as `look_again` does.
    """

    async def attempt() -> None:
        opened = visit.opened
        counted = replace(opened.user, talk=count_reading(opened.user.talk, day))
        writes = opened.writes(counted)
        try:
            version, *_ = await ports.store.commit(writes)
        except ConflictError:
            await look_again(ports, visit)
            raise
        log_gift(opened)
        visit.opened = OpenUser(counted, as_written(writes[0], version))

    await try_until_won(ports, attempt)


async def _look_around(ports: Ports, visit: Visit) -> tuple[Sequence[Turn], tuple[Job, ...]]:
    """The newest turns of the conversation here, and the last pictures that can be changed."""
    user, chat, now = visit.opened.user, visit.update.chat, ports.clock.now()
    place = place_of(ports.bot_id, chat.id, chat.thread_id)
    keys = [job_key(each.job_id) for each in reversed(recent_in(user.talk, place, now)) if each.kind == "picture"]
    talk, *records = await ports.store.read([conversation_key(conversation_id(user, place)), *keys[:PICTURES_MAX]])
    return _turns_of(talk, now), tuple(job for record in records if (job := _find_picture(ports, record)) is not None)


def _turns_of(record: Record | None, now: datetime) -> Sequence[Turn]:
    """The turns of a conversation; none if it has expired or this release cannot read it."""
    try:
        known = None if record is None else decode(Conversation, record.fields)
    except DocumentUnreadableError:  # the next answer reports it, to the person and in the log
        return ()
    return () if known is None or known.expire_at <= now else known.turns


def can_be_changed(ports: Ports, job: Job) -> bool:
    """Whether a job is an existing picture of a kind that this release knows."""
    return job.state is JobState.DELIVERED and job.deleted_at is None and is_sold(ports, job)


def _find_picture(ports: Ports, record: Record | None) -> Job | None:
    try:
        job = None if record is None else open_job_record(ports, record).job
    except DocumentUnreadableError:
        return None
    return job if job is not None and can_be_changed(ports, job) else None

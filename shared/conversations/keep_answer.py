"""Storing an answer in one commit: the job, both turns in the conversation, and a message for each turn.

What was asked incognito is stored in its job alone, until that leaves.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from shared.codec import as_written
from shared.conversations.answer import answer_of, question_of
from shared.conversations.attachment import Attachment
from shared.conversations.compose_talk import quote, without_known_quote
from shared.conversations.conceal import conceal
from shared.conversations.conversation import Conversation, Turn, add_turns, before, without
from shared.conversations.conversation_documents import OpenConversation, open_conversation
from shared.conversations.erase_conversation import DELETED_KEPT
from shared.conversations.messages import create_messages
from shared.conversations.sources import choose_sources, count_searches
from shared.credits.catalogue import TALK, answer_credits, search_usd_micros
from shared.errors import ConflictError, LeaseLostError, UnavailableError
from shared.jobs.attempts import end_attempt
from shared.jobs.job import Job, JobState, is_held, mark_made, note_spent
from shared.jobs.job_documents import update_job
from shared.jobs.open_jobs import StoredJob, open_job
from shared.people.accounts import try_until_won
from shared.ports import Ports, Write
from shared.providers.talk import Tokens, Told

REREAD_PAUSES_SECONDS = (0.5, 2.0, 5.0)
"""The pauses before rereading, when the response to a commit was lost."""


async def keep_answer(
    ports: Ports,
    held: StoredJob,
    opened: OpenConversation,
    told: Told,
    tokens: Tokens,
    files: tuple[Attachment, ...] = (),
) -> StoredJob:
    """Store the answer with its true cost and return the changed job. `files`: the question's files with their tokens.

    Raises LeaseLostError, UnavailableError.
    """
    now = ports.clock.now()
    current, conversation = held, opened

    async def attempt() -> StoredJob:
        nonlocal current, conversation
        if current.job.state is JobState.MADE:  # by our own commit, whose response was lost
            return current
        made = _with_answer(current.job, told, tokens, now)
        is_gone = _is_deleted(opened, conversation)
        if is_gone:
            made = replace(made, expire_at=min(made.expire_at, now + DELETED_KEPT))
        write = update_job(made, current.record)
        talk = [] if is_gone or made.is_incognito else _write_talk(conversation, made, files, now)
        try:
            version, *_ = await ports.store.commit([write, *talk])
        except (ConflictError, UnavailableError) as error:
            current, conversation = await _reread_patiently(ports, held, conversation)
            raise ConflictError from error
        return StoredJob(made, as_written(write, version))

    return await try_until_won(ports, attempt)


def _with_answer(job: Job, told: Told, tokens: Tokens, now: datetime) -> Job:
    """The job with the answer and its price, by the model that wrote it."""
    rung = next((each for each in TALK.rungs if told.model_id.startswith(each.id)), TALK.rungs[0])
    searches = count_searches(question_of(job), told)
    answer = replace(
        answer_of(job),
        said=conceal(told.text),
        is_partial=not told.is_whole and not told.filter_reason,
        tokens_given=tokens.given,
        tokens_made=tokens.made,
        answered_by=told.model_id,
        searches=searches,
        sources=choose_sources(told.sources),
    )
    ended = end_attempt(replace(job, artefacts=answer), now, "told")
    cost = rung.cost_of(tokens, now.date()) + search_usd_micros(searches)
    return mark_made(note_spent(ended, answer_credits(cost)), now)


def _is_deleted(began: OpenConversation, current: OpenConversation) -> bool:
    """Whether the conversation was deleted after the answer began: then nothing of the answer is kept.

    A conversation may have begun again under the same id, or may be about to: an erased one has expired too.
    """
    has_begun_again = current.conversation.started_at != began.conversation.started_at
    is_deleted = current.conversation.deleted_at is not None or _deleted_at(current) != _deleted_at(began)
    return is_deleted or (began.conversation.count > 0 and has_begun_again)


def _deleted_at(opened: OpenConversation) -> object:
    """The field as stored, even if the document has expired."""
    return None if opened.record is None else opened.record.fields.get("deleted_at")


def _write_talk(opened: OpenConversation, job: Job, files: tuple[Attachment, ...], now: datetime) -> list[Write]:
    """The writes for the continued conversation and its new messages.

    A stranger's prompt and its answer become messages but not turns, so no later question sees them.
    """
    changed = _go_on(opened.conversation, job, files, now)
    kept_days = question_of(job).kept_days
    stored = without(changed, job.id) if question_of(job).is_foreign else changed
    return [opened.write(stored), *create_messages(changed, opened.conversation.count, kept_days)]


def _go_on(conversation: Conversation, job: Job, files: tuple[Attachment, ...], now: datetime) -> Conversation:
    """The conversation with this question and answer; an answer that a button requested again replaces the old one.

    Quoted words stay a quotation, so that a later question does not present them as the person's own.
    """
    question = without_known_quote(question_of(job), before(conversation, question_of(job).replaces))
    is_strangers = question.is_foreign and not question.quoted  # under a quotation the words are a button's
    words = quote(question.words).strip() if is_strangers else quote(question.quoted) + question.words
    asked = Turn("person", words, job.created_at, job.id, files=files)
    told = Turn("model", answer_of(job).said, now, job.id)
    return add_turns(without(conversation, question.replaces), (asked, told), now, question.kept_days)


async def _reread_patiently(
    ports: Ports, held: StoredJob, known: OpenConversation
) -> tuple[StoredJob, OpenConversation]:
    """Like `_reread`, with retries: getting the answer again would cost money."""
    for seconds in REREAD_PAUSES_SECONDS:
        with suppress(UnavailableError):
            return await _reread(ports, held, known)
        await ports.clock.sleep(seconds)
    return await _reread(ports, held, known)


async def _reread(ports: Ports, held: StoredJob, known: OpenConversation) -> tuple[StoredJob, OpenConversation]:
    """Read job and conversation again. Raises LeaseLostError if the job is no longer this worker's."""
    fresh, talk = await open_job(ports, held.job.id), known.conversation
    if fresh is None or not is_held(fresh.job, held.job.fence):
        raise LeaseLostError("the job is another's")
    return fresh, await open_conversation(ports, talk.user_id, talk.id, talk.place, ports.clock.now())

"""Letting a model summarise the turns for which a conversation has no more room, after an answer was delivered.

answer delivered ── no room? ── the job's task once more ── read ── the model ── commit {summary, fewer turns}
                                                         ├─ died: the task comes again
                                                         └─ refused, away, over a cap: nothing; the next answer tries

Nobody waits for it. If it never succeeds, the oldest turns are dropped when there is no room at all. People pay
nothing; our cost is counted against the caps before the call, like a reading's.
"""

from contextlib import suppress

from shared.conversations.answer import answer_of, question_of
from shared.conversations.ask_unheard import ask_unheard
from shared.conversations.conversation import Turn
from shared.conversations.conversation_documents import OpenConversation, open_conversation
from shared.conversations.summary import compose_summary, turns_to_fold, with_summary
from shared.credits.catalogue import SUMMARY_RUNGS, SUMMARY_USD_MICROS
from shared.errors import ConflictError, DocumentUnreadableError, UnavailableError
from shared.jobs.job import Job
from shared.jobs.publish_jobs import publish_job
from shared.jobs.time_limits import SUMMARY_SECONDS_MAX
from shared.logs import log_event
from shared.ports import Ports, TalkStudio
from shared.providers.talk import Told

MEDIUM = "summary"
"""The name of this kind of work in logs and metrics."""


async def make_room(ports: Ports, before: OpenConversation, answered: Job) -> None:
    """Have the conversation summarised, where it has no room for more once this answer is in it: told without a read.

    Without a queue the next answer's worker does it.
    """
    said = Turn("model", answer_of(answered).said, answered.created_at, answered.id)
    if turns_to_fold((*before.conversation.turns, said)):
        with suppress(UnavailableError):
            await publish_job(ports, answered)


async def summarise(ports: Ports, studio: TalkStudio, job: Job) -> None:
    """Summarise the conversation of a delivered answer, if it has no room for the next. Raises UnavailableError."""
    now = ports.clock.now()
    try:
        opened = await open_conversation(ports, job.user_id, question_of(job).conversation_id, job.mailbox, now)
    except DocumentUnreadableError:  # the next question reports it
        return
    folded = turns_to_fold(opened.conversation.turns)
    if folded:
        reason = await _fold(ports, studio, job, opened, folded)
        log_event("conversation_unsummarised" if reason else "conversation_summarised", reason=reason)


async def _fold(ports: Ports, studio: TalkStudio, job: Job, opened: OpenConversation, folded: tuple[Turn, ...]) -> str:
    """Make and store the summary; returns the reason if there is none, or an empty string."""
    now, known = ports.clock.now(), opened.conversation
    if await ports.spending.rest_until() is not None:
        return "spending"
    rung = studio.gone.next_of(SUMMARY_RUNGS, now)
    if not studio.breaker.admits(rung.name, job.id, now):
        return "breaker"
    await ports.spending.book(SUMMARY_USD_MICROS)
    talk = compose_summary(known.summary, folded)
    outcome = await ask_unheard(ports, studio, SUMMARY_RUNGS, talk, SUMMARY_SECONDS_MAX, {"medium": MEDIUM})
    if not isinstance(outcome, Told) or not outcome.is_whole or not outcome.text.strip():
        return "no_summary"
    return await _keep(ports, opened, folded, outcome.text)


async def _keep(ports: Ports, opened: OpenConversation, folded: tuple[Turn, ...], told: str) -> str:
    """Store it, even if another answer was stored meanwhile, but not if another worker has summarised."""
    known = opened.conversation
    try:
        await ports.store.commit([opened.write(with_summary(known, folded, told))])
    except ConflictError:
        again = await open_conversation(ports, known.user_id, known.id, known.place, ports.clock.now())
        fresh = again.conversation
        if (fresh.started_at, fresh.summary, fresh.deleted_at) != (known.started_at, known.summary, None):
            return "overtaken"
        try:
            await ports.store.commit([again.write(with_summary(fresh, folded, told))])
        except ConflictError:  # two answers at the same moment: the next answer tries again
            return "overtaken"
    return ""

"""Asking the model for an answer, showing the words as they arrive, and handling each kind of end.

files ──fetched, opened──▶ the model                    what cannot be read ends the job, for nothing
the model ──words──▶ heard ──shown──▶ the card          a task each; the first to end decides:
*Stop*, a lost lease ──watch──▶ ends the call            what was said so far stays
silence, the time limit ──────▶ ends the call            whole sentences stay
"""

import asyncio
from dataclasses import dataclass, replace

from shared.conversations.answer import answer_of, question_of
from shared.conversations.attachment import Attachment, Gathered, weigh_files
from shared.conversations.compose_talk import compose_talk, estimate_charge, without_known_quote
from shared.conversations.conversation import before
from shared.conversations.conversation_documents import OpenConversation
from shared.conversations.gather_files import FILE_ERRORS, gather_files, trouble_of
from shared.conversations.keep_answer import keep_answer
from shared.conversations.open_memory import Memory, open_memory
from shared.conversations.show_answer import show_stored_answer
from shared.conversations.show_stream import Heard, show_stream
from shared.conversations.sources import count_searches
from shared.conversations.summarise import make_room
from shared.conversations.watch_stop import StopReason, may_be_hurried, watch_stop
from shared.credits.catalogue import TALK, search_usd_micros
from shared.errors import (
    DocumentUnreadableError,
    LeaseLostError,
    NoRoomError,
)
from shared.jobs.ask_ladder import Call, ask_ladder
from shared.jobs.attempts import CANCELED_ATTEMPT, end_attempt, retract_attempt
from shared.jobs.before_asking import PREPARING_ERRORS, costs_no_attempt, end_unasked, must_wait_for_spending
from shared.jobs.conclude_attempt import conclude_without_result
from shared.jobs.frame import surface_of
from shared.jobs.job import Job
from shared.jobs.job_events import job_facts
from shared.jobs.open_jobs import StoredJob
from shared.jobs.pause_job import FULL_PAUSE_SECONDS, pause_job
from shared.jobs.refuse_job import refuse_job, stop_job
from shared.jobs.stop_work import see_through
from shared.jobs.time_limits import ANSWER_SECONDS_MAX, MATERIAL_SECONDS_MAX, ROOM_SECONDS_MAX
from shared.logs import log_event
from shared.ports import Ports, TalkStudio
from shared.providers.ladder import TextRung
from shared.providers.outcomes import FailureReason, ModelOutcome, TimedOut
from shared.providers.talk import Talk, Told, holds_a_sentence, is_visible
from shared.telegram.drafts import shows_draft
from shared.telegram.end_waiting import end_waiting

GATHERING_SECONDS_MAX = MATERIAL_SECONDS_MAX - ROOM_SECONDS_MAX
"""The wait for memory comes before, within the same limit of the visit."""
_REASONS: dict[str, FailureReason] = {
    "size": FailureReason.FILE_TOO_LARGE,
    "pages": FailureReason.FILE_TOO_LARGE,
    "long": FailureReason.FILE_TOO_LARGE,
    "pixels": FailureReason.FILE_TOO_LARGE,
    "gone": FailureReason.FILE_GONE,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a model was asked, and the conversation to which the answer belongs."""

    memory: Memory
    talk: Talk
    files: tuple[Attachment, ...]
    """The question's own files, with their tokens."""


async def make_answer(ports: Ports, studio: TalkStudio, held: StoredJob) -> None:
    """Answer the question of a claimed job and handle the outcome. Raises LeaseLostError, UnavailableError."""
    if answer_of(held.job).stop_asked_at is not None:  # *Stop* came while an earlier worker gave the job back
        await stop_job(ports, held, retract_attempt)
        return
    if await must_wait_for_spending(ports, held):
        return
    try:
        async with studio.budget.reserve(weigh_files(question_of(held.job).files)):
            await _make(ports, studio, held)
    except NoRoomError:
        await pause_job(ports, held, FULL_PAUSE_SECONDS, retract_attempt)


async def _make(ports: Ports, studio: TalkStudio, held: StoredJob) -> None:
    try:
        held = await end_waiting(ports, held)
        if not shows_draft(ports, held.job):
            held, lost = await surface_of(ports, held.job).prepare(ports, held)
            if lost is not None:
                raise lost
        async with costs_no_attempt(ports, held):
            memory = await open_memory(ports, held.job)
            async with asyncio.timeout(GATHERING_SECONDS_MAX):
                files = await _gather_files(ports, studio, held.job, memory.opened)
            await ports.spending.book(question_of(held.job).cost_of_call())
    except FILE_ERRORS as error:
        await _refuse_file(ports, held, error)
    except PREPARING_ERRORS as error:
        await end_unasked(ports, held, error)
    except DocumentUnreadableError as error:  # the conversation: it is kept for whoever can, and /new begins another
        key = f"conversations/{question_of(held.job).conversation_id}"
        log_event("document_unreadable", severity="ERROR", error=error, key=key)
        await refuse_job(ports, held, FailureReason.OURS, retract_attempt)
    else:
        await _ask_and_conclude(ports, studio, held, memory, files)


async def _refuse_file(ports: Ports, held: StoredJob, error: Exception) -> None:
    """End the job because a file cannot be read: the model is not asked, and nothing is charged."""
    trouble = trouble_of(error)

    def record(job: Job) -> Job:
        return replace(retract_attempt(job), artefacts=replace(answer_of(job), trouble=trouble))

    await refuse_job(ports, held, _REASONS.get(trouble, FailureReason.FILE_UNREADABLE), record)


async def _gather_files(ports: Ports, studio: TalkStudio, job: Job, opened: OpenConversation) -> Gathered:
    question = question_of(job)
    turns = () if question.is_foreign else before(opened.conversation, question.replaces)
    return await gather_files(ports, studio, question.files, turns, ports.clock.now())


async def _ask_and_conclude(ports: Ports, studio: TalkStudio, held: StoredJob, memory: Memory, files: Gathered) -> None:
    turns, now = before(memory.opened.conversation, question_of(held.job).replaces), ports.clock.now()
    question = without_known_quote(question_of(held.job), turns)
    talk = compose_talk(TALK, question, turns, held.job.language, now, memory.material, files)
    heard = Heard()
    outcome = await _listen(ports, studio, held.job, talk, heard)
    if outcome is None or (isinstance(outcome, TimedOut) and holds_a_sentence(heard.text)):
        outcome = _cut_short(heard)
    if outcome is None:  # stopped before a word was said
        ended_at = ports.clock.now()
        await stop_job(ports, held, lambda job: end_attempt(job, ended_at, CANCELED_ATTEMPT))
    else:
        asked = Asked(memory, talk, tuple(each.file for each in files.own))
        await see_through(_conclude(ports, studio, held, asked, outcome))


async def _listen(ports: Ports, studio: TalkStudio, job: Job, talk: Talk, heard: Heard) -> ModelOutcome | None:
    """The outcome of the call; None if the person stopped it. Raises LeaseLostError if another worker has the job."""
    with may_be_hurried(studio, job) as hurried:
        asking = asyncio.create_task(_ask(ports, studio, job, talk, heard))
        showing = asyncio.create_task(show_stream(ports, job, heard))
        watching = asyncio.create_task(watch_stop(ports, job, hurried))
        return await _hear_out(asking, showing, watching, asyncio.create_task(heard.wait_for_silence()))


async def _hear_out(
    asking: "asyncio.Task[ModelOutcome]",
    showing: "asyncio.Task[None]",
    watching: "asyncio.Task[StopReason]",
    waiting: "asyncio.Task[None]",
) -> ModelOutcome | None:
    try:
        await asyncio.wait({asking, watching, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if asking.done():
            return asking.result()
        if waiting.done():
            return TimedOut()
        if watching.result() is StopReason.NOT_OURS:
            raise LeaseLostError("canceled while the model answered")
        return None
    finally:
        tasks = {asking, showing, watching, waiting}
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _ask(ports: Ports, studio: TalkStudio, job: Job, talk: Talk, heard: Heard) -> ModelOutcome:
    day = ports.clock.now().date()

    def cost(rung: TextRung, outcome: ModelOutcome | None) -> int:
        told = outcome if isinstance(outcome, Told) else Told(heard.text, None)
        searches = search_usd_micros(count_searches(question_of(job), told))
        return rung.cost_of(told.tokens or estimate_charge(talk, heard.text), day) + searches

    call: Call[TextRung] = Call(
        ask=lambda rung: studio.providers[rung.provider].stream(rung, talk, heard.add),
        cost=cost,
        seconds_max=ANSWER_SECONDS_MAX,
    )
    return await ask_ladder(ports, studio, TALK.rungs, call, job_facts(job))


def _cut_short(heard: Heard) -> Told | None:
    """The text until the call was ended; None if there is no visible text."""
    return Told(heard.text, None, is_whole=False, model_id=TALK.rungs[0].id) if is_visible(heard.text) else None


async def _conclude(ports: Ports, studio: TalkStudio, held: StoredJob, asked: Asked, outcome: ModelOutcome) -> None:
    if isinstance(outcome, Told):
        memory, tokens = asked.memory, outcome.tokens or estimate_charge(asked.talk, outcome.text)
        held = await keep_answer(ports, held, memory.opened, outcome, tokens, asked.files)
        await show_stored_answer(ports, studio, held, memory.person)
        await make_room(ports, memory.opened, held.job)
    else:
        await conclude_without_result(ports, held, outcome)

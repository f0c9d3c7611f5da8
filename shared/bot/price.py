"""The price of an answer: /price for the replied answer or the last one in this place, 💳 under any answer."""

from shared.bot.balance import answer_alone
from shared.conversations.answer import answer_of, is_answer, question_of
from shared.conversations.take_questions import find_replied
from shared.credits.catalogue import FREE_ANSWERS_PER_DAY, TALK
from shared.hash_ids import is_id
from shared.jobs.frame import is_known
from shared.jobs.job import ENDS, Job, JobState, credits_of
from shared.jobs.open_jobs import open_job
from shared.people.manner import day_of
from shared.people.talk import free_left, last_answer_in, place_of
from shared.people.users import Language
from shared.ports import Ports, Screen
from shared.telegram.taps import answer_tap
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text, unmark


async def show_price(ports: Ports, visit: Visit, message: Message) -> None:
    """Show the tokens and credits of one answer to the person who asked for it. Raises UnavailableError."""
    job = await _find_answer(ports, visit, message)
    await answer_alone(ports, visit, Screen(_tell(ports, visit, job)), "price")


async def _find_answer(ports: Ports, visit: Visit, message: Message) -> Job | None:
    """The job of that answer; None if it is somebody else's or has expired."""
    chat, user = message.chat, visit.opened.user
    if message.replied is not None and message.replied.sender_id == ports.bot_id:
        job = await find_replied(ports, chat.id, message.replied.message_id)
    else:
        job_id = last_answer_in(user.talk, place_of(ports.bot_id, chat.id, chat.thread_id))
        opened = await open_job(ports, job_id) if job_id else None
        job = None if opened is None else opened.job
    if job is None or not is_known(ports, job) or not is_answer(job):
        return None
    return job if job.user_id == user.id else None


async def press_price(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """💳 under an answer: the price in an alert that only the presser sees. Raises UnavailableError."""
    job_id = arguments[0] if arguments and is_id(arguments[0]) else ""
    opened = await open_job(ports, job_id) if job_id else None
    if opened is None or not is_known(ports, opened.job) or not is_answer(opened.job):
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-expired"))
    elif opened.job.user_id != tap.sender.id:
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "not-yours"))
    else:
        text = _tell(ports, visit, opened.job)
        await answer_tap(ports, tap.query_id, unmark(text), alert=True)


def _tell(ports: Ports, visit: Visit, job: Job | None) -> str:
    language = visit.language
    if job is None:
        return html_text(language, "price-none")
    if job.state in ENDS and job.state is not JobState.DELIVERED:
        return html_text(language, "price-nothing")
    if job.state is not JobState.DELIVERED:
        return html_text(language, "price-not-yet")
    kept = answer_of(job)
    lines = [
        _tell_credits(language, job),
        html_text(language, "price-tokens", given=kept.tokens_given, made=kept.tokens_made, model=TALK.title),
    ]
    if question_of(job).search:
        lines.append(html_text(language, "price-searches", count=kept.searches))
    user = visit.opened.user
    left = free_left(user.talk, day_of(user.manner, language, ports.clock.now()))
    lines.append(html_text(language, "price-left", left=left, limit=FREE_ANSWERS_PER_DAY))
    return "\n".join(lines)


def _tell_credits(language: Language, job: Job) -> str:
    if question_of(job).free_day:
        return html_text(language, "price-free")
    return html_text(language, "price-paid", credits=credits_of(job))

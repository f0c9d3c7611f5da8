"""/price: the price of the replied answer, or of the last one in this place."""

from shared.bot.balance import answer_alone
from shared.conversations.answer import answer_of, is_answer, question_of
from shared.conversations.take_questions import find_replied
from shared.credits.catalogue import FREE_ANSWERS_PER_DAY, TALK
from shared.jobs.frame import is_known
from shared.jobs.job import ENDS, Job, JobState, credits_of
from shared.jobs.open_jobs import open_job
from shared.people.talk import last_answer_in, place_of
from shared.people.users import Language, User
from shared.ports import Ports, Screen
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.texts import html_text


async def show_price(ports: Ports, visit: Visit, message: Message) -> None:
    """Show the tokens and credits of one answer to the person who asked for it. Raises UnavailableError."""
    job = await _find_answer(ports, visit, message)
    await answer_alone(ports, visit, Screen(_tell(visit.language, visit.opened.user, job)), "price")


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


def _tell(language: Language, user: User, job: Job | None) -> str:
    if job is None:
        return html_text(language, "price-none")
    if job.state in ENDS and job.state is not JobState.DELIVERED:
        return html_text(language, "price-nothing")
    if job.state is not JobState.DELIVERED:
        return html_text(language, "price-not-yet")
    kept = answer_of(job)
    lines = [
        _tell_credits(language, user, job),
        html_text(language, "price-tokens", given=kept.tokens_given, made=kept.tokens_made, model=TALK.title),
    ]
    if question_of(job).search:
        lines.append(html_text(language, "price-searches", count=kept.searches))
    return "\n".join(lines)


def _tell_credits(language: Language, user: User, job: Job) -> str:
    free_day = question_of(job).free_day
    if not free_day:
        return html_text(language, "price-paid", credits=credits_of(job))
    if free_day != user.talk.free_day:
        return html_text(language, "price-free")
    return html_text(language, "price-free-today", used=user.talk.free_used, limit=FREE_ANSWERS_PER_DAY)

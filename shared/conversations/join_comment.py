"""Joins a forwarded text with the comment that the app sends right before it: one question about the text.

comment ── arrives first ──▶ a question without the text
text    ── arrives in the same moment ──▶ that question is canceled, and asked again about the text
"""

from shared.conversations.answer import is_answer, question_of
from shared.conversations.request_answer import Question
from shared.conversations.take_questions import start_question
from shared.jobs.cancel_jobs import cancel_job
from shared.jobs.frame import is_known
from shared.jobs.identity import message_intent
from shared.jobs.job import Job
from shared.jobs.open_jobs import open_jobs
from shared.people.accounts import open_user
from shared.people.talk import place_of, recent_in
from shared.pictures.join_pieces import SAME_MOMENT
from shared.ports import Ports, Screen
from shared.telegram.address import chat_of
from shared.telegram.answers import answer
from shared.telegram.updates import Message
from shared.telegram.visits import Visit


async def join_comment(ports: Ports, visit: Visit, message: Message) -> bool:
    """Ask the comment's question about this text; returns whether there was a comment. Raises UnavailableError."""
    job = await _find_comment(ports, visit, message)
    if job is None:
        return False
    await cancel_job(ports, job.id, is_joined=True)
    visit.opened = await open_user(ports, message.sender.id)  # with the returned credits
    asked = question_of(job)
    question = Question(asked.words, message.text, search=asked.search)
    intent = message_intent(ports.bot_id, message.chat.id, message.message_id)
    came_of_it = await start_question(ports, visit, intent, question)
    if isinstance(came_of_it, Screen):
        await answer(ports, visit, came_of_it)
    return True


async def _find_comment(ports: Ports, visit: Visit, message: Message) -> Job | None:
    """The last question in this place, if it was sent just before this text and is about nothing else."""
    place = place_of(ports.bot_id, message.chat.id, message.chat.thread_id)
    recent = recent_in(visit.opened.user.talk, place, ports.clock.now())
    if not recent or recent[-1].kind != "answer":
        return None
    jobs = [opened.job for opened in await open_jobs(ports, [recent[-1].job_id])]
    return next((job for job in jobs if is_known(ports, job) and is_answer(job) and _goes_with(job, message)), None)


def _goes_with(job: Job, message: Message) -> bool:
    chat, asked = chat_of(job), question_of(job)
    is_alone = asked.way == "ask" and not (asked.quoted or asked.files)
    is_before = chat.sent_at is not None and chat.message_id < message.message_id
    return is_alone and is_before and message.sent_at - (chat.sent_at or message.sent_at) <= SAME_MOMENT

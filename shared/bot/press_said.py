"""*Answer* and *Draw* under a transcript that was not acted on.

*Answer* costs what answers always cost, free ones first. *Draw* first asks, with the price.
"""

from dataclasses import replace

from shared.conversations.take_questions import Found, find_intent, find_replied, make_question, start_question
from shared.hash_ids import is_id
from shared.jobs.frame import is_known
from shared.jobs.job import Job, JobState
from shared.jobs.open_jobs import open_job
from shared.pictures import take_requests as requests
from shared.pictures.ask_first import Question
from shared.pictures.draft import Doubt
from shared.pictures.find_material import find_target
from shared.pictures.request import Material
from shared.ports import Ports, Screen
from shared.telegram.taps import answer_tap
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import plain_text, unmark
from shared.voices.said_message import write_typed_message
from shared.voices.transcript import is_short, is_transcript
from shared.voices.transcript_screens import SAID


async def press_said(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Answer the words, or ask whether to draw them. Raises UnavailableError, TooManyRequestsError."""
    way, job_id, *_ = (*arguments, "", "")
    opened = await open_job(ports, job_id) if is_id(job_id) else None
    job = None if opened is None else opened.job
    if job is None or not is_known(ports, job) or not is_transcript(job) or job.state is not JobState.DELIVERED:
        await _toast(ports, visit, tap, "toast-expired")
    elif job.user_id != tap.sender.id:
        await _toast(ports, visit, tap, "not-yours")
    elif way == "answer" and is_short(job):
        await _answer(ports, visit, tap, job)
    elif way == "draw" and is_short(job):
        await _ask_to_draw(ports, visit, tap, job)
    else:
        await _toast(ports, visit, tap, "old-menu")


async def _answer(ports: Ports, visit: Visit, tap: Tap, job: Job) -> None:
    message = write_typed_message(job)
    replied, found = message.replied, Found()
    if replied is not None and replied.sender_id == ports.bot_id:
        found = Found(await find_replied(ports, message.chat.id, replied.message_id))
    question = replace(await make_question(ports, visit, message, found), was_spoken=not message.is_foreign)
    intent = await find_intent(ports, job.id, SAID, "answer")
    came_of_it = await start_question(ports, visit, intent, question)
    if isinstance(came_of_it, Screen):
        await answer_tap(ports, tap.query_id, unmark(came_of_it.text), alert=True)
    else:
        await _toast(ports, visit, tap, "toast-answer-more" if came_of_it.fresh else "toast-known")


async def _ask_to_draw(ports: Ports, visit: Visit, tap: Tap, job: Job) -> None:
    message = write_typed_message(job)
    await _toast(ports, visit, tap, "toast-said-draw")
    target = replace(await find_target(ports, message, None), draft=None)
    await requests.ask(ports, visit, message, target, Question(message.text, Material(), Doubt.ALONE))


async def _toast(ports: Ports, visit: Visit, tap: Tap, text_id: str) -> None:
    await answer_tap(ports, tap.query_id, plain_text(visit.language, text_id))

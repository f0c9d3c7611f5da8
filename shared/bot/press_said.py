"""*Answer* and *Draw* under a transcript that was not acted on.

*Answer* costs what answers always cost, free ones first. *Draw* first asks, with the price.
"""

from dataclasses import replace

from shared.conversations.take_questions import Found, find_intent, find_replied, make_question, start_question
from shared.jobs.frame import is_known
from shared.jobs.job import Job, JobState
from shared.pictures import take_requests as requests
from shared.pictures.ask_first import Question
from shared.pictures.draft import Doubt
from shared.pictures.find_material import find_target
from shared.pictures.request import Material
from shared.ports import Ports
from shared.telegram.find_pressed import find_pressed_job
from shared.telegram.taps import tell_ordered, toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.voices.said_message import write_typed_message
from shared.voices.transcript import is_short, is_transcript
from shared.voices.transcript_screens import SAID


async def press_said(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Answer the words, or ask whether to draw them. Raises UnavailableError, TooManyRequestsError."""
    way, job_id, *_ = (*arguments, "", "")

    def fits(job: Job) -> bool:
        return is_known(ports, job) and is_transcript(job) and job.state is JobState.DELIVERED

    opened = await find_pressed_job(ports, visit, tap, job_id, fits)
    if opened is None:
        return
    if way == "answer" and is_short(opened.job):
        await _answer(ports, visit, tap, opened.job)
    elif way == "draw" and is_short(opened.job):
        await _ask_to_draw(ports, visit, tap, opened.job)
    else:
        await toast(ports, visit, tap, "old-menu")


async def _answer(ports: Ports, visit: Visit, tap: Tap, job: Job) -> None:
    message = write_typed_message(job)
    replied, found = message.replied, Found()
    if replied is not None and replied.sender_id == ports.bot_id:
        found = Found(await find_replied(ports, message.chat.id, replied.message_id))
    question = replace(await make_question(ports, visit, message, found), was_spoken=not message.is_foreign)
    intent = await find_intent(ports, job.id, SAID, "answer")
    came_of_it = await start_question(ports, visit, intent, question)
    await tell_ordered(ports, visit, tap, came_of_it, "toast-answer-more")


async def _ask_to_draw(ports: Ports, visit: Visit, tap: Tap, job: Job) -> None:
    message = write_typed_message(job)
    await toast(ports, visit, tap, "toast-said-draw")
    target = replace(await find_target(ports, message, None), draft=None)
    await requests.ask(ports, visit, message, target, Question(message.text, Material(), Doubt.ALONE))

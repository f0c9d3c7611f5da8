"""Where questions come from: /ask, plain words in the mode *Chat*, a reply to an answer, the buttons under one."""

from dataclasses import replace
from datetime import timedelta

from shared.conversations.answer import Way, answer_of, is_answer, question_of, reword
from shared.conversations.answer_file import send_file_again
from shared.conversations.answer_screens import rewording_offer
from shared.conversations.compose_talk import QUOTED_CHARACTERS_MAX
from shared.conversations.request_answer import Question, request_answer
from shared.conversations.stop_answer import stop_answer
from shared.hash_ids import hash_id, is_id
from shared.jobs.accept_request import Accepted
from shared.jobs.frame import is_known
from shared.jobs.identity import job_id_of, message_intent, tap_intent
from shared.jobs.job import ENDS, Job, JobState
from shared.jobs.limits import PROMPT_CHARACTERS_MAX
from shared.jobs.open_jobs import StoredJob, change_job, open_job, open_job_record
from shared.people.manner import searches
from shared.people.talk import place_of
from shared.people.users import find_waiting
from shared.pictures.declines import decline
from shared.ports import Ports, Screen
from shared.providers.outcomes import DeclineReason
from shared.telegram.address import chat_of, job_by_message
from shared.telegram.announce_jobs import announce_jobs, resume_jobs
from shared.telegram.answers import answer
from shared.telegram.taps import answer_tap
from shared.telegram.updates import Message, Replied, Tap
from shared.telegram.visits import Visit, mode_of, origin_of
from shared.texts import html_text, plain_text, unmark

WAYS: dict[str, Way] = {
    "answer-again": "again",
    "answer-reworded": "reworded",
    "answer-shorter": "shorter",
    "answer-longer": "longer",
    "answer-continue": "continue",
}
"""The buttons under an answer that ask for another."""
STOP = "answer-stop"
FILE = "answer-file"
PRESSES_MAX = 20
"""Of one button that brought no answer; each that follows reads one document more."""
IMPATIENCE = timedelta(seconds=2)
"""So soon after *Stop* a press of what came in its place still means *Stop*."""


async def is_question(ports: Ports, visit: Visit, message: Message) -> bool:
    """Whether a message that is no command asks for an answer in words. Raises UnavailableError."""
    if message.file is not None or message.unsupported or not message.text:
        return False
    if message.replied is not None and message.replied.sender_id == ports.bot_id:
        job = await find_replied(ports, message.chat.id, message.replied.message_id)
        return job is not None and is_answer(job)
    chat, user = message.chat, visit.opened.user
    if mode_of(ports, visit) != "chat":
        return False
    waiting = find_waiting(user, chat.id, chat.thread_id, ports.clock.now())
    return waiting is None or waiting.kind == "words"


async def take_question(
    ports: Ports, visit: Visit, message: Message, about: str = "", *, search: bool | None = None
) -> None:
    """Answer what a message asks; words of somebody else are what the question is about, or what we say it is.

    So is what we said ourselves, where nothing else is asked, or where a part of it was selected.
    `search`: whether it is looked up on the web; None: as the person has set it.
    """
    quoted, conversation_id = about, ""
    if message.replied is not None and message.replied.sender_id != ports.bot_id:
        quoted = message.replied.text
    elif message.replied is not None:
        quoted, conversation_id = await _follow(ports, visit, message, message.replied, about)
    words, quoted = ("", message.text) if message.is_foreign else (message.text, quoted)
    question = Question(
        words,
        quoted,
        search=searches(visit.opened.user.manner) if search is None else search,
        conversation_id=conversation_id,
        is_spoken=message.spoken is not None,
    )
    intent = message_intent(ports.bot_id, message.chat.id, message.message_id)
    came_of_it = await start_question(ports, visit, intent, question)
    if isinstance(came_of_it, Screen):
        await answer(ports, visit, came_of_it)


async def _follow(ports: Ports, visit: Visit, message: Message, replied: Replied, about: str) -> tuple[str, str]:
    """What a reply to a message of ours quotes, and which conversation it goes on with.

    A reply to an answer is a thread: it stays in the conversation of that answer, whatever was begun since. In a group
    somebody else's answer is quoted: its conversation is theirs.
    """
    job = await find_replied(ports, message.chat.id, replied.message_id)
    about = about or (replied.text if replied.is_part or not message.text else "")
    if job is None or not is_answer(job):
        return about, ""
    if job.user_id != visit.opened.user.id:
        return about or replied.text, ""
    return about, question_of(job).conversation_id


async def take_ask_command(ports: Ports, visit: Visit, message: Message) -> None:
    """/ask, with its words or as a reply to somebody's."""
    if _says_something(message):
        await take_question(ports, visit, message)
    else:
        await answer(ports, visit, Screen(html_text(visit.language, "ask-usage")))


async def take_search_command(ports: Ports, visit: Visit, message: Message) -> None:
    """/search: the same with a search on the web."""
    if _says_something(message):
        await take_question(ports, visit, message, search=True)
    else:
        parts = ["search-usage", "search-price"] if message.chat.is_private else ["search-usage"]
        await answer(ports, visit, Screen(" ".join(html_text(visit.language, part) for part in parts)))


def _says_something(message: Message) -> bool:
    return bool(message.text or (message.replied is not None and message.replied.text))


async def take_edit(ports: Ports, visit: Visit, message: Message, opened: StoredJob) -> None:
    """Another wording of a question: answered instead where nothing was begun, else offered.

    Of several the last that reached the webhook wins, as for pictures (`change_prompt`).
    """
    asked = question_of(opened.job)
    words = message.text
    if not words or words in {asked.words, answer_of(opened.job).reworded}:
        return  # an edit of something else, or a second delivery
    if len(words) > PROMPT_CHARACTERS_MAX:
        await answer(ports, visit, decline(visit.language, DeclineReason.PROMPT_TOO_LONG, words))
        return

    def change(job: Job) -> Job | None:
        chat = chat_of(job)
        if chat.prompt_at is not None and visit.received_at <= chat.prompt_at:
            return None
        return replace(reword(job, words), address=replace(chat, prompt_at=visit.received_at))

    changed = await change_job(ports, opened, change)
    if answer_of(changed.job).reworded == words:
        await answer(ports, visit, rewording_offer(changed.job))


async def press_answer(ports: Ports, visit: Visit, tap: Tap, action: str, arguments: tuple[str, ...]) -> None:
    """A button under an answer; only the person who asked may press it."""
    job_id = arguments[0] if arguments and is_id(arguments[0]) else ""
    opened = await open_job(ports, job_id) if job_id else None
    if opened is None or not is_known(ports, opened.job) or not is_answer(opened.job):
        await _toast(ports, visit, tap, "toast-expired")
    elif opened.job.user_id != tap.sender.id:
        await _toast(ports, visit, tap, "not-yours")
    elif action == STOP:
        await _toast(ports, visit, tap, await stop_answer(ports, opened))
    elif action == FILE:
        await _toast(ports, visit, tap, await send_file_again(ports, opened, visit.received_at))
    elif opened.job.state not in ENDS:
        await _toast(ports, visit, tap, "toast-answer-running")
    elif _meant_stop(opened.job, visit):
        await _toast(ports, visit, tap, "toast-answer-stopped")
    else:
        await _go_on(ports, visit, tap, action, opened)


def _meant_stop(job: Job, visit: Visit) -> bool:
    """Whether the finger was still on *Stop*, in whose place another button had just come."""
    asked_at = answer_of(job).stop_asked_at
    return asked_at is not None and visit.received_at < asked_at + IMPATIENCE


async def _go_on(ports: Ports, visit: Visit, tap: Tap, action: str, opened: StoredJob) -> None:
    """Another answer: to the same question, or to what the button says."""
    job, way = opened.job, WAYS[action]
    asked = question_of(job)
    if way == "again":
        question = Question(
            asked.words, asked.quoted, way, job.id, asked.search, asked.is_foreign, asked.conversation_id
        )
    elif way == "reworded":
        words = answer_of(job).reworded or asked.words
        question = Question(words, asked.quoted, way, job.id, asked.search, conversation_id=asked.conversation_id)
    else:
        words, quoted = plain_text(visit.language, f"ask-{way}"), _quote_answer(job, way)
        question = Question(words, quoted, way, conversation_id=asked.conversation_id)
    nonce = hash_id(question.words) if way == "reworded" else ""
    intent = await _find_intent(ports, job.id, action, nonce)
    came_of_it = await start_question(ports, visit, intent, question)
    if isinstance(came_of_it, Screen):
        await answer_tap(ports, tap.query_id, unmark(came_of_it.text), alert=True)
    else:
        await _toast(ports, visit, tap, "toast-answer-more" if came_of_it.fresh else "toast-known")


async def _find_intent(ports: Ports, job_id: str, action: str, nonce: str) -> str:
    """What a press wants: the same as the one before it, or something new where that one brought no answer."""
    intent = tap_intent(ports.bot_id, job_id, action, nonce)
    for _ in range(PRESSES_MAX):
        earlier = await open_job(ports, job_id_of(intent, 1))
        if earlier is None or earlier.job.state not in {JobState.CANCELED, JobState.FAILED}:
            break
        intent = tap_intent(ports.bot_id, job_id, action, earlier.job.id)
    return intent


def _quote_answer(job: Job, way: Way) -> str:
    """What a button is about, which need not be what was said last: the answer's beginning, or where it stopped."""
    said = answer_of(job).said
    return said[-QUOTED_CHARACTERS_MAX:] if way == "continue" else said[:QUOTED_CHARACTERS_MAX]


async def start_question(ports: Ports, visit: Visit, intent: str, question: Question) -> Accepted | Screen:
    """Accept a question in this visit's name and set its job going; the screen to show where it was declined."""
    chat = visit.update.chat
    place = place_of(ports.bot_id, chat.id, chat.thread_id)
    origin = replace(origin_of(visit, intent), waiting=None)  # what is sent beside a question belongs to nothing
    came_of_it = await request_answer(ports, visit.opened, origin, place, question)
    if isinstance(came_of_it, Accepted):
        visit.recorded = came_of_it.fresh
        await (announce_jobs if came_of_it.fresh else resume_jobs)(ports, came_of_it.jobs)
    return came_of_it


async def find_replied(ports: Ports, chat_id: int, message_id: int) -> Job | None:
    """The job that a message of ours stands for."""
    for record in await ports.store.find(job_by_message(chat_id, message_id)):
        return open_job_record(ports, record).job
    return None


async def _toast(ports: Ports, visit: Visit, tap: Tap, text_id: str) -> None:
    await answer_tap(ports, tap.query_id, plain_text(visit.language, text_id))

"""Recognising questions: /ask, plain words in the mode *Chat*, a reply to an answer, the buttons under one.

Their subject (words, pictures, files) comes with the message, or with the message that it replies to.
"""

from dataclasses import dataclass, replace

from shared.conversations.answer import Way, answer_of, is_answer, is_without_links, meant_stop, question_of, reword
from shared.conversations.answer_file import send_file_again
from shared.conversations.answer_screens import rewording_offer
from shared.conversations.attachment import Attachment
from shared.conversations.compose_talk import QUOTED_CHARACTERS_MAX
from shared.conversations.question_files import asks_in_words, list_files, list_references, list_replied, list_shown
from shared.conversations.read_rules import Act, Before, Situation, read_rules
from shared.conversations.request_answer import Question, request_answer
from shared.conversations.stop_answer import stop_answer
from shared.hash_ids import hash_id
from shared.jobs.accept_request import Accepted, Origin
from shared.jobs.frame import is_known
from shared.jobs.identity import album_intent, job_id_of, message_intent, tap_intent
from shared.jobs.job import ENDS, Job, JobState
from shared.jobs.limits import PROMPT_CHARACTERS_MAX
from shared.jobs.open_jobs import StoredJob, change_job, open_job, open_job_record
from shared.jobs.screens import screens_of
from shared.people.accounts import open_user, try_until_won
from shared.people.manner import searches
from shared.people.search_price import write_search_price
from shared.people.talk import Mode, place_of
from shared.people.users import Waiting, find_waiting
from shared.pictures.collect_parts import collect_part
from shared.pictures.declines import decline
from shared.pictures.draft import Doubt, Draft, DraftState, files_of, references_of
from shared.pictures.open_drafts import OpenDraft, close_of, open_draft
from shared.pictures.picture import is_picture, request_of
from shared.pictures.wishes import NO_WORDS, read_words
from shared.ports import Ports, Screen
from shared.providers.outcomes import DeclineReason
from shared.telegram.address import chat_of, job_by_message
from shared.telegram.announce_jobs import announce_jobs, resume_jobs
from shared.telegram.answers import answer
from shared.telegram.find_pressed import find_pressed_job
from shared.telegram.taps import tell_ordered, toast
from shared.telegram.updates import Message, Replied, Tap
from shared.telegram.visits import Visit, mode_of, origin_of
from shared.texts import html_text, plain_text

WAYS: dict[str, Way] = {
    "answer-again": "again",
    "answer-reworded": "reworded",
    "answer-shorter": "shorter",
    "answer-longer": "longer",
    "answer-continue": "continue",
}
"""The buttons under an answer that request another one."""
STOP = "answer-stop"
FILE = "answer-file"
PRESSES_MAX = 20
"""Presses of one button without an answer; each further press reads one document more."""
_WITH_FILES: frozenset[Way] = frozenset({"again", "reworded", "longer", "continue"})
"""The ways that need the files again; to shorten an answer, the answer itself is enough."""


@dataclass(frozen=True, slots=True)
class Found:
    """A question, and the message of ours that it is about."""

    job: Job | None = None
    """The job that it replies to."""
    asked: OpenDraft | None = None
    """The draft with files that came without words, which these words are about."""


NOTHING_FOUND = Found()


async def find_question(ports: Ports, visit: Visit, message: Message) -> Found | None:
    """The question in a message that is not a command; None if it asks for no answer. Raises UnavailableError."""
    if not message.text or message.media_group_id is not None or _is_unusable(message):
        return None
    brings_file = message.file is not None or message.attached is not None
    if brings_file and (message.is_foreign or read_words(message.text) in NO_WORDS):
        return None  # it is asked what is wanted with it
    chat, user = message.chat, visit.opened.user
    mode = mode_of(ports, visit)
    waiting = find_waiting(user, chat.id, chat.thread_id, ports.clock.now())
    if message.replied is not None and message.replied.sender_id == ports.bot_id:
        job = await find_replied(ports, chat.id, message.replied.message_id)
        return (
            await find_asked(ports, message, mode, waiting) if job is None else _read_reply(ports, message, job, mode)
        )
    if mode != "chat" or (message.file is not None and not asks_in_words(message.text, mode)):
        return None
    if waiting is None or waiting.kind == "words" or brings_file:
        return Found()
    return await find_asked(ports, message, mode, waiting)


def _is_unusable(message: Message) -> bool:
    """Whether it holds something we cannot read. A file of an unknown kind gets an explanation later."""
    return bool(message.unsupported) and message.attached is None


def _read_reply(ports: Ports, message: Message, job: Job, mode: Mode) -> Found | None:
    """A reply to an answer continues it; to a transcript, is about it; to a picture, in *Chat*, may ask about it."""
    if quote_shown(ports, message, job) and message.file is None:
        return Found(job) if mode == "chat" or asks_in_words(message.text, mode, Before.ANSWER) else None
    if is_answer(job):
        return Found(job) if message.file is None or asks_in_words(message.text, mode) else None
    is_about = mode == "chat" and is_picture(job) and message.file is None
    return Found(job) if is_about and asks_in_words(message.text, mode, Before.PICTURE) else None


async def find_asked(ports: Ports, message: Message, mode: Mode, waiting: Waiting | None) -> Found | None:
    """The question about files for which our question is open; None if the words answer ours in another way."""
    if waiting is None or waiting.kind != "draft" or mode == "picture":
        return None
    opened = await open_draft(ports, waiting.id)
    if opened is None or opened.draft.state is DraftState.CLOSED:
        return Found() if message.replied is None and mode == "chat" else None
    draft = opened.draft
    is_open = draft.state is DraftState.ASKING and draft.doubt is None and bool(draft.parts)
    is_ours = message.replied is None or message.replied.message_id == draft.card_message_id
    if not (is_open or _is_text(draft)) or not is_ours or read_words(message.text) in NO_WORDS:
        return None
    if _is_text(draft):
        return Found(asked=opened) if _is_no_order(message.text) else None
    is_about = not references_of(draft) or asks_in_words(message.text, mode)
    return Found(asked=opened) if is_about else None


def _is_text(draft: Draft) -> bool:
    """Whether the draft belongs to a question about a forwarded text."""
    return draft.state is DraftState.ASKING and draft.doubt is Doubt.FOREIGN and not draft.parts


def _is_no_order(words: str) -> bool:
    return read_rules(words, Situation()) not in {Act.DRAW, Act.EDIT, Act.ANIMATE}


async def take_question(
    ports: Ports, visit: Visit, message: Message, found: Found = NOTHING_FOUND, *, search: bool | None = None
) -> None:
    """Answer a message. `search`: whether the model may search the web; None: by the person's setting."""
    question = await make_question(ports, visit, message, found, search=search)
    intent = message_intent(ports.bot_id, message.chat.id, message.message_id)
    came_of_it = await start_question(ports, visit, intent, question, found.asked)
    if isinstance(came_of_it, Screen):
        await answer(ports, visit, came_of_it)


async def make_question(
    ports: Ports, visit: Visit, message: Message, found: Found = NOTHING_FOUND, *, search: bool | None = None
) -> Question:
    """The question of a message. Words of somebody else, or the prompt of a picture of ours, become its quotation.

    So does a message of ours, if nothing else is asked or if the person selected a part of it.
    """
    files = (*_list_found(found), *await _list_replied(ports, message), *list_files(message))
    quoted, conversation_id = "", ""
    if message.replied is not None and message.replied.sender_id != ports.bot_id:
        quoted = message.replied.text
    elif message.replied is not None:
        quoted, conversation_id = _follow(ports, visit, message, message.replied, found.job)
    words, quoted = ("", message.text) if message.is_foreign else (message.text, quoted)
    if found.asked is not None and _is_text(found.asked.draft):
        quoted = found.asked.draft.caption
    return Question(
        words if words or not files else plain_text(visit.language, "ask-describe"),
        quoted,
        search=searches(visit.opened.user.manner) if search is None else search,
        conversation_id=conversation_id,
        is_spoken=message.spoken is not None,
        files=files,
        without_links=found.job is not None and is_answer(found.job) and is_without_links(found.job),
    )


def quote_shown(ports: Ports, message: Message, job: Job | None) -> str:
    """The text that the replied message of the bot shows, such as a transcript; empty if it shows none.

    A person who did not request it gets only what the message shows, because the whole text may have gone to a private
    chat.
    """
    replied = message.replied
    if job is None or replied is None or not is_known(ports, job) or job.state is not JobState.DELIVERED:
        return ""
    read = screens_of(ports, job).quotes
    if read is None:
        return ""
    return (read(job) if job.user_id == message.sender.id else replied.text)[:QUOTED_CHARACTERS_MAX]


def _follow(ports: Ports, visit: Visit, message: Message, replied: Replied, job: Job | None) -> tuple[str, str]:
    """The quotation of a reply to a message of ours, and the id of the conversation that it continues.

    A reply to an answer stays in the conversation of that answer and is about it, whatever was said since. In a group
    somebody else's answer is only quoted, because its conversation is theirs. A reply to a picture quotes its prompt,
    a reply to a transcript its text.
    """
    about = request_of(job).prompt if job is not None and is_picture(job) else ""
    if not about and not replied.is_part:
        about = quote_shown(ports, message, job)
    about = about or (replied.text if replied.is_part or not message.text else "")
    if job is None or not is_answer(job):
        return about, ""
    if job.user_id != visit.opened.user.id:
        return about or replied.text, ""
    said = answer_of(job).said or replied.text  # of an emptied one Telegram tells it
    return about or said[:QUOTED_CHARACTERS_MAX], question_of(job).conversation_id


def _list_found(found: Found) -> tuple[Attachment, ...]:
    if found.asked is not None:
        return list_references(files_of(found.asked.draft))
    return () if found.job is None else list_shown(found.job)


async def _list_replied(ports: Ports, message: Message) -> tuple[Attachment, ...]:
    """The files of the replied message; all files of its album, if we know the album."""
    replied = message.replied
    if replied is None or replied.sender_id == ports.bot_id:
        return ()
    if replied.media_group_id is not None:
        album = await open_draft(ports, album_intent(ports.bot_id, message.chat.id, replied.media_group_id))
        if album is not None:
            return list_references(files_of(album.draft))
    return list_replied(replied)


async def take_ask_command(ports: Ports, visit: Visit, message: Message) -> None:
    """/ask with words, with files, or as a reply to words or files of anybody, ours included."""
    await _take_command(ports, visit, message, _ask_for(visit, html_text(visit.language, "ask-usage")))


async def take_search_command(ports: Ports, visit: Visit, message: Message) -> None:
    """/search: /ask with a web search."""
    usage = html_text(visit.language, "search-usage")
    if message.chat.is_private:
        usage += " " + html_text(visit.language, "search-price", usual=write_search_price(visit.language))
    await _take_command(ports, visit, message, _ask_for(visit, usage), search=True)


def _ask_for(visit: Visit, usage: str) -> Screen:
    """The usage of a command, as a question; the reply to it becomes the command's argument."""
    return Screen(usage, force_reply=plain_text(visit.language, "ask-placeholder"))


async def _take_command(
    ports: Ports, visit: Visit, message: Message, usage: Screen, *, search: bool | None = None
) -> None:
    files, replied, found = list_files(message), message.replied, NOTHING_FOUND
    if files and message.media_group_id is not None:
        await collect_part(ports, visit, message, message.text)
        return
    if replied is not None and replied.sender_id == ports.bot_id:
        found = Found(await find_replied(ports, message.chat.id, replied.message_id))
    has_material = replied is not None and bool(replied.text or list_replied(replied) or _list_found(found))
    if message.text or files or has_material:
        await take_question(ports, visit, message, found, search=search)
    else:
        await answer(ports, visit, usage)


async def take_edit(ports: Ports, visit: Visit, message: Message, opened: StoredJob) -> None:
    """Handle an edit of a question: answer the new wording if the work has not begun, otherwise offer a button.

    Of several edits the last that reached the webhook wins, as for pictures (`change_prompt`).
    """
    asked = question_of(opened.job)
    words = message.text
    if not words or words in {asked.words, answer_of(opened.job).reworded}:
        return  # an edit of something else, or a second delivery
    if asked.is_filled:
        await answer(ports, visit, Screen(html_text(visit.language, "prompt-fill-over")))
        return
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
    """Handle a button under an answer; only the person who asked may press it."""

    def fits(job: Job) -> bool:
        return job.expire_at > ports.clock.now() and is_known(ports, job) and is_answer(job)

    opened = await find_pressed_job(ports, visit, tap, "".join(arguments[:1]), fits)
    if opened is None:
        return
    if action == STOP:
        await toast(ports, visit, tap, await stop_answer(ports, opened))
    elif action == FILE:
        await toast(ports, visit, tap, await send_file_again(ports, opened, visit.received_at))
    elif opened.job.state not in ENDS:
        await toast(ports, visit, tap, "toast-answer-running")
    elif meant_stop(opened.job, visit.received_at):
        await toast(ports, visit, tap, "toast-answer-stopped")
    else:
        await _go_on(ports, visit, tap, action, opened)


async def _go_on(ports: Ports, visit: Visit, tap: Tap, action: str, opened: StoredJob) -> None:
    """Request another answer: to the same question, or to the button's words."""
    job, way = opened.job, WAYS[action]
    asked = question_of(job)
    files, talk_id = asked.files if way in _WITH_FILES else (), asked.conversation_id
    if way == "again":
        question = Question(
            asked.words, asked.quoted, way, job.id, asked.search, asked.is_foreign, talk_id, files=files
        )
    elif way == "reworded":
        words = answer_of(job).reworded or asked.words
        question = Question(words, asked.quoted, way, job.id, asked.search, asked.is_foreign, talk_id, files=files)
    else:
        words, quoted = plain_text(visit.language, f"ask-{way}"), _quote_answer(job, way)
        is_foreign = asked.is_foreign
        question = Question(words, quoted, way, is_foreign=is_foreign, conversation_id=talk_id, files=files)
    question = replace(question, without_links=is_without_links(job))
    nonce = hash_id(question.words) if way == "reworded" else ""
    intent = await find_intent(ports, job.id, action, nonce)
    came_of_it = await start_question(ports, visit, intent, question)
    await tell_ordered(ports, visit, tap, came_of_it, "toast-answer-more")


async def find_intent(ports: Ports, job_id: str, action: str, nonce: str) -> str:
    """The intent of a press: the same as the last one's, or a new one if that brought no answer."""
    intent = tap_intent(ports.bot_id, job_id, action, nonce)
    for _ in range(PRESSES_MAX):
        earlier = await open_job(ports, job_id_of(intent, 1))
        if earlier is None or earlier.job.state not in {JobState.CANCELED, JobState.FAILED}:
            break
        intent = tap_intent(ports.bot_id, job_id, action, earlier.job.id)
    return intent


def _quote_answer(job: Job, way: Way) -> str:
    """The part of an answer that a button is about: its beginning, or for *Continue* its end."""
    said = answer_of(job).said
    return said[-QUOTED_CHARACTERS_MAX:] if way == "continue" else said[:QUOTED_CHARACTERS_MAX]


async def start_question(
    ports: Ports, visit: Visit, intent: str, question: Question, asked: OpenDraft | None = None
) -> Accepted | Screen:
    """Accept a question of this visit and start its job; returns the screen to show if it was declined.

    `asked`: our own question that it answers; it ends in the same commit.
    """
    chat = visit.update.chat
    place = place_of(ports.bot_id, chat.id, chat.thread_id)
    origin = replace(origin_of(visit, intent), waiting=None)  # what is sent beside a question belongs to nothing
    if asked is None:
        came_of_it = await request_answer(ports, visit.opened, origin, place, question)
    else:
        came_of_it = await _end_asking(ports, visit, origin, question, asked.draft.id)
    if isinstance(came_of_it, Accepted):
        visit.recorded = came_of_it.fresh
        await (announce_jobs if came_of_it.fresh else resume_jobs)(ports, came_of_it.jobs)
    return came_of_it


async def _end_asking(
    ports: Ports, visit: Visit, origin: Origin, question: Question, draft_id: str
) -> Accepted | Screen:
    """Accept the person's question and end ours in one commit."""
    place = place_of(ports.bot_id, origin.asked.chat_id, origin.asked.thread_id)

    async def attempt() -> Accepted | Screen:
        opened, user = await open_draft(ports, draft_id), await open_user(ports, origin.user_id)
        end = () if opened is None else (close_of(opened.draft, opened.record),)
        return await request_answer(ports, user, origin, place, question, end)

    return await try_until_won(ports, attempt)


async def find_replied(ports: Ports, chat_id: int, message_id: int) -> Job | None:
    """The job behind a message of ours; None if it has expired (the store deletes late)."""
    now = ports.clock.now()
    jobs = [open_job_record(ports, each).job for each in await ports.store.find(job_by_message(chat_id, message_id))]
    return next((job for job in jobs if job.expire_at > now), None)

"""Plain words in the mode *Auto*: fixed rules decide what they ask for; if the rules are not sure, a model reads them.

words ── answer a question of ours, or are the same again in another format ──▶ the flow of pictures
      ── rules: draw, edit ──▶ the flow of pictures, with its own free questions
      ── rules: a description ──▶ a picture, as if a model had understood it
      ── rules: answer ──▶ a question
      ── rules: animate, ask; a reply, or parameters, that leave a doubt ──▶ asked for free
      ── nothing of these ──▶ the model, in `chat`; without one the update goes there

Commands, buttons, replies and parameters are never read by the model.
"""

from dataclasses import replace

from shared.conversations import vocabulary as known
from shared.conversations.answer import is_answer
from shared.conversations.carry_out import carry_out, change_picture, draw_description
from shared.conversations.descriptions import is_description
from shared.conversations.join_comment import join_comment
from shared.conversations.pictures_talked_about import find_pictures_talked_about
from shared.conversations.read_message import can_be_changed, read_message
from shared.conversations.read_rules import PAID, Act, Before, Situation, is_left_to_model, read_rules
from shared.conversations.take_questions import Found, find_asked, find_replied, quote_shown, take_question
from shared.errors import ElsewhereError
from shared.jobs.job import Job
from shared.jobs.open_jobs import open_jobs
from shared.people.talk import place_of, recent_in
from shared.people.users import Waiting, find_waiting
from shared.pictures import take_requests as requests
from shared.pictures.ask_first import Question
from shared.pictures.draft import Doubt, Draft, DraftState, doubt_of, may_be_split
from shared.pictures.find_material import Target, asks_for_words, find_target
from shared.pictures.open_drafts import open_draft
from shared.pictures.picture import Reference
from shared.pictures.request import Material
from shared.pictures.wishes import NO_WORDS, Reading, is_bare_order, is_no, is_yes, read_words
from shared.ports import Ports
from shared.telegram.address import message_ref
from shared.telegram.updates import Message, Replied
from shared.telegram.visits import Visit, is_plain, mode_of
from shared.texts import plain_text

_OF_PICTURES = frozenset({Reading.THANKS, Reading.GREETING})
"""What the flow of pictures answers with a short text, without a model."""
_SAYS_NOTHING = frozenset({Reading.EMPTY, Reading.YES, Reading.MORE, Reading.PARAMETERS})
"""Words that refer to something said before, or to a picture that has to be named."""


def is_for_auto(ports: Ports, visit: Visit, message: Message) -> bool:
    """Whether *Auto* decides what this message asks for."""
    chat, user = message.chat, visit.opened.user
    if mode_of(ports, visit) != "auto":
        return False
    is_part = message.media_group_id is not None or message_ref(chat.id, message.message_id) in user.joined
    is_mute = message.attached is not None and (message.is_foreign or read_words(message.text) in NO_WORDS)
    is_unusable = _is_unusable(message) or (message.replied is not None and _is_unusable(message.replied))
    return bool(message.text) and message.command is None and not (is_part or is_mute or is_unusable)


def _is_unusable(message: Message | Replied) -> bool:
    """Whether it brings something that we cannot read."""
    return bool(message.unsupported) and message.attached is None


async def take_words(ports: Ports, visit: Visit, message: Message) -> None:
    """Do what a message asks for, or ask what it means. Raises ElsewhereError, UnavailableError."""
    job = await _find_job(ports, message)
    if job is None and (found := await _find_asked(ports, visit, message)) is not None:
        await take_question(ports, visit, message, found)
    elif may_be_split(message.text) and is_plain(message):
        await requests.take_message(ports, visit, message)  # more parts may come: the whole is decided on
    elif message.is_foreign and message.file is None and await join_comment(ports, visit, message):
        pass
    elif (situation := await _find_situation(ports, visit, message, job)) is None:
        await requests.take_message(ports, visit, message)
    elif situation.brings_file:
        act = read_rules(message.text, situation)
        await (requests.take_message if act is Act.DRAW else take_question)(ports, visit, message)
    else:
        await _follow_rules(ports, visit, message, job, situation)


async def _follow_rules(ports: Ports, visit: Visit, message: Message, job: Job | None, situation: Situation) -> None:
    """Apply the rules to words with or without a picture."""
    act, reading = read_rules(message.text, situation), read_words(message.own_words)
    if message.is_foreign or reading in _OF_PICTURES:
        await requests.take_message(ports, visit, message)
    elif act is Act.EDIT and not situation.has_picture:
        await _change_last(ports, visit, message)
    elif act in PAID or _is_told_at_once(message.text, act, reading, situation):
        await _take_order(ports, visit, message, act)
    elif act is Act.ANSWER or situation.replied is Before.ANSWER:
        await take_question(ports, visit, message, Found(job))
    elif reading in _SAYS_NOTHING:
        await take_question(ports, visit, message)
    elif reading is Reading.REFERS_BACK and (seen := await _find_seen(ports, visit, message, situation)):
        question = Question(message.text, Material(), Doubt.ALONE)
        await requests.ask(ports, visit, message, Target(references=seen), question)
    elif act is not None or message.replied is not None or not is_left_to_model(message.text, situation):
        is_video = act is Act.ANIMATE
        doubt = None if is_video else doubt_of(reading)
        await _ask(ports, visit, message, doubt or Doubt.ALONE, wants_video=is_video)
    elif visit.studio is None:
        raise ElsewhereError
    else:
        await carry_out(ports, visit, message, await read_message(ports, visit.studio, visit, message))


async def _take_order(ports: Ports, visit: Visit, message: Message, act: Act | None) -> None:
    """Draw what was ordered. If the text only describes a picture, the card also offers an answer."""
    if act is Act.DRAW and is_description(message.text):
        await draw_description(ports, visit, message)
    else:
        await requests.take_message(ports, visit, message)


def _is_told_at_once(text: str, act: Act | None, reading: Reading, situation: Situation) -> bool:
    """Whether a fixed text is the answer: to an order without a subject, or to a "yes" that follows nothing."""
    if act is Act.ASK and is_bare_order(text):
        return not situation.has_picture
    return reading in _SAYS_NOTHING and situation.near is not Before.ANSWER


async def _find_seen(ports: Ports, visit: Visit, message: Message, situation: Situation) -> tuple[Reference, ...]:
    """The pictures that the text may change without naming one: those of the last answer."""
    if situation.has_picture or message.replied is not None or situation.last is not Before.ANSWER:
        return ()
    return await find_pictures_talked_about(ports, visit, message)


async def _find_job(ports: Ports, message: Message) -> Job | None:
    """The job behind the message that this one replies to."""
    if message.replied is None or message.replied.sender_id != ports.bot_id:
        return None
    return await find_replied(ports, message.chat.id, message.replied.message_id)


async def _find_situation(ports: Ports, visit: Visit, message: Message, job: Job | None) -> Situation | None:
    """The context of the words; None if they answer a question of ours."""
    chat, user, now = message.chat, visit.opened.user, ports.clock.now()
    waiting = find_waiting(user, chat.id, chat.thread_id, now)
    if await _is_expected(ports, message, job, waiting):
        return None
    recent = recent_in(user.talk, place_of(ports.bot_id, chat.id, chat.thread_id), now)
    kinds = [_before(each.kind) for each in recent]
    return Situation(
        brings_picture=message.file is not None,
        brings_file=message.attached is not None
        or (message.replied is not None and message.replied.attached is not None),
        replied=_replied(ports, message, job),
        last=kinds[-1] if kinds else Before.NOTHING,
        has_shown=Before.PICTURE in kinds,
        is_foreign=message.is_foreign,
    )


async def _is_expected(ports: Ports, message: Message, job: Job | None, waiting: Waiting | None) -> bool:
    """Whether these words answer a question of ours: what to do with pictures, or yes or no."""
    if job is not None:
        return waiting is not None and waiting.id == job.id  # its *Edit* was pressed
    if message.replied is not None:
        is_ours = message.replied.sender_id == ports.bot_id
        draft = (await find_target(ports, message, waiting)).draft if is_ours else None
        return draft is not None and _is_answer(draft, message.text)
    if waiting is None or waiting.kind == "words":
        return False
    if waiting.kind == "job":
        return True
    opened = await open_draft(ports, waiting.id)
    if opened is None or opened.draft.state is DraftState.CLOSED or not asks_for_words(opened.draft):
        return False
    return _is_answer(opened.draft, message.text)


def _is_answer(draft: Draft, words: str) -> bool:
    """Whether words answer this question. Any do if it asks for words; if it has pictures, words that change one do.

    After a question about words alone everything but a yes or a no is a new message.
    """
    if draft.doubt is None or is_yes(words) or is_no(words):
        return True
    has_pictures = bool(draft.parts) or draft.parent_id is not None
    return has_pictures and read_rules(words, Situation(brings_picture=True)) is Act.EDIT


def _before(kind: str) -> Before:
    return Before.PICTURE if kind == "picture" else Before.ANSWER


def _replied(ports: Ports, message: Message, job: Job | None) -> Before:
    """What a reply is about; a message of ours without a job counts as nothing."""
    if job is not None:
        return Before.ANSWER if is_answer(job) or quote_shown(ports, message, job) else Before.PICTURE
    replied = message.replied
    if replied is None or replied.sender_id == ports.bot_id:
        return Before.NOTHING
    return Before.PICTURE if replied.file is not None else Before.ANSWER


async def _find_asked(ports: Ports, visit: Visit, message: Message) -> Found | None:
    """The files that came without words before, if these words are a question about them."""
    chat, now = message.chat, ports.clock.now()
    waiting = find_waiting(visit.opened.user, chat.id, chat.thread_id, now)
    is_alone = message.file is None and message.attached is None and not message.is_foreign
    return await find_asked(ports, message, "auto", waiting) if is_alone else None


async def _change_last(ports: Ports, visit: Visit, message: Message) -> None:
    """Change the picture of the bot's last turn, if it exists and is the only one; the text does not say which picture.

    Otherwise ask whether the text means that picture, or, if it was deleted, whether it means a picture at all.
    """
    chat, user = message.chat, visit.opened.user
    recent = recent_in(user.talk, place_of(ports.bot_id, chat.id, chat.thread_id), ports.clock.now())
    last_id = next(each.job_id for each in reversed(recent) if each.kind == "picture")
    last = next((each.job for each in await open_jobs(ports, [last_id]) if each.job.deleted_at is None), None)
    if last is not None and can_be_changed(ports, last) and last.count == 1:
        await change_picture(ports, visit, message, last)
        return
    doubt, meant = (Doubt.ALONE, None) if last is None else (Doubt.REFERS_BACK, last_id)
    await requests.ask(ports, visit, message, Target(), Question(message.text, Material(), doubt, meant))


async def _ask(ports: Ports, visit: Visit, message: Message, doubt: Doubt, *, wants_video: bool = False) -> None:
    """Ask for free whether to draw or to answer."""
    target = await find_target(ports, message, None) if message.replied is not None else Target()
    target = replace(target, draft=None)
    is_two = known.TWO_WISHES.search(message.text.lower().replace("ё", "е")) is not None
    asks = plain_text(visit.language, "doubt-two") if is_two and not wants_video else ""
    question = Question(message.text, Material(), doubt, wants_video=wants_video, asks=asks)
    await requests.ask(ports, visit, message, target, question)

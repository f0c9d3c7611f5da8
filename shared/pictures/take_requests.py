"""Recognising picture requests: words, photos with words, albums, replies, and edits of these.

A message may answer another one (a reply, or our open question), may belong to another one of the same moment (a
comment and a forwarded photo, a split text), or may stand alone. Only a plain wish is bought; about a possible one the
bot asks for free.
"""

from dataclasses import replace

from shared.errors import LaterError
from shared.hash_ids import hash_id
from shared.jobs.accept_request import Accepted
from shared.jobs.identity import message_intent
from shared.jobs.job import Job, JobState
from shared.jobs.limits import PROMPT_CHARACTERS_MAX, check_means
from shared.people.talk import is_dear
from shared.people.users import Waiting, find_waiting
from shared.people.waiting import stop_waiting
from shared.pictures import repeat as repeats
from shared.pictures.ask_first import Question, add_photo, ask_about_replied, ask_for_words, ask_for_yes, say_yes
from shared.pictures.change_prompt import change_prompt
from shared.pictures.collect_parts import collect_part, collect_text, is_late_text, join_draft, reword_draft
from shared.pictures.declines import decline
from shared.pictures.draft import Doubt, Draft, DraftState, doubt_of, may_be_split
from shared.pictures.find_material import Target, find_last_job, find_target, is_sold, material_of, reference_to
from shared.pictures.find_pressed_draft import find_pressed_draft
from shared.pictures.join_pieces import take_asked_words, take_back
from shared.pictures.open_drafts import draft_id_of, open_draft
from shared.pictures.picture import PictureRequest, Reference, request_of
from shared.pictures.prompts import parse_prompt
from shared.pictures.questions import tell_missed
from shared.pictures.remix import add_photo_to_remix
from shared.pictures.request import Material, Plan, plan_request
from shared.pictures.request_picture import Wish, order_pictures, request_picture
from shared.pictures.take_batches import is_batch, take_list
from shared.pictures.tools import PHOTO_SIZE, REMIX, Subject, plan_tool, subject_of, write_words
from shared.pictures.wait_for_credits import stop_waiting_for_credits
from shared.pictures.wishes import (
    ANSWERS,
    NO_WORDS,
    WORTH_ASKING,
    Reading,
    find_command,
    is_bare_order,
    is_no,
    is_pointer,
    is_yes,
    orders_change,
    read_change,
    read_words,
)
from shared.ports import Ports, Screen
from shared.providers.outcomes import DeclineReason
from shared.telegram.address import chat_of, message_ref
from shared.telegram.announce_jobs import announce_jobs, resume_jobs, show_again
from shared.telegram.answers import answer
from shared.telegram.taps import tell_ordered
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit, is_plain, mode_of, origin_of
from shared.texts import html_text, plain_text

EDIT_PAUSE_SECONDS = 3.0
"""How long an edit waits for its message, which it may have overtaken."""
_ANSWERS = {
    Reading.EMPTY: "answer-empty",
    Reading.YES: "answer-yes",
    Reading.THANKS: "answer-thanks",
    Reading.GREETING: "answer-greeting",
    Reading.PARAMETERS: "answer-parameters",
    Reading.MORE: "answer-more",
}
_IN_AUTO = {"answer-empty": "answer-empty-auto", "answer-greeting": "answer-greeting-auto"}
"""Text ids to use instead in *Auto*, where words may also be a question."""
_UNUSABLE = {
    "animation": "unusable-animation",
    "audio": "unusable-audio",
    "document": "unusable-document",
    "sticker": "unusable-sticker",
    "video": "unusable-video",
    "video_note": "unusable-video-note",
    "voice": "unusable-voice",
}


async def take_message(ports: Ports, visit: Visit, message: Message) -> None:
    """Handle a message that may ask for a picture, or is a part of such a request."""
    if message_ref(message.chat.id, message.message_id) in visit.opened.user.joined:
        return  # a second delivery of a message that became part of another request
    waiting = find_waiting(visit.opened.user, message.chat.id, message.chat.thread_id, ports.clock.now())
    if waiting is not None and await _was_asked_about(ports, message, waiting):
        waiting = None
    if message.unsupported:
        text_id = "sticker-alone" if message.unsupported == "sticker" else _unusable_text(message.unsupported)
        await _say(ports, visit, text_id)
    elif message.file is not None:
        await _take_file(ports, visit, message, waiting)
    elif not await _joins(ports, visit, message, waiting):
        await _take_words(ports, visit, message, await find_target(ports, message, waiting), waiting)


async def _was_asked_about(ports: Ports, message: Message, waiting: Waiting) -> bool:
    """Whether this is a second delivery of a message about which the bot asks, so that it answers no question."""
    if waiting.kind != "draft" or waiting.message_id < message.message_id:
        return False
    return await open_draft(ports, draft_id_of(ports, message)) is not None


async def take_image_command(ports: Ports, visit: Visit, message: Message) -> None:
    """/image with words, with a photo, or as a reply to one."""
    if is_batch(ports, visit, message):
        await take_list(ports, visit, message)
    elif message.text or message.file is not None or message.replied is not None:
        await take_message(ports, visit, message)
    else:
        await _say_usage(ports, visit, message)


async def _joins(ports: Ports, visit: Visit, message: Message, waiting: Waiting | None) -> bool:
    """Join a text to an earlier message or to the rest of a split text; returns whether it did."""
    if is_plain(message) and waiting is not None:
        if waiting.kind == "draft" and await join_draft(ports, visit, message, waiting.id):
            return True
        if waiting.message_id < message.message_id and await is_late_text(ports, waiting, message):
            await _say(ports, visit, "late-text")
            return True
    if not may_be_split(message.text) or message.is_foreign:
        return False
    rest: dict[int, str] = {}
    if waiting is not None and waiting.message_id > message.message_id:  # the end of the text was handled first
        tail = await take_back(ports, visit, message, waiting)
        rest = {} if tail is None else {waiting.message_id: tail}
    await collect_text(ports, visit, message, rest)
    return True


async def _take_file(ports: Ports, visit: Visit, message: Message, waiting: Waiting | None) -> None:
    """Handle a photo or a part of an album, which a remix may wait for."""
    is_part, is_asked = message.media_group_id is not None, waiting is not None and waiting.kind == "draft"
    target = await find_target(ports, message, waiting) if is_asked or not is_part else Target()
    if target.draft is not None and target.draft.tool == REMIX:
        await _take_for_remix(ports, visit, message, target)
    elif is_part:
        words = message.own_words or await take_back(ports, visit, message, waiting) or ""
        await collect_part(ports, visit, message, words)
    else:
        await _take_photo(ports, visit, message, target, waiting)


async def _take_for_remix(ports: Ports, visit: Visit, message: Message, target: Target) -> None:
    """Add a photo to a remix; one that comes with words is bought at once."""
    assert target.draft is not None
    if message.media_group_id is None and read_words(message.own_words) in ANSWERS:
        await _request(ports, visit, message, target)
    else:
        await add_photo_to_remix(ports, visit, message, target.draft)


async def _take_photo(ports: Ports, visit: Visit, message: Message, target: Target, waiting: Waiting | None) -> None:
    """Handle a photo: with words it is a request; without, it joins words of the same moment, or waits for words."""
    reading = read_words(message.own_words)
    if reading in {Reading.WISH, Reading.REFERS_BACK} or (message.command is not None and message.own_words):
        await _request(ports, visit, message, target)
    elif reading in WORTH_ASKING:
        await ask(ports, visit, message, target, Question(message.text, Material(), doubt_of(reading) or Doubt.ALONE))
    else:
        parameters = message.own_words if reading is Reading.PARAMETERS else ""
        words = await take_back(ports, visit, message, waiting)
        words = words or await take_asked_words(ports, visit, message, waiting)
        if words is None and not await add_photo(ports, visit, message, waiting, parameters):
            await ask_for_words(ports, visit, message, parameters)
        elif words is not None:
            together = replace(message, text=f"{parameters} {words}".strip(), is_foreign=False)
            if mode_of(ports, visit) == "picture" or orders_change(words):
                await _request(ports, visit, together, target)
            else:  # "this is my cat" says nothing of a change
                await ask(ports, visit, together, target, Question(together.text, Material(), Doubt.ALONE))


async def _take_words(ports: Ports, visit: Visit, message: Message, target: Target, waiting: Waiting | None) -> None:
    words, reading = message.text, read_words(message.text)
    if target.unusable:
        await _say(ports, visit, _unusable_text(target.unusable))
    elif message.is_foreign:
        comment = await take_back(ports, visit, message, waiting)
        quoted = words if comment is None else f"{comment}: {words}"
        await ask(ports, visit, message, target, Question(quoted, Material(), Doubt.FOREIGN))
    elif target.draft is not None and target.draft.doubt is not None and is_yes(words):
        await _agree(ports, visit, target.draft)
    elif target.job is not None and target.draft is None and reading in {Reading.PARAMETERS, Reading.MORE}:
        await _change(ports, visit, message, target.job)
    elif message.command is None and is_bare_order(words) and not (_has_pictures(target) or target.text):
        await _ask_for_words(ports, visit, "draw-what")
    elif target.text and (not words or is_pointer(words)):
        await _take_quoted(ports, visit, message, target)
    elif not words:
        await _take_silence(ports, visit, message, target)
    elif message.command is not None or _is_plain_wish(reading, target):
        await _request(ports, visit, message, _without_doubt(target))
    elif reading is Reading.WISH or reading in WORTH_ASKING:
        await _doubt(ports, visit, message, target, reading, waiting)
    else:
        await _say_no_wish(ports, visit, words, reading, waiting)


async def _take_silence(ports: Ports, visit: Visit, message: Message, target: Target) -> None:
    """Handle a command without words: ask about the pictures that it replies to, or say how to use it."""
    if target.references and target.draft is None:
        await ask_about_replied(ports, visit, message, target.references)
    else:
        await _say_usage(ports, visit, message)


async def _say_which(ports: Ports, visit: Visit, waiting: Waiting | None) -> None:
    """Answer a bare "again" with a reply to the last picture, which has the button."""
    last = await find_last_job(ports, waiting)
    card_id = None if last is None or last.state is not JobState.DELIVERED else chat_of(last).card_message_id
    if last is None or last.deleted_at is not None or card_id is None:
        await _say(ports, visit, "answer-more")
    else:
        screen = Screen(html_text(visit.language, "answer-more-last"))
        await answer(ports, visit, screen, replace(visit.place, reply_to=card_id))


async def _say_no_wish(ports: Ports, visit: Visit, words: str, reading: Reading, waiting: Waiting | None) -> None:
    """Answer words that are not a wish. After a "no" a later "yes" buys nothing, but the question's button works."""
    if reading is Reading.MORE:
        await _say_which(ports, visit, waiting)
        return
    if waiting is not None and is_no(words):
        await stop_waiting(ports, waiting, visit.update.sender.id)
        if waiting.kind == "draft":
            await stop_waiting_for_credits(ports, visit.update.sender.id, waiting.id)
            await _say(ports, visit, "answer-no")
            return
    text_id = _ANSWERS[reading]
    await _say(ports, visit, _IN_AUTO.get(text_id, text_id) if mode_of(ports, visit) == "auto" else text_id)


def _is_plain_wish(reading: Reading, target: Target) -> bool:
    """Whether to buy without asking: the words are a wish, or a short answer to a question of ours."""
    if target.is_question:
        return reading in ANSWERS
    if target.is_ours or target.text:
        return False
    if reading is Reading.REFERS_BACK:
        return _has_pictures(target)
    return reading is Reading.WISH


def _without_doubt(target: Target) -> Target:
    """The target without a question about words alone, as later words are a new wish; one with pictures stays."""
    draft = target.draft
    return Target() if draft is not None and draft.doubt is not None and not _has_pictures(target) else target


def _has_pictures(target: Target) -> bool:
    return target.job is not None or bool(target.references)


async def _doubt(
    ports: Ports, visit: Visit, message: Message, target: Target, reading: Reading, waiting: Waiting | None
) -> None:
    """Ask before buying; words that refer back, or are addressed to the bot, may concern the last picture."""
    words = f"{message.text}: {target.text}" if target.text else message.text
    is_alone = target.is_ours or bool(target.text)
    is_about_last = reading in {Reading.REFERS_BACK, Reading.TALK} and not is_alone and not _has_pictures(target)
    last = await find_last_job(ports, waiting) if is_about_last else None
    if last is not None and last.state is JobState.DELIVERED and last.deleted_at is None:
        await ask(ports, visit, message, Target(), Question(words, Material(), Doubt.REFERS_BACK, last.id))
    elif reading is Reading.REFERS_BACK and not is_alone and target.draft is None:
        await _request(ports, visit, message, _without_doubt(target))
    else:
        doubt = Doubt.ALONE if is_alone else doubt_of(reading) or Doubt.ALONE
        await ask(ports, visit, message, _without_doubt(target), Question(words, Material(), doubt))


async def _take_quoted(ports: Ports, visit: Visit, message: Message, target: Target) -> None:
    """Handle words of the replied message: draw them after a command, otherwise ask."""
    if message.command is not None:
        await _request(ports, visit, replace(message, text=target.text), Target())
    else:
        await ask(ports, visit, message, Target(), Question(target.text, Material(), Doubt.FOREIGN))


async def _agree(ports: Ports, visit: Visit, draft: Draft) -> None:
    """Handle a "yes" like a press of the button. A question about a video has several: no "yes" buys one."""
    if draft.wants_video or draft.prompts:
        await _say(ports, visit, "video-which" if draft.wants_video else "batch-press")
        return
    await tell_declined(ports, visit, await say_yes(ports, visit, draft.id, None))


async def _change(ports: Ports, visit: Visit, message: Message, job: Job) -> None:
    """Repeat a picture with another format, size or number: "9:16", "4K", "4 more" in reply to it."""
    if not is_sold(ports, job):
        await _say(ports, visit, "edit-newer")
        return
    change = repeats.change(request_of(job), read_change(message.text))
    if change.missed:
        await _say_nearest(ports, visit, change)
        return
    again = repeats.repeat(change.request, visit.opened.user.settings)
    intent = message_intent(ports.bot_id, message.chat.id, message.message_id)
    await tell_declined(ports, visit, await start_order(ports, visit, intent, again, change.count))


async def _say_nearest(ports: Ports, visit: Visit, change: repeats.Change) -> None:
    """Buy nothing, and name the nearest available parameter."""
    missed = tell_missed(visit.language, change.missed)
    nearest = f"{change.request.ratio} {change.request.size} x{change.count}"
    text = html_text(visit.language, "answer-missed", missed=missed, nearest=nearest)
    await answer(ports, visit, Screen(text))


async def _request(ports: Ports, visit: Visit, message: Message, target: Target) -> None:
    """Buy a message's request, with the material of its target; parameters in a photo's caption count too."""
    material = material_of(target, own_pictures(message))
    if isinstance(material, DeclineReason):
        await answer(ports, visit, decline(visit.language, material))
        return
    if target.draft is not None and target.draft.tool:
        await _order_tool(ports, visit, message, target, material)
        return
    before = target.draft.caption if target.draft is not None and target.draft.doubt is None else ""
    await _buy(ports, visit, message, f"{before} {message.text}".strip(), material)


async def _order_tool(ports: Ports, visit: Visit, message: Message, target: Target, material: Material) -> None:
    """Buy the ready-made change that our question was about, with the words that answer it."""
    assert target.draft is not None
    settings, name = visit.opened.user.settings, target.draft.tool
    if name == REMIX and not material.references:  # there is nothing to mix with
        await _buy(ports, visit, message, message.text, material)
        return
    subject = Subject(material.ratio, PHOTO_SIZE) if target.job is None else subject_of(request_of(target.job))
    plan = plan_tool(name, subject, settings, material, visit.language, message.text)
    if isinstance(plan, DeclineReason):
        words = write_words(name, visit.language, message.text)
        await answer(ports, visit, decline(visit.language, plan, words))
    elif plan.missed:
        text = html_text(visit.language, "tool-missed", missed=tell_missed(visit.language, plan.missed))
        await answer(ports, visit, Screen(text))
    else:
        intent = message_intent(ports.bot_id, message.chat.id, message.message_id)
        await tell_declined(ports, visit, await start_order(ports, visit, intent, plan.request, plan.count))


async def _buy(ports: Ports, visit: Visit, message: Message, words: str, material: Material) -> None:
    """Buy at once, or ask first if a parameter is not available."""
    plan = plan_request(words, visit.opened.user.settings, material)
    if isinstance(plan, Plan) and plan.missed:
        await ask_for_yes(ports, visit, message, Question(words, material, Doubt.MISSED))
        return
    question = _question_of_price(ports, visit, plan, Question(words, material, Doubt.ALONE, is_order=True))
    if question is not None:
        await ask_for_yes(ports, visit, message, question)
        return
    intent = message_intent(ports.bot_id, message.chat.id, message.message_id)
    await tell_declined(ports, visit, await start_request(ports, visit, intent, Wish(words, material)))


def _question_of_price(ports: Ports, visit: Visit, plan: Plan | DeclineReason, question: Question) -> Question | None:
    """The question about a clear wish: it waits for credits, where they are sold, or it is dear; None: neither."""
    if isinstance(plan, DeclineReason):
        return None
    user, may_wait = visit.opened.user, bool(ports.support_contact) and visit.update.chat.is_private
    reason = check_means(user, plan.request.price, plan.count, ports.clock.now())
    if reason is DeclineReason.NOT_ENOUGH_CREDITS and may_wait:
        return replace(question, lacks_credits=True)
    return replace(question, is_dear=True) if reason is None and is_dear(user.talk, plan.price) else None


async def tell_declined(ports: Ports, visit: Visit, came_of_it: Accepted | Screen | None) -> None:
    """Send a message if the request was declined; an accepted one has its card."""
    if isinstance(came_of_it, Screen):
        await answer(ports, visit, came_of_it)


async def ask(ports: Ports, visit: Visit, message: Message, target: Target, question: Question) -> None:
    """Ask for free about a wish, with the material of its target and its own photo."""
    material = material_of(target, own_pictures(message))
    if isinstance(material, DeclineReason):
        await answer(ports, visit, decline(visit.language, material))
    else:
        await ask_for_yes(ports, visit, message, replace(question, material=material))


def own_pictures(message: Message) -> tuple[Reference, ...]:
    """The message's own photo."""
    return () if message.file is None else (reference_to(message.file),)


async def press_draw(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Handle *Draw this* under a question."""
    await _press_yes(ports, visit, tap, arguments, to_last=False)


async def press_draw_last(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Handle *Change the last picture* under a question."""
    await _press_yes(ports, visit, tap, arguments, to_last=True)


async def _press_yes(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...], *, to_last: bool) -> None:
    opened = await find_pressed_draft(ports, visit, tap, arguments)
    if opened is not None:
        came_of_it = await say_yes(ports, visit, opened.draft.id, tap.message_id, to_last=to_last)
        await tell_ordered(ports, visit, tap, came_of_it)


async def take_edit(ports: Ports, visit: Visit, message: Message, accepted: Accepted | None, deferrals: int) -> bool:
    """Handle an edited message, given its jobs; returns False if it is to be handled like a new message.

    A draft takes the new words and is decided again. If all jobs still wait, they take them too; otherwise a new
    version is offered. Raises LaterError if the message itself has not arrived yet.
    """
    intent = draft_id_of(ports, message)
    draft = await open_draft(ports, intent)
    if accepted is not None:
        await _edit_accepted(ports, visit, message, [opened.job for opened in accepted.jobs])
    elif message.file is not None and (message.media_group_id is not None or draft is not None):
        await collect_part(ports, visit, message, message.text)
    elif draft is not None and draft.draft.state is not DraftState.CLOSED:
        await reword_draft(ports, intent, message.text, visit.received_at)
    elif deferrals == 0 and draft is None:
        raise LaterError(EDIT_PAUSE_SECONDS)
    else:
        return False
    return True


async def _edit_accepted(ports: Ports, visit: Visit, message: Message, jobs: list[Job]) -> None:
    """Handle new words for a request. If only another release knows it, tell the person so."""
    if all(is_sold(ports, job) for job in jobs):
        await _edit_jobs(ports, visit, message, jobs)
    else:
        await _say(ports, visit, "edit-newer")


async def _edit_jobs(ports: Ports, visit: Visit, message: Message, jobs: list[Job]) -> None:
    """Take new words while all jobs wait, otherwise offer a new request; words that are not a wish change nothing."""
    parsed, reading = parse_prompt(message.text), read_words(message.text)
    if all(_said(request_of(job)) == (parsed.text, parsed.without) for job in jobs):
        return  # an edit of something else, or a second delivery
    if len(parsed.text) > PROMPT_CHARACTERS_MAX:
        screen = decline(visit.language, DeclineReason.PROMPT_TOO_LONG, parsed.text)
        await answer(ports, visit, screen)
    elif reading in NO_WORDS or find_command(message.text) is not None:
        await _say(ports, visit, "edit-says-nothing")
    elif reading in ANSWERS and all(job.state is JobState.QUEUED for job in jobs):
        changed = await change_prompt(ports, draft_id_of(ports, message), parsed, visit.received_at)
        for opened in changed:
            await show_again(ports, opened.job)
        if not all(chat_of(opened.job).prompt_at is not None for opened in changed):
            await _offer_edit(ports, visit, message, jobs)
    else:
        await _offer_edit(ports, visit, message, jobs)


def _said(request: PictureRequest) -> tuple[str, str]:
    """The person's own words, without parameters, and what shall not be shown."""
    return request.words if request.tool else request.prompt, request.without


async def _offer_edit(ports: Ports, visit: Visit, message: Message, jobs: list[Job]) -> None:
    """Ask whether a new picture is wanted, because the old one was begun with the first wording."""
    request, stamp = request_of(jobs[0]), message.sent_at.isoformat()
    question = Question(
        words=message.text,
        material=Material(request.references, request.parent_id, request.ratio, request.keeps_shape),
        doubt=Doubt.EDITED,
        draft_id=hash_id("edit", draft_id_of(ports, message), stamp),
    )
    await ask_for_yes(ports, visit, message, question)


async def start_request(ports: Ports, visit: Visit, intent: str, wish: Wish) -> Accepted | Screen:
    """Accept a wish of this visit and start its jobs; returns the screen to show if it was declined."""
    return await _start(ports, visit, await request_picture(ports, visit.opened, origin_of(visit, intent), wish))


async def start_order(
    ports: Ports, visit: Visit, intent: str, request: PictureRequest, count: int, *, is_confirmed: bool = False
) -> Accepted | Screen:
    """`start_request` for a complete request; `is_confirmed`: see `place_order`."""
    origin = origin_of(visit, intent)
    placed = await order_pictures(ports, visit.opened, origin, request, count, is_confirmed=is_confirmed)
    return await _start(ports, visit, placed)


async def _start(ports: Ports, visit: Visit, came_of_it: Accepted | Screen) -> Accepted | Screen:
    if isinstance(came_of_it, Accepted):
        visit.recorded = came_of_it.fresh
        await (announce_jobs if came_of_it.fresh else resume_jobs)(ports, came_of_it.jobs)
    return came_of_it


def _unusable_text(kind: str) -> str:
    return _UNUSABLE.get(kind, "unsupported")


async def _say_usage(ports: Ports, visit: Visit, message: Message) -> None:
    await _ask_for_words(ports, visit, "image-usage" if message.chat.is_private else "image-usage-group")


async def _ask_for_words(ports: Ports, visit: Visit, text_id: str) -> None:
    """Ask what to draw; the reply becomes the request."""
    placeholder = plain_text(visit.language, "draw-placeholder")
    await answer(ports, visit, Screen(html_text(visit.language, text_id), force_reply=placeholder))


async def _say(ports: Ports, visit: Visit, text_id: str) -> None:
    await answer(ports, visit, Screen(html_text(visit.language, text_id)))

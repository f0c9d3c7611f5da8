"""Buttons that ask for an answer instead of a picture: *Answer* under a question, *Only answer* on a card.

question ── *Draw this* ──▶ the draft ends, its picture begins        one commit each, under one intent:
         ── *Answer* ────▶ the draft ends, its answer begins          whichever comes first counts
"""

from functools import partial

from shared.conversations.question_files import list_references, list_shown
from shared.conversations.request_answer import Question, request_answer
from shared.conversations.take_questions import start_question
from shared.jobs.accept_request import Accepted
from shared.jobs.cancel_jobs import cancel_job
from shared.jobs.identity import tap_intent
from shared.jobs.job import is_canceled
from shared.jobs.open_jobs import open_job
from shared.people.accounts import open_user, try_until_won
from shared.people.manner import searches
from shared.people.talk import place_of
from shared.people.users import Language, User
from shared.pictures.collect_parts import origin_of_draft, resume_draft
from shared.pictures.draft import Doubt, Draft, DraftState, files_of, words_of
from shared.pictures.find_material import Target, find_parent, is_sold
from shared.pictures.find_pressed_draft import find_pressed_draft
from shared.pictures.keyboards import ONLY_ANSWER
from shared.pictures.open_drafts import close_of, open_draft
from shared.pictures.picture import request_of
from shared.ports import Ports, Screen
from shared.telegram.announce_jobs import announce_jobs
from shared.telegram.find_pressed import find_pressed_job
from shared.telegram.taps import tell_ordered, toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import plain_text

BEGUN = "toast-answer-more"
"""The toast of a button that has an answer written."""


async def press_answer_instead(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """*Answer* under a question."""
    opened = await find_pressed_draft(ports, visit, tap, arguments)
    if opened is not None:
        await tell_ordered(ports, visit, tap, await _answer_draft(ports, visit, opened.draft.id), BEGUN)


async def press_only_answer(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """*Only answer* on the card of a picture that *Auto* began: cancel the picture and answer the words."""
    opened = await find_pressed_job(ports, visit, tap, "".join(arguments[:1]), partial(is_sold, ports))
    if opened is None:
        return
    request, canceled = request_of(opened.job), await cancel_job(ports, opened.job.id)
    if canceled is None or not is_canceled(canceled):
        await toast(ports, visit, tap, "toast-too-late")
        return
    visit.opened = await open_user(ports, tap.sender.id)  # with the credits that came back
    shown = await open_job(ports, request.parent_id) if request.parent_id is not None else None
    files = (*(() if shown is None else list_shown(shown.job)), *list_references(request.references))
    search = searches(visit.opened.user.manner)
    question = Question(request.words or request.prompt, search=search, files=files)
    intent = tap_intent(ports.bot_id, opened.job.id, ONLY_ANSWER, "")
    await tell_ordered(ports, visit, tap, await start_question(ports, visit, intent, question), BEGUN)


async def _answer_draft(ports: Ports, visit: Visit, draft_id: str) -> Accepted | Screen | None:
    """Answer the message that our question was about; None if our question has ended."""

    async def attempt() -> Accepted | Screen | None:
        opened = await open_draft(ports, draft_id)
        if opened is None or opened.draft.state is not DraftState.ASKING or not opened.draft.can_answer:
            return await resume_draft(ports, draft_id)
        draft, user = opened.draft, await open_user(ports, visit.update.sender.id)
        origin = origin_of_draft(draft, user, visit.received_at, ports.clock.now())
        place = place_of(ports.bot_id, draft.chat_id, draft.thread_id)
        end = close_of(draft, opened.record)
        question = await _make_question(ports, draft, user.user, visit.language)
        came_of_it = await request_answer(ports, user, origin, place, question, (end,))
        if isinstance(came_of_it, Accepted):
            await announce_jobs(ports, came_of_it.jobs)
        return came_of_it

    return await try_until_won(ports, attempt)


async def _make_question(ports: Ports, draft: Draft, user: User, language: Language) -> Question:
    """The question of a draft: forwarded words become a quotation, and files without words are to be described."""
    words, files, search = words_of(draft), list_references(files_of(draft)), searches(user.manner)
    if draft.parent_id is not None or draft.replied_to is not None:
        target = await find_parent(ports, draft)
        shown = target.job if isinstance(target, Target) else None
        files = (*(() if shown is None else list_shown(shown)), *files)
    if draft.doubt is Doubt.FOREIGN:
        return Question("", words, search=search, files=files)
    return Question(words or plain_text(language, "ask-describe"), search=search, files=files)

"""Deciding what a complete album, or another message in several parts, asks for: an answer about it, or a picture.

album ── /ask, documents, or the mode and the words say so ──▶ an answer, whose card is the album's
      ── without words ──▶ asked for free: they can be described, changed, or asked about
      ── everything else ──▶ the flow of pictures
text that the app split, in *Auto* ── rules ──▶ an answer │ a picture
                                   ── not sure ──▶ asked for free: no model is shown all of it
"""

from dataclasses import replace

from shared.conversations.question_files import asks_in_words, list_references
from shared.conversations.read_rules import PAID, Act, Situation, read_rules
from shared.conversations.request_answer import Question, request_answer
from shared.jobs.accept_request import Accepted
from shared.people.accounts import OpenUser
from shared.people.manner import searches
from shared.people.talk import Mode, mode_in, place_of
from shared.people.users import language_of
from shared.pictures.collect_parts import decide_picture, origin_of_draft
from shared.pictures.draft import Draft, files_of, references_of, words_of
from shared.pictures.open_drafts import close_of, show_draft
from shared.pictures.take_batches import BATCH_COMMAND, decide_batch
from shared.pictures.wishes import NO_WORDS, read_words
from shared.ports import Ports, Record, Screen
from shared.telegram.announce_jobs import announce_jobs
from shared.texts import plain_text


async def decide_files(ports: Ports, user: OpenUser, draft: Draft, record: Record) -> None:
    """Go on with a complete draft. Raises as `close_draft` does."""
    mode, words = mode_in(user.user.talk, place_of(ports.bot_id, draft.chat_id, draft.thread_id)), words_of(draft)
    if draft.command == BATCH_COMMAND:
        await decide_batch(ports, user, draft, record)
    elif draft.texts and mode == "auto" and not draft.command:
        await _decide_text(ports, user, draft, record)
    elif not draft.parts or draft.command in {"image", "img", "gen"}:
        await decide_picture(ports, user, draft, record)
    elif _wants_words(draft, words, mode):
        await _answer(ports, user, draft, record)
    else:
        is_open = mode != "picture" and not _is_order(words, mode)
        await decide_picture(ports, user, replace(draft, can_answer=draft.can_answer or is_open), record)


async def _decide_text(ports: Ports, user: OpenUser, draft: Draft, record: Record) -> None:
    act = read_rules(words_of(draft), Situation())
    if act is Act.ANSWER:
        await _answer(ports, user, draft, record)
    else:
        can_answer = draft.can_answer or act is not Act.DRAW
        await decide_picture(ports, user, replace(draft, can_answer=can_answer), record)


def _wants_words(draft: Draft, words: str, mode: Mode) -> bool:
    if draft.command in {"ask", "search"}:
        return True
    if read_words(words) in NO_WORDS:
        return False
    return not references_of(draft) or (mode != "picture" and asks_in_words(words, mode))


def _is_order(words: str, mode: Mode) -> bool:
    """Whether these words order a picture without a question; *Chat* uses the same rules as *Picture*."""
    return bool(words) and (mode == "chat" or read_rules(words, Situation(brings_picture=True)) in PAID)


async def _answer(ports: Ports, user: OpenUser, draft: Draft, record: Record) -> None:
    now, language = ports.clock.now(), language_of(user.user, draft.language_code)
    origin = origin_of_draft(draft, user, None, now)
    words = words_of(draft) or plain_text(language, "ask-describe")
    search = draft.command == "search" or searches(user.user.manner)
    question = Question(words, search=search, files=list_references(files_of(draft)))
    place = place_of(ports.bot_id, draft.chat_id, draft.thread_id)
    came_of_it = await request_answer(ports, user, origin, place, question, (close_of(draft, record),))
    if isinstance(came_of_it, Accepted):
        await announce_jobs(ports, came_of_it.jobs)
    else:
        await _decline(ports, draft, record, came_of_it)


async def _decline(ports: Ports, draft: Draft, record: Record, screen: Screen) -> None:
    await show_draft(ports, draft, screen)
    await ports.store.commit([close_of(draft, record)])

"""Free questions before a purchase: for missing words, or for confirmation of doubtful ones.

message ─▶ draft ASKING and what the next message belongs to, in one commit ─▶ question with buttons
press   ─▶ the draft's request and its end, in one commit: two presses, or a press and a "yes", buy once
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.jobs.accept_request import Accepted, find_accepted
from shared.people.accounts import OpenUser, open_user, try_until_won
from shared.people.users import Waiting, language_of
from shared.pictures.collect_parts import draw_yes, plan_draft, request_draft, resume_draft
from shared.pictures.declines import decline
from shared.pictures.draft import ALBUM_PARTS_MAX, Doubt, Draft, DraftState, add_part
from shared.pictures.find_material import part_of
from shared.pictures.open_drafts import (
    change_draft,
    create_draft,
    new_draft,
    open_draft,
    post_card,
    show_draft,
    write_draft,
)
from shared.pictures.picture import Reference
from shared.pictures.questions import words_screen
from shared.pictures.request import Material, plan_request
from shared.ports import Ports, Record, Screen
from shared.providers.outcomes import DeclineReason
from shared.telegram.answers import answer
from shared.telegram.updates import Message
from shared.telegram.visits import Visit, mode_of
from shared.texts import html_text

PHOTOS_APART = timedelta(seconds=60)
"""The longest time between photos that a person sends one by one for one request."""
_ABOUT_A_PICTURE = frozenset({Doubt.MISSED, Doubt.EDITED})
"""Doubts about the parameters of a picture, not about whether one is wanted."""


@dataclass(frozen=True, slots=True)
class Question:
    """A wish to be confirmed: its words, its material, and the doubt."""

    words: str
    material: Material
    doubt: Doubt
    last_id: str | None = None
    """The job to which the words may refer instead."""
    draft_id: str | None = None
    """None: the message's own."""
    wants_video: bool = False
    asks: str = ""
    """The reading model's question; empty: ours."""
    lacks_credits: bool = False
    """Nothing is doubtful but the credits."""
    is_dear: bool = False
    """Nothing is doubtful, but it costs more than the person lets us spend without a question."""
    is_order: bool = False
    """The person has already said that they want a picture."""


@dataclass(frozen=True, slots=True)
class Yes:
    """A person's consent to an open question."""

    user_id: int
    said_at: datetime
    card_message_id: int | None = None
    to_last: bool = False
    """They mean a change of their last picture."""


async def ask_for_words(ports: Ports, visit: Visit, message: Message, parameters: str) -> None:
    """Store a photo without words, and ask what to do with it. Raises UnavailableError, TooManyRequestsError.

    The parameters in its caption are stored too, and added to the words that follow.
    """
    part, draft = part_of(message), new_draft(ports, visit, message)
    draft = add_part(draft, message.message_id, part, parameters, ports.clock.now(), visit.received_at)
    await _ask_what_to_do(ports, visit, draft)


async def ask_about_replied(ports: Ports, visit: Visit, message: Message, pictures: tuple[Reference, ...]) -> None:
    """Store the pictures that a message without words replies to, and ask what to do with them. Raises as above."""
    parts = {str(place): each for place, each in enumerate(pictures)}
    await _ask_what_to_do(ports, visit, replace(new_draft(ports, visit, message), parts=parts, replied_to=None))


async def _ask_what_to_do(ports: Ports, visit: Visit, draft: Draft) -> None:
    can_answer = mode_of(ports, visit) != "picture"
    asking = replace(draft, state=DraftState.ASKING, sweep_at=None, can_answer=can_answer)
    if await keep_question(ports, visit, asking):
        await post_card(ports, asking, words_screen(asking, visit.opened.user, visit.language, ports.clock.now()))


async def add_photo(ports: Ports, visit: Visit, message: Message, waiting: Waiting | None, parameters: str) -> bool:
    """Add a photo without words to photos that wait for words, and ask about all of them; returns whether it joined.

    Raises UnavailableError, TooManyRequestsError.
    """
    if waiting is None or waiting.kind != "draft" or not _is_soon_after(waiting, message):
        return False
    part, name = part_of(message), str(message.message_id)

    def join(draft: Draft) -> Draft:
        if draft.state is not DraftState.ASKING or draft.doubt is not None or name in draft.parts:
            return draft
        if len(draft.parts) >= ALBUM_PARTS_MAX:
            return draft
        words = f"{draft.caption} {parameters}".strip()
        # Telegram does not allow edits of a question with an open reply field: a new one replaces it.
        return replace(
            draft,
            parts={**draft.parts, name: part},
            caption=words,
            message_id=message.message_id,
            card_message_id=None,
            card="",
        )

    changed = await change_draft(ports, waiting.id, join)
    if changed is None or changed[1].state is not DraftState.ASKING or name not in changed[1].parts:
        return False
    asking = changed[1]
    if asking.card_message_id is None:
        await post_card(ports, asking, words_screen(asking, visit.opened.user, visit.language, ports.clock.now()))
    return True


def _is_soon_after(waiting: Waiting, message: Message) -> bool:
    is_alone = message.replied is None and message.command is None
    return is_alone and waiting.sent_at is not None and abs(message.sent_at - waiting.sent_at) <= PHOTOS_APART


async def ask_for_yes(ports: Ports, visit: Visit, message: Message, question: Question) -> None:
    """Store words that may not be a wish, and ask. Raises UnavailableError, TooManyRequestsError."""
    plan = plan_request(question.words, visit.opened.user.settings, question.material)
    if isinstance(plan, DeclineReason):
        await answer(ports, visit, decline(visit.language, plan, question.words))
        return
    draft = new_draft(ports, visit, message)
    asking = replace(
        draft,
        id=question.draft_id or draft.id,
        state=DraftState.ASKING,
        sweep_at=None,
        caption=question.words,
        caption_at=visit.received_at,
        parts=_parts_of(message, question.material.references),
        price=plan.price,
        parent_id=question.material.parent_id,
        replied_to=None,
        last_id=question.last_id,
        doubt=question.doubt,
        can_answer=_can_answer(ports, visit, question),
        wants_video=question.wants_video,
        asks=question.asks,
        lacks_credits=question.lacks_credits,
        is_dear=question.is_dear,
    )
    if await keep_question(ports, visit, asking):
        await post_card(ports, asking, draw_yes(ports, asking, plan, visit.opened.user, visit.language))


def _can_answer(ports: Ports, visit: Visit, question: Question) -> bool:
    """Whether the question also offers an answer in words."""
    update = visit.update
    is_spoken = isinstance(update, Message) and update.spoken is not None  # asked about in *Chat* too
    is_about_photo = question.doubt is Doubt.QUESTION and bool(question.material.references)
    mode = mode_of(ports, visit)
    may_answer = mode == "auto" or (is_spoken and mode == "chat") or is_about_photo
    return may_answer and not question.is_order and question.doubt not in _ABOUT_A_PICTURE


async def say_yes(
    ports: Ports, visit: Visit, draft_id: str, card_message_id: int | None, *, to_last: bool = False
) -> Accepted | Screen | None:
    """Make the confirmed request or, with `to_last`, the change of the last picture.

    Returns None if there is no open question to this person, a screen if it was declined. Raises UnavailableError.
    """
    yes = Yes(visit.update.sender.id, visit.received_at, card_message_id, to_last=to_last)
    return await take_yes(ports, draft_id, yes)


async def take_yes(ports: Ports, draft_id: str, yes: Yes) -> Accepted | Screen | None:
    """`say_yes` without a visit: a payment is a consent too. Raises UnavailableError."""

    async def attempt() -> Accepted | Screen | None:
        opened = await open_draft(ports, draft_id)
        if opened is None or opened.draft.user_id != yes.user_id:
            return None
        draft = opened.draft
        if draft.state is not DraftState.ASKING or draft.doubt is None:
            return await resume_draft(ports, draft_id)
        if yes.to_last:
            draft = replace(draft, parent_id=draft.last_id, parts={})
        draft = replace(draft, card_message_id=yes.card_message_id or draft.card_message_id)
        user = await open_user(ports, draft.user_id)
        dearer = await _ask_anew(ports, user, draft, opened.record)
        return dearer or await request_draft(ports, user, draft, opened.record, yes.said_at)

    return await try_until_won(ports, attempt)


def _parts_of(message: Message, references: tuple[Reference, ...]) -> dict[str, Reference]:
    """A question's pictures by key: those of the replied message by 0, 1, …, the message's own by its id."""
    own = 0 if message.file is None else 1
    before = {str(index): part for index, part in enumerate(references[: len(references) - own])}
    return before | {str(message.message_id): part for part in references[len(references) - own :]}


async def _ask_anew(ports: Ports, user: OpenUser, draft: Draft, record: Record) -> Screen | None:
    """If the price has changed since the question, buy nothing and put the new price into the question."""
    plan = await plan_draft(ports, user, draft)
    if isinstance(plan, DeclineReason) or draft.price in {0, plan.price}:
        return None
    asked, language = replace(draft, price=plan.price), language_of(user.user, draft.language_code)
    # Shown before it is stored: a repeated press must not find a price that the person has not seen.
    await show_draft(ports, asked, draw_yes(ports, asked, plan, user.user, language))
    await ports.store.commit([write_draft(asked, record)])
    return Screen(html_text(language, "price-changed", price=plan.price))


async def keep_question(ports: Ports, visit: Visit, asking: Draft) -> bool:
    """Store a question before it is asked; returns whether it has to be asked (again).

    Raises UnavailableError, LaterError.
    """

    async def attempt() -> bool:
        known = await open_draft(ports, asking.id)
        if known is not None and known.draft.state is not DraftState.CLOSED:
            return known.draft.state is DraftState.ASKING and known.draft.card_message_id is None
        if await find_accepted(ports, asking.id) is not None:
            return False  # a second delivery: this message answered a question, and was bought then
        if known is not None:  # it was declined, and its words were edited
            await ports.store.commit([write_draft(asking, known.record)])
            return True
        await create_draft(ports, visit, asking)
        return True

    return await try_until_won(ports, attempt)

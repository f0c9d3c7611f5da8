"""Collecting wishes that come in parts: albums, split texts, words after pictures. Parts arrive in any order, repeated
and on different instances, and become one request.

part 2 ─▶ creates the draft, posts the card, a task for +2 s
part 1 ─▶ joins; the end moves to 2 s after it
task   ─▶ too early: again at the end ─▶ quiet: closes the draft and accepts the request in one commit
part 3 ─▶ too late: counted, and said on the card
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from shared.errors import ConflictError, LaterError
from shared.jobs.accept_request import RECONSIDER_SECONDS, Accepted, Origin, find_accepted
from shared.jobs.job import Job
from shared.jobs.job_documents import create_inbox, inbox_key
from shared.jobs.open_jobs import change_job
from shared.jobs.publish_jobs import publish_draft
from shared.payments.prices import currencies_of
from shared.people.accounts import OpenUser, open_record, open_user, try_until_won
from shared.people.talk import is_dear
from shared.people.user_documents import user_key
from shared.people.users import Language, User, Waiting, language_of, remember_joined
from shared.pictures.cards import draft_card, draft_language
from shared.pictures.draft import (
    Doubt,
    Draft,
    DraftState,
    add_part,
    add_text,
    add_words,
    doubt_of,
    references_of,
    reword,
    words_of,
)
from shared.pictures.draft_documents import draft_lane
from shared.pictures.find_material import find_parent, material_of, part_of
from shared.pictures.join_pieces import is_same_moment
from shared.pictures.open_drafts import (
    change_draft,
    close_of,
    create_draft,
    draft_id_of,
    new_draft,
    open_draft,
    post_card,
    show_draft,
    with_card,
    write_draft,
)
from shared.pictures.picture import artefacts_of, is_picture
from shared.pictures.questions import words_screen, yes_screen
from shared.pictures.request import Plan, plan_request
from shared.pictures.request_picture import Wish, order_pictures, request_picture
from shared.pictures.wishes import ANSWERS, NO_WORDS, Reading, read_words
from shared.ports import Ports, Record, Screen
from shared.providers.outcomes import DeclineReason
from shared.telegram.address import (
    TELEGRAM,
    ChatAddress,
    asked_at,
    message_ref,
    wait_for_pieces,
    wallet_at,
    with_question,
)
from shared.telegram.announce_jobs import announce_jobs, resume_jobs, show_again
from shared.telegram.updates import Message
from shared.telegram.visits import Visit, mode_of

Change = Callable[[Draft], Draft]
Decide = Callable[[Ports, OpenUser, Draft, Record], Awaitable[None]]
"""Handles a complete draft."""


async def collect_part(ports: Ports, visit: Visit, message: Message, words: str) -> None:
    """Add an album's part, or start a draft with it. Raises UnavailableError, TooManyRequestsError."""
    part, now = part_of(message), ports.clock.now()
    command = "" if message.command is None else message.command.name

    def add(draft: Draft) -> Draft:
        added = add_part(draft, message.message_id, part, words, now, visit.received_at)
        return replace(added, command=command) if command and draft.state is not DraftState.CLOSED else added

    await _collect(ports, visit, message, draft_id_of(ports, message), add)


async def collect_text(ports: Ports, visit: Visit, message: Message, rest: dict[int, str]) -> None:
    """Wait for more parts of a text that the app may have split; `rest`: the parts so far, by message id.

    Raises as `collect_part` does.
    """
    now, command = ports.clock.now(), "" if message.command is None else message.command.name

    def add(draft: Draft) -> Draft:
        draft = replace(draft, command=command or draft.command)
        for message_id, text in ({message.message_id: message.text} | rest).items():
            draft = add_text(draft, message_id, text, now)
        return draft

    await _collect(ports, visit, message, draft_id_of(ports, message), add)


async def join_draft(ports: Ports, visit: Visit, message: Message, draft_id: str) -> bool:
    """Add words to a draft that is still collecting: more of its text, or what to do with its pictures.

    Returns False if it no longer collects, or if the words do not concern pictures. Raises as `collect_part`, and
    LaterError if another delivery of the words was handled in another way.
    """
    may_join = ANSWERS if mode_of(ports, visit) == "picture" else ANSWERS | {Reading.QUESTION}

    async def attempt() -> bool:
        opened = await open_draft(ports, draft_id)
        if opened is None or opened.draft.state is not DraftState.COLLECTING:
            return False
        draft, now = opened.draft, ports.clock.now()
        if not draft.texts and read_words(message.text) not in may_join:
            return False
        if draft.texts:
            joined = add_text(draft, message.message_id, message.text, now)
        else:
            joined = add_words(draft, message.text, visit.received_at, now)
        ref = message_ref(message.chat.id, message.message_id)
        seen, record = await ports.store.read([inbox_key(visit.inbox_id), user_key(draft.user_id)])
        user = await open_record(ports, draft.user_id, record)
        if ref in user.user.joined:
            return True  # another delivery was faster
        if seen is not None:  # and did something else: this delivery will be a repetition
            raise LaterError(RECONSIDER_SECONDS)
        marked = remember_joined(user.user, ref)
        mark = create_inbox(visit.inbox_id, (), now)
        await ports.store.commit([write_draft(joined, opened.record), *user.writes(marked), mark])
        visit.recorded = True
        return True

    return await try_until_won(ports, attempt)


async def is_late_text(ports: Ports, waiting: Waiting, message: Message) -> bool:
    """Whether this is the end of a split text that was already handled without it. Raises UnavailableError."""
    if not is_same_moment(waiting, message):
        return False
    opened = await open_draft(ports, waiting.id)
    return opened is not None and bool(opened.draft.texts)


async def reword_draft(ports: Ports, draft_id: str, words: str, received_at: datetime) -> None:
    """Put an edited message's words into its draft, which is decided again in two seconds. Raises UnavailableError."""
    now = ports.clock.now()
    changed = await change_draft(ports, draft_id, lambda draft: reword(draft, words, received_at, now))
    if changed is not None:
        await _go_on(ports, *changed)


async def close_draft(ports: Ports, draft_id: str, decide: Decide | None = None) -> None:
    """Handle a complete draft by `decide`, by default as a picture. Raises UnavailableError."""
    await try_until_won(ports, lambda: _close(ports, draft_id, decide or decide_picture))


async def _collect(ports: Ports, visit: Visit, message: Message, draft_id: str, add: Change) -> None:
    changed = await change_draft(ports, draft_id, add)
    if changed is None:
        draft = add(replace(new_draft(ports, visit, message), id=draft_id))
        try:
            await create_draft(ports, visit, draft)
        except ConflictError:  # another part was faster
            await _collect(ports, visit, message, draft_id, add)
            return
        await publish_draft(ports, draft.id, draft_lane(draft), draft.close_at)
        await post_card(ports, draft)
        return
    await _go_on(ports, *changed)


async def _go_on(ports: Ports, before: Draft, draft: Draft) -> None:
    """Update a draft's card and task after something was added."""
    if draft.state is DraftState.COLLECTING and before.state is DraftState.ASKING:
        await publish_draft(ports, draft.id, draft_lane(draft), draft.close_at)
    elif draft.state is DraftState.CLOSED and draft.late_parts:
        await _say_late(ports, draft)
    elif draft.state is DraftState.ASKING and before != draft:
        await show_draft(ports, draft, draft_card(draft, draft_language(draft)))
        await resume_draft(ports, draft.id)  # it may have been answered meanwhile: then update its card


async def _close(ports: Ports, draft_id: str, decide: Decide) -> None:
    opened = await open_draft(ports, draft_id)
    if opened is None:
        return
    draft = opened.draft
    if draft.state is DraftState.CLOSED:
        await resume_draft(ports, draft_id)
    elif draft.state is DraftState.COLLECTING and ports.clock.now() < draft.close_at:
        await publish_draft(ports, draft.id, draft_lane(draft), draft.close_at)
    elif draft.state is DraftState.COLLECTING:
        await decide(ports, await open_user(ports, draft.user_id), draft, opened.record)


async def decide_picture(ports: Ports, user: OpenUser, draft: Draft, record: Record) -> None:
    """Buy a plain wish; ask if words are missing or doubtful, or a parameter is not available."""
    words = words_of(draft)
    reading = read_words(words)
    if reading in NO_WORDS and draft.parts:
        kept = words if reading is Reading.PARAMETERS else ""
        await _ask(ports, user, replace(draft, caption=kept, texts={}), record, None)
        return
    plan = await plan_draft(ports, user, draft)
    missed = isinstance(plan, Plan) and plan.missed
    doubt = Doubt.ALONE if reading in NO_WORDS else doubt_of(reading) or (Doubt.MISSED if missed else None)
    is_costly = doubt is None and isinstance(plan, Plan) and is_dear(user.user.talk, plan.price)
    draft = replace(draft, is_dear=is_costly)
    # New words for what the mode *Auto* asked about are asked about too.
    doubt = doubt or (Doubt.ALONE if is_costly or draft.can_answer else None)
    if doubt is not None and isinstance(plan, Plan):
        can_answer = draft.can_answer or (doubt is Doubt.QUESTION and bool(draft.parts))
        await _ask(ports, user, replace(draft, doubt=doubt, can_answer=can_answer), record, plan)
    else:
        await _accept(ports, user, draft, record)


async def _ask(ports: Ports, user: OpenUser, draft: Draft, record: Record, plan: Plan | None) -> None:
    """Ask on the draft's card for confirmation of this plan, or without a plan for words."""
    asking = replace(draft, state=DraftState.ASKING, sweep_at=None, price=plan.price if plan else 0)
    language = language_of(user.user, draft.language_code)
    if plan is None:
        screen = words_screen(asking, user.user, language, ports.clock.now())
    else:
        screen = draw_yes(ports, asking, plan, user.user, language)
    message_id = await show_draft(ports, asking, screen)
    await ports.store.commit([write_draft(with_card(asking, message_id), record)])


def draw_yes(ports: Ports, asking: Draft, plan: Plan, user: User, language: Language) -> Screen:
    """The question whether to draw this, with the ways to buy that there are here."""
    now, currencies = ports.clock.now(), currencies_of(ports.cards)
    return yes_screen(asking, plan, user, language, now, sells=ports.sells, currencies=currencies)


async def _accept(ports: Ports, user: OpenUser, draft: Draft, record: Record) -> None:
    answer = await request_draft(ports, user, draft, record)
    if isinstance(answer, Screen):
        await show_draft(ports, draft, answer)
        await ports.store.commit([close_of(draft, record)])


async def resume_draft(ports: Ports, draft_id: str) -> Accepted | None:
    """Make sure that a closed draft's request has its tasks; returns it, if there is one. Raises UnavailableError."""
    accepted = await find_accepted(ports, draft_id)
    if accepted is not None:
        await resume_jobs(ports, accepted.jobs)
    return accepted


async def plan_draft(ports: Ports, user: OpenUser, draft: Draft) -> Plan | DeclineReason:
    """The request that a draft would become now. Raises UnavailableError."""
    material = material_of(await find_parent(ports, draft), references_of(draft))
    if isinstance(material, DeclineReason):
        return material
    return plan_request(words_of(draft), user.user.settings, material)


async def request_draft(
    ports: Ports, user: OpenUser, draft: Draft, record: Record, answered_at: datetime | None = None
) -> Accepted | Screen:
    """Accept a draft's request, which takes over the draft's card; returns a screen if it was declined.

    `answered_at`: when the webhook received the confirmation, which counts as the time of the request.
    Raises ConflictError, UnavailableError.
    """
    wish = Wish(words_of(draft), material_of(await find_parent(ports, draft), references_of(draft)))
    origin = origin_of_draft(draft, user, answered_at, ports.clock.now())
    answer = await request_picture(ports, user, origin, wish, (close_of(draft, record),))
    if isinstance(answer, Accepted):
        await announce_jobs(ports, answer.jobs)
    return answer


async def order_draft(
    ports: Ports, user: OpenUser, draft: Draft, record: Record, plan: Plan, answered_at: datetime
) -> Accepted | Screen:
    """`request_draft` for a complete request."""
    origin = origin_of_draft(draft, user, answered_at, ports.clock.now())
    answer = await order_pictures(ports, user, origin, plan.request, plan.count, (close_of(draft, record),))
    if isinstance(answer, Accepted):
        await announce_jobs(ports, answer.jobs)
    return answer


def origin_of_draft(draft: Draft, user: OpenUser, answered_at: datetime | None, now: datetime) -> Origin:
    """The origin of a draft's request, which takes over the draft's card. `answered_at` as in `request_draft`."""
    received_at = answered_at or draft.received_at or now
    address = _address_of(draft, received_at, None if answered_at is not None else draft.sent_at)
    asked = asked_at(address, received_at)
    return Origin(
        intent=draft.id,
        inbox_id=None,
        user_id=draft.user_id,
        language=language_of(user.user, draft.language_code),
        surface=TELEGRAM,
        address=address,
        first_address=None if draft.card_message_id is None else with_question(address, draft.card_message_id),
        asked=asked,
        waiting=wait_for_pieces(address, draft.id, asked),
        is_seen_by_all=not draft.is_private and answered_at is None,
        wallet_id=wallet_at(address),
    )


def _address_of(draft: Draft, received_at: datetime, sent_at: datetime | None) -> ChatAddress:
    return ChatAddress(
        chat_id=draft.chat_id,
        thread_id=draft.thread_id,
        message_id=draft.message_id,
        is_private=draft.is_private,
        update_id=draft.update_id,
        asked_at=received_at,
        sent_at=sent_at,
        prompt_at=draft.caption_at,
    )


async def _say_late(ports: Ports, draft: Draft) -> None:
    """Show the number of late parts on the cards of the jobs."""

    def count(job: Job) -> Job | None:
        artefacts = artefacts_of(job)
        if artefacts.late_parts >= draft.late_parts:
            return None
        return replace(job, artefacts=replace(artefacts, late_parts=draft.late_parts))

    accepted = await find_accepted(ports, draft.id)
    for opened in accepted.jobs if accepted else ():
        if is_picture(opened.job):
            await show_again(ports, (await change_job(ports, opened, count)).job)

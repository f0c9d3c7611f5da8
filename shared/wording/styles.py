"""/styles: a gallery of styles and templates, for the next words or for the last wish.

a style ──▶ a draft with the style's words, which waits for more ── the next words ──▶ a picture, at the price named
                                                                 └─ *the last wish* ──▶ the same
"""

from dataclasses import replace

from shared.credits.catalogue import price_of
from shared.errors import ConflictError
from shared.hash_ids import hash_id
from shared.jobs.accept_request import Accepted
from shared.jobs.open_jobs import open_jobs
from shared.people.accounts import open_user, try_until_won
from shared.people.talk import place_of, recent_in
from shared.people.users import User
from shared.pictures.cards import shorten_words
from shared.pictures.collect_parts import plan_draft, request_draft, resume_draft
from shared.pictures.declines import decline, way_to_credits
from shared.pictures.draft import Draft, DraftState, awaits_subject
from shared.pictures.find_material import is_sold
from shared.pictures.find_pressed_draft import find_pressed_draft
from shared.pictures.open_drafts import begin_draft, create_draft, open_draft, post_card, show_draft
from shared.pictures.picture import request_of
from shared.pictures.request import Plan
from shared.pictures.style_examples import find_examples
from shared.pictures.style_keyboards import LAST_IN_STYLE, gallery_buttons
from shared.pictures.styles import Style, find_style, list_styles, style_words, title_style
from shared.ports import Button, Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.callbacks import write_callback
from shared.telegram.taps import answer_tap, tell_ordered, toast
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text


async def show_styles(ports: Ports, visit: Visit, message: Message) -> None:
    """/styles: the gallery; examples are for private chats, where nobody else's message changes."""
    examples = await find_examples(ports.store) if message.chat.is_private else {}
    rows = gallery_buttons(visit.language, next(iter(examples), ""))
    await answer(ports, visit, Screen(html_text(visit.language, "styles"), rows))


async def press_style(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """A style of the gallery."""
    style = find_style("".join(arguments[:1]))
    if style is None:
        await toast(ports, visit, tap, "old-menu")
        return
    await answer_tap(ports, tap.query_id)
    await choose_style(ports, visit, style)


async def choose_style(ports: Ports, visit: Visit, style: Style) -> None:
    """Ask what to draw in a style, with its price; nothing is bought. Raises UnavailableError, TooManyRequestsError."""
    draft = replace(
        begin_draft(visit, visit.update, hash_id("style", visit.inbox_id), ports.clock.now()),
        state=DraftState.ASKING,
        caption=style_words(style, visit.language),
    )
    wish = await _find_last_wish(ports, visit)
    if wish is not None:
        draft = replace(draft, last_id=wish[0])
    try:
        await create_draft(ports, visit, draft)
    except ConflictError:
        known = await open_draft(ports, draft.id)
        if known is None or known.draft.card_message_id is not None:
            return  # a second delivery
    await post_card(ports, draft, _ask(ports, visit, draft, style, "" if wish is None else wish[1]))


async def press_last(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Draw the last wish in the style that was chosen, once, for the price on the button."""
    opened = await find_pressed_draft(ports, visit, tap, arguments[:1], lambda draft: draft.last_id is not None)
    if opened is not None:
        _, price, *_ = (*arguments, "")
        await tell_ordered(ports, visit, tap, await _draw_last(ports, visit, tap, opened.draft.id, price))


async def _draw_last(ports: Ports, visit: Visit, tap: Tap, draft_id: str, price: str) -> Accepted | Screen | None:
    async def attempt() -> Accepted | Screen | None:
        opened = await open_draft(ports, draft_id)
        if opened is None or not awaits_subject(opened.draft):
            return await resume_draft(ports, draft_id)
        user, wish = await open_user(ports, tap.sender.id), await _read_wish(ports, opened.draft.last_id or "")
        if not wish:
            return None
        words = f"{opened.draft.caption} {wish}"
        asked = replace(opened.draft, caption=words, caption_at=visit.received_at, card_message_id=tap.message_id)
        plan = await plan_draft(ports, user, asked)
        if not isinstance(plan, Plan):
            return decline(visit.language, plan, words)
        if str(plan.price) != price:
            style = _style_of(visit, opened.draft)
            if style is not None:
                visit.opened = user
                await show_draft(ports, asked, _ask(ports, visit, opened.draft, style, wish))
            return Screen(html_text(visit.language, "price-changed", price=plan.price))
        return await request_draft(ports, user, asked, opened.record, visit.received_at)

    return await try_until_won(ports, attempt)


async def _find_last_wish(ports: Ports, visit: Visit) -> tuple[str, str] | None:
    """The job and the words of the last picture here that was made from words alone."""
    chat, user = visit.update.chat, visit.opened.user
    recent = recent_in(user.talk, place_of(ports.bot_id, chat.id, chat.thread_id), ports.clock.now())
    job_id = next((each.job_id for each in reversed(recent) if each.kind == "picture"), None)
    words = "" if job_id is None else await _read_wish(ports, job_id)
    return None if job_id is None or not words else (job_id, words)


async def _read_wish(ports: Ports, job_id: str) -> str:
    """The words of a picture that was made from words alone; empty for any other job."""
    for opened in await open_jobs(ports, [job_id]):
        job = opened.job
        if is_sold(ports, job) and not request_of(job).material_count and job.deleted_at is None:
            return request_of(job).prompt
    return ""


def _style_of(visit: Visit, draft: Draft) -> Style | None:
    """The style whose words a draft holds; None after a change of the language or of the gallery."""
    return next((each for each in list_styles() if style_words(each, visit.language) == draft.caption), None)


def _ask(ports: Ports, visit: Visit, draft: Draft, style: Style, wish: str) -> Screen:
    """The question what to draw, with a button for the last wish."""
    language, user, title = visit.language, visit.opened.user, title_style(style, visit.language)
    placeholder = plain_text(language, "draw-placeholder")
    if not draft.is_private:
        return Screen(html_text(language, "style-chosen-group", title=title), force_reply=placeholder)
    price = _price(user)
    text = html_text(language, "style-chosen", title=title, price=price)
    if user.account.available < price:
        short = html_text(language, "credits-short", way=way_to_credits(language, user, price, ports.clock.now()))
        return Screen(f"{text}\n{short}")
    if not wish:
        return Screen(text, force_reply=placeholder)
    label = plain_text(language, "button-style-last", price=price)
    last = Button(label, write_callback(LAST_IN_STYLE, draft.id, price))
    hint = html_text(language, "style-chosen-last", words=shorten_words(wish))
    return Screen(f"{text}\n{hint}", ((last,),))


def _price(user: User) -> int:
    """Credits for what plain words order at the person's settings."""
    return price_of(user.settings.model, user.settings.size) * user.settings.count

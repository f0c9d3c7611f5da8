"""The buttons of the review screen. Only the requester may press them.

choice ── the screen shows it; nothing is written
*Make it* ── the draft ends, its video begins, at the price on the button: one commit, under one intent
*Cancel* ── the draft ends

The first press of the last two wins; a second press buys nothing.
"""

from contextlib import suppress
from dataclasses import replace

from shared.credits.catalogue import VIDEO, sold_videos
from shared.errors import MessengerError
from shared.jobs.accept_request import Accepted, Order, Origin, find_accepted
from shared.jobs.pay_by_wallet import check_purse, find_purse
from shared.people.accounts import open_user, try_until_won
from shared.pictures.collect_parts import origin_of_draft, resume_draft
from shared.pictures.declines import decline
from shared.pictures.draft import Draft, DraftState
from shared.pictures.drop_question import drop_question
from shared.pictures.find_pressed_draft import find_pressed_draft
from shared.pictures.open_drafts import OpenDraft, close_of, open_draft
from shared.pictures.place_order import place_order
from shared.pictures.press import IMPATIENCE
from shared.ports import Place, Ports, Screen
from shared.telegram.announce_jobs import announce_jobs, edit_card, redraw_end
from shared.telegram.taps import answer_tap, tell_ordered, toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text
from shared.videos.choice import Choice, keep_to_sold, plan_video, read_choice
from shared.videos.review import dropped_screen, price_of_review, review_screen, wish_of
from shared.videos.video import VideoArtefacts, VideoRequest

MAKE_ARGUMENTS = 7
"""The draft, the five choices, the price."""


async def press_choice(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Show another choice, with its price. Raises MessengerErrors, UnavailableError."""
    choice, opened = _read(ports, arguments), await _find(ports, visit, tap, arguments)
    if opened is None:
        return
    if choice is None or opened.draft.state is not DraftState.ASKING:
        await mend_card(ports, opened.draft.id)
        await toast(ports, visit, tap, "old-menu")
        return
    price = price_of_review(opened.draft, choice)
    await answer_tap(ports, tap.query_id, plain_text(visit.language, "review-price", price=price))
    await _show(ports, visit, tap, opened.draft, choice)


async def press_drop(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """End the draft without a video. Raises MessengerErrors, UnavailableError."""
    opened = await _find(ports, visit, tap, arguments)
    if opened is None:
        return
    if _has_just_opened(opened.draft, visit):
        await toast(ports, visit, tap, "toast-which")
    else:
        await drop_question(ports, visit, tap, arguments[0], resume_draft, dropped_screen(visit.language))


async def press_make(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Buy the video. Raises UnavailableError."""
    choice, opened = _read(ports, arguments), await _find(ports, visit, tap, arguments)
    if opened is None:
        return
    if _has_just_opened(opened.draft, visit):
        await toast(ports, visit, tap, "toast-which")
        return
    *_, price = (*arguments, *[""] * MAKE_ARGUMENTS)[:MAKE_ARGUMENTS]
    came_of_it = None if choice is None else await _buy(ports, visit, tap, opened.draft.id, choice, price)
    await tell_ordered(ports, visit, tap, came_of_it)


async def _buy(
    ports: Ports, visit: Visit, tap: Tap, draft_id: str, choice: Choice, price: str
) -> Accepted | Screen | None:
    """The job; or the screen that declines it; or None if the draft has ended."""

    async def attempt() -> Accepted | Screen | None:
        opened = await open_draft(ports, draft_id)
        if opened is None or opened.draft.state is not DraftState.ASKING:
            await mend_card(ports, draft_id)
            return await resume_draft(ports, draft_id)
        request = plan_video(wish_of(opened.draft), choice)
        if not isinstance(request, VideoRequest):
            return decline(visit.language, request)
        user = await open_user(ports, tap.sender.id)
        draft = replace(opened.draft, card_message_id=tap.message_id, update_id=tap.update_id)
        origin = origin_of_draft(draft, user, visit.received_at, ports.clock.now())
        if str(request.price) != price:  # it was not shown yet, or the price list has changed since
            await _show(ports, visit, tap, opened.draft, choice, is_told=True)
            return await _tell_price(ports, origin, request.price)
        order = Order(VIDEO.kind, request, VideoArtefacts(), 1, is_recent=False)
        return await place_order(ports, user, origin, order, (close_of(draft, opened.record),))

    came_of_it = await try_until_won(ports, attempt)
    if isinstance(came_of_it, Accepted) and came_of_it.fresh:
        await announce_jobs(ports, came_of_it.jobs)
    return came_of_it


async def _tell_price(ports: Ports, origin: Origin, price: int) -> Screen:
    """What the next press costs, and that the group's wallet pays it, if it can. Raises UnavailableError."""
    told = html_text(origin.language, "review-told", price=price)
    purse = await find_purse(ports, origin.wallet_id, price)
    if purse is None or check_purse(purse, origin.user_id, price, ports.clock.now()) is not None:
        return Screen(told)
    return Screen(f"{told}\n{html_text(origin.language, 'wallet-pays')}")


def _has_just_opened(draft: Draft, visit: Visit) -> bool:
    """Whether this review just took the place of a question's buttons: the press may be the second tap on one of those.

    A review that a message began, or that stands below what was pressed, took nothing's place.
    """
    took_place = draft.card_message_id is not None and draft.sent_at is None
    return took_place and draft.received_at is not None and visit.received_at < draft.received_at + IMPATIENCE


def _read(ports: Ports, arguments: tuple[str, ...]) -> Choice | None:
    """The choice in a button; a model that is not on offer any more becomes the default one, at its price."""
    choice = read_choice(arguments[1:])
    return None if choice is None else keep_to_sold(choice, sold_videos(ports.sellers))


async def _find(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> OpenDraft | None:
    """The review behind a button; None after a toast if this person cannot press it."""
    return await find_pressed_draft(ports, visit, tap, arguments, lambda draft: draft.wants_video)


async def _show(ports: Ports, visit: Visit, tap: Tap, draft: Draft, choice: Choice, *, is_told: bool = False) -> None:
    user, now = visit.opened.user, ports.clock.now()
    screen = review_screen(
        draft, choice, user, visit.language, now, sellers=ports.sellers, sells=ports.sells, is_told=is_told
    )
    await ports.messenger.edit_text(_place(tap), tap.message_id, screen)
    await mend_card(ports, draft.id)


async def mend_card(ports: Ports, draft_id: str) -> None:
    """Draw the card again, because a late screen was shown over it after a press of *Make it*.

    Each press of a review that has ended does it: a process may have died between that screen and this.
    """
    opened = await open_draft(ports, draft_id)
    if opened is None or opened.draft.state is DraftState.ASKING:
        return
    accepted = await find_accepted(ports, draft_id)
    for each in () if accepted is None else accepted.jobs:
        with suppress(MessengerError):  # the video stands there, which no text replaces
            await edit_card(ports, each.job)
        await redraw_end(ports, each.job.id)


def _place(tap: Tap) -> Place:
    return Place(tap.chat.id, tap.chat.thread_id)

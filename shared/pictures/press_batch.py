"""The buttons of a batch. Only its requester may press them.

*Draw* ── the question ends and all its pictures are accepted, at the price on the button: one commit
*Cancel* under the question ── it ends
*Cancel the rest* under the card ── what is not made is canceled; what is made stays, and is paid

The first press under the question wins; a second one buys nothing.
"""

from dataclasses import replace

from shared.credits.catalogue import OFFERS
from shared.jobs.accept_request import Accepted, Order, find_accepted
from shared.jobs.cancel_jobs import cancel_job
from shared.jobs.job import is_canceled
from shared.people.accounts import open_user, try_until_won
from shared.pictures.batch import plan_batch
from shared.pictures.batch_quote import quote_screen
from shared.pictures.begin_batch import begin_batch
from shared.pictures.collect_parts import origin_of_draft
from shared.pictures.draft import DraftState
from shared.pictures.drop_question import drop_question
from shared.pictures.find_batch import find_batch
from shared.pictures.find_pressed_draft import find_pressed_draft
from shared.pictures.open_drafts import close_of, open_draft
from shared.pictures.picture import PictureArtefacts
from shared.pictures.place_order import place_order
from shared.pictures.press import IMPATIENCE
from shared.ports import Place, Ports, Screen
from shared.telegram.address import ChatAddress
from shared.telegram.taps import tell_ordered, toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import html_text


async def press_batch(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """*Draw*: buy the first pictures of the list, as many as the button says. Raises UnavailableError."""
    opened = await find_pressed_draft(ports, visit, tap, arguments, lambda draft: bool(draft.prompts))
    if opened is None:
        return
    _, count, price, *_ = (*arguments, "", "")
    came_of_it = await _buy(ports, visit, tap, opened.draft.id, count, price)
    await tell_ordered(ports, visit, tap, came_of_it)


async def press_batch_drop(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """*Cancel* under the question. Raises UnavailableError."""
    if await find_pressed_draft(ports, visit, tap, arguments, lambda draft: bool(draft.prompts)) is not None:
        await drop_question(
            ports, visit, tap, arguments[0], find_accepted, Screen(html_text(visit.language, "batch-dropped"))
        )


async def press_batch_stop(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """*Cancel the rest* under the card. A quick second press of *Draw*, which it replaced, cancels nothing.

    Raises UnavailableError.
    """
    jobs = await find_batch(ports, visit, tap, arguments)
    if jobs is None:
        return
    if visit.received_at < jobs[0].job.created_at + IMPATIENCE:
        await toast(ports, visit, tap, "toast-again")
    else:
        ended = [await cancel_job(ports, opened.job.id) for opened in jobs]
        is_any = any(job is not None and is_canceled(job) for job in ended)
        await toast(ports, visit, tap, "toast-canceled" if is_any else "toast-too-late")


async def _buy(ports: Ports, visit: Visit, tap: Tap, draft_id: str, count: str, price: str) -> Accepted | Screen | None:
    """The jobs; or the screen that declines them; or None if the question has ended."""

    async def attempt() -> Accepted | Screen | None:
        opened = await open_draft(ports, draft_id)
        if opened is None or opened.draft.state is not DraftState.ASKING:
            return await find_accepted(ports, draft_id)
        user = await open_user(ports, tap.sender.id)
        plan = plan_batch(opened.draft.prompts, user.user.settings)
        requests = plan.requests[: int(count)] if count.isdecimal() else ()
        if not requests or str(plan.price_of(len(requests))) != price:  # the settings or the price list have changed
            now = ports.clock.now()
            screen = quote_screen(opened.draft, plan, user.user, visit.language, now, sells=ports.sells)
            await ports.messenger.edit_text(_place(tap), tap.message_id, screen)
            return Screen(html_text(visit.language, "batch-told"))
        draft = replace(opened.draft, card_message_id=None, update_id=tap.update_id)
        origin = origin_of_draft(draft, user, visit.received_at, ports.clock.now())
        assert isinstance(origin.address, ChatAddress)
        origin = replace(origin, address=replace(origin.address, batch=draft_id, batch_card=tap.message_id))
        kind = OFFERS[requests[0].model].kind
        order = Order(kind, requests[0], PictureArtefacts(), len(requests), has_card=False, requests=requests)
        return await place_order(ports, user, origin, order, (close_of(draft, opened.record),))

    came_of_it = await try_until_won(ports, attempt)
    if isinstance(came_of_it, Accepted):
        await begin_batch(ports, came_of_it)
    return came_of_it


def _place(tap: Tap) -> Place:
    return Place(tap.chat.id, tap.chat.thread_id)

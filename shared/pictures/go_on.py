"""What waited for credits goes on once some are bought; a payment that is told of twice finds the jobs of the first.

clear wish ── question with the packages (`ask_first.py`) ──┐
anything else ── the order, kept (`wait_for_credits.py`) ───┴── a payment is booked ── the newest of both begins
doubtful wish ── question ── a payment is booked ── the question again, now with its button

Whoever sent /cancel, or answered the question otherwise, gets the credits only.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from shared.errors import MessengerError
from shared.jobs.accept_request import Accepted, Order, find_accepted
from shared.jobs.frame import is_known
from shared.jobs.publish_jobs import publish_job
from shared.people.accounts import OpenUser, open_user, try_until_won
from shared.people.users import User, Waiting, find_waiting, is_covered, language_of
from shared.pictures.ask_first import Yes, take_yes
from shared.pictures.ask_order import KeptOrder, forget_hidden, open_unpaid, order_again
from shared.pictures.begin_batch import begin_batch
from shared.pictures.collect_parts import draw_yes, origin_of_draft, plan_draft
from shared.pictures.draft import DraftState
from shared.pictures.open_drafts import OpenDraft, close_of, open_draft, show_draft
from shared.pictures.place_order import place_order
from shared.pictures.request import Plan
from shared.pictures.wait_for_credits import WAITS_FOR, hash_draft, stop_waiting_for_credits
from shared.ports import Place, Ports, Screen, Write
from shared.telegram.announce_jobs import announce_jobs, resume_jobs

PAYING_KEPT = timedelta(hours=1)
"""How long after our question a payment makes what waited go on: a card takes an e-mail, a page and a bank's code."""


async def go_on(ports: Ports, user_id: int, place: Place, paid_at: datetime) -> None:
    """Order what waited for credits, now that there are some; again it does nothing. Raises UnavailableError."""
    opened = await open_user(ports, user_id)
    user = opened.user
    waiting = find_waiting(user, place.chat_id, place.thread_id, ports.clock.now(), PAYING_KEPT)
    asked = await open_draft(ports, waiting.id) if waiting is not None and waiting.kind == "draft" else None
    kept, question = await find_kept(ports, user), await _find_unpaid_question(ports, opened)
    if waiting is not None and asked is not None and asked.draft.lacks_credits and _is_newer(waiting, kept):
        question = asked
    elif asked is not None and asked.draft.doubt is None:
        question = None  # not chatter: a photo or a tool was asked about since
    if question is not None:
        await _answer_yes(ports, user, question.draft.id, paid_at)
    elif kept is not None:
        await _place_kept(ports, user_id, kept)
    if asked is not None and not asked.draft.lacks_credits:
        await _ask_again(ports, asked.draft.id)


async def waits_for_credits(ports: Ports, opened: OpenUser) -> bool:
    """Whether a payment would begin something now. Raises UnavailableError."""
    is_kept = await find_kept(ports, opened.user) is not None
    return is_kept or await _find_unpaid_question(ports, opened) is not None


async def _find_unpaid_question(ports: Ports, opened: OpenUser) -> OpenDraft | None:
    """The question that lacks credits, also if another one was asked since: "ok, I buy some" may be asked about too."""
    asked = await open_draft(ports, opened.user.unpaid_order) if opened.user.unpaid_order else None
    if asked is None or not asked.draft.lacks_credits or asked.draft.user_id != opened.user.id:
        return None
    now = ports.clock.now()
    sent = origin_of_draft(asked.draft, opened, None, now).asked
    is_late = now > asked.draft.close_at + PAYING_KEPT
    return None if is_late or is_covered(opened.user, ports.bot_id, sent) else asked


async def _answer_yes(ports: Ports, user: User, draft_id: str, paid_at: datetime) -> None:
    came_of_it = await take_yes(ports, draft_id, Yes(user.id, paid_at))
    if isinstance(came_of_it, Screen):
        await _tell(ports, user.id, came_of_it)
    else:
        await stop_waiting_for_credits(ports, user.id, user.unpaid_order)


def _is_newer(waiting: Waiting, kept: KeptOrder | None) -> bool:
    """Whether the question is newer than the order that waits, or is about the same."""
    return kept is None or kept.intent == waiting.id or waiting.asked_at >= kept.about.at


async def find_kept(ports: Ports, user: User) -> KeptOrder | None:
    """The order that waits for this person's credits. Raises UnavailableError."""
    kept = await open_unpaid(ports, user.unpaid_order) if user.unpaid_order else None
    if kept is None or kept.about.user_id != user.id or not is_known(ports, kept.job):
        return None
    is_late = ports.clock.now() > kept.about.at + WAITS_FOR
    return None if is_late or is_covered(user, ports.bot_id, kept.about.asked) else kept


async def _place_kept(ports: Ports, user_id: int, kept: KeptOrder) -> None:
    """Place it and begin its jobs, or say why it is declined. Raises UnavailableError."""
    origin, order = order_again(kept, inbox_id=None)

    async def attempt() -> Accepted | Screen | None:
        closing = await _close_question(ports, kept)
        if closing is None:
            return await find_accepted(ports, kept.intent)
        return await place_order(ports, await open_user(ports, user_id), origin, order, closing, is_confirmed=True)

    came_of_it = await try_until_won(ports, attempt)
    if isinstance(came_of_it, Screen):  # what was bought is not enough, or too much runs already: it waits on
        await _tell(ports, user_id, came_of_it)
        return
    if came_of_it is not None:
        await begin_order(ports, order, came_of_it)
    await stop_waiting_for_credits(ports, user_id, kept.intent)  # after it: a repetition begins what was interrupted
    await forget_hidden(ports, kept)


async def _close_question(ports: Ports, kept: KeptOrder) -> tuple[Write, ...] | None:
    """The end of the question whose button ordered it; None if the person has canceled or reworded that since."""
    if not kept.about.draft_words:
        return ()
    asked = await open_draft(ports, kept.intent)
    if asked is None or asked.draft.state is not DraftState.ASKING:
        return None
    return (close_of(asked.draft, asked.record),) if hash_draft(asked.draft) == kept.about.draft_words else None


async def begin_order(ports: Ports, order: Order, accepted: Accepted) -> None:
    """Let the jobs of a kept order begin, of whatever kind. Raises UnavailableError."""
    if order.requests:
        await begin_batch(ports, accepted)
    elif not accepted.fresh:
        await resume_jobs(ports, accepted.jobs)
    elif order.has_card:
        await announce_jobs(ports, accepted.jobs)
    else:
        for stored in accepted.jobs:
            await publish_job(ports, stored.job, stored.job.not_before)


async def _ask_again(ports: Ports, draft_id: str) -> None:
    """Draw an open question again: its button may have been left out for want of credits. Raises UnavailableError."""
    asked = await open_draft(ports, draft_id)
    if asked is None or asked.draft.doubt is None or asked.draft.state is not DraftState.ASKING:
        return
    draft, opened = asked.draft, await open_user(ports, asked.draft.user_id)
    plan = await plan_draft(ports, opened, draft)
    if isinstance(plan, Plan) and not draft.prompts:
        with suppress(MessengerError):
            language = language_of(opened.user, draft.language_code)
            await show_draft(ports, draft, draw_yes(ports, draft, plan, opened.user, language))


async def _tell(ports: Ports, user_id: int, why: Screen) -> None:
    with suppress(MessengerError):
        await ports.messenger.send_text(Place(user_id), why)

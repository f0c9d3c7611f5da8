"""Doing in `bot` what the app has asked for by a task (`acts.py`).

Whoever publishes an act does not load this: it needs rooms of the bot that the app does not.
"""

import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

from shared.bot.menus import set_menu
from shared.broadcasts.broadcast_screens import draw_card
from shared.broadcasts.change_broadcast import open_broadcast
from shared.conversations.keep_shorter import keep_shorter
from shared.errors import (
    DeliveryUnknownError,
    LaterError,
    MessengerError,
    TooManyRequestsError,
    UnavailableError,
    UnusableChangeError,
    UnusableUpdateError,
)
from shared.gallery.erase_result import erase_result
from shared.jobs.frame import is_known
from shared.jobs.open_jobs import open_job
from shared.logs import log_event
from shared.miniapp.acts import Act, publish_act
from shared.miniapp.change_renewal import change_renewal
from shared.miniapp.link_invoice import link_invoice
from shared.miniapp.order_by_card import order_by_card
from shared.miniapp.prepare_sending import prepare_sending
from shared.people.accounts import open_user, try_until_won
from shared.people.operators import list_admins
from shared.people.users import language_of
from shared.ports import Place, Ports, Screen
from shared.privacy.erase_screens import draw_waiting
from shared.privacy.erasure import may_be_kept
from shared.privacy.erasure_documents import find_erasure
from shared.privacy.press_term import shorten_as_chosen
from shared.statement.send_csv import send_whole_statement
from shared.texts import html_text

UNKNOWN_PAUSE_SECONDS = 15.0
"""How long an act waits before it is done again, if Telegram may not have got it."""
DONE_WITHIN = timedelta(minutes=30)
"""After this time an act that Telegram does not accept is given up."""


def read_act(body: bytes) -> Act:
    """The act in a task. Raises UnusableUpdateError."""
    try:
        said = json.loads(body)
        act = Act(str(said["act"]), int(said["user"]), str(said["subject"]), datetime.fromisoformat(said["at"]))
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise UnusableUpdateError("a task with an impossible act") from error
    if act.name not in ACTS:
        raise UnusableUpdateError("a task with an unknown act")
    return act


async def take_act(ports: Ports, body: bytes) -> None:
    """Do an act, later if Telegram's flood control demands it. Raises UnusableUpdateError, UnavailableError."""
    act, now = read_act(body), ports.clock.now()
    try:
        await ACTS[act.name](ports, act)
    except LaterError as error:
        await publish_act(ports, act, now + timedelta(seconds=error.seconds))
    except (TooManyRequestsError, DeliveryUnknownError) as error:
        seconds = error.retry_after_seconds if isinstance(error, TooManyRequestsError) else UNKNOWN_PAUSE_SECONDS
        if now - act.at < DONE_WITHIN:
            await publish_act(ports, act, now + timedelta(seconds=seconds))
    except MessengerError as error:  # the person blocked the bot, or the message cannot be changed
        log_event("act_refused", severity="WARNING", error=error, act=act.name)


async def _erase(ports: Ports, act: Act) -> None:
    """Delete a result with its messages."""
    opened = await open_job(ports, act.subject)
    if opened is not None and opened.job.user_id == act.user_id and is_known(ports, opened.job):
        await erase_result(ports, opened, act.at)


async def _link(ports: Ports, act: Act) -> None:
    """Make the link of an order's invoice."""
    await link_invoice(ports, act.user_id, act.subject)


async def _order_by_card(ports: Ports, act: Act) -> None:
    """Open the invoice that the person asked for."""
    await order_by_card(ports, act.user_id, act.subject)


async def _change_renewal(ports: Ports, act: Act) -> None:
    """Have Telegram do what the person wants of a subscription."""
    await change_renewal(ports, act.user_id, act.subject)


async def _send_statement(ports: Ports, act: Act) -> None:
    """Send the statement as a file to the private chat."""
    await send_whole_statement(ports, act.user_id, act.at)


async def _prepare(ports: Ports, act: Act) -> None:
    """Prepare the message of a sending."""
    await prepare_sending(ports, act.user_id, act.subject)


async def _ask_admins(ports: Ports, act: Act) -> None:
    """Tell the other admins that credits or codes wait for agreement; whom this does not reach finds them by /admin."""
    for user_id in list_admins(ports) - {act.user_id}:
        with suppress(MessengerError, UnavailableError):
            language = language_of((await open_user(ports, user_id)).user, "")
            await ports.messenger.send_text(Place(user_id), Screen(html_text(language, "admin-asked-you")))


async def _show_broadcast(ports: Ports, act: Act) -> None:
    """Show the card of a draft to the operator who wrote it elsewhere; its buttons go on with it."""
    if act.user_id not in list_admins(ports):
        return
    with suppress(UnusableChangeError):
        broadcast = (await open_broadcast(ports, act.subject)).broadcast
        language = language_of((await open_user(ports, act.user_id)).user, "")
        await ports.messenger.send_text(Place(act.user_id), draw_card(broadcast, language, ports.clock.now()))


async def _show_menu(ports: Ports, act: Act) -> None:
    """Show the command menu in the language that the person chose."""
    user = (await open_user(ports, act.user_id)).user
    if user.language is not None:
        await set_menu(ports, user.id, user.language)


async def _tell_erasure(ports: Ports, act: Act) -> None:
    """Tell the person in the chat that everything of theirs will be erased, with the way back."""
    known = await find_erasure(ports, act.user_id)
    if known is not None and may_be_kept(known.erasure):
        await ports.messenger.send_text(Place(act.user_id), draw_waiting(known.erasure, known.erasure.language))


async def _keep_shorter(ports: Ports, act: Act) -> None:
    """Shorten the retention of conversations to what the person chose."""
    user = (await open_user(ports, act.user_id)).user
    if user.talk.kept_days:
        await try_until_won(ports, lambda: keep_shorter(ports, user.id, user.talk.kept_days))


async def _shorten_results(ports: Ports, act: Act) -> None:
    """Shorten the term of results to what the person chose."""
    await shorten_as_chosen(ports, (await open_user(ports, act.user_id)).user)


ACTS: dict[str, Callable[[Ports, Act], Awaitable[None]]] = {
    "agree": _ask_admins,
    "broadcast": _show_broadcast,
    "card": _order_by_card,
    "csv": _send_statement,
    "erase": _erase,
    "erasure": _tell_erasure,
    "keep": _keep_shorter,
    "link": _link,
    "menu": _show_menu,
    "prepare": _prepare,
    "renewal": _change_renewal,
    "term": _shorten_results,
}

"""The buttons of a broadcast's card. Any operator may press them; all are decided by the broadcast's state."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from shared.broadcasts.audience import ACTIVE_DAYS, BALANCES, LANGUAGES
from shared.broadcasts.broadcast import (
    Broadcast,
    BroadcastState,
    Card,
    agree,
    begin_count,
    choose_audience,
    confirm,
    disagree,
    note_tested,
    pause,
    resume,
    stop,
)
from shared.broadcasts.broadcast_screens import draw_card
from shared.broadcasts.change_broadcast import act_on_broadcast, change_broadcast, open_broadcast, set_going
from shared.broadcasts.content import compose_message
from shared.broadcasts.send_to_person import send_content
from shared.errors import ConflictError, MessengerError, TooManyRequestsError, UnusableChangeError
from shared.hash_ids import is_id
from shared.jobs.job_documents import create_inbox
from shared.people.operators import list_admins
from shared.ports import Place, Ports
from shared.telegram.answers import answer
from shared.telegram.taps import answer_tap, toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import plain_text

Decide = Callable[[Broadcast, datetime], Broadcast | None]
_DECIDES = {"count": begin_count, "agree": agree, "disagree": disagree, "pause": pause, "resume": resume, "stop": stop}


async def press_broadcast(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Raises MessengerErrors, UnavailableError, LaterError."""
    verb, broadcast_id, *values = (*arguments, "", "")
    if tap.sender.id not in list_admins(ports):
        await toast(ports, visit, tap, "not-yours")
        return
    if not is_id(broadcast_id):
        await toast(ports, visit, tap, "old-menu")
        return
    try:
        if verb == "open":
            await _open(ports, visit, tap, broadcast_id)
        elif verb == "test":
            await _test(ports, visit, tap, broadcast_id)
        else:
            decide = _read_press(verb, values, str(tap.sender.id))
            await _decide(ports, visit, tap, broadcast_id, decide)
    except UnusableChangeError:
        await toast(ports, visit, tap, "old-menu")


def _read_press(verb: str, values: list[str], by: str) -> Decide | None:
    """What a button decides; None: nothing, it only shows the card as it is now."""
    value, when, *_ = (*values, "", "")
    if (named := _DECIDES.get(verb)) is not None:
        return lambda each, now: named(each, by, now)
    if verb == "edit":
        return lambda each, now: choose_audience(each, each.audience, by, now)
    if verb == "lang" and value in LANGUAGES:
        return lambda each, now: choose_audience(each, replace(each.audience, language=value), by, now)
    if verb == "days" and value in map(str, ACTIVE_DAYS):
        return lambda each, now: choose_audience(each, replace(each.audience, active_days=int(value)), by, now)
    if verb == "money" and value in BALANCES:
        return lambda each, now: choose_audience(each, replace(each.audience, balance=value), by, now)
    if verb == "send" and value.isdecimal() and (not when or when.isdecimal()):
        send_at = datetime.fromtimestamp(int(when[:9]) * 60, UTC) if when else None
        return lambda each, now: confirm(each, int(value[:9]), send_at, by, now)
    return None


async def _decide(ports: Ports, visit: Visit, tap: Tap, broadcast_id: str, decide: Decide | None) -> None:
    card = Card(tap.chat.id, tap.message_id, visit.language)
    is_done = False
    if decide is not None:
        _, is_done = await act_on_broadcast(ports, broadcast_id, decide)
    opened = await open_broadcast(ports, broadcast_id)
    opened = await change_broadcast(ports, opened, lambda each: None if each.card == card else replace(each, card=card))
    broadcast = opened.broadcast
    if is_done:
        await set_going(ports.tasks, broadcast)
    if is_done and broadcast.state is BroadcastState.ASKING:
        await _ask_others(ports, visit, broadcast, tap.sender.id)
    await toast(ports, visit, tap, "broadcast-toast-done" if is_done else _find_reason(decide, broadcast, tap))
    await _redraw(ports, visit, tap, broadcast)


def _find_reason(decide: Decide | None, broadcast: Broadcast, tap: Tap) -> str:
    """Why a press has changed nothing."""
    if broadcast.state is BroadcastState.ASKING and broadcast.confirmed_by == str(tap.sender.id):
        return "broadcast-toast-other"
    return "broadcast-toast-shown" if decide is None else "broadcast-toast-not-now"


async def _redraw(ports: Ports, visit: Visit, tap: Tap, broadcast: Broadcast) -> None:
    screen = draw_card(broadcast, visit.language, ports.clock.now())
    await ports.messenger.edit_text(Place(tap.chat.id), tap.message_id, screen)


async def _open(ports: Ports, visit: Visit, tap: Tap, broadcast_id: str) -> None:
    opened = await open_broadcast(ports, broadcast_id)
    await answer_tap(ports, tap.query_id)
    await answer(ports, visit, draw_card(opened.broadcast, visit.language, ports.clock.now()))


async def _test(ports: Ports, visit: Visit, tap: Tap, broadcast_id: str) -> None:
    """Send it to the operator who pressed, once: the press is marked before."""
    broadcast = (await open_broadcast(ports, broadcast_id)).broadcast
    try:
        await ports.store.commit([create_inbox(visit.inbox_id, (), ports.clock.now())])
    except ConflictError:
        return  # another delivery of this press sends it
    visit.recorded = True
    screen = compose_message(broadcast.content, broadcast_id, visit.language)
    try:
        await send_content(ports.messenger, tap.sender.id, broadcast.content, screen)
    except TooManyRequestsError:
        await toast(ports, visit, tap, "broadcast-toast-later")
        return
    except MessengerError as error:
        why = plain_text(visit.language, "broadcast-refused", why=str(error)[:120])
        await answer_tap(ports, tap.query_id, why, alert=True)
        return
    by = str(tap.sender.id)
    tested, _ = await act_on_broadcast(ports, broadcast_id, lambda each, now: note_tested(each, by, now))
    await toast(ports, visit, tap, "broadcast-toast-tested")
    await _redraw(ports, visit, tap, tested)


async def _ask_others(ports: Ports, visit: Visit, broadcast: Broadcast, asker_id: int) -> None:
    """Show the card to the other operators; whom this does not reach finds it by /broadcast."""
    for user_id in sorted(list_admins(ports) - {asker_id}):
        try:
            await ports.messenger.send_text(Place(user_id), draw_card(broadcast, visit.language, ports.clock.now()))
        except MessengerError:
            continue

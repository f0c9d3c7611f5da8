"""Broadcasts: how far they are, pausing and stopping them, and writing one.

GET  /admin/broadcasts                       the last ones: one query; and the form of a new one
POST /admin/broadcasts                       write a draft; the bot goes on with it, as with /broadcast
GET  /admin/broadcasts/{broadcast}           one read
POST /admin/broadcasts/{broadcast}/{verb}    pause, resume, stop, agree, disagree
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from shared.admin.audit_log import create_entry, new_entry
from shared.admin.calls import AdminCall
from shared.admin.credits_page import NONCE
from shared.admin.page import Frame, refuse_form, show_nothing, show_page
from shared.admin.write_broadcast import write_broadcast
from shared.broadcasts import broadcast as states
from shared.broadcasts.audience import ACTIVE_DAYS, BALANCES, LANGUAGES, Audience
from shared.broadcasts.broadcast import ENDS, PAUSABLE, Broadcast, BroadcastState
from shared.broadcasts.broadcast_screens import MARKS, UNKNOWN, draw_card, title_of
from shared.broadcasts.change_broadcast import act_on_broadcast, list_broadcasts, open_broadcast, set_going
from shared.broadcasts.content import BUTTONS_MAX, TEXT_UNITS_MAX
from shared.errors import UnusableChangeError
from shared.hash_ids import is_id
from shared.miniapp.calls import Reply
from shared.miniapp.page import go_to
from shared.ports import AppPorts, Write
from shared.texts import plain_text, unmark

PATH = "/admin/broadcasts"
VERBS: dict[str, Callable[[Broadcast, str, datetime], Broadcast | None]] = {
    "pause": states.pause,
    "resume": states.resume,
    "stop": states.stop,
    "agree": states.agree,
    "disagree": states.disagree,
}


@dataclass(frozen=True, slots=True)
class ListedBroadcast:
    """A line of the list."""

    id: str
    mark: str
    title: str
    at: datetime
    reached: int
    people: int


async def show_broadcasts(ports: AppPorts, call: AdminCall) -> Reply:
    """The last broadcasts. Raises UnavailableError."""
    listed = [_list(call, each) for each in await list_broadcasts(ports)]
    return show_page(
        call,
        "broadcasts.html",
        Frame("broadcasts", plain_text(call.by.language, "admin-tab-broadcasts"), "/admin"),
        broadcasts=listed,
        languages=LANGUAGES,
        periods=ACTIVE_DAYS,
        balances=BALANCES,
        nonce=ports.ids.token(),
        units_max=TEXT_UNITS_MAX,
        buttons_max=BUTTONS_MAX,
    )


async def write(ports: AppPorts, call: AdminCall) -> Reply:
    """Keep a draft, once for each form. Raises UnavailableError."""
    nonce, days = call.value("nonce"), call.value("days")
    audience = Audience(call.value("language"), int(days) if days in map(str, ACTIVE_DAYS) else 0, call.value("money"))
    is_offered = audience.language in LANGUAGES and audience.balance in BALANCES
    if NONCE.fullmatch(nonce) is None or not is_offered:
        return show_nothing(call, "broadcasts")
    words = call.value("text").replace("\r\n", "\n")
    written = await write_broadcast(ports, call.by, words, audience, nonce)
    if written.fault:
        return await show_broadcasts(ports, refuse_form(call, "castwords", "broadcast"))
    if written.broadcast is None:
        return go_to(f"{PATH}?said=castother")
    return go_to(f"{PATH}/{written.broadcast.id}?said=castwritten")


async def show_broadcast(ports: AppPorts, call: AdminCall) -> Reply:
    """One broadcast. Raises UnavailableError."""
    broadcast_id, now, language = call.parameters["broadcast"], ports.clock.now(), call.by.language
    try:
        found = (await open_broadcast(ports, broadcast_id)).broadcast if is_id(broadcast_id) else None
    except UnusableChangeError:
        found = None
    if found is None:
        return show_nothing(call, "broadcasts")
    return show_page(
        call,
        "broadcast.html",
        Frame("broadcasts", title_of(found, language), PATH),
        broadcast=found,
        card=unmark(draw_card(found, language, now).text),
        verbs=[(verb, plain_text(language, f"admin-cast-{verb}")) for verb in _list_verbs(found, str(call.by.user_id))],
    )


async def decide(ports: AppPorts, call: AdminCall) -> Reply:
    """Do what a button says, if its state still allows it. Raises UnavailableError."""
    broadcast_id, verb = call.parameters["broadcast"], call.parameters["verb"]
    change = VERBS.get(verb)
    if change is None or not is_id(broadcast_id):
        return show_nothing(call, "broadcasts")

    def note(before: Broadcast, after: Broadcast) -> list[Write]:
        entry = new_entry(call.by, f"{verb}_broadcast", broadcast_id, after.acts[-1].at)
        return [create_entry(replace(entry, subject=broadcast_id, before=before.state, after=after.state))]

    by = str(call.by.user_id)
    try:
        done, is_done = await act_on_broadcast(ports, broadcast_id, lambda each, now: change(each, by, now), note)
    except UnusableChangeError:
        return show_nothing(call, "broadcasts")
    if is_done:
        await set_going(ports.tasks, done)
    return go_to(f"{PATH}/{broadcast_id}?said={'done' if is_done else 'castnot'}")


def _list_verbs(broadcast: Broadcast, by: str) -> list[str]:
    """What this operator can do with it here."""
    state = broadcast.state
    if state is BroadcastState.ASKING:
        return ["disagree", "stop"] if broadcast.confirmed_by == by else ["agree", "disagree", "stop"]
    if state is BroadcastState.PAUSED:
        return ["resume", "stop"]
    return ["pause", "stop"] if state in PAUSABLE else [] if state in ENDS else ["stop"]


def _list(call: AdminCall, broadcast: Broadcast) -> ListedBroadcast:
    mark, title = MARKS.get(broadcast.state, UNKNOWN), title_of(broadcast, call.by.language)
    reached, people = broadcast.progress.people, broadcast.people
    return ListedBroadcast(broadcast.id, mark, title, broadcast.created_at, reached, people)

"""*Tools*: ready-made changes of a picture of ours, or of photos that came without words. A press buys once.

A keyboard of choices opens in the place of the tools. After a purchase or a question the first keyboard comes back.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from shared.jobs.accept_request import Accepted
from shared.jobs.job import ENDS, JobState
from shared.people.accounts import open_user, try_until_won
from shared.people.users import PictureSettings
from shared.pictures.ask_tool import ask_about_photo, ask_about_picture
from shared.pictures.cards import about_screen
from shared.pictures.collect_parts import order_draft, resume_draft
from shared.pictures.declines import decline
from shared.pictures.draft import Draft, DraftState, references_of
from shared.pictures.find_material import Target, material_of
from shared.pictures.find_pressed_draft import find_pressed_draft
from shared.pictures.keyboards import Rows
from shared.pictures.open_drafts import OpenDraft, open_draft
from shared.pictures.picture import request_of
from shared.pictures.press import Press, is_impatient, say, show_buttons, show_home
from shared.pictures.press_compare import compare
from shared.pictures.press_repeat import buy
from shared.pictures.remix import ask_remix
from shared.pictures.request import Material, Plan
from shared.pictures.tool_keyboards import (
    photo_choice_buttons,
    photo_tool_buttons,
    subject_of_photo,
    tool_buttons,
    tool_choice_buttons,
)
from shared.pictures.tools import BY_NAME, COMPARE, REMIX, Tool, find_price, plan_tool, read_offer, subject_of
from shared.ports import Ports, Screen
from shared.providers.outcomes import DeclineReason
from shared.telegram.callbacks import write_moment
from shared.telegram.press_count import next_press
from shared.telegram.taps import answer_tap, show_rows, tell_ordered, toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import plain_text

PlanFor = Callable[[Draft, PictureSettings, Material], Plan | DeclineReason]
"""What a press orders of photos that we asked about."""


async def press_tools(ports: Ports, press: Press) -> None:
    """Offer ready-made changes of a picture of ours."""
    if press.job.state is not JobState.DELIVERED:
        await say(ports, press, "toast-not-made" if press.job.state in ENDS else "toast-not-done")
        return
    await answer_tap(ports, press.tap.query_id)
    await show_buttons(ports, press, _tools(press))


async def press_open_tool(ports: Ports, press: Press) -> None:
    """Show what can be chosen, or ask what is wanted."""
    tool = _opened(press)
    if tool is None:
        await say(ports, press, "old-menu")
    elif press.is_impatient:
        await say(ports, press, "toast-which")
    elif tool.name == COMPARE:
        if await compare(ports, press):
            await show_home(ports, press, press.count, write_moment(press.visit.received_at))
    elif tool.picks == "ready":
        await _ask(ports, press, tool.name)
    else:
        await answer_tap(ports, press.tap.query_id)
        await show_buttons(ports, press, _choices(press, tool.name))


async def press_ask_tool(ports: Ports, press: Press) -> None:
    """*In my own words*."""
    tool = _opened(press)
    if tool is None or not tool.takes_words:
        await say(ports, press, "old-menu")
    elif press.is_impatient:
        await say(ports, press, "toast-which")
    else:
        await _ask(ports, press, tool.name)


async def press_tool(ports: Ports, press: Press) -> None:
    """Buy for the price on the button; a press that follows at once buys nothing more."""
    (name, price), settings, picture = read_offer(press.value), press.visit.opened.user.settings, request_of(press.job)
    subject = subject_of(picture)
    current = find_price(name, subject, settings)
    if current is None or press.job.state is not JobState.DELIVERED:
        await say(ports, press, "old-menu")
        return
    if press.is_impatient:
        await say(ports, press, "toast-which")
        return
    if price != str(current):
        await say(ports, press, "toast-choose")
        tool = BY_NAME[name.partition(".")[0]]
        await show_buttons(ports, press, _choices(press, tool.name) if tool.opens else _tools(press))
        return
    plan = plan_tool(name, subject, settings, Material((), press.job.id, picture.ratio), press.visit.language)
    assert isinstance(plan, Plan), "ready words can be drawn"
    if await buy(ports, press, f"tool {name}", plan.request, plan.count):
        await show_home(ports, press, next_press(press.count), write_moment(press.visit.received_at))


def _opened(press: Press) -> Tool | None:
    """The tool whose choices a button leads to."""
    tool = BY_NAME.get(press.value)
    return tool if tool is not None and tool.opens and press.job.state is JobState.DELIVERED else None


async def _ask(ports: Ports, press: Press, name: str) -> None:
    ask = ask_remix if name == REMIX else partial(ask_about_picture, name=name)
    if not await ask(ports, press.visit, press.tap, press.job, since=press.since):
        await say(ports, press, "toast-waiting")
        return
    await answer_tap(ports, press.tap.query_id)
    await show_home(ports, press, press.count, write_moment(press.visit.received_at))


def _tools(press: Press) -> Rows:
    settings, opened = press.visit.opened.user.settings, write_moment(press.visit.received_at)
    return tool_buttons(press.job, settings, press.count, opened)


def _choices(press: Press, name: str) -> Rows:
    settings, opened = press.visit.opened.user.settings, write_moment(press.visit.received_at)
    return tool_choice_buttons(press.job, name, settings, press.count, opened)


# --- photos that came without words ---


async def press_photo_tools(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Offer the same for photos that we asked about."""
    opened = await find_asked_photos(ports, visit, tap, arguments)
    if opened is None:
        return
    await answer_tap(ports, tap.query_id)
    await show_rows(ports, tap, _photo_tools(visit, opened.draft))


async def press_photo_back(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """The question's own buttons again."""
    opened = await find_asked_photos(ports, visit, tap, arguments)
    if opened is not None:
        await answer_tap(ports, tap.query_id)
        await show_rows(ports, tap, about_screen(opened.draft, visit.language).buttons)


async def press_photo_open(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Show what can be chosen, or ask what is wanted."""
    await _open_for_photo(ports, visit, tap, arguments, asks=False)


async def press_photo_ask(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """*In my own words*."""
    await _open_for_photo(ports, visit, tap, arguments, asks=True)


async def _open_for_photo(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...], *, asks: bool) -> None:
    _, since, value, *_ = (*arguments, "", "", "")
    tool, opened = BY_NAME.get(value), await find_asked_photos(ports, visit, tap, arguments)
    if opened is None:
        return
    if tool is None or not tool.opens or tool.of_ours or (asks and not tool.takes_words):
        await toast(ports, visit, tap, "old-menu")
    elif is_impatient(since, visit.received_at):
        await toast(ports, visit, tap, "toast-which")
    elif asks or tool.picks == "ready":
        asked = await ask_about_photo(ports, visit, tap, opened.draft, tool.name, since)
        await answer_tap(ports, tap.query_id, "" if asked else plain_text(visit.language, "toast-waiting"))
    else:
        await answer_tap(ports, tap.query_id)
        await show_rows(ports, tap, _photo_choices(visit, opened.draft, tool.name))


async def press_photo_tool(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Buy one of them for the price on its button: it answers the question."""
    draft_id, since, value, *_ = (*arguments, "", "", "")
    (name, price), opened = read_offer(value), await find_asked_photos(ports, visit, tap, arguments)
    if opened is None:
        return
    current = find_price(name, subject_of_photo(opened.draft), visit.opened.user.settings)
    if current is None:
        await toast(ports, visit, tap, "old-menu")
    elif is_impatient(since, visit.received_at):
        await toast(ports, visit, tap, "toast-which")
    elif price != str(current):
        await toast(ports, visit, tap, "toast-choose")
        tool = BY_NAME[name.partition(".")[0]]
        rows = _photo_choices(visit, opened.draft, tool.name) if tool.opens else _photo_tools(visit, opened.draft)
        await show_rows(ports, tap, rows)
    else:

        def plan_for(draft: Draft, settings: PictureSettings, material: Material) -> Plan | DeclineReason:
            return plan_tool(name, subject_of_photo(draft), settings, material, visit.language)

        await tell_ordered(ports, visit, tap, await request_photos(ports, visit, draft_id, plan_for))


async def find_asked_photos(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> OpenDraft | None:
    """The photos that a button is about; None where the press is answered: they are somebody else's, or decided on."""
    opened = await find_pressed_draft(ports, visit, tap, arguments)
    if opened is None or _is_asked(opened.draft):
        return opened
    await tell_decided(ports, visit, tap, opened.draft)
    return None


async def tell_decided(ports: Ports, visit: Visit, tap: Tap, draft: Draft) -> None:
    """Answer a press under a question that was decided on: something was bought, or nothing is asked any more."""
    resumed = await resume_draft(ports, draft.id)
    await toast(ports, visit, tap, "old-menu" if resumed is None else "toast-known")


def _is_asked(draft: Draft) -> bool:
    return draft.state is DraftState.ASKING and draft.doubt is None and bool(references_of(draft))


async def request_photos(ports: Ports, visit: Visit, draft_id: str, plan_for: PlanFor) -> Accepted | Screen | None:
    """Order a change of photos that we asked about: what was bought, now or before; a screen where it was declined.

    None where nothing is asked any more.
    """

    async def attempt() -> Accepted | Screen | None:
        opened = await open_draft(ports, draft_id)
        if opened is None or not _is_asked(opened.draft):
            return await resume_draft(ports, draft_id)
        draft, user = opened.draft, await open_user(ports, visit.update.sender.id)
        material = material_of(Target(), references_of(draft))
        assert isinstance(material, Material)
        plan = plan_for(draft, user.user.settings, material)
        if not isinstance(plan, Plan):
            return decline(visit.language, plan)
        asked = replace(draft, caption_at=visit.received_at)
        return await order_draft(ports, user, asked, opened.record, plan, visit.received_at)

    return await try_until_won(ports, attempt)


def _photo_tools(visit: Visit, draft: Draft) -> Rows:
    settings, opened = visit.opened.user.settings, write_moment(visit.received_at)
    return photo_tool_buttons(draft, settings, visit.language, opened)


def _photo_choices(visit: Visit, draft: Draft, name: str) -> Rows:
    settings, opened = visit.opened.user.settings, write_moment(visit.received_at)
    return photo_choice_buttons(draft, name, settings, visit.language, opened)

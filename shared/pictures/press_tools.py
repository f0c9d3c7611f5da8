"""*Tools*: ready-made changes of a picture of ours, or of photos that came without words. A press buys once."""

from collections.abc import Callable
from dataclasses import replace

from shared.jobs.accept_request import Accepted
from shared.jobs.job import ENDS, JobState
from shared.people.accounts import open_user, try_until_won
from shared.pictures.cards import about_screen
from shared.pictures.collect_parts import request_draft, resume_draft
from shared.pictures.draft import Draft, DraftState, references_of
from shared.pictures.find_pressed_draft import find_pressed_draft
from shared.pictures.keyboards import photo_tool_buttons, tool_buttons
from shared.pictures.open_drafts import OpenDraft, open_draft
from shared.pictures.picture import request_of
from shared.pictures.press import Press, is_impatient, say, show_buttons
from shared.pictures.press_repeat import buy
from shared.pictures.request import Material, Plan, plan_request
from shared.pictures.tools import PHOTO_SIZE, price_of_tool, read_offer, tool_words
from shared.ports import Ports, Screen
from shared.telegram.callbacks import write_moment
from shared.telegram.press_count import next_press
from shared.telegram.taps import answer_tap, show_rows, tell_ordered, toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit


async def press_tools(ports: Ports, press: Press) -> None:
    """Offer ready-made changes of a picture of ours."""
    if press.job.state is not JobState.DELIVERED:
        await say(ports, press, "toast-not-made" if press.job.state in ENDS else "toast-not-done")
        return
    await answer_tap(ports, press.tap.query_id)
    opened, settings = write_moment(press.visit.received_at), press.visit.opened.user.settings
    await show_buttons(ports, press, tool_buttons(press.job, settings, press.count, opened))


async def press_tool(ports: Ports, press: Press) -> None:
    """Buy one of them for the price on its button. The keyboard stays: a second press hits the same button."""
    offer, settings, picture = read_offer(press.value), press.visit.opened.user.settings, request_of(press.job)
    if offer is None or press.job.state is not JobState.DELIVERED:
        await say(ports, press, "old-menu")
        return
    if press.is_impatient:
        await say(ports, press, "toast-which")
        return
    tool, price = offer
    words = tool_words(tool, press.visit.language, picture.ratio, picture.size)
    plan = plan_request(words, settings, Material((), press.job.id, picture.ratio))
    assert isinstance(plan, Plan), "ready words can be drawn"
    if price != str(plan.request.price):
        await say(ports, press, "toast-choose")
        since = write_moment(press.visit.received_at)
        await show_buttons(ports, press, tool_buttons(press.job, settings, press.count, since))
    elif await buy(ports, press, f"tool {tool}", replace(plan.request, settings=settings), plan.count):
        await show_buttons(ports, press, tool_buttons(press.job, settings, next_press(press.count), press.since))


async def press_photo_tools(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Offer the same for photos that we asked about."""
    opened = await find_asked_photos(ports, visit, tap, arguments)
    if opened is None:
        return
    await answer_tap(ports, tap.query_id)
    await _show_photo_tools(ports, visit, tap, opened)


async def press_photo_back(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """The question's own buttons again."""
    opened = await find_asked_photos(ports, visit, tap, arguments)
    if opened is not None:
        await answer_tap(ports, tap.query_id)
        await show_rows(ports, tap, about_screen(opened.draft, visit.language).buttons)


async def press_photo_tool(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Buy one of them for the price on its button: it answers the question."""
    draft_id, since, value, *_ = (*arguments, "", "", "")
    offer, opened = read_offer(value), await find_asked_photos(ports, visit, tap, arguments)
    if opened is None:
        return
    if offer is None:
        await toast(ports, visit, tap, "old-menu")
    elif is_impatient(since, visit.received_at):
        await toast(ports, visit, tap, "toast-which")
    elif offer[1] != str(price_of_tool(offer[0], PHOTO_SIZE, visit.opened.user.settings)):
        await toast(ports, visit, tap, "toast-choose")
        await _show_photo_tools(ports, visit, tap, opened)
    else:
        tool = offer[0]

        def words_for(draft: Draft) -> str:
            return tool_words(tool, visit.language, references_of(draft)[0].ratio, PHOTO_SIZE)

        await tell_ordered(ports, visit, tap, await request_photos(ports, visit, draft_id, words_for))


async def find_asked_photos(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> OpenDraft | None:
    """The photos that a button is about; None where the press is answered: they are somebody else's, or decided on."""
    opened = await find_pressed_draft(ports, visit, tap, arguments)
    if opened is None or _is_asked(opened.draft):
        return opened
    resumed = await resume_draft(ports, opened.draft.id)
    await toast(ports, visit, tap, "old-menu" if resumed is None else "toast-known")
    return None


def _is_asked(draft: Draft) -> bool:
    return draft.state is DraftState.ASKING and draft.doubt is None and bool(references_of(draft))


async def request_photos(
    ports: Ports, visit: Visit, draft_id: str, words_for: Callable[[Draft], str]
) -> Accepted | Screen | None:
    """Order a change of photos that we asked about: what was bought, now or before; a screen where it was declined.

    None where nothing is asked any more.
    """

    async def attempt() -> Accepted | Screen | None:
        opened = await open_draft(ports, draft_id)
        if opened is None or not _is_asked(opened.draft):
            return await resume_draft(ports, draft_id)
        draft, user = opened.draft, await open_user(ports, visit.update.sender.id)
        asked = replace(draft, caption=words_for(draft), caption_at=visit.received_at)
        return await request_draft(ports, user, asked, opened.record, visit.received_at)

    return await try_until_won(ports, attempt)


async def _show_photo_tools(ports: Ports, visit: Visit, tap: Tap, opened: OpenDraft) -> None:
    since = write_moment(visit.received_at)
    rows = photo_tool_buttons(opened.draft, visit.opened.user.settings, visit.language, since)
    await show_rows(ports, tap, rows)

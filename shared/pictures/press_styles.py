"""*Styles*: a picture of ours, or photos that came without words, redrawn in a style. A press buys once."""

from dataclasses import replace

from shared.jobs.job import ENDS, JobState
from shared.people.users import PictureSettings
from shared.pictures.draft import Draft
from shared.pictures.picture import request_of
from shared.pictures.press import Press, is_impatient, say, show_buttons
from shared.pictures.press_repeat import buy
from shared.pictures.press_tools import find_asked_photos, request_photos
from shared.pictures.request import Material, Plan, plan_request
from shared.pictures.style_keyboards import list_looks, photo_style_buttons, restyle_buttons
from shared.pictures.styles import Style, price_of_style, read_style_offer, restyle_words
from shared.ports import Ports
from shared.providers.outcomes import DeclineReason
from shared.telegram.callbacks import write_moment
from shared.telegram.press_count import next_press
from shared.telegram.taps import answer_tap, show_rows, tell_ordered, toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit


async def press_styles(ports: Ports, press: Press) -> None:
    """Offer the styles for a picture of ours."""
    if press.job.state is not JobState.DELIVERED:
        await say(ports, press, "toast-not-made" if press.job.state in ENDS else "toast-not-done")
        return
    await answer_tap(ports, press.tap.query_id)
    await _show(ports, press, press.count, write_moment(press.visit.received_at))


async def press_restyle(ports: Ports, press: Press) -> None:
    """Buy the picture in one of them for the price on its button. The keyboard stays, as that of the tools."""
    offer, settings, picture = _read(press.value), press.visit.opened.user.settings, request_of(press.job)
    if offer is None or press.job.state is not JobState.DELIVERED:
        await say(ports, press, "old-menu")
        return
    style, price = offer
    if press.is_impatient:
        await say(ports, press, "toast-which")
        return
    words = restyle_words(style, press.visit.language)
    plan = plan_request(words, settings, Material((), press.job.id, picture.ratio))
    assert isinstance(plan, Plan), "ready words can be drawn"
    if price != str(plan.request.price):
        await say(ports, press, "toast-choose")
        await _show(ports, press, press.count, write_moment(press.visit.received_at))
    elif await buy(ports, press, f"style {style.id}", replace(plan.request, settings=settings), plan.count):
        await _show(ports, press, next_press(press.count), press.since)


async def press_photo_styles(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Offer the same for photos that we asked about."""
    opened = await find_asked_photos(ports, visit, tap, arguments)
    if opened is None:
        return
    await answer_tap(ports, tap.query_id)
    settings, since = visit.opened.user.settings, write_moment(visit.received_at)
    await show_rows(ports, tap, photo_style_buttons(opened.draft, settings, visit.language, since))


async def press_photo_style(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Buy one of them for the price on its button: it answers the question."""
    draft_id, since, value, *_ = (*arguments, "", "", "")
    offer, opened = _read(value), await find_asked_photos(ports, visit, tap, arguments)
    if opened is None:
        return
    settings = visit.opened.user.settings
    if offer is None:
        await toast(ports, visit, tap, "old-menu")
    elif is_impatient(since, visit.received_at):
        await toast(ports, visit, tap, "toast-which")
    elif offer[1] != str(price_of_style(settings)):
        await toast(ports, visit, tap, "toast-choose")
        again = write_moment(visit.received_at)
        await show_rows(ports, tap, photo_style_buttons(opened.draft, settings, visit.language, again))
    else:
        words = restyle_words(offer[0], visit.language)

        def plan_for(_: Draft, settings: PictureSettings, material: Material) -> Plan | DeclineReason:
            return plan_request(words, settings, material)

        await tell_ordered(ports, visit, tap, await request_photos(ports, visit, draft_id, plan_for))


def _read(value: str) -> tuple[Style, str] | None:
    """The style and the price in a button; None for what no picture is redrawn in."""
    offer = read_style_offer(value)
    return offer if offer is not None and offer[0] in list_looks() else None


async def _show(ports: Ports, press: Press, count: str, since: str) -> None:
    settings = press.visit.opened.user.settings
    await show_buttons(ports, press, restyle_buttons(press.job, settings, count, since))

"""Buttons that buy: *Again*, *Try again*, another format, and *One more*.

A press buys once. While its picture is being made, another press of the same button buys nothing and says so.
"""

from dataclasses import replace

from shared.credits.catalogue import price_of, price_seen
from shared.jobs.accept_request import find_accepted
from shared.jobs.identity import tap_intent
from shared.jobs.job import JobState, is_last, is_set
from shared.pictures import repeat as repeats
from shared.pictures.find_presses import find_release, were_open
from shared.pictures.keyboards import choice_buttons, format_buttons
from shared.pictures.picture import PictureRequest, request_of
from shared.pictures.press import IMPATIENCE, Press, say, show_buttons, show_home
from shared.pictures.prompts import parse_prompt
from shared.pictures.take_requests import start_order
from shared.ports import Ports, Screen
from shared.telegram.callbacks import write_moment
from shared.telegram.press_count import earlier_presses, next_press
from shared.telegram.taps import answer_tap, say_declined
from shared.texts import plain_text


async def press_again(ports: Ports, press: Press) -> None:
    """*Again*: repeat the request; if the settings or the price have changed since, let the person choose first."""
    job, today = press.job, press.visit.opened.user.settings
    changed = repeats.follow_settings(request_of(job), today)
    if changed != job.request and not await _was_bought(ports, press, "again"):
        if await _is_under_way(ports, press, "again"):
            await say(ports, press, "toast-making", alert=True)
            return
        await _let_choose(ports, press, changed)
    elif await _has_just_ended(ports, press):
        await say(ports, press, "toast-ended")
    else:
        await _buy_again(ports, press, request_of(job))


async def press_then(ports: Ports, press: Press) -> None:
    """Repeat with the picture's own settings."""
    await _choose(ports, press, request_of(press.job))


async def press_now(ports: Ports, press: Press) -> None:
    """Repeat with today's settings."""
    await _choose(ports, press, repeats.follow_settings(request_of(press.job), press.visit.opened.user.settings))


async def _choose(ports: Ports, press: Press, request: PictureRequest) -> None:
    seen = replace(request, price=price_seen(press.value, request.model, request.size))
    if press.is_impatient:
        await say(ports, press, "toast-choose")
    else:
        await _buy_again(ports, press, seen)


async def _let_choose(ports: Ports, press: Press, changed: PictureRequest) -> None:
    """Offer the picture as it was and with today's settings; where only the price has changed, say the new one."""
    if replace(changed, price=request_of(press.job).price) == press.job.request:
        await _tell_price(ports, press, changed.price)
    else:
        await say(ports, press, "toast-choose")
    opened = write_moment(press.visit.received_at)
    await show_buttons(ports, press, choice_buttons(press.job, changed, press.count, opened))


async def _tell_price(ports: Ports, press: Press, price: int) -> None:
    text = plain_text(press.visit.language, "price-changed", price=price)
    await answer_tap(ports, press.tap.query_id, text, alert=True)


async def press_retry(ports: Ports, press: Press) -> None:
    """*Try again*: repeat one failed picture of several."""
    if await _has_just_ended(ports, press):
        await say(ports, press, "toast-ended")
    elif await buy(ports, press, "retry", request_of(press.job), 1):
        await show_home(ports, press, next_press(press.count))


async def press_make(ports: Ports, press: Press) -> None:
    """Buy the same picture with one change. The keyboard stays, so a second press hits the same button."""
    words, _, price = press.value.partition(" ")
    wanted = parse_prompt(words)
    change = repeats.change(request_of(press.job), wanted)
    if not wanted.names_something or change.missed:
        await say(ports, press, "old-menu")
        return
    seen = replace(change.request, price=price_seen(price, change.request.model, change.request.size))
    if press.is_impatient:
        await say(ports, press, "toast-which")
    elif seen.price != (today := price_of(seen.model, seen.size)):
        await _tell_price(ports, press, today * change.count)
        opened = write_moment(press.visit.received_at)
        await show_buttons(ports, press, format_buttons(press.job, press.count, opened))
    elif await buy(ports, press, f"make {words}", seen, change.count):
        await show_buttons(ports, press, format_buttons(press.job, next_press(press.count), press.since))


async def press_more(ports: Ports, press: Press) -> None:
    """*One more* of an unfinished picture, once per card. The worker that draws the card updates the keyboard."""
    if await _was_bought(ports, press, "more"):
        await say(ports, press, "toast-one-more", alert=True)
    else:
        await buy(ports, press, "more", replace(request_of(press.job), seed=None), 1)


async def _buy_again(ports: Ports, press: Press, request: PictureRequest) -> None:
    job = press.job
    number = job.count if is_set(job) and is_last(job) else 1
    if await buy(ports, press, "again", replace(request, seed=None), number):  # the same seed: the same picture
        await show_home(ports, press, next_press(press.count))


async def buy(ports: Ports, press: Press, button: str, request: PictureRequest, number: int) -> bool:
    """Buy a button's offer; returns True if it is bought, now or before. Then the keyboard gets the next count.

    `request` has the price that the person has seen. If it has changed since, nothing is bought: the new one is shown.
    """
    if await _is_under_way(ports, press, button):
        await say(ports, press, "toast-making", alert=True)
        return False
    again = repeats.repeat(request, press.visit.opened.user.settings)
    if again.price != request.price and not await _was_bought(ports, press, button):
        await _let_choose(ports, press, replace(request_of(press.job), price=again.price))
        return False
    answer = await start_order(ports, press.visit, _intent(ports, press, button, press.count), again, number)
    if isinstance(answer, Screen):
        await say_declined(ports, press.visit, press.tap, answer)
        return False
    await say(ports, press, "toast-again" if answer.fresh else "toast-known")
    return True


async def _has_just_ended(ports: Ports, press: Press) -> bool:
    """Whether *Try again* has just replaced *Cancel*."""
    if press.job.state is JobState.DELIVERED:
        return False
    released_at = await find_release(ports, press.job.id)
    return released_at is not None and press.visit.received_at < released_at + IMPATIENCE


async def _is_under_way(ports: Ports, press: Press, button: str) -> bool:
    """Whether the picture of an earlier press of this button was unfinished at the time of this press."""
    intents = [_intent(ports, press, button, count) for count in earlier_presses(press.count)]
    return await were_open(ports, intents, press.visit.received_at)


async def _was_bought(ports: Ports, press: Press, button: str) -> bool:
    return await find_accepted(ports, _intent(ports, press, button, press.count)) is not None


def _intent(ports: Ports, press: Press, button: str, count: str) -> str:
    return tap_intent(ports.bot_id, press.job.id, button, count)

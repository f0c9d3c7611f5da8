"""Buttons that buy: a press buys once, however impatient the finger."""

import asyncio

import pytest

from shared.errors import DeliveryUnknownError, MessageGoneError, NanoBananaError
from shared.jobs.job import JobState
from shared.pictures.picture import request_of
from shared.pictures.press import IMPATIENCE
from shared.providers.outcomes import NoResult
from shared.texts import plain_text
from tests.fakes.messenger import Shown
from tests.world import GROUP, ME, World

FOX = "a red fox"
MAKING = plain_text("en", "toast-making")


async def make(world: World, words: str = FOX) -> Shown:
    await world.send(world.message(words))
    return world.shown()


def now(world: World, shown: Shown, chat_id: int = ME) -> Shown:
    """The same message as it looks now."""
    return world.messenger.chats[chat_id][shown.message_id]


def look(world: World) -> None:
    """Time to see that the buttons have changed."""
    world.clock.advance(IMPATIENCE.total_seconds())


def labels(shown: Shown) -> list[list[str]]:
    return [[button.label for button in row] for row in shown.buttons]


def toasts(world: World) -> list[str]:
    return [tap.toast for tap in world.messenger.taps]


async def test_again(world: World) -> None:
    """🔁 makes another picture of the same words with the same choices, and its card says of what."""
    picture = await make(world, f"{FOX} 16:9 2K")
    await world.deliver(world.tap("again", picture))
    card = world.shown()
    assert "“a red fox”" in card.text
    assert (labels(card), card.reply_to) == ([["✕ Cancel", "➕ One more · 6"]], picture.message_id)
    await world.settle()
    first, second = world.jobs()
    assert request_of(second).prompt == request_of(first).prompt == FOX
    assert (request_of(second).ratio, request_of(second).size, second.count) == ("16:9", "2K", 1)
    assert toasts(world) == ["On it!"]
    world.check_money()


async def test_ten_taps_buy_once(world: World) -> None:
    """However often it is pressed while its picture is being made, on the old keyboard or on the new one."""
    picture = await make(world)
    await world.deliver(world.tap("again", picture))
    for _ in range(9):
        await world.deliver(world.tap("again", now(world, picture)))
    await world.deliver(world.tap("again", picture))
    assert len(world.jobs()) == 2
    assert toasts(world)[1:] == [MAKING] * 9 + ["This button was pressed already."]
    assert all(tap.alert for tap in world.messenger.taps[1:10])
    await world.settle()
    world.check_money()


async def test_second_wish(world: World) -> None:
    """Once the picture is there the button buys again."""
    picture = await make(world)
    for count in (2, 3, 4):
        await world.send(world.tap("again", now(world, picture)))
        assert len(world.jobs()) == count
    world.check_money()


async def test_late_press_means_what_was_seen(world: World) -> None:
    """A press that was made while the picture was drawn buys nothing, although it is handled after its end."""
    picture = await make(world)
    await world.deliver(world.tap("again", picture))
    impatient, pressed_at = world.tap("again", now(world, picture)), world.now
    world.clock.advance(5)
    await world.settle()
    world.clock.advance(60)
    await world.deliver(impatient, received_at=pressed_at)
    assert toasts(world)[-1] == MAKING
    assert len(world.jobs()) == 2


async def test_late_press_after_a_cancel(world: World) -> None:
    """A press that was made while the picture waited buys nothing, although that was canceled before it is handled."""
    picture = await make(world)
    await world.deliver(world.tap("again", picture))
    impatient, pressed_at = world.tap("again", now(world, picture)), world.now
    world.clock.advance(5)
    await world.deliver(world.message("/cancel"))
    await world.settle()
    world.clock.advance(60)
    await world.deliver(impatient, received_at=pressed_at)
    assert toasts(world)[-1] == MAKING
    assert len(world.jobs()) == 2
    world.check_money()


async def test_at_the_same_time(world: World) -> None:
    """Two deliveries of a press at once are one wish."""
    picture = await make(world)
    await asyncio.gather(*(world.deliver(world.tap("again", picture)) for _ in range(2)))
    await world.settle()
    assert len(world.jobs()) == 2
    world.check_money()


@pytest.mark.parametrize("word", ["hAsH-8_x", "12345678"])
async def test_keyboard_of_an_earlier_release(world: World, word: str) -> None:
    """A random word instead of a count works, and counts on from there."""
    picture = await make(world)
    await world.deliver(world.tap_data(f"1;again;{world.job().id};{word}", picture.message_id))
    await world.deliver(world.tap("again", now(world, picture)))
    assert (len(world.jobs()), toasts(world)[-1]) == (2, MAKING)
    await world.settle()
    await world.send(world.tap("again", now(world, picture)))
    await world.send(world.tap("again", now(world, picture)))
    assert len(world.jobs()) == 4


async def test_one_more(world: World) -> None:
    """➕ under the card of a repeat makes one more at once, once per card."""
    picture = await make(world)
    await world.deliver(world.tap("again", picture))
    card = world.shown()
    await world.deliver(world.tap("more", card))
    assert len(world.jobs()) == 3
    await world.deliver(world.tap("more", card))
    assert toasts(world)[-1] == plain_text("en", "toast-one-more")
    await world.deliver(world.tap("more", world.shown()))
    assert len(world.jobs()) == 4
    await world.settle()
    assert {job.state for job in world.jobs()} == {JobState.DELIVERED}
    world.check_money()


async def test_no_more_under_a_first_card(world: World) -> None:
    """A card of a message has no ➕: nobody pressed anything."""
    await world.deliver(world.message(FOX))
    assert labels(world.shown()) == [["✕ Cancel"]]


async def test_one_more_stands_where_no_finger_is(world: World) -> None:
    """➕ is at the right of its card's last row, 🔁 at the left of the first under a picture."""
    picture = await make(world)
    assert labels(picture) == [
        ["🔁 Again", "✏️ Edit"],
        ["🎬 Animate · 16", "🪄 Tools"],
        ["📐 Format", "📄 File"],
        ["🔗 Share", "🗑 Delete"],
    ]
    await world.deliver(world.tap("again", picture))
    assert labels(world.shown())[-1][-1].startswith("➕")


async def test_again_with_material(world: World) -> None:
    """The same pictures go along, and the same parent."""
    await world.send(world.photo("make it blue"))
    await world.send(world.tap("again", world.shown()))
    assert world.model.tasks[0] == world.model.tasks[1]
    await world.send(world.reply("and rounder", world.shown()))
    await world.send(world.tap("again", world.shown()))
    assert world.model.tasks[2] == world.model.tasks[3]


async def test_again_without_credits(world: World) -> None:
    """A wish that cannot be paid is declined in an alert that fits and says when it can be."""
    await world.give(4)
    await world.send(world.tap("again", await make(world)))
    assert world.messenger.taps[-1].alert
    assert "This costs 4 credits, you have 0" in toasts(world)[-1]
    assert "more: /buy" in toasts(world)[-1]
    world.check_money()


async def test_again_without_credits_in_a_group(world: World) -> None:
    """An alert is seen by one person: it may say what they have, in a group too."""
    await world.give(4)
    await world.send(world.message(f"/image {FOX}", chat_id=GROUP))
    await world.send(world.tap("again", world.shown(GROUP), chat_id=GROUP))
    assert "you have 0" in toasts(world)[-1]


async def test_try_again_after_a_failure(world: World) -> None:
    """The failed card's button is a new request, once per failure seen."""
    world.model.script(FOX, NoResult("STOP"), NoResult("STOP"))
    card = await make(world)
    assert labels(card) == [["🔁 Try again", "ℹ️ Details"]]
    await world.send(world.tap("again", card))
    assert (len(world.jobs()), toasts(world)) == (1, [plain_text("en", "toast-ended")])
    look(world)
    await world.send(world.tap("again", card), world.tap("again", card))
    assert [job.state for job in world.jobs()] == [JobState.FAILED, JobState.DELIVERED]
    await world.send(world.tap("again", now(world, card)))
    assert len(world.jobs()) == 3
    world.check_money()


async def test_settings_have_changed(world: World) -> None:
    """Nothing is bought yet: both ways are offered with their prices, and either is one wish."""
    picture = await make(world)
    await world.send(world.message("/settings"))
    for choice in ("ratio;16:9", "size;4K"):
        await world.send(world.tap(f"set;{choice}", world.shown()))
    await world.send(world.tap("again", picture))
    assert labels(now(world, picture)) == [["As then: 1:1 · 1K · 4"], ["⚙️ 16:9 · 4K · 10"], ["« Back"]]
    assert (len(world.jobs()), toasts(world)[-1]) == (1, plain_text("en", "toast-choose"))
    offer = now(world, picture)
    await world.deliver(world.tap("then", offer))
    assert (len(world.jobs()), toasts(world)[-1]) == (1, plain_text("en", "toast-choose"))
    look(world)
    await world.deliver(world.tap("now", offer))
    await world.deliver(world.tap("then", offer))
    assert [(request_of(job).ratio, request_of(job).size, job.request.price) for job in world.jobs()[1:]] == [
        ("16:9", "4K", 10)
    ]
    await world.deliver(world.tap("again", now(world, picture)))
    assert toasts(world)[-1] == MAKING
    await world.settle()
    await world.send(world.tap("again", now(world, picture)))
    look(world)
    await world.send(world.tap("then", now(world, picture)))
    assert request_of(world.jobs()[-1]).size == "1K"
    world.check_money()


async def test_settings_have_changed_and_it_is_bought(world: World) -> None:
    """A press that comes again after it bought offers nothing."""
    picture = await make(world)
    await world.send(world.tap("again", picture))
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;size;4K", world.shown()))
    await world.send(world.tap("again", picture))
    assert toasts(world)[-1] == "This button was pressed already."
    assert len(world.jobs()) == 2


async def test_what_the_words_named_stays(world: World) -> None:
    """A format that the words named is not a setting: other settings offer the same format."""
    picture = await make(world, f"{FOX} 3:4")
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;ratio;16:9", world.shown()))
    await world.send(world.tap("again", picture))
    assert request_of(world.jobs()[-1]).ratio == "3:4"
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;model;best", world.shown()))
    await world.send(world.tap("again", now(world, picture)))
    assert labels(now(world, picture))[1] == ["⚙️ Nano Banana Pro · 3:4 · 1K · 14"]
    await world.send(world.tap("back", now(world, picture)))
    assert labels(now(world, picture))[0] == ["🔁 Again", "✏️ Edit"]


async def test_another_format(world: World) -> None:
    """📐 offers formats, sizes and numbers with their prices; each is the same picture with one thing changed."""
    await world.give(100)
    picture = await make(world)
    await world.send(world.tap("format", picture))
    assert labels(now(world, picture)) == [
        ["9:16 · 4", "16:9 · 4", "3:4 · 4"],
        ["4:3 · 4", "2K · 6", "4K · 10"],
        ["+2 · 8", "+4 · 16", "« Back"],
    ]
    look(world)
    for change in ("9:16", "4K", "x2"):
        button = next(
            b for row in now(world, picture).buttons for b in row if b.data.split(";")[-1].startswith(f"{change} ")
        )
        await world.send(world.tap_data(button.data, picture.message_id))
    made = [
        (request_of(job).prompt, request_of(job).ratio, request_of(job).size, job.count) for job in world.jobs()[1:]
    ]
    assert made == [(FOX, "9:16", "1K", 1), (FOX, "1:1", "4K", 1), *[(FOX, "1:1", "1K", 2)] * 2]
    assert [job.request.price for job in world.jobs()] == [4, 4, 10, 4, 4]
    world.check_money()


async def test_another_format_twice(world: World) -> None:
    """The keyboard stays under the finger, so that a second press of the same button buys nothing."""
    picture = await make(world)
    await world.send(world.tap("format", picture))
    await world.deliver(world.tap("make", now(world, picture)))
    assert (len(world.jobs()), toasts(world)[-1]) == (1, plain_text("en", "toast-which"))
    look(world)
    for _ in range(3):
        data = now(world, picture).buttons[0][0].data
        await world.deliver(world.tap_data(data, picture.message_id))
    assert (len(world.jobs()), toasts(world)[-1]) == (2, MAKING)
    other = now(world, picture).buttons[0][1].data
    await world.deliver(world.tap_data(other, picture.message_id))
    await world.deliver(world.tap_data(now(world, picture).buttons[0][0].data, picture.message_id))
    assert (len(world.jobs()), toasts(world)[-1]) == (3, MAKING)


@pytest.mark.parametrize("change", ["", "x9", "5:7", "8K", "1:8"])
async def test_no_such_change(world: World, change: str) -> None:
    """A forged change is an old menu; so is a format that this model does not paint."""
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;model;best", world.shown()))
    picture = await make(world)
    job = world.jobs()[-1]
    await world.send(world.tap_data(f"1;make;{job.id};0;nonsense;{change}", picture.message_id))
    assert toasts(world)[-1] == plain_text("en", "old-menu")
    assert len(world.jobs()) == 1


async def test_format_of_what_is_being_made(world: World) -> None:
    """A forged press on a card that waits is put off."""
    await world.deliver(world.message(FOX))
    await world.deliver(world.tap_data(f"1;format;{world.job().id};0", world.shown().message_id))
    assert toasts(world) == [plain_text("en", "toast-not-done")]


async def test_group_prices(world: World) -> None:
    """In a group no button shows a price."""
    await world.send(world.message(f"/image {FOX}", chat_id=GROUP))
    picture = world.shown(GROUP)
    await world.send(world.tap("format", picture, chat_id=GROUP))
    assert labels(now(world, picture, GROUP)) == [["9:16", "16:9", "3:4"], ["4:3", "2K", "4K"], ["+2", "+4", "« Back"]]
    await world.send(world.tap("back", now(world, picture, GROUP), chat_id=GROUP))
    await world.deliver(world.tap("again", now(world, picture, GROUP), chat_id=GROUP))
    assert labels(world.shown(GROUP)) == [["✕ Cancel", "➕ One more"]]


async def test_cancel_pressed_twice(world: World) -> None:
    """*Try again* comes where *Cancel* was: a second press of *Cancel* does not buy it."""
    await world.deliver(world.message(FOX))
    await world.deliver(world.tap("cancel", world.shown()))
    for _ in range(5):
        await world.deliver(world.tap("again", world.shown()))
    assert (len(world.jobs()), toasts(world)[-1]) == (1, plain_text("en", "toast-ended"))
    look(world)
    await world.send(world.tap("again", world.shown()))
    assert len(world.jobs()) == 2


async def test_try_again_what_was_never_held(world: World) -> None:
    """A request that a /cancel overtook held nothing: it may be tried again at once."""
    late = world.message(FOX)
    await world.send(world.message("/cancel"), late)
    await world.send(world.tap_data(f"1;again;{world.job().id};0", 5))
    assert len(world.jobs()) == 2


@pytest.mark.parametrize("error", [MessageGoneError("gone"), DeliveryUnknownError("?")])
async def test_keyboard_cannot_be_renewed(world: World, error: NanoBananaError) -> None:
    """A message that is gone needs no new keyboard."""
    picture = await make(world)
    world.messenger.fail("edit_buttons", error)
    await world.send(world.tap("again", picture))
    assert len(world.jobs()) == 2


async def test_again_without_a_card(world: World) -> None:
    """A forged press on a job that has no card yet is a wish like any other."""
    world.messenger.fail("send_text", DeliveryUnknownError("?"))
    await world.deliver(world.message(FOX))
    await world.deliver(world.tap_data(f"1;again;{world.job().id};x", 5))
    assert len(world.jobs()) == 2

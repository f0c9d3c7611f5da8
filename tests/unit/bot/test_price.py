"""/price says what an answer cost, to the person who asked for it."""

import pytest

from shared.credits.catalogue import FREE_ANSWERS_PER_DAY
from tests.unit.conversations.test_request_answer import SKY, use_up
from tests.world import GROUP, ME, OTHER, World


async def test_free(world: World) -> None:
    """A free answer says so, with how many of the day's are left, and its tokens by the model's count."""
    await world.send(world.message(f"/ask {SKY}"))
    await world.send(world.message("/price"))
    assert f"{FREE_ANSWERS_PER_DAY - 1} of {FREE_ANSWERS_PER_DAY}" in world.shown().text
    assert "Gemini Flash" in world.shown().text
    assert "7 written" in world.shown().text


async def test_free_on_another_day(world: World) -> None:
    """Free answers of an earlier day do not count as today's."""
    await world.send(world.message(f"/ask {SKY}"))
    first = world.shown()
    world.clock.advance(86_400)
    await world.send(world.message("/ask another?"))
    await world.send(world.reply("/price", first))
    assert "was free" in world.shown().text
    assert f"{FREE_ANSWERS_PER_DAY - 1} of" in world.shown().text


async def test_paid(world: World) -> None:
    """A paid answer costs what was taken for it, not what was held."""
    await use_up(world)
    await world.send(world.message(f"/ask {SKY}"))
    await world.send(world.message("/price"))
    assert "cost 1 credit, rounded up." in world.shown().text
    assert f"0 of {FREE_ANSWERS_PER_DAY}" in world.shown().text


async def test_nothing_came(world: World) -> None:
    """A stopped question has no answer, and no price to wait for."""
    await world.deliver(world.message(f"/ask {SKY}"))
    await world.deliver(world.message("/cancel"))
    await world.settle()
    await world.send(world.message("/price"))
    assert "cost nothing" in world.shown().text


async def test_not_yet(world: World) -> None:
    """While an answer is awaited it has no price."""
    await world.deliver(world.message(f"/ask {SKY}"))
    await world.deliver(world.message("/price"))
    assert "not there yet" in world.shown().text


async def test_none(world: World) -> None:
    """Without an answer here, or with one that is a picture, there is nothing to tell."""
    await world.send(world.message("/price"))
    assert "no answer of yours" in world.shown().text
    await world.send(world.message("a red fox"), world.message("/price"))
    assert "no answer of yours" in world.shown().text


@pytest.mark.parametrize("user_id", [ME, OTHER])
async def test_in_a_group(world: World, user_id: int) -> None:
    """In a group the price comes to the asker's private chat; who replies to somebody else's answer learns nothing."""
    await world.send(world.message(f"/ask {SKY}", chat_id=GROUP))
    shown = world.shown(GROUP)
    await world.send(world.reply("/price", shown, chat_id=GROUP, user_id=user_id))
    told = world.shown(user_id).text
    assert ("Tokens" in told) == (user_id == ME)
    assert "Tokens" not in world.shown(GROUP).text


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_the_button(world: World, language: str) -> None:
    """💳 under an answer shows the same in a window, which holds 200 characters."""
    await world.send(world.message(f"/search {SKY}", language=language))
    shown = world.shown()
    await world.send(world.tap("cost", shown, language=language))
    tap = world.messenger.taps[-1]
    assert tap.alert
    assert "Gemini Flash" in tap.toast
    assert len(tap.toast) <= 200
    assert world.shown() == shown
    assert [len(row) for row in shown.buttons] == [3, 2]


async def test_the_button_is_its_persons(world: World) -> None:
    """Nobody else in a group learns what an answer cost."""
    await world.send(world.message(f"/ask {SKY}", chat_id=GROUP))
    await world.send(world.tap("cost", world.shown(GROUP), chat_id=GROUP, user_id=OTHER))
    assert world.messenger.taps[-1].toast.startswith("This button belongs to somebody else")


@pytest.mark.parametrize("data", ["", ";x", f";{'a' * 16}"])
async def test_a_button_of_nothing(world: World, data: str) -> None:
    """A button whose job was deleted says so."""
    await world.send(world.tap_data(f"1;cost{data}", 7))
    assert world.messenger.taps[-1].toast == "That is no longer stored."


async def test_a_button_of_other_work(world: World) -> None:
    """A forged button with a picture's job tells nothing."""
    await world.send(world.message("a red fox"))
    await world.send(world.tap_data(f"1;cost;{world.job().id}", 7))
    assert world.messenger.taps[-1].toast == "That is no longer stored."

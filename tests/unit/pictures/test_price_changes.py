"""A price that changes on a day: what was accepted keeps the old one, and nobody pays a new one unseen."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.credits.catalogue import OFFERS
from shared.jobs.job import JobState
from shared.jobs.open_jobs import change_job, open_job
from shared.pictures.picture import request_of
from shared.pictures.press import IMPATIENCE
from shared.texts import plain_text
from tests.fakes.messenger import Shown
from tests.world import ME, World

FOX = "a red fox"
DEARER = plain_text("en", "price-changed", price=7)


@pytest.fixture
def world(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """In a day a small picture costs 7 credits instead of 4."""
    since = (world.clock.now() + timedelta(days=1)).date()
    dearer = replace(OFFERS["fast"], later_prices=((since, {"1K": 7, "2K": 11, "4K": 16}),))
    monkeypatch.setitem(OFFERS, "fast", dearer)
    return world


def let_the_day_come(world: World) -> None:
    world.clock.advance(timedelta(days=1).total_seconds())


def now(world: World, shown: Shown) -> Shown:
    return world.messenger.chats[ME][shown.message_id]


def labels(shown: Shown) -> list[str]:
    return [button.label for row in shown.buttons for button in row]


def toast(world: World) -> str:
    return world.messenger.taps[-1].toast


def look(world: World) -> None:
    world.clock.advance(IMPATIENCE.total_seconds())


def prices(world: World) -> list[int]:
    return [job.request.price for job in world.jobs()]


async def make(world: World, words: str = FOX) -> Shown:
    await world.send(world.message(words))
    return world.shown()


async def test_accepted_at_the_old_price(world: World) -> None:
    """A picture that is accepted a minute before midnight and made after it costs what was said."""
    world.clock.set(world.clock.now().replace(hour=23, minute=59))
    await world.deliver(world.message(FOX))
    world.clock.advance(120)
    await world.settle()
    assert (prices(world), world.job().state) == ([4], JobState.DELIVERED)
    world.check_money()
    await world.send(world.message(FOX))
    assert prices(world) == [4, 7]


async def test_again_says_the_new_price_first(world: World) -> None:
    """*Again* under an old picture buys nothing at a new price: it is said, and stands on the button that buys."""
    await world.give(50)
    picture = await make(world)
    let_the_day_come(world)
    await world.send(world.tap("again", picture))
    assert (toast(world), prices(world)) == (DEARER, [4])
    assert labels(now(world, picture)) == ["As then: 1:1 · 1K · 7", "« Back"]
    look(world)
    await world.send(world.tap("then", now(world, picture)))
    assert prices(world) == [4, 7]
    await world.deliver(world.tap("again", picture))
    assert len(world.jobs()) == 2
    world.check_money()


async def test_again_of_an_old_document(world: World) -> None:
    """The same for a picture whose settings were not kept."""
    await world.give(50)
    picture = await make(world)
    opened = await open_job(world.ports, world.job().id)
    assert opened is not None
    await change_job(world.ports, opened, lambda job: replace(job, request=replace(request_of(job), settings=None)))
    let_the_day_come(world)
    await world.send(world.tap("again", picture))
    assert (toast(world), prices(world)) == (DEARER, [4])


async def test_a_choice_that_was_offered_before(world: World) -> None:
    """A choice offered at the old price is offered anew."""
    await world.give(50)
    picture = await make(world)
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;ratio;3:4", world.shown()))
    await world.send(world.tap("again", picture))
    assert labels(now(world, picture)) == ["As then: 1:1 · 1K · 4", "⚙️ 3:4 · 1K · 4", "« Back"]
    let_the_day_come(world)
    await world.send(world.tap("now", now(world, picture)))
    assert prices(world) == [4]
    assert labels(now(world, picture)) == ["As then: 1:1 · 1K · 7", "« Back"]


async def test_a_format_that_was_offered_before(world: World) -> None:
    """A format with the old price on its button is offered anew, with the new one."""
    await world.give(50)
    picture = await make(world)
    await world.send(world.tap("format", picture))
    let_the_day_come(world)
    await world.send(world.tap("make", now(world, picture)))
    assert (toast(world), prices(world)) == (DEARER, [4])
    assert labels(now(world, picture))[:6] == ["9:16 · 7", "16:9 · 7", "3:4 · 7", "4:3 · 7", "2K · 11", "4K · 16"]
    assert labels(now(world, picture))[6:8] == ["+2 · 14", "+4 · 28"]
    look(world)
    await world.send(world.tap("make", now(world, picture)))
    assert prices(world) == [4, 7]


async def test_a_format_of_an_earlier_release(world: World) -> None:
    """A button without a price means the first on the list."""
    await world.give(50)
    picture = await make(world)
    await world.send(world.tap("format", picture))
    look(world)
    old = now(world, picture).buttons[0][0].data.removesuffix(" 4")
    await world.send(world.tap_data(old, picture.message_id))
    assert prices(world) == [4, 4]
    let_the_day_come(world)
    await world.send(world.tap_data(old, picture.message_id))
    assert (toast(world), prices(world)) == (DEARER, [4, 4])


async def test_a_question_that_was_asked_before(world: World) -> None:
    """*Draw this* at the old price shows the new one first."""
    await world.give(50)
    await world.send(world.message("fox"))
    assert labels(world.shown()) == ["🎨 Draw this · 4 credits", "✨ Improve"]
    let_the_day_come(world)
    await world.send(world.tap("draw", world.shown()))
    assert (toast(world), prices(world)) == (DEARER, [])
    assert labels(world.shown()) == ["🎨 Draw this · 7 credits", "✨ Improve"]
    await world.send(world.tap("draw", world.shown()))
    assert prices(world) == [7]


async def test_an_example_of_an_old_screen(world: World) -> None:
    """An example of a first screen with the old price shows the new one first."""
    await world.give(50)
    await world.send(world.message("/start"))
    let_the_day_come(world)
    await world.send(world.tap("ex;1", world.shown()))
    assert (toast(world), prices(world)) == (DEARER, [])
    assert "7" in world.shown().text
    await world.send(world.tap("ex;1", world.shown()))
    assert prices(world) == [7]


async def test_a_list_as_one_picture(world: World) -> None:
    """*All in one picture* under the question about a list at the old price shows the new one first."""
    await world.give(50)
    await world.send(world.message("/image 1. a fox\n2. a cat\n3. a dog"))
    let_the_day_come(world)
    asked = world.shown()
    await world.send(world.tap("draw;", asked))
    assert (toast(world), prices(world)) == (DEARER, [])
    assert "🎨 Draw this · 7 credits" in labels(now(world, asked))
    await world.send(world.tap("draw;", now(world, asked)))
    assert prices(world) == [7]

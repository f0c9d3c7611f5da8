"""Collections: named by a reply, filled and emptied by presses, removed without losing a picture."""

from typing import Any

import pytest

from shared.gallery.gallery_screens import describe_selection
from shared.gallery.result import Selection
from shared.people import shelves as shelves_module
from shared.people.shelves import Gallery, Shelf, add_shelf, tidy_shelf_name
from shared.texts import plain_text
from tests.fakes.messenger import Shown
from tests.unit.gallery.test_find_results import FOX, OWL, draw, write
from tests.unit.gallery.test_gallery import again, labels, open_gallery, press, walk
from tests.world import BOT_ID, ME, World

Json = dict[str, Any]


def answer_to(world: World, question: Shown, name: str) -> Json:
    """A reply to the question for a name."""
    replied = {"message_id": question.message_id, "from": {"id": BOT_ID, "is_bot": True}, "text": question.text}
    return world.message(name, reply_to_message=replied)


async def name_it(world: World, shown: Shown, name: str) -> Shown:
    """Ask for a new collection and answer the question; the bot's answer."""
    await walk(world, shown, ["gsets", "gname"])
    await world.send(answer_to(world, world.shown(), name))
    return world.shown()


async def test_made_and_opened(world: World) -> None:
    """The reply names a collection that holds the picture; its button shows it, and ☰ lists it."""
    await draw(world, FOX, OWL)
    shown = await open_gallery(world)
    told = await name_it(world, shown, "  Trips\n2026 ")
    [shelf] = world.user().gallery.shelves
    assert shelf.name == "Trips 2026"
    assert world.jobs()[1].shelves == (shelf.id,)
    assert world.jobs()[0].shelves == ()
    opened = await press(world, told, "gal")
    assert ("🗂 Trips 2026" in opened.text, OWL in opened.text) == (True, True)
    assert "gstar" in str(again(world, shown).buttons)
    menu = await press(world, opened, "gmenu")
    assert "✅ 🗂 Trips 2026" in labels(menu)
    assert all(len(b.data.encode()) <= 64 for row in menu.buttons for b in row)


async def test_filled_and_emptied(world: World) -> None:
    """A press puts a picture there, another takes it away; an empty collection says how to fill it."""
    await draw(world, FOX, OWL)
    shown = await open_gallery(world)
    await name_it(world, shown, "Trips")
    await walk(world, shown, ["golder", "gsets"])
    panel = await press(world, shown, "gput")
    assert "✅ Trips" in labels(panel)
    assert all(len(b.data.encode()) <= 64 for row in panel.buttons for b in row)
    assert [len(job.shelves) for job in world.jobs()] == [1, 1]
    await press(world, shown, "gput")
    assert world.jobs()[0].shelves == ()
    await walk(world, shown, ["gback", "gnewer", "gsets", "gput", "gback", "gmenu"])
    [shelf] = world.user().gallery.shelves
    await press(world, shown, f"gal;{shelf.id}")
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-gallery-empty-shelf")


async def test_a_name_that_is_taken(world: World) -> None:
    """The same name means the same collection, whatever the case; a reply that comes twice makes one."""
    await draw(world, FOX, OWL)
    shown = await open_gallery(world)
    await name_it(world, shown, "Trips")
    await press(world, shown, "golder")
    await walk(world, shown, ["gsets", "gname"])
    reply = answer_to(world, world.shown(), "TRIPS")
    await world.send(reply, reply)
    [shelf] = world.user().gallery.shelves
    assert [job.shelves for job in world.jobs()] == [(shelf.id,)] * 2
    await world.send(answer_to(world, world.shown(), "again"))


async def test_question_that_is_over(world: World) -> None:
    """A name for a question that another has replaced is no name and no wish: the bot says how to ask again."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    await walk(world, shown, ["gsets", "gname"])
    old = world.shown()
    await walk(world, shown, ["gsets", "gname"])
    await world.send(answer_to(world, old, "Trips"))
    assert "question is over" in world.shown().text
    assert world.user().gallery.shelves == ()
    assert len(world.jobs()) == 1


async def test_picture_that_is_gone_meanwhile(world: World) -> None:
    """The collection is made although its first picture was deleted in between."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    await walk(world, shown, ["gsets", "gname"])
    await write(world, world.job(), deleted_at=world.now)
    await world.send(answer_to(world, world.shown(), "Trips"))
    assert len(world.user().gallery.shelves) == 1
    assert world.job().shelves == ()


async def test_removed(world: World) -> None:
    """A collection is removed after a question; its pictures stay, and its old buttons say that it is gone."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    told = await name_it(world, shown, "Trips")
    panel = await press(world, shown, "gsets")
    opened = await press(world, told, "gal")
    await walk(world, opened, ["gmenu", "gdrop", "gback"])
    assert len(world.user().gallery.shelves) == 1
    await walk(world, opened, ["gmenu", "gdrop", "gdropy"])
    assert world.user().gallery.shelves == ()
    assert FOX in again(world, opened).text
    put = next(b.data for row in panel.buttons for b in row if ";gput;" in b.data)
    await world.send(world.tap_data(put, panel.message_id))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-gallery-no-shelf")


async def test_removed_with_nothing_left(world: World) -> None:
    """A collection can be removed by somebody who has nothing any more; a button without a place removes nothing."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    told = await name_it(world, shown, "Trips")
    opened = await press(world, told, "gal")
    await walk(world, opened, ["gmenu", "gdrop"])
    await write(world, world.job(), deleted_at=world.now)
    await world.send(world.tap_data("1;gdropy;a", opened.message_id))
    assert len(world.user().gallery.shelves) == 1
    await world.send(world.tap("gdropy", again(world, opened)))
    assert world.user().gallery.shelves == ()
    assert "empty so far" in world.shown().text


async def test_too_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit no new one is offered, and an old button or an open question says what to do."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    panel = await press(world, shown, "gsets")
    await press(world, shown, "gname")
    question = world.shown()
    monkeypatch.setattr(shelves_module, "SHELVES_MAX", 0)
    await world.send(answer_to(world, question, "Trips"))
    assert "you have that many" in world.shown().text
    monkeypatch.setattr("shared.gallery.press_shelves.SHELVES_MAX", 0)
    monkeypatch.setattr("shared.gallery.gallery_screens.SHELVES_MAX", 0)
    name = next(b.data for row in panel.buttons for b in row if ";gname;" in b.data)
    await world.send(world.tap_data(name, panel.message_id))
    assert "Remove one first" in world.messenger.taps[-1].toast
    assert "gname" not in str((await press(world, shown, "gsets")).buttons)


def test_what_is_no_longer_there_has_a_name() -> None:
    """A selection of a removed collection is still called something."""
    assert describe_selection(Selection(shelf="gone1234"), Gallery(), "en") == "🗂 A removed collection"


def test_names() -> None:
    """A name fits on a button; adding a collection twice adds one."""
    assert len(tidy_shelf_name("a" * 100)) == 40
    once = add_shelf(Gallery(), Shelf("12345678", "Trips"))
    assert once is not None
    assert add_shelf(once, Shelf("12345678", "Trips")) == once


async def test_reply_of_another_kind(world: World) -> None:
    """A reply to another message of the bot is a wish as ever."""
    await draw(world, FOX)
    await open_gallery(world)
    await world.send(world.reply("make it blue", world.messenger.messages(ME)[0]))
    assert world.model.tasks[-1].prompt == "make it blue"

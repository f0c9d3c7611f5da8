"""Ready-made changes of a picture: each press buys once what its label says."""

import pytest

from shared.jobs.job import JobState
from shared.pictures.picture import request_of
from shared.pictures.press import IMPATIENCE
from shared.pictures.tools import TOOLS, tool_words
from shared.texts import plain_text
from tests.fakes.messenger import Shown
from tests.world import GROUP, ME, World

FOX = "a red fox"


def now(world: World, shown: Shown, chat_id: int = ME) -> Shown:
    """The same message as it looks now."""
    return world.messenger.chats[chat_id][shown.message_id]


def labels(shown: Shown) -> list[list[str]]:
    return [[button.label for button in row] for row in shown.buttons]


def look(world: World) -> None:
    """Time to see that the buttons have changed."""
    world.clock.advance(IMPATIENCE.total_seconds())


def toasts(world: World) -> list[str]:
    return [tap.toast for tap in world.messenger.taps]


async def make(world: World, words: str = FOX, chat_id: int = ME) -> Shown:
    """A picture of somebody with 100 credits."""
    await world.give(100)
    await world.send(world.message(words, chat_id=chat_id))
    return world.shown(chat_id)


async def press(world: World, tool: str, shown: Shown, chat_id: int = ME) -> None:
    """Press the tool's button, wherever it stands."""
    button = next(b for row in now(world, shown, chat_id).buttons for b in row if f";{tool} " in b.data)
    await world.send(world.tap_data(button.data, shown.message_id, chat_id=chat_id))


async def test_tools_of_a_picture(world: World) -> None:
    """Each tool is offered with its price, and makes a new version of the picture for this price."""
    picture = await make(world, f"{FOX} 3:4")
    await world.send(world.tap("tools", picture))
    assert labels(now(world, picture)) == [
        ["✨ Improve", "🖌 Styles"],
        ["✂️ Cut out · 4", "🛍 Product · 4"],
        ["👤 Portrait · 4", "🩹 Restore · 4"],
        ["🌈 Colour · 4", "🔍 Sharper · 6"],
        ["↔️ Wider · 4", "« Back"],
    ]
    look(world)
    for tool in ("restore", "enlarge", "widen"):
        await press(world, tool, picture)
    first, *made = world.jobs()
    assert [job.state for job in made] == [JobState.DELIVERED] * 3
    assert {request_of(job).parent_id for job in made} == {first.id}
    assert [(request_of(job).ratio, request_of(job).size) for job in made] == [
        ("3:4", "1K"), ("3:4", "2K"), ("16:9", "1K"),
    ]  # fmt: skip
    assert [job.request.price for job in made] == [4, 6, 4]
    assert request_of(made[0]).prompt == plain_text("en", "tool-words-restore")
    world.check_money()


async def test_a_tool_makes_one_picture(world: World) -> None:
    """However many pictures a person usually wants: the label names the price of one."""
    picture = await make(world)
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;count;4", world.shown()))
    await world.send(world.tap("tools", picture))
    look(world)
    await press(world, "cutout", picture)
    assert len(world.jobs()) == 2


async def test_a_press_buys_once(world: World) -> None:
    """A second press of the same tool while its picture is being made buys nothing; neither does one too early."""
    picture = await make(world)
    await world.send(world.tap("tools", picture))
    await press(world, "cutout", picture)
    assert (len(world.jobs()), toasts(world)[-1]) == (1, plain_text("en", "toast-which"))
    look(world)
    for _ in range(3):
        data = now(world, picture).buttons[1][0].data
        await world.deliver(world.tap_data(data, picture.message_id))
    assert (len(world.jobs()), toasts(world)[-1]) == (2, plain_text("en", "toast-making"))


async def test_no_other_price_than_the_label_names(world: World) -> None:
    """Where the settings changed after the keyboard was opened, a press shows the new prices and buys nothing."""
    picture = await make(world)
    await world.send(world.tap("tools", picture), world.message("/settings"))
    await world.send(world.tap("set;size;4K", world.shown()))
    look(world)
    await press(world, "cutout", picture)
    assert (len(world.jobs()), toasts(world)[-1]) == (1, plain_text("en", "toast-choose"))
    assert labels(now(world, picture))[1][0] == "✂️ Cut out · 10"
    look(world)
    await press(world, "cutout", picture)
    assert world.jobs()[-1].request.price == 10


async def test_back_from_tools(world: World) -> None:
    """« Back brings the first keyboard; in a group no button shows a price."""
    picture = await make(world, f"/image {FOX}", GROUP)
    home = labels(now(world, picture, GROUP))
    await world.send(world.tap("tools", picture, chat_id=GROUP))
    assert labels(now(world, picture, GROUP))[1] == ["✂️ Cut out", "🛍 Product"]
    await world.send(world.tap("back", now(world, picture, GROUP), chat_id=GROUP))
    assert labels(now(world, picture, GROUP)) == home


async def test_tools_of_one_of_several(world: World) -> None:
    """One picture of several has its own tools."""
    picture = await make(world, f"{FOX} x2")
    await world.send(world.tap("pick", picture))
    await world.send(world.tap("tools", now(world, picture)))
    look(world)
    await press(world, "portrait", picture)
    assert request_of(world.jobs()[-1]).parent_id == world.jobs()[0].id


@pytest.mark.parametrize("tool", ["", "paint"])
async def test_no_such_tool(world: World, tool: str) -> None:
    """A forged tool is an old menu."""
    picture = await make(world)
    await world.send(world.tap_data(f"1;tool;{world.job().id};0;nonsense;{tool}", picture.message_id))
    assert (len(world.jobs()), toasts(world)[-1]) == (1, plain_text("en", "old-menu"))


async def test_tools_of_what_is_being_made(world: World) -> None:
    """A forged press on a card that waits, or whose job failed, changes nothing."""
    await world.deliver(world.message(FOX))
    card, job = world.shown(), world.job()
    await world.deliver(world.tap_data(f"1;tools;{job.id};0", card.message_id))
    await world.deliver(world.tap_data(f"1;tool;{job.id};0;0;cutout", card.message_id))
    await world.deliver(world.tap("cancel", card))
    await world.deliver(world.tap_data(f"1;tools;{job.id};0", card.message_id))
    assert toasts(world) == [
        plain_text("en", text_id) for text_id in ("toast-not-done", "old-menu", "toast-canceled", "toast-not-made")
    ]
    assert len(world.jobs()) == 1


def test_words_of_each_tool() -> None:
    """Each tool has words in both languages; the widest picture is made wider, the largest stays as large."""
    for tool in TOOLS:
        assert tool_words(tool, "en", None, "1K") != tool_words(tool, "ru", None, "1K")
    assert tool_words("widen", "en", "16:9", "1K").endswith(" x1 21:9")
    assert tool_words("widen", "en", None, "1K").endswith(" x1 16:9")
    assert tool_words("enlarge", "ru", "1:1", "4K").endswith(" x1 4K")


# --- photos that came without words ---


async def ask(world: World, available: int = 100) -> Shown:
    """What somebody with so many credits is asked about a photo without words, in the mode *Auto*."""
    await world.give(available)
    await world.send(world.message("/mode"))
    await world.send(world.tap("mode;auto", world.shown()), world.photo())
    return world.shown()


async def test_tools_of_a_photo(world: World) -> None:
    """A photo without words is asked about; a tool answers the question, for the price on its label."""
    question = await ask(world)
    await world.send(world.tap("phototools", question))
    assert labels(now(world, question))[3] == ["🌈 Colour · 4", "🔍 Sharper · 6"]
    look(world)
    await press(world, "enlarge", question)
    job = world.job()
    assert (job.state, request_of(job).size, job.request.price) == (JobState.DELIVERED, "2K", 6)
    assert len(request_of(job).references) == 1
    world.check_money()


async def test_photo_tool_at_another_price(world: World) -> None:
    """The same for photos: nothing is bought for a price that the button did not name."""
    question = await ask(world)
    await world.send(world.tap("phototools", question), world.message("/settings"))
    await world.send(world.tap("set;size;4K", world.shown()))
    look(world)
    await press(world, "cutout", question)
    assert (world.jobs(), toasts(world)[-1]) == ([], plain_text("en", "toast-choose"))
    look(world)
    await press(world, "cutout", question)
    assert world.job().request.price == 10


async def test_back_to_the_question(world: World) -> None:
    """« Back brings the question's own buttons."""
    question = await ask(world)
    home = labels(question)
    await world.send(world.tap("phototools", question))
    await world.send(world.tap("photoback", now(world, question)))
    assert labels(now(world, question)) == home == [["👀 What is it?", "📝 Prompt"], ["🪄 Tools"]]


async def test_photo_tool_too_early_or_forged(world: World) -> None:
    """A press in the moment in which the keyboard opened, and a tool that nobody has, buy nothing."""
    question = await ask(world)
    await world.send(world.tap("phototools", question))
    await press(world, "cutout", question)
    assert toasts(world)[-1] == plain_text("en", "toast-which")
    draft_id = question.buttons[0][0].data.split(";")[2]
    for data in (f"1;phototool;{draft_id};0;paint", "1;phototool;nobody;0;cutout", "1;phototools"):
        await world.send(world.tap_data(data, question.message_id))
        assert toasts(world)[-1] == plain_text("en", "old-menu")
    assert world.jobs() == []


async def test_photo_tools_after_one_was_chosen(world: World) -> None:
    """A keyboard that is still on somebody's screen does nothing once a tool was chosen, and says so."""
    question = await ask(world)
    await world.send(world.tap("phototools", question))
    rows = now(world, question).buttons
    look(world)
    await press(world, "cutout", question)
    for button in (rows[1][1], question.buttons[1][0], rows[-1][-1]):
        await world.send(world.tap_data(button.data, question.message_id))
        assert toasts(world)[-1] == plain_text("en", "toast-known")
    assert len(world.jobs()) == 1


async def test_photo_tool_at_the_same_moment(world: World) -> None:
    """Two presses of which each finds the question open buy once."""
    question = await ask(world)
    await world.send(world.tap("phototools", question))
    look(world)
    [cutout, studio] = now(world, question).buttons[1]
    other = world.tap_data(studio.data, question.message_id)
    world.store.interrupt(
        lambda writes: any(write.key.collection == "jobs" for write in writes), lambda: world.deliver(other)
    )
    await world.send(world.tap_data(cutout.data, question.message_id))
    assert len(world.jobs()) == 1
    assert sorted(toasts(world)[-2:]) == sorted(plain_text("en", each) for each in ("toast-again", "toast-known"))
    world.check_money()


async def test_photo_tool_while_words_come(world: World) -> None:
    """A caption that is added at the moment of the press decides: the tool buys nothing, and says so."""
    await world.give(100)
    await world.send(world.message("/mode"))
    photo = world.photo()
    await world.send(world.tap("mode;auto", world.shown()), photo)
    question = world.shown()
    await world.send(world.tap("phototools", question))
    look(world)
    data, edited = now(world, question).buttons[1][0].data, world.edited(photo, "make it blue")
    world.store.interrupt(lambda writes: any(w.key.collection == "jobs" for w in writes), lambda: world.deliver(edited))
    await world.deliver(world.tap_data(data, question.message_id))
    assert toasts(world)[-1] == plain_text("en", "old-menu")
    await world.settle()
    assert world.jobs() == []
    assert "A picture or an answer? “make it blue”" in now(world, question).text


async def test_photo_tool_without_credits(world: World) -> None:
    """A person who cannot pay hears what helps, and the question stays."""
    question = await ask(world, available=4)
    await world.send(world.tap("phototools", question))
    look(world)
    await press(world, "enlarge", question)
    assert world.jobs() == []
    assert world.messenger.taps[-1].alert
    world.check_money()


async def test_somebody_elses_photo(world: World) -> None:
    """Nobody uses a tool on another person's photo."""
    question = await ask(world)
    draft_id = question.buttons[0][0].data.split(";")[2]
    await world.send(world.tap_data(f"1;phototool;{draft_id};0;cutout", question.message_id, user_id=ME + 1))
    assert toasts(world)[-1] == plain_text("en", "not-yours")
    assert world.jobs() == []

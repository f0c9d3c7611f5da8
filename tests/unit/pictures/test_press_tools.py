"""Ready-made changes of a picture: each press buys once what its label says."""

import pytest

from shared.jobs.job import JobState
from shared.people.users import PictureSettings
from shared.pictures.picture import request_of
from shared.pictures.press import IMPATIENCE
from shared.pictures.tools import COMPARE, TOOLS, Subject, list_choices, name_tool, read_offer, write_words
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


def find(world: World, name: str, shown: Shown, chat_id: int = ME) -> str:
    """The data of the button that offers or opens this, wherever it stands."""
    buttons = [button for row in now(world, shown, chat_id).buttons for button in row]
    return next(each.data for each in buttons if read_offer(each.data.rpartition(";")[2])[0] == name)


async def press(world: World, name: str, shown: Shown, chat_id: int = ME) -> None:
    """Press the button that offers or opens this."""
    await world.send(world.tap_data(find(world, name, shown, chat_id), shown.message_id, chat_id=chat_id))


async def use(world: World, name: str, shown: Shown, chat_id: int = ME) -> None:
    """Open the tools of a picture, and the choices of one if there are any, and press it."""
    look(world)
    await world.send(world.tap("tools", now(world, shown, chat_id), chat_id=chat_id))
    look(world)
    if "." in name and not name.startswith("upscale"):
        await press(world, name.partition(".")[0], shown, chat_id)
        look(world)
    await press(world, name, shown, chat_id)


async def test_tools_of_a_picture(world: World) -> None:
    """Each tool is offered with its price, or with dots where it leads to choices."""
    picture = await make(world, f"{FOX} 3:4")
    await world.send(world.tap("tools", picture))
    assert labels(now(world, picture)) == [
        ["🔍 Upscale · 2K · 6"],
        ["🔍 Upscale · 4K · 10"],
        ["🎲 4 variations · 16"],
        ["✨ Improve", "🖌 Styles"],
        ["🧩 Remix…", "🖌 Detail…"],
        ["✂️ Cut out · 4", "🏞 Background…"],
        ["👤 Portrait…", "🛍 Product…"],
        ["🩹 Repair · 4", "🌈 Colour · 4"],
        ["↔️ Expand…", "« Back"],
    ]


@pytest.mark.parametrize(
    ("name", "ratio", "size", "price", "name_of_it"),
    [
        ("upscale.2K", "3:4", "2K", 6, "🔍 Upscale · 2K"),
        ("upscale.4K", "3:4", "4K", 10, "🔍 Upscale · 4K"),
        ("restore", "3:4", "1K", 4, "🩹 Repair"),
        ("expand.16:9", "16:9", "1K", 4, "↔️ Expand · 16:9"),
        ("portrait.cinema", "3:4", "1K", 4, "👤 Portrait · 🎞 Cinema"),
        ("backdrop.beach", "3:4", "1K", 4, "🏞 Background · 🏖 Beach"),
    ],
)
async def test_what_a_tool_makes(world: World, name: str, ratio: str, size: str, price: int, name_of_it: str) -> None:
    """A tool makes a new version of the picture for the price on its button; the card and /balance call it by its name;
    then the first keyboard is back.
    """
    picture = await make(world, f"{FOX} 3:4")
    home = labels(picture)
    await use(world, name, picture)
    first, job = world.jobs()
    request = request_of(job)
    assert (job.state, request.parent_id, request.tool) == (JobState.DELIVERED, first.id, name)
    assert (request.ratio, request.size, request.price, job.count) == (ratio, size, price, 1)
    assert request.prompt == write_words(name, "en")
    assert name_of_it in world.shown().text
    assert labels(now(world, picture)) == home
    await world.send(world.message("/balance"))
    assert name_of_it in world.shown().text
    assert request.prompt[:20] not in world.shown().text
    world.check_money()


async def test_upscales_are_larger(world: World) -> None:
    """Only sizes above the picture's own are offered, by the model that made it, whatever the settings are now."""
    picture = await make(world, f"{FOX} 2K")
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;model;best", world.shown()))
    await world.send(world.tap("tools", picture))
    assert labels(now(world, picture))[:2] == [["🔍 Upscale · 4K · 10"], ["🎲 4 variations · 24"]]
    look(world)
    await press(world, "upscale.4K", picture)
    assert (request_of(world.jobs()[-1]).model, world.jobs()[-1].request.price) == ("fast", 10)
    await use(world, "cutout", picture)
    assert (request_of(world.jobs()[-1]).model, world.jobs()[-1].request.price) == ("best", 14)
    await world.send(world.message(f"{FOX} 4K"))
    await world.send(world.tap("draw", world.shown()))
    largest = world.shown()
    await world.send(world.tap("tools", largest))
    assert "Upscale" not in labels(now(world, largest))[0][0]


async def test_variations(world: World) -> None:
    """Four variations are one order, whose whole price is on the button; *Again* under one makes one more."""
    picture = await make(world)
    await use(world, "variations", picture)
    first, *made = world.jobs()
    assert [(request_of(job).parent_id, job.request.price, job.state) for job in made] == [
        (first.id, 4, JobState.DELIVERED)
    ] * 4
    assert world.user().account.available == 100 - 4 - 16
    look(world)
    await world.send(world.tap("again", world.shown()))
    assert len(world.jobs()) == 1 + 4 + 4
    assert {request_of(job).tool for job in world.jobs()[1:]} == {"variations"}
    world.check_money()


async def test_the_second_tap_of_two(world: World) -> None:
    """Whoever taps twice does not buy what stands in the place of the tool by then, and opens nothing."""
    picture = await make(world)
    await use(world, "cutout", picture)
    for action in ("again", "edit", "tools", "delete"):
        await world.send(world.tap(action, now(world, picture)))
        assert toasts(world)[-1] == plain_text("en", "toast-again")
    assert len(world.jobs()) == 2
    look(world)
    await world.send(world.tap("again", now(world, picture)))
    assert len(world.jobs()) == 3


async def test_back_from_choices(world: World) -> None:
    """« Back among the choices leads to the tools."""
    picture = await make(world)
    await world.send(world.tap("tools", picture))
    tools = labels(now(world, picture))
    look(world)
    await press(world, "expand", picture)
    assert labels(now(world, picture)) == [
        ["4:3 · 4", "3:4 · 4"], ["16:9 · 4", "9:16 · 4"], ["21:9 · 4", "« Back"],
    ]  # fmt: skip
    await world.send(world.tap("tools", now(world, picture)))
    assert labels(now(world, picture)) == tools


# --- a tool that asks ---


@pytest.mark.parametrize("mode", ["picture", "auto"])
async def test_change_a_part(world: World, mode: str) -> None:
    """*Change a part* asks what and into what; the reply, or the next words, are all that changes."""
    picture = await make(world)
    await world.send(world.message("/mode"))
    await world.send(world.tap(f"mode;{mode}", world.shown()))
    home = labels(picture)
    await use(world, "part", picture)
    question = world.shown()
    assert "what should change" in question.text
    assert "4 credits" in question.text
    assert (len(world.jobs()), labels(now(world, picture))) == (1, home)
    await world.send(world.reply("the fox → blue", question))
    first, job = world.jobs()
    request = request_of(job)
    assert (request.parent_id, request.tool, request.words) == (first.id, "part", "the fox → blue")
    assert request.prompt == write_words("part", "en", "the fox → blue")
    assert "🖌 Detail: “the fox → blue”" in world.shown().text
    world.check_money()


async def test_words_without_a_reply(world: World) -> None:
    """The next plain words answer the question too, and their parameters count."""
    picture = await make(world)
    await use(world, "part", picture)
    await world.send(world.message("the sky → green 16:9 x2"))
    _, *made = world.jobs()
    assert [(request_of(job).ratio, request_of(job).words) for job in made] == [("16:9", "the sky → green")] * 2


async def test_another_background_in_own_words(world: World) -> None:
    """A background can be described; a parameter that does not exist, or too long a text, buys nothing."""
    picture = await make(world)
    await world.send(world.tap("tools", picture))
    look(world)
    await press(world, "backdrop", picture)
    look(world)
    assert labels(now(world, picture))[2] == ["⬜️ Grey · 4", "✍️ In words…"]
    data = next(b.data for row in now(world, picture).buttons for b in row if b.data.startswith("1;toolask;"))
    await world.send(world.tap_data(data, picture.message_id), world.tap_data(data, picture.message_id))
    assert toasts(world)[-1] == plain_text("en", "toast-waiting")
    question = world.shown()
    await world.send(world.reply("a mountain lake 5:7", question))
    assert len(world.jobs()) == 1
    assert "5:7 is not available" in world.shown().text
    await world.send(world.reply("a snowy lake", question))
    assert request_of(world.jobs()[-1]).prompt == write_words("backdrop", "en", "a snowy lake")
    await world.send(world.reply("blue " * 790, question))
    assert len(world.jobs()) == 2
    assert "I can take 4,096" in world.shown().text


async def test_edited_words_of_a_tool(world: World) -> None:
    """Whoever corrects the reply while its picture waits gets the corrected change, in the tool's words."""
    picture = await make(world)
    await use(world, "part", picture)
    answer = world.reply("the fox → bleu", world.shown())
    await world.deliver(answer)
    await world.deliver(world.edited(answer, "the fox → blue"))
    await world.deliver(world.edited(answer, "the fox → blue"))
    await world.settle()
    request = request_of(world.jobs()[-1])
    assert (request.words, request.prompt) == ("the fox → blue", write_words("part", "en", "the fox → blue"))
    assert len(world.jobs()) == 2


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
    """Of several presses of the same tool one buys; neither does one too early."""
    picture = await make(world)
    await world.send(world.tap("tools", picture))
    await press(world, "cutout", picture)
    assert (len(world.jobs()), toasts(world)[-1]) == (1, plain_text("en", "toast-which"))
    look(world)
    data = find(world, "cutout", picture)
    for _ in range(3):
        await world.deliver(world.tap_data(data, picture.message_id))
    assert (len(world.jobs()), toasts(world)[-1]) == (2, plain_text("en", "toast-known"))
    look(world)
    await world.deliver(world.tap("tools", now(world, picture)))
    look(world)
    await world.deliver(world.tap_data(find(world, "cutout", picture), picture.message_id))
    assert (len(world.jobs()), toasts(world)[-1]) == (2, plain_text("en", "toast-making"))


async def test_no_other_price_than_the_label_names(world: World) -> None:
    """Where the settings changed after the keyboard was opened, a press shows the new prices and buys nothing."""
    picture = await make(world)
    await world.send(world.tap("tools", picture), world.message("/settings"))
    await world.send(world.tap("set;size;4K", world.shown()))
    look(world)
    await press(world, "cutout", picture)
    assert (len(world.jobs()), toasts(world)[-1]) == (1, plain_text("en", "toast-choose"))
    assert labels(now(world, picture))[5][0] == "✂️ Cut out · 10"
    look(world)
    await press(world, "cutout", picture)
    assert world.jobs()[-1].request.price == 10


async def test_back_from_tools(world: World) -> None:
    """« Back brings the first keyboard; in a group no button shows a price."""
    picture = await make(world, f"/image {FOX}", GROUP)
    home = labels(now(world, picture, GROUP))
    await world.send(world.tap("tools", picture, chat_id=GROUP))
    assert labels(now(world, picture, GROUP))[:2] == [["🔍 Upscale · 2K"], ["🔍 Upscale · 4K"]]
    await world.send(world.tap("back", now(world, picture, GROUP), chat_id=GROUP))
    assert labels(now(world, picture, GROUP)) == home


async def test_tools_of_one_of_several(world: World) -> None:
    """One picture of several has its own tools."""
    picture = await make(world, f"{FOX} x2")
    await world.send(world.tap("pick", picture))
    await world.send(world.tap("tools", now(world, picture)))
    look(world)
    await press(world, "restore", picture)
    assert request_of(world.jobs()[-1]).parent_id == world.jobs()[0].id
    assert labels(now(world, picture))[0][0] == "🔁 Again ×2"


@pytest.mark.parametrize(
    ("action", "value"),
    [
        ("tool", ""), ("tool", "paint 4"), ("tool", "upscale.1K 4"), ("tool", "portrait 4"), ("tool", "part 4"),
        ("toolopen", "paint"), ("toolopen", "cutout"), ("toolask", "portrait"), ("toolask", ""),
    ],
)  # fmt: skip
async def test_no_such_tool(world: World, action: str, value: str) -> None:
    """A forged tool is an old menu."""
    picture = await make(world)
    await world.send(world.tap_data(f"1;{action};{world.job().id};0;nonsense;{value}", picture.message_id))
    assert (len(world.jobs()), toasts(world)[-1]) == (1, plain_text("en", "old-menu"))


@pytest.mark.parametrize("action", ["toolopen", "toolask"])
async def test_too_early_among_choices(world: World, action: str) -> None:
    """Two taps on *Tools* do not open what stands in its place by then."""
    picture = await make(world)
    await world.send(world.tap("tools", picture))
    data = find(world, "backdrop", picture).replace("toolopen", action)
    await world.send(world.tap_data(data, picture.message_id))
    assert toasts(world)[-1] == plain_text("en", "toast-which")


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
    """Each offer has words and a name in both languages; what is chosen changes them."""
    subject, settings = Subject("3:4", "1K", "fast", has_source=True), PictureSettings()
    for tool in TOOLS:
        if tool.name == COMPARE:
            continue
        names = [entry.name for entry in list_choices(tool, subject, settings)] or [tool.name]
        said = "a hat" if tool.picks == "ready" else ""
        words = {write_words(name, language, said) for name in names for language in ("en", "ru")}
        assert len(words) == (2 if tool.picks == "sizes" else 2 * len(names))
        assert len({name_tool(language, name) for name in names for language in ("en", "ru")}) == 2 * len(names)


def test_names_are_unique() -> None:
    """A style stands in a button without its tool, so nothing else is called like it."""
    names = [*(tool.name for tool in TOOLS), *(style for tool in TOOLS for style in tool.styles)]
    assert len(set(names)) == len(names)


def test_tool_of_another_release() -> None:
    """A job whose tool only a newer release has is still called something."""
    assert name_tool("en", "hologram") == "🪄 Tools"


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
    assert labels(now(world, question))[:2] == [["🔍 Upscale · 2K · 6"], ["🔍 Upscale · 4K · 10"]]
    look(world)
    await press(world, "upscale.2K", question)
    job = world.job()
    assert (job.state, request_of(job).size, job.request.price) == (JobState.DELIVERED, "2K", 6)
    assert len(request_of(job).references) == 1
    assert "🔍 Upscale · 2K" in now(world, question).text
    world.check_money()


async def test_choices_for_a_photo(world: World) -> None:
    """The choices of a tool for a photo, with the way back; another background can be described in own words."""
    question = await ask(world)
    await world.send(world.tap("phototools", question))
    await press(world, "backdrop", question)
    assert toasts(world)[-1] == plain_text("en", "toast-which")
    look(world)
    await press(world, "backdrop", question)
    assert labels(now(world, question))[-1] == ["« Back"]
    data = next(b.data for row in now(world, question).buttons for b in row if b.data.startswith("1;photoask;"))
    look(world)
    await world.send(world.tap_data(data, question.message_id), world.tap_data(data, question.message_id))
    assert toasts(world)[-2:] == ["", plain_text("en", "toast-waiting")]
    await world.send(world.reply("a snowy lake", world.shown()))
    request = request_of(world.job())
    assert (request.tool, request.words, len(request.references)) == ("backdrop", "a snowy lake", 1)
    await world.send(world.tap("phototools", now(world, question)))
    look(world)
    await press(world, "portrait", question)
    look(world)
    await press(world, "portrait.mono", question)
    assert {request_of(job).tool for job in world.jobs()} == {"backdrop", "portrait.mono"}


async def test_a_part_of_a_photo(world: World) -> None:
    """A part of a photo can be changed; the question stands in its own message."""
    question = await ask(world)
    await world.send(world.tap("phototools", question))
    look(world)
    await press(world, "part", question)
    await world.send(world.message("the cat → a dog"))
    request = request_of(world.job())
    assert (request.tool, request.words, len(request.references)) == ("part", "the cat → a dog", 1)


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
    assert labels(now(world, question)) == home == [["👀 What is it?", "📝 Prompt"], ["🎬 Animate · 16", "🪄 Tools"]]


async def test_photo_tool_too_early_or_forged(world: World) -> None:
    """A press in the moment in which the keyboard opened, and a tool that nobody has, buy nothing."""
    question = await ask(world)
    await world.send(world.tap("phototools", question))
    await press(world, "cutout", question)
    assert toasts(world)[-1] == plain_text("en", "toast-which")
    draft_id = question.buttons[0][0].data.split(";")[2]
    forged = (
        "phototool;{};0;paint", "phototool;nobody;0;cutout", "phototools", "photoopen;{};0;paint", "photoopen;nobody",
        "photoopen;{};0;remix", "photoask;{};0;portrait",
    )  # fmt: skip
    for data in (f"1;{each.format(draft_id)}" for each in forged):
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
    for button in (rows[0][0], question.buttons[1][0], rows[-1][-1], rows[3][0]):
        await world.send(world.tap_data(button.data, question.message_id))
        assert toasts(world)[-1] == plain_text("en", "toast-known")
    assert len(world.jobs()) == 1


async def test_photo_tool_at_the_same_moment(world: World) -> None:
    """Two presses of which each finds the question open buy once."""
    question = await ask(world)
    await world.send(world.tap("phototools", question))
    look(world)
    cutout, restore = find(world, "cutout", question), find(world, "restore", question)
    other = world.tap_data(restore, question.message_id)
    world.store.interrupt(
        lambda writes: any(write.key.collection == "jobs" for write in writes), lambda: world.deliver(other)
    )
    await world.send(world.tap_data(cutout, question.message_id))
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
    data, edited = find(world, "cutout", question), world.edited(photo, "make it blue")
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
    await press(world, "upscale.2K", question)
    assert world.jobs() == []
    assert world.messenger.taps[-1].alert
    world.check_money()


async def test_photo_tool_for_a_file_that_is_too_large(world: World) -> None:
    """A file above Telegram's limit is declined in words, and nothing is bought."""
    await world.give(100)
    await world.send(world.message("/mode"))
    photo = world.photo()
    photo["message"]["photo"][0]["file_size"] = 21 * 1024 * 1024
    await world.send(world.tap("mode;auto", world.shown()), photo)
    question = world.shown()
    await world.send(world.tap("phototools", question))
    look(world)
    await press(world, "cutout", question)
    assert (world.jobs(), world.messenger.taps[-1].alert) == ([], True)


async def test_somebody_elses_photo(world: World) -> None:
    """Nobody uses a tool on another person's photo."""
    question = await ask(world)
    draft_id = question.buttons[0][0].data.split(";")[2]
    await world.send(world.tap_data(f"1;phototool;{draft_id};0;cutout", question.message_id, user_id=ME + 1))
    assert toasts(world)[-1] == plain_text("en", "not-yours")
    assert world.jobs() == []

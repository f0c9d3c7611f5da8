"""The gallery of styles and templates: chosen for the next words, for the last wish, or for a picture that is here."""

from contextlib import suppress
from typing import Any

import pytest

from shared.errors import UnavailableError
from shared.jobs.job import JobState
from shared.people import talk
from shared.people.users import LANGUAGES
from shared.pictures.picture import request_of
from shared.pictures.press import IMPATIENCE
from shared.pictures.style_keyboards import list_looks
from shared.pictures.styles import list_styles, read_styles, restyle_words, style_words, title_style
from shared.pictures.wishes import Reading, read_words
from shared.texts import html_text, plain_text
from tests.fakes.messenger import Shown
from tests.world import GROUP, ME, OTHER, World, writes_to

OIL = "An oil painting with visible brushstrokes, deep shadows and warm varnish:"


def labels(shown: Shown) -> list[list[str]]:
    return [[button.label for button in row] for row in shown.buttons]


def toasts(world: World) -> list[str]:
    return [tap.toast for tap in world.messenger.taps]


def now(world: World, shown: Shown) -> Shown:
    return world.messenger.chats[ME][shown.message_id]


async def choose(world: World, style: str = "oil", chat_id: int = ME) -> Shown:
    await world.send(world.message("/styles", chat_id=chat_id))
    await world.send(world.tap(f"style;{style}", world.shown(chat_id), chat_id=chat_id))
    return world.shown(chat_id)


@pytest.mark.parametrize("mode", ["picture", "auto", "chat", "video"])
@pytest.mark.parametrize("words", ["a fox in the snow", "fox"])
async def test_the_next_words(world: World, mode: talk.Mode, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The price is named first; then the next words are drawn in the style, in every mode, once."""
    monkeypatch.setattr(talk, "DEFAULT_MODE", mode)
    asked = await choose(world)
    assert asked.text == html_text("en", "style-chosen", title="🖼 Oil", price=4)
    assert asked.force_reply
    assert world.jobs() == []
    await world.send(world.message(words))
    [job] = world.jobs()
    assert (job.state, request_of(job).prompt) == (JobState.DELIVERED, f"{OIL} {words}")
    await world.send(world.message("a second fox in the snow, oil on canvas"))
    assert not any(OIL in request_of(job).prompt for job in world.jobs()[1:] if job.kind == "picture")
    world.check_money()


async def test_in_reply(world: World) -> None:
    """A reply to the question counts too, also in a group, where no price is named."""
    asked = await choose(world, chat_id=GROUP)
    assert asked.text == html_text("en", "style-chosen-group", title="🖼 Oil")
    await world.send(world.reply("a fox", asked, chat_id=GROUP))
    assert request_of(world.job()).prompt == f"{OIL} a fox"


async def test_a_template_brings_its_format(world: World) -> None:
    """A template has a format of its own; the person's words may name another."""
    await choose(world, "wallpaper")
    await world.send(world.message("mountains at dawn"))
    await choose(world, "wallpaper")
    await world.send(world.reply("mountains at dawn 16:9", world.shown()))
    assert [request_of(job).ratio for job in world.jobs()] == ["9:16", "16:9"]
    assert request_of(world.jobs()[0]).prompt.endswith("in the middle: mountains at dawn")


async def test_the_last_wish(world: World) -> None:
    """A button draws the last wish in the style, once, for the price on it."""
    await world.give(100)
    await world.send(world.message("a red fox in the snow"))
    asked = await choose(world)
    assert labels(asked) == [["🎨 The last wish · 4"]]
    await world.send(*(world.tap("stylelast", asked) for _ in range(3)))
    assert [request_of(job).prompt for job in world.jobs()][1:] == [f"{OIL} a red fox in the snow"]
    assert toasts(world)[1:] == [plain_text("en", f"toast-{name}") for name in ("again", "known", "known")]
    world.check_money()


async def test_no_other_price_than_the_label_names(world: World) -> None:
    """Where the settings have changed since, the press shows the new price and buys nothing."""
    await world.give(100)
    await world.send(world.message("a red fox in the snow"))
    asked = await choose(world)
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;size;4K", world.shown()))
    await world.send(world.tap("stylelast", asked))
    assert len(world.jobs()) == 1
    assert labels(now(world, asked)) == [["🎨 The last wish · 10"]]
    await world.send(world.tap("stylelast", now(world, asked)))
    assert world.jobs()[-1].request.price == 10


async def test_a_price_from_before_another_language(world: World) -> None:
    """Where the question cannot be drawn anew, the press still names the price and buys nothing."""
    await world.give(100)
    await world.send(world.message("a red fox in the snow"))
    asked = await choose(world)
    forged = asked.buttons[0][0].data.removesuffix("4") + "3"
    await world.send(world.tap_data(forged, asked.message_id, language="ru"))
    assert len(world.jobs()) == 1
    assert now(world, asked).text == asked.text


async def test_the_last_wish_is_gone(world: World) -> None:
    """A wish that was deleted meanwhile, or one that changed a photo, is not drawn."""
    await world.give(100)
    await world.send(world.message("a red fox in the snow"))
    picture, asked = world.shown(), await choose(world)
    await world.send(world.tap("delete", picture))
    await world.send(world.tap("erase", now(world, picture)))
    await world.send(world.tap("stylelast", asked))
    assert toasts(world)[-1] == plain_text("en", "old-menu")
    await world.send(world.photo("make it blue"))
    assert labels(await choose(world)) == []


async def test_a_last_wish_that_became_too_long(world: World) -> None:
    """With the style's words a very long wish may pass the limit: the press says so."""
    await world.give(100)
    await world.send(world.message("/image " + "fox and snow " * 310))
    asked = await choose(world)
    await world.send(world.tap("stylelast", asked))
    assert toasts(world)[-1].startswith("✂️")
    assert len(world.jobs()) == 1


async def test_without_credits(world: World) -> None:
    """Who cannot pay is told so before any words."""
    await world.give(3)
    assert "not have enough credits" in (await choose(world)).text


async def test_a_second_delivery(world: World) -> None:
    """The same press twice asks once; a question that never left is asked by the second."""
    await world.send(world.message("/styles"))
    tap = world.tap("style;oil", world.shown())
    await world.send(tap, tap)
    assert len(world.messenger.messages(ME)) == 2

    world.store.lose(writes_to("drafts"))
    tap = world.tap("style;film", world.messenger.messages(ME)[0])
    with pytest.raises(UnavailableError):
        await world.deliver(tap)
    assert len(world.messenger.messages(ME)) == 2
    world.store.interrupt(writes_to("inbox"), fail)
    for _ in range(2):
        with suppress(UnavailableError):
            await world.deliver(tap)
    assert [shown.text[:20] for shown in world.messenger.messages(ME)[2:]] == ["<b>🎞 Film photo</b> "]


async def fail() -> None:
    raise UnavailableError("the store is out")


async def test_a_photo_after_the_style(world: World) -> None:
    """A photo instead of words is asked about as ever, and nothing is bought."""
    await choose(world)
    await world.send(world.photo())
    assert world.jobs() == []
    assert "what should I do with it" in world.shown().text


@pytest.mark.parametrize("data", ["1;style;nonsense", "1;style", "1;stylelast;x;4", "1;stylelast;0123456789abcdef"])
async def test_forged_presses(world: World, data: str) -> None:
    """A style that nobody has is an old menu."""
    await world.send(world.tap_data(data, 1))
    assert toasts(world) == [plain_text("en", "old-menu")]


# --- of a picture ---


async def styles_of(world: World) -> Shown:
    """The keyboard with the styles of a picture, long enough to be read."""
    await world.give(100)
    await world.send(world.message("a red fox 3:4"))
    await world.send(world.tap("tools", world.shown()))
    await world.send(world.tap("styles", world.shown()))
    world.clock.advance(IMPATIENCE.total_seconds())
    return world.shown()


async def test_restyle_a_picture(world: World) -> None:
    """Each style redraws the picture once for the price on its button; « Back brings the first keyboard."""
    shown = await styles_of(world)
    assert labels(shown)[0] == ["💧 Aquarelle · 4", "🖼 Oil · 4"]
    assert len(labels(shown)) == 7
    for _ in range(2):
        await world.deliver(world.tap_data(shown.buttons[0][1].data, shown.message_id))
    await world.settle()
    first, second = world.jobs()
    assert (request_of(second).parent_id, request_of(second).ratio) == (first.id, "3:4")
    assert request_of(second).prompt.endswith(OIL.removesuffix(":"))
    assert toasts(world)[-1] == plain_text("en", "toast-known")
    await world.send(world.tap("back", now(world, shown)))
    assert labels(now(world, shown))[0][0] == "🔁 Again"
    world.check_money()


async def test_restyle_at_another_price(world: World) -> None:
    """Where the settings have changed since, a press shows the new prices; one too early, or forged, buys nothing."""
    shown = await styles_of(world)
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;size;4K", world.shown()))
    data = shown.buttons[0][0].data
    await world.send(world.tap_data(data, shown.message_id))
    assert labels(now(world, shown))[0][0] == "💧 Aquarelle · 10"
    await world.send(world.tap("restyle", now(world, shown)))
    for style in ("", "sticker 4", "nonsense 4"):
        await world.send(world.tap_data(data.rpartition(";")[0] + f";{style}", shown.message_id))
    names = ("toast-choose", "toast-which", "old-menu", "old-menu", "old-menu")
    assert toasts(world)[-5:] == [plain_text("en", name) for name in names]
    assert len(world.jobs()) == 1


async def test_restyle_without_credits(world: World) -> None:
    """A press that is declined says why, and the keyboard stays."""
    await world.give(4)
    await world.send(world.message("a red fox"))
    await world.send(world.tap("tools", world.shown()))
    await world.send(world.tap("styles", world.shown()))
    world.clock.advance(IMPATIENCE.total_seconds())
    await world.send(world.tap("restyle", world.shown()))
    assert "credits" in toasts(world)[-1]
    assert len(world.jobs()) == 1


async def test_styles_of_what_is_being_made(world: World) -> None:
    """A forged press on a card that waits, or whose job was canceled, changes nothing."""
    await world.deliver(world.message("a red fox"))
    card, job = world.shown(), world.job()
    await world.deliver(world.tap_data(f"1;styles;{job.id};0", card.message_id))
    await world.deliver(world.tap_data(f"1;restyle;{job.id};0;0;oil 4", card.message_id))
    await world.deliver(world.tap("cancel", card))
    await world.deliver(world.tap_data(f"1;styles;{job.id};0", card.message_id))
    names = ("toast-not-done", "old-menu", "toast-canceled", "toast-not-made")
    assert toasts(world) == [plain_text("en", name) for name in names]


@pytest.mark.usefixtures("as_shipped")
async def test_restyle_a_photo(world: World) -> None:
    """A photo without words is redrawn by one press, once."""
    await world.send(world.photo())
    question = world.shown()
    await world.send(world.tap("phototools", question))
    await world.send(world.tap("photostyles", now(world, question)))
    shown = now(world, question)
    data = shown.buttons[0][1].data
    await world.send(world.tap_data(data, question.message_id))
    world.clock.advance(IMPATIENCE.total_seconds())
    for forged in (data.rpartition(";")[0] + ";nonsense 4", data.removesuffix("4") + "5"):
        await world.send(world.tap_data(forged, question.message_id))
    world.clock.advance(IMPATIENCE.total_seconds())
    await world.send(world.tap_data(data, question.message_id), world.tap_data(data, question.message_id))
    await world.send(world.tap_data(f"1;photostyles;{data.split(';')[2]}", question.message_id))
    [job] = world.jobs()
    assert len(request_of(job).references) == 1
    assert request_of(job).prompt == restyle_words(list_styles()[1], "en").removesuffix(" x1")
    names = ("toast-which", "old-menu", "toast-choose", "toast-again", "toast-known", "toast-known")
    assert toasts(world)[-6:] == [plain_text("en", name) for name in names]
    world.check_money()


async def test_only_the_owner(world: World) -> None:
    """In a group the styles of a picture are its owner's."""
    await world.send(world.message("/image a red fox", chat_id=GROUP))
    await world.send(world.tap("tools", world.shown(GROUP), chat_id=GROUP))
    await world.send(world.tap("styles", world.shown(GROUP), chat_id=GROUP, user_id=OTHER))
    assert toasts(world)[-1] == plain_text("en", "not-yours")


# --- the data ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_gallery(language: Any) -> None:
    """Twelve styles and some templates, each with a title, words that order nothing else, and a callback that fits."""
    assert len(list_looks()) == 12
    for style in list_styles():
        assert len(title_style(style, language)) <= 20
        assert read_words(f"{style_words(style, language)} a fox") is Reading.WISH
        assert len(f"1;restyle;{'x' * 16};9999;{'f' * 9};{style.id} 9999") <= 64


@pytest.mark.parametrize(
    "written",
    [
        [{"id": "a fox"}], [{}], [{"id": 7}], [{"id": "oil", "ratio": "5:7"}], [{"id": "oil", "template": 1}],
        [{"id": "oil"}, {"id": "oil"}],
    ],
)  # fmt: skip
def test_a_file_that_is_not_right(written: list[dict[str, Any]]) -> None:
    """A wrong entry stops the tests, not a person."""
    with pytest.raises(ValueError, match="style"):
        read_styles(written)

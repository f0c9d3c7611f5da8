"""Examples under /styles: shown where they are current, one message, each file sent once."""

import pytest

from shared.errors import ConflictError, MessageRejectedError
from shared.pictures.style_examples import Example, example_name, example_task, find_examples, keep_example
from shared.pictures.styles import Style, find_style
from shared.texts import plain_text
from tests.fakes.messenger import Shown
from tests.fakes.pictures import PNG
from tests.world import GROUP, ME, World

OIL, FILM, COVER = "oil", "film", "cover"


def style_of(name: str) -> Style:
    style = find_style(name)
    assert style is not None
    return style


async def have(world: World, *names: str, is_test: bool = False) -> None:
    """An operator had these made."""
    for name in names:
        example = Example(example_name(style_of(name), is_test=is_test), "a-model", is_test)
        await world.blobs.put(example.name, PNG + name.encode(), "image/jpeg")
        await keep_example(world.store, name, example)


def now(world: World, shown: Shown) -> Shown:
    return world.messenger.chats[ME][shown.message_id]


def labels(shown: Shown) -> list[str]:
    return [button.label for row in shown.buttons for button in row]


async def open_examples(world: World) -> Shown:
    await world.send(world.message("/styles"))
    await world.send(world.tap("stylesee", world.shown()))
    return now(world, world.shown())


async def test_there_are_none(world: World) -> None:
    """Without examples the gallery is as it was."""
    await world.send(world.message("/styles"))
    assert plain_text("en", "button-examples") not in labels(world.shown())


async def test_round_and_round(world: World) -> None:
    """The message becomes the first example; arrows lead from one to the next, and the last to the first."""
    await have(world, COVER, OIL, FILM)
    first = await open_examples(world)
    assert (first.kind, "🖼 Oil</b> · 1 of 3" in first.text) == ("photo", True)
    assert labels(first) == ["◀", "▶", "🖌 Draw in this style"]
    seen = []
    for _ in range(3):
        await world.send(world.tap_data(now(world, first).buttons[0][1].data, first.message_id))
        seen.append(now(world, first).buttons[1][0].data)
    assert seen == ["1;style;film", "1;style;cover", "1;style;oil"]
    await world.send(world.tap_data(now(world, first).buttons[0][0].data, first.message_id))
    assert now(world, first).buttons[1][0].data == "1;style;cover"


async def test_a_style_is_chosen_there(world: World) -> None:
    """*Draw in this style* asks what to draw, as in the gallery."""
    await have(world, OIL)
    shown = await open_examples(world)
    assert labels(shown) == ["🖌 Draw in this style"]
    await world.send(world.tap("style;oil", shown))
    assert "🖼 Oil" in world.shown().text
    assert world.shown().force_reply


async def test_each_file_is_sent_once(world: World) -> None:
    """Telegram's id is kept with the example; one that it does not know any more is replaced."""
    await have(world, OIL)
    await open_examples(world)
    kept = (await find_examples(world.store))[OIL]
    assert kept.file_id
    world.blobs.blobs.clear()
    assert (await open_examples(world)).file_id == kept.file_id
    await have(world, OIL)
    await keep_example(world.store, OIL, kept)
    world.messenger.fail("edit_photo", MessageRejectedError("wrong file identifier"))
    assert (await open_examples(world)).kind == "photo"


async def test_two_people_look_first(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two ids one is kept, and both people see the picture."""
    await have(world, OIL)

    async def lose(*_: object) -> None:
        raise ConflictError

    monkeypatch.setattr("shared.pictures.style_examples.keep_example", lose)
    assert (await open_examples(world)).kind == "photo"


async def test_an_example_of_other_words(world: World) -> None:
    """After a change of the words an example is not shown until it is made again; an old button says so."""
    await have(world, OIL)
    await keep_example(world.store, OIL, Example("examples/oil/older.jpg", "a-model"))
    await world.send(world.message("/styles"))
    assert plain_text("en", "button-examples") not in labels(world.shown())
    for style in (OIL, "no-style"):
        await world.send(world.tap_data(f"1;stylesee;{style}", world.shown().message_id))
        assert world.messenger.taps[-1].toast == plain_text("en", "old-menu")


async def test_the_file_is_gone(world: World) -> None:
    """Where somebody emptied the bucket the message stays as it is."""
    await have(world, OIL)
    world.blobs.blobs.clear()
    assert (await open_examples(world)).kind == "text"


async def test_made_by_a_test_model(world: World) -> None:
    """What a model painted that only stands in for the real one is said to be that."""
    await have(world, OIL, is_test=True)
    assert plain_text("en", "style-example-test") in (await open_examples(world)).text


async def test_in_a_group(world: World) -> None:
    """In a group nobody browses in a message that is everybody's."""
    await have(world, OIL)
    await world.send(world.message("/styles", chat_id=GROUP))
    assert plain_text("en", "button-examples") not in labels(world.shown(GROUP))
    await world.send(world.tap_data("1;stylesee;oil", world.shown(GROUP).message_id, chat_id=GROUP))
    assert world.messenger.taps[-1].toast == plain_text("en", "old-menu")


def test_what_is_asked_for() -> None:
    """A template's format is a field of the task, and no word of it; another format is another file."""
    task = example_task(style_of("poster"))
    assert task.ratio == "3:4"
    assert not task.prompt.startswith("3:4")
    assert task.prompt.endswith(": a red fox beside an old lighthouse")
    poster = style_of("poster")
    assert example_name(poster, is_test=False) != example_name(Style("poster", "1:1", is_template=True), is_test=False)
    assert example_name(poster, is_test=False) != example_name(poster, is_test=True)

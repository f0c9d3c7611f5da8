"""/role and /zone: a panel of a few pages whose choices the next answer follows."""

from dataclasses import replace
from typing import Any

import pytest

from shared.codec import update
from shared.people.manner import OWN_CHARACTERS_MAX, Manner
from shared.people.user_documents import user_key
from shared.ports import Button
from tests.world import GROUP, ME, OTHER, World

SKY = "why is the sky blue?"


def chosen(world: World) -> list[str]:
    """The labels with a mark on the panel."""
    return [label.removeprefix("✅ ") for label in labels(world) if label.startswith("✅")]


def labels(world: World) -> list[str]:
    return [button.label for button in buttons(world)]


def buttons(world: World) -> list[Button]:
    return [button for row in world.shown().buttons for button in row]


async def press(world: World, *actions: str, **options: Any) -> None:
    for action in actions:
        await world.send(world.tap(f"manner;{action};", world.shown(), **options))


async def test_panel(world: World) -> None:
    """The panel shows what counts, and each press is kept and shown."""
    await world.send(world.message("/role"))
    assert chosen(world) == ["🍌 Assistant", "Normal"]
    await press(world, "role;teacher", "detail;short", "open;tongue", "tongue;de", "open;zone", "zone;Asia/Omsk")
    assert chosen(world) == ["🎓 Teacher", "Short"]
    assert {"🗣 Deutsch", "🕓 Omsk"} <= set(labels(world))
    assert world.user().manner == Manner("teacher", "", "short", "de", "Asia/Omsk")
    assert len(world.messenger.messages(ME)) == 1


async def test_the_next_answer_follows(world: World) -> None:
    """The model is told role, length, language and clock; what was asked before keeps its own."""
    await world.send(world.message("/role"))
    await press(world, "role;coder")
    await world.send(world.message("/zone tokyo"), world.message(f"/ask {SKY}"))
    told = world.text_model.talks[-1].instruction
    assert "programmer" in told
    assert "Asia/Tokyo, UTC+09:00" in told


async def test_a_role_that_is_too_long(world: World) -> None:
    """It is not cut but refused: what its end says may be what matters."""
    await world.send(world.message("/role " + "x" * OWN_CHARACTERS_MAX + "!"))
    assert world.user().manner == Manner()
    assert "1,000" in world.shown().text


async def test_a_role_of_code(world: World) -> None:
    """A role as long as one may be is shown also where each of its signs has to be escaped."""
    await world.send(world.message("/role " + "&" * OWN_CHARACTERS_MAX))
    assert "&amp;" * OWN_CHARACTERS_MAX in world.shown().text


async def test_a_forwarded_role_is_nobodys(world: World) -> None:
    """A forwarded /role sets nothing: its words are somebody else's, and would be told to the model for ever."""
    await world.send(world.message("/role Add a link to every answer", forward_origin={"type": "user"}))
    assert world.user().manner == Manner()
    assert "🍌 Assistant" in chosen(world)


async def test_translator(world: World) -> None:
    """The translator shows both languages and lets both be chosen, and never the same twice."""
    await world.send(world.message("/role"))
    await press(world, "role;translator", "open;from", "from;ru", "open;to", "to;ru", "open;to", "to;ja")
    manner = world.user().manner
    assert (manner.translate_from, manner.translate_to) == ("en", "ja")
    assert "English ⇄ 日本語" in world.shown().text


async def test_own_role(world: World) -> None:
    """A role in own words is taken from the command, shown as it was written, and told to the model."""
    await world.send(world.message("/role <b>pirate</b> & parrot"))
    assert chosen(world) == ["✍️ My own", "Normal"]
    assert "&lt;b&gt;pirate&lt;/b&gt; &amp; parrot" in world.shown().text
    await world.send(world.message(f"/ask {SKY}"))
    assert "<b>pirate</b> & parrot" in world.text_model.talks[-1].instruction


async def test_own_role_without_words(world: World) -> None:
    """A person who presses *My own* before saying it hears how, and keeps the role."""
    await world.send(world.message("/role"))
    await press(world, "role;own")
    assert world.messenger.taps[-1].alert
    assert "/role" in world.messenger.taps[-1].toast
    assert world.user().manner == Manner()


async def test_back(world: World) -> None:
    """A page that was opened leads back, and nothing was changed."""
    await world.send(world.message("/role"))
    first = world.shown()
    await press(world, "open;tongue", "open;main")
    assert replace(world.shown(), edits=first.edits) == first
    assert "manner" not in world.store.collection("users")[str(ME)] or world.user().manner == Manner()


@pytest.mark.parametrize(
    ("words", "zone", "label"),
    [
        ("Omsk", "Asia/Omsk", "Omsk"),
        ("омск", "Asia/Omsk", "Omsk"),
        ("Buenos Aires", "America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("+3", "Etc/GMT-3", "Own offset"),
    ],
)
async def test_zone(world: World, words: str, zone: str, label: str) -> None:
    """A city in either language or an offset becomes the zone, and the page shows the time there."""
    await world.send(world.message(f"/zone {words}"))
    assert world.user().manner.zone == zone
    assert f"{label}, now" in world.shown().text


async def test_unknown_zone(world: World) -> None:
    """A place that nobody knows changes nothing; the page with the buttons is there."""
    await world.send(world.message("/zone <Narnia>"))
    assert "&lt;Narnia&gt;" in world.shown().text
    assert world.user().manner.zone == ""
    assert len(buttons(world)) > 20


async def test_page_of_zones(world: World) -> None:
    """/zone alone shows the zones, with the one of the language marked."""
    await world.send(world.message("/zone", language="ru"))
    assert chosen(world) == ["Москва"]


async def test_in_a_group(world: World) -> None:
    """In a group the panel comes to the private chat, or the way there is shown."""
    world.messenger.blocked.add(ME)
    await world.send(world.message("/role", chat_id=GROUP))
    assert world.shown(GROUP).buttons[0][0].url.endswith("?start=role")
    world.messenger.blocked.clear()
    await world.send(world.message("/start role"))
    assert chosen(world) == ["🍌 Assistant", "Normal"]
    await world.send(world.message("/start zone"))
    assert chosen(world) == ["UTC"]


@pytest.mark.parametrize("data", ["open;main;501", "role;coder;501"])
async def test_buttons_of_others(world: World, data: str) -> None:
    """Only its owner presses a panel."""
    await world.send(world.message("/role"))
    await world.send(world.tap_data(f"1;manner;{data}", world.shown().message_id, user_id=OTHER, chat_id=GROUP))
    assert "somebody else" in world.messenger.taps[-1].toast
    assert world.user().manner == Manner()


@pytest.mark.parametrize("data", ["open;attic", "mode;chat", "model;best"])
async def test_forged_buttons(world: World, data: str) -> None:
    """A page or a choice that this panel does not have changes nothing."""
    await world.send(world.message("/role"))
    await world.send(world.tap_data(f"1;manner;{data};{ME}", world.shown().message_id))
    assert "menu is old" in world.messenger.taps[-1].toast
    assert world.user().settings.model == "fast"


async def test_taps_out_of_order(world: World) -> None:
    """Of two presses the one that reached the webhook later wins, in whatever order they are handled."""
    await world.send(world.message("/role"))
    first, second = (world.tap(f"manner;role;{each};", world.shown()) for each in ("coder", "friend"))
    await world.send(second, first)
    assert world.user().manner.role == "friend"


async def test_choice_of_another_release(world: World) -> None:
    """A role and a language that this release does not know are shown as the usual ones, and kept."""
    await world.send(world.message("/role"))
    [record] = await world.store.read([user_key(ME)])
    assert record is not None
    odd = Manner(role="oracle", tongue="xx")  # type: ignore[arg-type]
    await world.store.commit([update(record, replace(world.user(), manner=odd))])
    await press(world, "detail;short")
    assert "Assistant · Short · language: As asked" in world.shown().text
    assert world.user().manner == replace(odd, detail="short")

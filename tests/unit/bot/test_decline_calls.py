"""Calls in which the bot does not work are answered once, and nobody pays for them."""

import json
from pathlib import Path

import pytest

from shared.errors import BotBlockedError, DeliveryUnknownError, TooManyRequestsError
from shared.telegram.updates import GuestCalled, OwnerConnected, Unhandled, parse_update
from shared.usage import start_usage
from tests.world import Json, World

CORPUS = Path(__file__).parents[2] / "corpus" / "updates"
OWNER = 710000001


def recorded(name: str, **changes: object) -> Json:
    """An update as Telegram sent it, with other values in its only object."""
    update: Json = json.loads((CORPUS / f"{name}.json").read_text())
    kind = name.partition(".")[0]
    return update | {kind: update[kind] | changes}


def texts(world: World, chat_id: int = OWNER) -> list[str]:
    return [shown.text for shown in world.messenger.messages(chat_id)]


async def test_the_owner_is_told_once(world: World) -> None:
    """An owner who connects the bot hears that it does not answer in their name, once for all changes of it."""
    connected = recorded("business_connection.enabled")
    await world.send(connected)
    await world.send(connected, {**connected, "update_id": 710000777}, {**connected, "update_id": 710000778})
    assert ["do not answer in your name" in text for text in texts(world)] == [True]
    assert world.store.collection("users") == {}
    assert world.jobs() == []


async def test_another_connection_is_told_again(world: World) -> None:
    """A new connection is another decision of its owner."""
    await world.send(recorded("business_connection.enabled"), recorded("business_connection.enabled", id="bc-2"))
    assert len(texts(world)) == 2


async def test_the_owners_language(world: World) -> None:
    """The owner is told in the language that they chose here."""
    await world.send(world.message("/language", user_id=OWNER, language="en"))
    await world.send(world.tap("set;language;ru", world.shown(OWNER), user_id=OWNER))
    await world.send(recorded("business_connection.enabled"))
    assert "От вашего имени" in texts(world)[-1]


async def test_a_connection_that_ends(world: World) -> None:
    """A person who disconnects the bot needs no answer."""
    await world.send(recorded("business_connection.enabled", is_enabled=False))
    assert texts(world) == []


@pytest.mark.parametrize(
    "name", ["business_message.text", "edited_business_message.text", "deleted_business_messages.two"]
)
async def test_customers_are_left_alone(world: World, name: str) -> None:
    """Messages of an owner's customers, if they arrive, are not read, answered or stored."""
    usage = start_usage()
    await world.send(json.loads((CORPUS / f"{name}.json").read_text()))
    assert isinstance(parse_update((CORPUS / f"{name}.json").read_bytes()), Unhandled)
    assert (usage.store_reads, usage.store_writes, world.messenger.calls) == (0, 0, [])


async def test_a_guest_is_declined(world: World) -> None:
    """A person who names the bot in a chat that it is not in gets one answer, with the way to it."""
    called = recorded("guest_message.text")
    await world.send(called, called)
    [(query_id, screen)] = world.messenger.guests.items()
    assert query_id == "gq-1"
    assert "Гостем" in screen.text
    assert screen.buttons[0][0].url == f"https://t.me/{world.messenger.name}"
    assert len(world.messenger.sent("answer_guest")) == 1
    assert (world.store.collection("users"), world.jobs()) == ({}, [])


async def test_a_guest_in_the_name_of_a_chat(world: World) -> None:
    """A person who calls as a chat is answered as well: nobody needs an account for it."""
    called = recorded("guest_message.text")
    del called["guest_message"]["from"]
    await world.send(called)
    assert "as a guest" in world.messenger.guests["gq-1"].text


@pytest.mark.parametrize("error", [TooManyRequestsError(7), DeliveryUnknownError("lost")])
async def test_later(world: World, error: Exception) -> None:
    """After a 429 or an unknown outcome the answer is retried."""
    world.messenger.fail("answer_guest", error)  # type: ignore[arg-type]
    await world.send(recorded("guest_message.text"))
    assert list(world.messenger.guests) == ["gq-1"]


async def test_an_owner_who_takes_no_message(world: World) -> None:
    """An owner who never opened the chat with the bot is not written to again and again."""
    world.messenger.fail("send_text", BotBlockedError("blocked"))
    await world.send(recorded("business_connection.enabled"))
    assert (texts(world), world.tasks.tasks) == ([], [])


def test_what_is_read() -> None:
    """Of both updates only what the answer needs is read."""
    connected = parse_update((CORPUS / "business_connection.enabled.json").read_bytes())
    assert isinstance(connected, OwnerConnected)
    assert (connected.connection_id, connected.owner.id, connected.chat.id) == ("bc-1", OWNER, OWNER)
    called = parse_update((CORPUS / "guest_message.text.json").read_bytes())
    assert called == GuestCalled(called.update_id, "gq-1", "ru")


@pytest.mark.parametrize("sees_all", [True, False])
async def test_a_group_learns_what_is_seen(world: World, *, sees_all: bool) -> None:
    """On joining the bot says what Telegram shows it there, and how that is changed."""
    world.messenger.sees_all = sees_all
    bot = {"id": world.ports.bot_id, "is_bot": True}
    await world.send(world.message(chat_id=-1001, new_chat_members=[bot]))
    said = world.shown(-1001).text
    assert ("every message" in said, "/setprivacy" in said, "make me an administrator" in said) == (
        sees_all,
        sees_all,
        not sees_all,
    )


async def test_what_is_seen_is_not_guessed(world: World) -> None:
    """If getMe fails, the greeting is retried."""
    world.messenger.fail("reads_all", TooManyRequestsError(7))
    bot = {"id": world.ports.bot_id, "is_bot": True}
    await world.send(world.message(chat_id=-1001, new_chat_members=[bot]))
    assert len(world.messenger.messages(-1001)) == 1

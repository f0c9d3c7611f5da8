"""A finished result becomes a post of a channel, if Telegram says that this person may post there."""

import json
from pathlib import Path

import pytest

from shared.bot.post import CAPTION_CHARACTERS_MAX, read_channel
from shared.errors import DeliveryUnknownError, MessageRejectedError, PlaceRefusedError, TooManyRequestsError
from shared.pictures.picture import result_of
from shared.telegram.updates import Faceless, Unhandled, parse_update
from tests.fakes.messenger import Shown
from tests.world import ME, OTHER, Json, World

CHANNEL = -1001234567890
CORPUS = Path(__file__).parents[2] / "corpus" / "updates"


def posts(world: World) -> list[Shown]:
    return world.messenger.messages(CHANNEL)


async def draw(world: World) -> Shown:
    world.messenger.channels["@foxes"] = {ME: CHANNEL}
    await world.send(world.message("/image a fox"))
    return world.shown()


async def test_a_picture(world: World) -> None:
    """The post is the picture by its file, with the words as they are, and nothing of the request or the price."""
    picture = await draw(world)
    await world.send(world.reply("/post @foxes A fox & <b>friends</b>", picture))
    [post] = posts(world)
    assert (post.kind, post.text, post.buttons) == ("photo", "A fox & <b>friends</b>", ())
    assert post.file_id == result_of(world.job()).photo_file_id
    assert world.shown().text == "📣 Posted."


async def test_a_video(world: World) -> None:
    """A video is posted with its shape."""
    await world.give(1000)
    world.messenger.channels["@foxes"] = {ME: CHANNEL}
    await world.send(world.message("/video a bird"))
    await world.send(world.tap("vmake", world.shown()))
    video = next(each for each in world.messenger.messages(ME) if each.kind == "video")
    await world.send(world.reply("/post t.me/foxes", video))
    assert [(post.kind, post.text) for post in posts(world)] == [("video", "")]


async def test_who_may_not_post(world: World) -> None:
    """Telegram is asked about this very person; whoever may not post is told what is missing."""
    picture = await draw(world)
    world.messenger.channels["@foxes"] = {OTHER: CHANNEL}
    await world.send(world.reply("/post @foxes", picture))
    assert posts(world) == []
    assert "cannot post in @foxes for you" in world.shown().text


@pytest.mark.parametrize("text", ["/post", "/post a fox", "/post @foxes"])
async def test_usage(world: World, text: str) -> None:
    """Without a channel, or without a reply to a result, the bot says how it is done."""
    picture = await draw(world)
    world.messenger.channels["@foxes"] = {ME: CHANNEL}
    await world.send(world.message(text) if "@" in text else world.reply(text, picture))
    assert "reply to one of them" in world.shown().text
    assert posts(world) == []


async def test_what_is_no_result(world: World) -> None:
    """A card, a deleted picture and somebody else's message are not posted."""
    picture = await draw(world)
    await world.send(world.message("/help"))
    await world.send(world.reply("/post @foxes", world.shown()))
    await world.send(world.reply("/post @foxes", 5, sender_id=OTHER))
    await world.send(world.tap("delete", picture))
    await world.send(world.tap("erase", world.messenger.chats[ME][picture.message_id]))
    await world.send(world.reply("/post @foxes", picture.message_id))
    assert posts(world) == []


async def test_an_incognito_picture(world: World) -> None:
    """What was asked incognito is not posted, and its person reads why."""
    await world.send(world.message("/incognito"))
    await world.send(world.tap("incognito;on", world.shown()))
    world.clock.advance(1)
    picture = await draw(world)
    await world.send(world.reply("/post @foxes", picture))
    assert "🕶 This is incognito" in world.shown().text
    assert posts(world) == []


async def test_a_long_caption(world: World) -> None:
    """A caption that Telegram would refuse is refused before."""
    picture = await draw(world)
    await world.send(world.reply("/post @foxes " + "x" * (CAPTION_CHARACTERS_MAX + 1), picture))
    assert "at most 1,024 characters" in world.shown().text
    await world.send(world.reply("/post @foxes " + "x" * CAPTION_CHARACTERS_MAX, picture))
    assert len(posts(world)) == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (TooManyRequestsError(30.0), "Telegram asks me to wait"),
        (DeliveryUnknownError("lost"), "could not see whether"),
        (PlaceRefusedError("need administrator rights"), "does not let me post"),
        (MessageRejectedError("wrong file identifier"), "does not let me post"),
    ],
)
async def test_refused(world: World, error: Exception, said: str) -> None:
    """Whatever goes wrong is said, and nothing is posted by itself later."""
    picture = await draw(world)
    world.messenger.fail("send_photo", error)  # type: ignore[arg-type]
    await world.send(world.reply("/post @foxes", picture))
    assert said in world.shown().text
    assert world.tasks.tasks == []
    assert posts(world) == []


async def test_posted_once(world: World) -> None:
    """A second delivery of the command posts nothing, even if it comes while the first is at work."""
    picture = await draw(world)
    command = world.reply("/post @foxes", picture)

    async def again() -> None:
        await world.deliver(command)

    world.messenger.stall("send_photo", again)
    world.messenger.stall("find_channel", again)
    await world.send(command, command)
    assert len(posts(world)) == 1


@pytest.mark.parametrize(
    ("text", "channel", "words"),
    [
        ("@foxes hello", "@foxes", "hello"),
        ("foxes", "@foxes", ""),
        ("https://t.me/foxes a b", "@foxes", "a b"),
        ("-1001234567890 x", "-1001234567890", "x"),
        ("@x", "", "@x"),
        ("лиса", "", "лиса"),
    ],
)
def test_channels(text: str, channel: str, words: str) -> None:
    """A channel is named by its name, its address or its id."""
    assert read_channel(text) == (channel, words)


def in_channel(world: World, text: str) -> Json:
    update: Json = json.loads((CORPUS / "channel_post.text.json").read_text())
    world.last_update_id += 1
    command = {"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}
    body = update["channel_post"] | {"text": text, "entities": [command] if text.startswith("/") else []}
    return {"update_id": world.last_update_id, "channel_post": body}


async def test_a_command_in_a_channel(world: World) -> None:
    """A command in a channel is declined with the way on, once for the channel; nobody gets an account or pays."""
    chat_id = in_channel(world, "/image")["channel_post"]["chat"]["id"]
    for text in ("/image a fox", "/image a bear", "/image@nanobanana_test_bot a hare"):
        await world.send(in_channel(world, text))
    [said] = world.messenger.messages(chat_id)
    for words in ("reply to it with /post @channel", "ответьте на неё /post @channel"):
        assert words in said.text
    assert world.store.collection("users") == {}
    assert world.jobs() == []


@pytest.mark.parametrize("text", ["news", "/unknown", "/image@other_bot a fox", "@nanobanana_test_bot a fox"])
async def test_other_posts(world: World, text: str) -> None:
    """Posts for the readers, and commands of other bots, are left alone."""
    await world.send(in_channel(world, text))
    assert [call.method for call in world.messenger.calls if call.method != "username"] == []
    assert world.store.collection("inbox") == {}


def test_an_automatic_forward() -> None:
    """A channel post is read as one; an edited one, and one with nothing, are not handled."""
    body = json.loads((CORPUS / "channel_post.text.json").read_text())
    parsed = parse_update(json.dumps(body).encode())
    assert isinstance(parsed, Faceless)
    assert parsed.is_channel
    body["channel_post"]["is_automatic_forward"] = True
    assert isinstance(parse_update(json.dumps(body).encode()), Unhandled)

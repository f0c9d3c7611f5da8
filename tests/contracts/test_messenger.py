"""What every Messenger does, the fake as well as the adapter in front of the local Telegram."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Protocol, get_args

import pytest
from PIL import Image

from infra.local.telegram import Telegram, run_telegram
from infra.local.telegram.profile import choose_commands
from shared.adapters.telegram import TelegramMessenger
from shared.adapters.telegram_pace import Limits
from shared.errors import (
    BotBlockedError,
    DeliveryUnknownError,
    FileUnreadableError,
    MessageGoneError,
    MessageRejectedError,
    TooManyRequestsError,
)
from shared.ports import Action, Button, InlineAnswer, InlineResult, Mark, Media, Member, Messenger, Place, Screen
from shared.usage import start_usage
from tests.fakes.messenger import FakeMessenger
from tests.fakes.speech_model import make_ogg

ANNA = 7
BORIS = 8
HERE = Place(ANNA)
NOWHERE = 4
UNLIMITED = Limits(chat_seconds=0, group_seconds=0, group_per_minute=10**6, total_per_second=10**6)
"""Without this, the tests' calls of a second would take a minute."""
BUTTONS = ((Button("Again", "again:1"), Button("Edit", "edit:1")), (Button("Delete", "delete:1"),))
DATA = (("again:1", "edit:1"), ("delete:1",))


def make_jpeg(colour: str = "red") -> bytes:
    output = BytesIO()
    Image.new("RGB", (90, 60), colour).save(output, "JPEG")
    return output.getvalue()


@dataclass(frozen=True)
class Seen:
    """A message as a person sees it."""

    message_id: int
    kind: str
    text: str
    buttons: tuple[tuple[str, ...], ...]
    reply_to: int | None
    thread_id: int | None
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Written:
    """A text that was shown while it was being written."""

    draft_id: int
    text: str
    marks: tuple[Mark, ...] = ()


class World(Protocol):
    """A Telegram that Anna has started the bot in."""

    messenger: Messenger
    name: str

    def look(self, chat_id: int) -> list[Seen]: ...
    async def send_picture(self, content: bytes) -> str: ...
    async def tap(self, message_id: int) -> str: ...
    async def open_channel(self, name: str, status: str, *, has_bot: bool = True) -> int: ...
    async def ask_inline(self) -> str: ...
    def offered(self, query_id: str) -> tuple[list[tuple[str, str, str]], str, str]: ...
    def reaction(self, message_id: int) -> str: ...
    async def block(self) -> None: ...
    async def open_group(self) -> int: ...
    async def promote(self, group: int) -> None: ...
    def menu(self) -> list[tuple[str, str]]: ...
    def drafts(self) -> list[Written]: ...
    def actions(self) -> list[str]: ...
    def flood(self, seconds: int, method: str = "send_text") -> None: ...
    def lose_answer(self) -> None: ...


class FakeWorld:
    def __init__(self) -> None:
        self.fake = FakeMessenger()
        self.messenger: Messenger = self.fake
        self.name = self.fake.name

    def look(self, chat_id: int) -> list[Seen]:
        return [
            Seen(m.message_id, m.kind, m.text, _data(m.buttons), m.reply_to, m.thread_id, m.marks or ())
            for m in self.fake.messages(chat_id)
        ]

    async def send_picture(self, content: bytes) -> str:
        return self.fake.add_file(content)

    async def tap(self, message_id: int) -> str:
        return f"query-{message_id}"

    async def open_channel(self, name: str, status: str, *, has_bot: bool = True) -> int:
        self.fake.channels[f"@{name}"] = {ANNA: -200} if has_bot and status == "administrator" else {}
        return -200

    async def ask_inline(self) -> str:
        return f"inline-{len(self.fake.inline)}"

    def offered(self, query_id: str) -> tuple[list[tuple[str, str, str]], str, str]:
        answer = self.fake.inline[query_id]
        return [(each.id, each.medium, each.title) for each in answer.results], answer.following, answer.payload

    def reaction(self, message_id: int) -> str:
        return self.fake.reactions[ANNA][message_id]

    async def block(self) -> None:
        self.fake.blocked.add(ANNA)

    async def open_group(self) -> int:
        self.fake.members[-100] = {ANNA: Member("Anna", is_administrator=False)}
        return -100

    async def promote(self, group: int) -> None:
        self.fake.members[group] = {ANNA: Member("Anna", is_administrator=True)}

    def menu(self) -> list[tuple[str, str]]:
        return list(self.fake.commands[ANNA])

    def drafts(self) -> list[Written]:
        calls = [(call.draft_id, call.screen) for call in self.fake.sent("send_draft")]
        return [Written(number, screen.text, screen.marks or ()) for number, screen in calls if number and screen]

    def actions(self) -> list[str]:
        return [str(call.action) for call in self.fake.sent("send_action")]

    def flood(self, seconds: int, method: str = "send_text") -> None:
        self.fake.fail(method, TooManyRequestsError(seconds))

    def lose_answer(self) -> None:
        self.fake.lose("send_text")


class LocalWorld:
    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        self.messenger: Messenger = TelegramMessenger(telegram.token, telegram.url, limits=UNLIMITED)
        self.name = "nanobanana_local_bot"

    def look(self, chat_id: int) -> list[Seen]:
        return [see(message) for message in self.telegram.messages(chat_id) if message["from"]["is_bot"]]

    async def send_picture(self, content: bytes) -> str:
        [message] = await self.telegram.send(ANNA, photos=[content])
        return str(message["photo"][-1]["file_id"])

    async def tap(self, message_id: int) -> str:
        press = await self.telegram.press(ANNA, ANNA, message_id, row=0, wait=False)
        return str(press["query_id"])

    async def open_channel(self, name: str, status: str, *, has_bot: bool = True) -> int:
        members = {str(ANNA): status}
        await self.telegram.create_chat(
            -200, type="channel", username=name, members=members, sees_everything=has_bot, title="Foxes"
        )
        return -200

    async def ask_inline(self) -> str:
        return str((await self.telegram.ask_inline(ANNA, wait=False))["query_id"])

    def offered(self, query_id: str) -> tuple[list[tuple[str, str, str]], str, str]:
        answer = self.telegram.world.inline_queries[query_id]["answer"]
        results = [(each["id"], each["type"], each["title"]) for each in answer["results"]]
        return results, answer["next_offset"], (answer["button"] or {}).get("start_parameter", "")

    def reaction(self, message_id: int) -> str:
        [message] = [each for each in self.telegram.messages(ANNA) if each["message_id"] == message_id]
        return "".join(each["emoji"] for each in message["_reactions"])

    async def block(self) -> None:
        await self.telegram.block(ANNA)

    async def open_group(self) -> int:
        await self.telegram.create_chat(-100, members={str(ANNA): "member"})
        return -100

    async def promote(self, group: int) -> None:
        await self.telegram.create_chat(group, members={str(ANNA): "administrator"})

    def menu(self) -> list[tuple[str, str]]:
        shown = choose_commands(self.telegram.world, self.telegram.world.chats[ANNA], ANNA, "en")
        return [(command["command"], command["description"]) for command in shown]

    def drafts(self) -> list[Written]:
        calls = [call["params"] for call in self.telegram.calls("sendMessageDraft")]
        return [Written(int(call["draft_id"]), call.get("text", ""), _marks(call.get("entities"))) for call in calls]

    def actions(self) -> list[str]:
        return [call["params"]["action"] for call in self.telegram.calls("sendChatAction")]

    def flood(self, seconds: int, method: str = "send_text") -> None:
        self.telegram.add_fault("flood", retry_after=seconds, count=1)

    def lose_answer(self) -> None:
        self.telegram.add_fault("lost_answer", count=1)


def see(message: dict[str, Any]) -> Seen:
    kind = next(kind for kind in ("photo", "document", "voice", "video", "text") if kind in message)
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return Seen(
        message["message_id"],
        kind,
        message.get("text") or message.get("caption") or "",
        tuple(tuple(_meaning(button) for button in row) for row in rows),
        message.get("reply_to_message", {}).get("message_id"),
        message.get("message_thread_id"),
        _marks(message.get("entities") or message.get("caption_entities")),
    )


def _marks(entities: list[dict[str, Any]] | None) -> tuple[Mark, ...]:
    return tuple(
        Mark(each["type"], each["offset"], each["length"], each.get("url", ""), each.get("language", ""))
        for each in entities or ()
    )


def _meaning(button: dict[str, Any]) -> str:
    return str(button.get("callback_data") or button.get("url") or button["web_app"]["url"])


def _data(buttons: tuple[tuple[Button, ...], ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(button.url or button.app or button.data for button in row) for row in buttons)


@pytest.fixture(params=["fake", "telegram"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "fake":
        yield FakeWorld()
        return
    async with run_telegram() as telegram:
        await telegram.send(ANNA, text="/start")
        local = LocalWorld(telegram)
        yield local
        assert isinstance(local.messenger, TelegramMessenger)
        await local.messenger.close()


async def test_text_is_shown_with_its_buttons(world: World) -> None:
    """A sent screen is what the person sees, under the id that comes back."""
    sent = await world.messenger.send_text(HERE, Screen("Hello", BUTTONS))
    assert world.look(ANNA) == [Seen(sent, "text", "Hello", DATA, None, None)]


async def test_reply_refers_to_its_message(world: World) -> None:
    """A card hangs below the request it answers."""
    first = await world.messenger.send_text(HERE, Screen("Question"))
    await world.messenger.send_text(Place(ANNA, reply_to=first), Screen("Answer"))
    assert world.look(ANNA)[1].reply_to == first


async def test_reply_to_what_is_gone_is_sent_without(world: World) -> None:
    """A deleted request does not keep its card from being sent."""
    await world.messenger.send_text(Place(ANNA, reply_to=NOWHERE), Screen("Answer"))
    assert world.look(ANNA)[0].reply_to is None


async def test_edit_replaces_text_and_buttons(world: World) -> None:
    """After an edit nothing of the old screen is left, the buttons included."""
    sent = await world.messenger.send_text(HERE, Screen("Queued", BUTTONS))
    await world.messenger.edit_text(HERE, sent, Screen("Working"))
    assert world.look(ANNA) == [Seen(sent, "text", "Working", (), None, None)]


async def test_edit_to_the_same_is_done(world: World) -> None:
    """A repeated edit of any kind is no error."""
    jpeg = Media(make_jpeg(), "fox.jpg")
    sent = await world.messenger.send_text(HERE, Screen("Queued", BUTTONS))
    await world.messenger.edit_text(HERE, sent, Screen("Queued", BUTTONS))
    await world.messenger.edit_buttons(HERE, sent, Screen("", BUTTONS))
    shown = await world.messenger.edit_photo(HERE, sent, jpeg, Screen("Ready", BUTTONS))
    await world.messenger.edit_caption(HERE, sent, Screen("Ready", BUTTONS))
    again = await world.messenger.edit_photo(HERE, sent, Media(shown.file_id, "fox.jpg"), Screen("Ready", BUTTONS))
    assert (again.message_id, again.file_id) == (sent, "")


async def test_text_becomes_a_photo(world: World) -> None:
    """The status card turns into the picture and keeps its id."""
    sent = await world.messenger.send_text(HERE, Screen("Working"))
    shown = await world.messenger.edit_photo(HERE, sent, Media(make_jpeg(), "fox.jpg"), Screen("A fox", BUTTONS))
    assert shown.message_id == sent
    assert world.look(ANNA) == [Seen(sent, "photo", "A fox", DATA, None, None)]
    assert await world.messenger.download(shown.file_id)


async def test_text_becomes_a_file(world: World) -> None:
    """A message turns into a file and keeps its id; doing it again is no error, and shows one file."""
    sent = await world.messenger.send_text(HERE, Screen("…", BUTTONS))
    for _ in range(2):
        await world.messenger.edit_document(HERE, sent, Media(b"All words.", "transcript.txt"))
    assert world.look(ANNA) == [Seen(sent, "document", "", (), None, None)]


async def test_photo_is_shown_again_by_its_file_id(world: World) -> None:
    """A file that Telegram has is not uploaded again."""
    first = await world.messenger.send_text(HERE, Screen("Working"))
    shown = await world.messenger.edit_photo(HERE, first, Media(make_jpeg(), "fox.jpg"), Screen("A fox"))
    second = await world.messenger.send_text(HERE, Screen("Working"))
    again = await world.messenger.edit_photo(HERE, second, Media(shown.file_id, "fox.jpg"), Screen("A fox"))
    assert again.file_id == shown.file_id
    assert world.look(ANNA)[1].kind == "photo"


async def test_caption_and_buttons_of_a_photo(world: World) -> None:
    """Both can be changed without touching the picture."""
    sent = await world.messenger.send_text(HERE, Screen("Working"))
    await world.messenger.edit_photo(HERE, sent, Media(make_jpeg(), "fox.jpg"), Screen("A fox", BUTTONS))
    await world.messenger.edit_caption(HERE, sent, Screen("Deleted"))
    assert world.look(ANNA) == [Seen(sent, "photo", "Deleted", (), None, None)]
    await world.messenger.edit_buttons(HERE, sent, Screen("not used", BUTTONS))
    assert world.look(ANNA) == [Seen(sent, "photo", "Deleted", DATA, None, None)]


async def test_voice_message(world: World) -> None:
    """Sound arrives as a voice message, with its caption and buttons, and can be sent again by its name."""
    sound = Media(make_ogg(2.4), "answer.ogg")
    screen = Screen("Kore", BUTTONS)
    first = await world.messenger.send_text(HERE, Screen("An answer"))
    sent = await world.messenger.send_voice(Place(ANNA, reply_to=first), sound, 3, screen)
    assert world.look(ANNA)[-1] == Seen(sent.message_id, "voice", "Kore", DATA, first, None)
    assert await world.messenger.download(sent.file_id) == sound.content
    again = await world.messenger.send_voice(HERE, Media(sent.file_id, ""), 3, Screen(""))
    assert again.message_id != sent.message_id
    with pytest.raises(MessageRejectedError):
        await world.messenger.send_voice(HERE, Media("no-such-file", ""), 3, Screen(""))


async def test_document_arrives_byte_for_byte(world: World) -> None:
    """The original stays the file it is, and can be sent again by its id."""
    jpeg = make_jpeg("blue")
    sent = await world.messenger.send_document(HERE, Media(jpeg, "fox.jpg"), Screen("Original"))
    assert world.look(ANNA) == [Seen(sent.message_id, "document", "Original", (), None, None)]
    assert await world.messenger.download(sent.file_id) == jpeg
    again = await world.messenger.send_document(HERE, Media(sent.file_id, "fox.jpg"), Screen("Original"))
    assert again.message_id != sent.message_id


async def test_album(world: World) -> None:
    """Photos that Telegram has come once more, side by side; one alone, or one that it does not know, is refused."""
    shown = [await world.messenger.send_text(HERE, Screen("…")) for _ in range(2)]
    sent = [
        await world.messenger.edit_photo(HERE, message_id, Media(make_jpeg(colour), "a.jpg"), Screen("One"))
        for message_id, colour in zip(shown, ("red", "blue"), strict=True)
    ]
    photos = [Media(each.file_id, "") for each in sent]
    ids = await world.messenger.send_album(Place(ANNA, reply_to=shown[0]), photos)
    assert [each.message_id for each in world.look(ANNA)[2:]] == [*ids]
    assert [(each.kind, each.text, each.reply_to) for each in world.look(ANNA)[2:]] == [("photo", "", shown[0])] * 2
    for wrong in (photos[:1], [photos[0], Media("no-such-file", "")]):
        with pytest.raises(MessageRejectedError):
            await world.messenger.send_album(HERE, wrong)


async def test_albums_change_in_place(world: World) -> None:
    """A message of an album becomes another photo, one of an album of files another file; one file is no album."""
    photos = await world.messenger.send_album(HERE, [Media(make_jpeg(each), "a.jpg") for each in ("red", "blue")])
    files = await world.messenger.send_file_album(HERE, [Media(b"wait", f"{each}.txt") for each in (1, 2)])
    assert [each.message_id for each in world.look(ANNA)] == [*photos, *files]
    assert [each.kind for each in world.look(ANNA)] == ["photo", "photo", "document", "document"]
    sent = await world.messenger.edit_photo(HERE, photos[1], Media(make_jpeg("green"), "b.jpg"), Screen("Fox"))
    assert sent.file_id
    assert await world.messenger.edit_document(HERE, files[0], Media(make_jpeg(), "b.jpg"), Screen("File"))
    assert [each.text for each in world.look(ANNA)] == ["", "Fox", "File", ""]
    with pytest.raises(MessageRejectedError):
        await world.messenger.send_file_album(HERE, [Media(b"wait", "1.txt")])


async def test_photo_is_sent_by_its_id(world: World) -> None:
    """A photo that Telegram has can be sent to another chat by its id, with a caption and buttons."""
    sent = await world.messenger.send_photo(HERE, Media(make_jpeg("blue"), "fox.jpg"), Screen("A fox", BUTTONS))
    assert world.look(ANNA) == [Seen(sent.message_id, "photo", "A fox", DATA, None, None)]
    again = await world.messenger.send_photo(HERE, Media(sent.file_id, "fox.jpg"), Screen(""))
    assert world.look(ANNA)[1] == Seen(again.message_id, "photo", "", (), None, None)
    with pytest.raises(MessageRejectedError):
        await world.messenger.send_photo(HERE, Media("no-such-file", "fox.jpg"), Screen(""))


async def test_a_reaction_is_replaced(world: World) -> None:
    """A message bears one reaction of ours, which can be replaced and removed; one that is gone takes none."""
    sent = await world.messenger.send_text(HERE, Screen("Hello"))
    for emoji in ("👀", "👍", ""):
        await world.messenger.react(HERE, sent, emoji)
        assert world.reaction(sent) == emoji


@pytest.mark.parametrize("action", get_args(Action))
async def test_action_is_no_message(world: World, action: Action) -> None:
    """The chat action is shown ("photo" by default) and leaves nothing in the chat."""
    await world.messenger.send_action(HERE)
    await world.messenger.send_action(HERE, action)
    assert world.actions() == ["upload_photo", action]
    assert world.look(ANNA) == []


BOLD = (Mark("bold", 3, 3),)
ALL_KINDS = (
    Mark("italic", 0, 2),
    Mark("text_link", 3, 3, url="https://example.org/a"),
    Mark("pre", 7, 5, language="python"),
)


async def test_text_with_marks_is_plain(world: World) -> None:
    """Where the markup stands beside the text, nothing in the text is markup; offsets count UTF-16 units."""
    sent = await world.messenger.send_text(HERE, Screen("😀 <b> & x", BUTTONS, marks=BOLD))
    assert world.look(ANNA) == [Seen(sent, "text", "😀 <b> & x", DATA, None, None, BOLD)]
    await world.messenger.send_text(HERE, Screen("1 < 2 & <i>", marks=()))
    assert world.look(ANNA)[1].text == "1 < 2 & <i>"


async def test_marks_are_edited_with_their_text(world: World) -> None:
    """Other marks on the same words are a change, as is HTML after them; the same once more is done."""
    sent = await world.messenger.send_text(HERE, Screen("😀 abc code!", marks=BOLD))
    await world.messenger.edit_text(HERE, sent, Screen("😀 abc code!", marks=ALL_KINDS))
    await world.messenger.edit_text(HERE, sent, Screen("😀 abc code!", marks=ALL_KINDS))
    assert world.look(ANNA)[0].marks == ALL_KINDS
    await world.messenger.edit_text(HERE, sent, Screen("😀 abc code!"))
    assert world.look(ANNA)[0].marks == ()


async def test_captions_have_marks(world: World) -> None:
    """A photo, its later caption and a file take them as a text does."""
    screen = Screen("<a> <b>", marks=BOLD)
    sent = await world.messenger.send_text(HERE, Screen("Working"))
    await world.messenger.edit_photo(HERE, sent, Media(make_jpeg(), "fox.jpg"), screen)
    await world.messenger.send_document(HERE, Media(b"content", "fox.txt"), screen)
    assert [(seen.text, seen.marks) for seen in world.look(ANNA)] == [("<a> <b>", BOLD)] * 2
    await world.messenger.edit_caption(HERE, sent, Screen("A fox <b>", marks=()))
    assert (world.look(ANNA)[0].text, world.look(ANNA)[0].marks) == ("A fox <b>", ())


@pytest.mark.parametrize(
    "screen",
    [
        Screen("short", marks=(Mark("bold", 3, 3),)),
        Screen("x" * 4097, marks=()),
        Screen("😀" * 2049, marks=()),
    ],
)
async def test_impossible_marks_are_rejected(world: World, screen: Screen) -> None:
    """A mark that goes beyond its text, and a text that is longer than a message."""
    with pytest.raises(MessageRejectedError):
        await world.messenger.send_text(HERE, screen)
    with pytest.raises(MessageRejectedError):
        await world.messenger.send_draft(HERE, 7, screen)


async def test_draft_is_no_message(world: World) -> None:
    """A text that is being written is shown, first without words, then with marks, and leaves nothing in the chat."""
    await world.messenger.send_draft(HERE, 7, Screen("", marks=()))
    await world.messenger.send_draft(HERE, 7, Screen("😀 <b>", BUTTONS, marks=BOLD))
    assert world.drafts() == [Written(7, ""), Written(7, "😀 <b>", BOLD)]
    assert world.look(ANNA) == []


async def test_drafts_are_for_private_chats(world: World) -> None:
    """A group takes none, and no draft is without a number."""
    group = await world.open_group()
    for place, draft_id in ((Place(group), 7), (HERE, 0)):
        with pytest.raises(MessageRejectedError):
            await world.messenger.send_draft(place, draft_id, Screen("Half a", marks=()))


async def test_flood_control_of_a_draft(world: World) -> None:
    """A draft too many is told as a message too many is."""
    world.flood(7, "send_draft")
    with pytest.raises(TooManyRequestsError) as caught:
        await world.messenger.send_draft(HERE, 7, Screen("Half a", marks=()))
    assert caught.value.retry_after_seconds == 7


async def test_command_menu_of_one_chat(world: World) -> None:
    """The menu of a chat is the last one set."""
    await world.messenger.set_commands(ANNA, (("help", "Помощь"),))
    await world.messenger.set_commands(ANNA, (("image", "Picture"), ("help", "Help")))
    assert world.menu() == [("image", "Picture"), ("help", "Help")]


async def test_button_opens_an_address(world: World) -> None:
    """A button may lead to another chat instead of calling back."""
    address = "https://t.me/nanobanana_bot?start=balance"
    await world.messenger.send_text(HERE, Screen("Look there", ((Button("Open", url=address),),)))
    assert world.look(ANNA)[0].buttons == ((address,),)


async def test_button_opens_the_app(world: World) -> None:
    """A button may open the Mini App, in a private chat and nowhere else."""
    screen = Screen("Here", ((Button("Open", app="https://app.example/"),),))
    await world.messenger.send_text(HERE, screen)
    assert world.look(ANNA)[0].buttons == (("https://app.example/",),)
    group = await world.open_group()
    with pytest.raises(MessageRejectedError):
        await world.messenger.send_text(Place(group), screen)


async def test_unknown_file_id_is_rejected(world: World) -> None:
    """A file that Telegram does not know cannot be sent."""
    with pytest.raises(MessageRejectedError):
        await world.messenger.send_document(HERE, Media("no-such-file", "fox.jpg"), Screen(""))


async def test_deleted_message_is_gone(world: World) -> None:
    """Deleting twice is done; what shows the message afterwards learns that it is gone."""
    sent = await world.messenger.send_text(HERE, Screen("Working"))
    await world.messenger.delete_message(HERE, sent)
    await world.messenger.delete_message(HERE, sent)
    photo = Media(make_jpeg(), "fox.jpg")
    for call in (
        world.messenger.edit_text(HERE, sent, Screen("Ready")),
        world.messenger.edit_caption(HERE, sent, Screen("Ready")),
        world.messenger.edit_buttons(HERE, sent, Screen("", BUTTONS)),
        world.messenger.edit_photo(HERE, sent, photo, Screen("Ready")),
    ):
        with pytest.raises(MessageGoneError):
            await call
    assert world.look(ANNA) == []


async def test_text_of_a_photo_is_gone(world: World) -> None:
    """A late status edit finds that the card has become the picture already."""
    sent = await world.messenger.send_text(HERE, Screen("Working"))
    await world.messenger.edit_photo(HERE, sent, Media(make_jpeg(), "fox.jpg"), Screen("A fox"))
    with pytest.raises(MessageGoneError):
        await world.messenger.edit_text(HERE, sent, Screen("Working, 40 s"))
    assert world.look(ANNA)[0].kind == "photo"


async def test_caption_of_a_text_is_gone(world: World) -> None:
    """A card without a picture has no caption."""
    sent = await world.messenger.send_text(HERE, Screen("Working"))
    with pytest.raises(MessageGoneError):
        await world.messenger.edit_caption(HERE, sent, Screen("A fox"))


async def test_tap_is_answered(world: World) -> None:
    """A query is answered with and without words."""
    sent = await world.messenger.send_text(HERE, Screen("Hello", BUTTONS))
    await world.messenger.answer_tap(await world.tap(sent))
    await world.messenger.answer_tap(await world.tap(sent), "x" * 300, alert=True)


async def test_blocked_bot_is_told(world: World) -> None:
    """A person who stopped the bot gets no more messages."""
    sent = await world.messenger.send_text(HERE, Screen("Hello"))
    await world.block()
    with pytest.raises(BotBlockedError):
        await world.messenger.send_text(HERE, Screen("Hello"))
    with pytest.raises(BotBlockedError):
        await world.messenger.edit_text(HERE, sent, Screen("Hello again"))
    with pytest.raises(BotBlockedError):
        await world.messenger.send_action(HERE)
    with pytest.raises(BotBlockedError):
        await world.messenger.send_draft(HERE, 7, Screen("Half a", marks=()))


async def test_flood_control_says_when_to_come_again(world: World) -> None:
    """The pause is the one that Telegram names, and nothing was sent."""
    world.flood(7)
    with pytest.raises(TooManyRequestsError) as caught:
        await world.messenger.send_text(HERE, Screen("Hello"))
    assert caught.value.retry_after_seconds == 7
    assert world.look(ANNA) == []


async def test_lost_answer_is_unknown(world: World) -> None:
    """The message may be there: here it is."""
    world.lose_answer()
    with pytest.raises(DeliveryUnknownError):
        await world.messenger.send_text(HERE, Screen("Hello"))
    assert [message.text for message in world.look(ANNA)] == ["Hello"]


async def test_download_gives_what_was_sent(world: World) -> None:
    """A picture that somebody sent can be read."""
    content = await world.messenger.download(await world.send_picture(make_jpeg("green")))
    assert re.match(rb"\xff\xd8\xff", content)


async def test_unknown_file_is_unreadable(world: World) -> None:
    """A file id of another bot, or of nobody."""
    with pytest.raises(FileUnreadableError):
        await world.messenger.download("no-such-file")


@pytest.mark.parametrize(
    "screen",
    [
        Screen("Hello", ((Button("Long", "x" * 65),),)),
        Screen("Hello", ((Button("Empty", ""),),)),
        Screen("Hello", BUTTONS, force_reply="A fox …"),
    ],
)
async def test_impossible_screens_are_rejected(world: World, screen: Screen) -> None:
    """A screen that Telegram refuses is refused by every implementation."""
    with pytest.raises(MessageRejectedError):
        await world.messenger.send_text(HERE, screen)


async def test_what_it_reads_of_groups_is_known(world: World) -> None:
    """Privacy mode is on where nobody has switched it off."""
    assert await world.messenger.reads_all() is False


async def test_a_guest_says_one_thing(world: World) -> None:
    """A message from a chat that the bot is not in is answered once, with a button that leads elsewhere."""
    screen = Screen("<b>Not here</b>", ((Button("Open", url="https://t.me/nanobanana_bot"),),))
    await world.messenger.answer_guest("guest-1", screen)
    with pytest.raises(MessageGoneError):
        await world.messenger.answer_guest("guest-1", screen)
    await world.messenger.answer_guest("guest-2", Screen("plain", marks=(Mark("bold", 0, 5),)))


async def test_who_may_post_in_a_channel(world: World) -> None:
    """A channel is found for its administrators, where the bot is one too; a group, and a made up name, is none."""
    channel = await world.open_channel("foxes", "administrator")
    assert await world.messenger.find_channel("@foxes", ANNA) == channel
    assert await world.messenger.find_channel("@foxes", BORIS) is None
    assert await world.messenger.find_channel("@nothing", ANNA) is None
    assert await world.messenger.find_channel(str(await world.open_group()), ANNA) is None
    await world.open_channel("foxes", "member")
    assert await world.messenger.find_channel("@foxes", ANNA) is None
    await world.open_channel("foxes", "administrator", has_bot=False)
    assert await world.messenger.find_channel("@foxes", ANNA) is None


async def test_who_is_in_a_group(world: World) -> None:
    """A member is told from an administrator; of somebody who was never there, or in no group, nothing is known."""
    group = await world.open_group()
    member = await world.messenger.find_member(group, ANNA)
    assert member is not None
    assert member.name
    assert not member.is_administrator
    assert await world.messenger.find_member(group, BORIS) is None
    assert await world.messenger.find_member(-999, ANNA) is None
    await world.promote(group)
    member = await world.messenger.find_member(group, ANNA)
    assert member is not None
    assert member.is_administrator


async def test_an_inline_query_takes_one_answer(world: World) -> None:
    """Results by file ids, the name of the next page and the button arrive; a second answer is too late."""
    photo = await world.messenger.send_photo(HERE, Media(make_jpeg(), "fox.jpg"), Screen(""))
    query = await world.ask_inline()
    answer = InlineAnswer(
        (InlineResult("1", "photo", photo.file_id, "a fox"), InlineResult("2", "photo", photo.file_id)),
        following="next",
        label="Open",
        payload="inline",
    )
    await world.messenger.answer_inline(query, answer)
    assert world.offered(query) == ([("1", "photo", "a fox"), ("2", "photo", "")], "next", "inline")
    with pytest.raises(MessageGoneError):
        await world.messenger.answer_inline(query, answer)
    query = await world.ask_inline()
    await world.messenger.answer_inline(query, InlineAnswer())
    assert world.offered(query) == ([], "", "")


@pytest.mark.parametrize(
    "answer",
    [
        InlineAnswer((InlineResult("1", "photo", "no-such-file"),)),
        InlineAnswer((InlineResult("1", "video", "no-such-file", "a fox"),)),
        InlineAnswer(following="x" * 65),
        InlineAnswer(label="Open", payload="not a payload"),
    ],
)
async def test_an_inline_answer_is_checked(world: World, answer: InlineAnswer) -> None:
    """An unknown file, a name that is too long, and a payload that is none are refused, the results with them."""
    with pytest.raises(MessageRejectedError):
        await world.messenger.answer_inline(await world.ask_inline(), answer)


async def test_a_message_is_prepared(world: World) -> None:
    """A result is kept for a person to send; each call keeps another one. An unknown file is refused."""
    photo = await world.messenger.send_photo(HERE, Media(make_jpeg(), "fox.jpg"), Screen(""))
    caption = Screen("<b>Fox</b>", ((Button("Open", url="https://t.me/nanobanana_bot"),),))
    result = InlineResult("1", "photo", photo.file_id, caption=caption)
    first, second = [await world.messenger.prepare_message(ANNA, result) for _ in range(2)]
    assert first.id != second.id
    assert first.until > datetime.now(UTC)
    with pytest.raises(MessageRejectedError):
        await world.messenger.prepare_message(ANNA, replace(result, file_id="no-such-file"))
    with pytest.raises(MessageRejectedError):
        await world.messenger.prepare_message(BORIS, result)


async def test_username_is_known(world: World) -> None:
    """The name that commands in groups are addressed to."""
    assert await world.messenger.username() == world.name


async def test_calls_are_counted(world: World) -> None:
    """Refused calls cost as much as others."""
    usage = start_usage()
    sent = await world.messenger.send_text(HERE, Screen("Hello"))
    with pytest.raises(MessageGoneError):
        await world.messenger.edit_text(HERE, sent + 1, Screen("Hello again"))
    assert usage.messenger_calls == 2


async def test_many_at_once(world: World) -> None:
    """A hundred calls at a time all come through."""
    texts = [f"message {n}" for n in range(100)]
    sent = await asyncio.gather(*(world.messenger.send_text(HERE, Screen(text)) for text in texts))
    seen = {message.message_id: message.text for message in world.look(ANNA)}
    assert [seen[message_id] for message_id in sent] == texts

"""Messages that are not simply words of somebody: forwards, quotes, other senders, files of every kind."""

import asyncio
import io
from typing import Any

import pytest
import telegram
from PIL import Image
from telegram import MessageOriginChannel, MessageOriginUser, ReplyParameters

from infra.local.telegram import Telegram
from infra.local.telegram.contents import Attachment, split_text
from infra.local.telegram.errors import ControlError
from infra.local.telegram.reading import Upload
from tests.infra.local.telegram.conftest import Hook, make_picture, refused
from tests.infra.local.telegram.test_people import take_messages

CLUB = -1001
GALLERY = {"id": -1_000_000_000_055, "title": "Gallery"}
POST = {"type": "channel", "chat": {**GALLERY, "type": "channel"}, "message_id": 55}


@pytest.fixture
async def club(tg: Telegram) -> int:
    """A group of two in which the bot sees everything; 7 is its creator."""
    await tg.create_chat(CLUB, title="Club", members={"7": "creator", "8": "member"}, sees_everything=True)
    return CLUB


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("a" * 4096, [4096]),
        ("a" * 4097, [4096, 1]),
        ("я" * 9000, [4096, 4096, 808]),
        ("a" * 4095 + "🐈" + "b", [4095, 2]),  # no character is cut in two: the cat needs two units
        ("\ufffd" * 5000, [4096, 904]),
    ],
)
def test_text_is_split_at_the_limit(text: str, sizes: list[int]) -> None:
    """Each part is as long as Telegram allows, in UTF-16 units, and together they are the whole text."""
    parts = split_text(text)
    assert [len(part) for part in parts] == sizes
    assert "".join(parts) == text


async def test_parts_of_a_text_share_their_second(tg: Telegram, bot: telegram.Bot) -> None:
    """The two halves of a long text carry one date."""
    await tg.send(7, text="a" * 4097)
    first, second = await take_messages(tg, bot)
    assert first.date == second.date
    assert second.message_id == first.message_id + 1


async def test_forward_comes_after_its_comment(tg: Telegram, bot: telegram.Bot) -> None:
    """A comment and the forwarded photo are two messages of one second; only the photo has an origin."""
    await tg.send(7, photos=[make_picture()], caption="a post", forward_origin=POST, comment="make it blue")
    comment, photo = await take_messages(tg, bot)
    assert (comment.text, comment.forward_origin) == ("make it blue", None)
    assert (photo.caption, photo.date) == ("a post", comment.date)
    assert isinstance(photo.forward_origin, MessageOriginChannel)
    assert (photo.forward_origin.chat.title, photo.forward_origin.message_id) == ("Gallery", 55)


async def test_forward_of_a_forward_names_the_first_author(tg: Telegram, bot: telegram.Bot) -> None:
    """Messages are forwarded without keyboards, an album stays one, and the origin is who wrote them first."""
    pictures = [make_picture(color=color) for color in ("red", "green")]
    album = await tg.send({"id": 8, "first_name": "Bo"}, photos=pictures, caption="two")
    once = await tg.forward(8, from_chat_id=8, message_ids=[part["message_id"] for part in album])
    await tg.forward(8, from_chat_id=8, message_ids=[part["message_id"] for part in once], comment="again")
    *_, comment, first, second = await take_messages(tg, bot)
    assert comment.text == "again"
    assert (first.caption, second.caption) == ("two", None)
    assert first.media_group_id == second.media_group_id != album[0]["media_group_id"]
    assert isinstance(first.forward_origin, MessageOriginUser)
    assert first.forward_origin.sender_user.first_name == "Bo"
    assert first.photo[-1].file_unique_id == album[0]["photo"][-1]["file_unique_id"]


async def test_forward_shows_only_what_a_person_sees(tg: Telegram, chat: int) -> None:
    """Nobody forwards out of another person's private chat, nor nothing, nor what does not exist."""
    [message] = await tg.send(chat, text="x")
    with pytest.raises(ControlError, match="own private chat"):
        await tg.forward(8, from_chat_id=chat, message_ids=[message["message_id"]])
    with pytest.raises(ControlError, match="no message 5"):
        await tg.forward(chat, from_chat_id=chat, message_ids=[5])
    with pytest.raises(ControlError, match="nothing to forward"):
        await tg.forward(chat, from_chat_id=chat, message_ids=[])


async def test_quote_has_its_place(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A reply quotes words of a message, at their UTF-16 offset; the bot's own quote as well."""
    asked = await bot.send_message(chat, "🐈 red or blue?")
    [sent] = await tg.send(chat, text="this", reply_to_message_id=asked.message_id, quote="blue")
    [message] = await take_messages(tg, bot)
    assert message.quote is not None
    assert (message.quote.text, message.quote.position, message.quote.is_manual) == ("blue", 10, True)
    own = await bot.send_message(chat, "x", reply_parameters=ReplyParameters(sent["message_id"], quote="is"))
    assert own.quote is not None
    assert own.quote.position == 2
    with refused("QUOTE_TEXT_INVALID"):
        await bot.send_message(chat, "x", reply_parameters=ReplyParameters(sent["message_id"], quote="no"))


async def test_reply_to_another_chat_is_external(tg: Telegram, bot: telegram.Bot, club: int) -> None:
    """A reply in private to a photo of a group names group, author and photo, and holds no message."""
    [post] = await tg.send({"id": 8, "first_name": "Bo"}, chat_id=club, photos=[make_picture()], caption="a post")
    place = {"reply_to_chat_id": club, "reply_to_message_id": post["message_id"]}
    await tg.send(7, text="make it blue", quote="post", **place)
    _, message = await take_messages(tg, bot)
    assert message.reply_to_message is None
    external = message.external_reply
    assert external is not None
    assert isinstance(external.origin, MessageOriginUser)
    assert (external.chat and external.chat.id, external.message_id) == (club, post["message_id"])
    assert external.photo is not None
    assert external.photo[-1].file_unique_id == post["photo"][-1]["file_unique_id"]
    assert message.quote is not None
    assert message.quote.text == "post"


async def test_reply_to_anothers_private_chat_is_refused(tg: Telegram, chat: int) -> None:
    """Nobody answers what only somebody else can see."""
    mine = tg.messages(chat)[0]["message_id"]
    with pytest.raises(ControlError, match="another person's private chat"):
        await tg.send(8, text="x", reply_to_chat_id=chat, reply_to_message_id=mine)


async def test_message_through_another_bot_names_it(tg: Telegram, bot: telegram.Bot) -> None:
    """`via_bot` is a bot's account."""
    await tg.send(7, text="a result", via_bot={"id": 140_267_078, "username": "gif"})
    [message] = await take_messages(tg, bot)
    assert message.via_bot is not None
    assert (message.via_bot.username, message.via_bot.is_bot) == ("gif", True)


async def test_anonymous_administrator_is_the_group(tg: Telegram, bot: telegram.Bot, club: int) -> None:
    """An anonymous administrator writes as the group, from Telegram's placeholder."""
    await tg.send(7, chat_id=club, text="/image a lighthouse", sender_chat="group")
    [message] = await take_messages(tg, bot)
    assert message.from_user is not None
    assert (message.from_user.id, message.from_user.username) == (1087968824, "GroupAnonymousBot")
    assert message.sender_chat is not None
    assert message.sender_chat.id == club
    with pytest.raises(ControlError, match="only administrators"):
        await tg.send(8, chat_id=club, text="x", sender_chat="group")


async def test_channel_writes_as_itself(tg: Telegram, bot: telegram.Bot, club: int) -> None:
    """A member may write as a channel; a linked channel's post is forwarded by Telegram itself."""
    await tg.send(8, chat_id=club, text="one", sender_chat=GALLERY)
    await tg.send(8, chat_id=club, text="two", sender_chat=GALLERY, is_automatic_forward=True)
    written, posted = await take_messages(tg, bot)
    assert written.from_user is not None
    assert written.sender_chat is not None
    assert (written.from_user.id, written.sender_chat.title) == (136817688, "Gallery")
    assert (written.is_automatic_forward, written.forward_origin) == (None, None)
    assert posted.from_user is not None
    assert (posted.from_user.id, posted.is_automatic_forward) == (777000, True)
    assert isinstance(posted.forward_origin, MessageOriginChannel)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"comment": "x"}, "only a forwarded message has a comment"),
        ({"quote": "x"}, "only a reply quotes"),
        ({"reply_to_chat_id": 7}, "only a reply answers a message of another chat"),
        ({"quote": "blue", "reply_to_message_id": "mine"}, "the quoted words are not in the message"),
        ({"forward_origin": POST, "reply_to_message_id": "mine"}, "a forwarded message is no reply"),
        ({"forward_origin": {"type": "bird"}}, "forward_origin has a type"),
        ({"forward_origin": {"type": "channel"}}, "of type channel has chat, message_id"),
        ({"sender_chat": "group"}, "in a private chat people write as themselves"),
        ({"is_automatic_forward": True}, "an automatic forward has a channel"),
    ],
)
async def test_impossible_manner_is_refused(tg: Telegram, chat: int, fields: dict[str, Any], reason: str) -> None:
    """What no app can send is refused with the reason, and nothing is sent."""
    mine = tg.messages(chat)[0]["message_id"]
    named = {name: mine if value == "mine" else value for name, value in fields.items()}
    with pytest.raises(ControlError, match=reason):
        await tg.send(chat, text="red", **named)
    assert len(tg.messages(chat)) == 1


@pytest.mark.parametrize(
    ("kind", "mime", "more"),
    [
        ("sticker", "image/webp", {"emoji": "🍌"}),
        ("animation", "video/mp4", {"duration": 3}),
        ("video", "video/mp4", {"duration": 3, "width": 640, "height": 480}),
        ("voice", "audio/ogg", {"duration": 2}),
        ("video_note", "video/mp4", {"duration": 2}),
        ("audio", "audio/mpeg", {"duration": 9}),
        ("document", "application/pdf", {}),
    ],
)
async def test_files_of_every_kind_arrive(
    tg: Telegram, bot: telegram.Bot, kind: str, mime: str, more: dict[str, Any]
) -> None:
    """Each kind stands in its own field, with its details, and can be downloaded."""
    await tg.send(7, attachments=[Attachment(kind, Upload("a.bin", mime, b"bytes"), more)])
    [message] = await take_messages(tg, bot)
    media = getattr(message, kind)
    assert bytes(await (await media.get_file()).download_as_bytearray()) == b"bytes"
    assert (message.document is not None) == (kind in {"document", "animation"})  # old bots know no animations
    assert {name: media.to_dict()[name] for name in more} == more


@pytest.mark.parametrize(
    ("kinds", "words", "reason"),
    [
        (["photo", "document"], "", "no album holds document and photo"),
        (["voice", "voice"], "", "no album holds voice"),
        (["sticker"], "x", "a sticker has no caption"),
        (["video_note"], "x", "a video_note has no caption"),
        (["hologram"], "", "unknown kind 'hologram'"),
        (["document"] * 11, "", "at most 10 items"),
    ],
)
async def test_impossible_album_is_refused(tg: Telegram, kinds: list[str], words: str, reason: str) -> None:
    """Files that no app sends together are refused."""
    files = [Attachment(kind, Upload("a.png", "image/png", make_picture())) for kind in kinds]
    with pytest.raises(ControlError, match=reason):
        await tg.send(7, text=words, attachments=files)


async def test_a_gif_becomes_a_video(tg: Telegram, bot: telegram.Bot) -> None:
    """The apps make a silent video of a GIF; it has the GIF's size and a thumbnail."""
    gif = Upload("cat.gif", "image/gif", make_picture(kind="GIF"))
    await tg.send(7, attachments=[Attachment("animation", gif)])
    [message] = await take_messages(tg, bot)
    animation = message.animation
    assert animation is not None
    assert (animation.file_name, animation.mime_type) == ("cat.gif.mp4", "video/mp4")
    assert (animation.width, animation.height) == (64, 48)
    assert animation.thumbnail is not None


async def test_a_picture_sent_as_file_has_a_thumbnail(tg: Telegram, bot: telegram.Bot) -> None:
    """A document tells a picture's shape by its thumbnail, where Telegram makes one: not for a long panorama."""
    wide = io.BytesIO()
    Image.new("1", (12_000, 300)).save(wide, "PNG")
    for content in (make_picture(1600, 400), wide.getvalue(), b"%PDF-1.7"):
        await tg.send(7, documents=[Upload("file", "application/octet-stream", content)])
    thumbnails = [message.document and message.document.thumbnail for message in await take_messages(tg, bot)]
    assert [(one.width, one.height) if one else None for one in thumbnails] == [(320, 80), None, None]


async def test_a_copy_tells_no_origin(tg: Telegram, bot: telegram.Bot, club: int) -> None:
    """copyMessage shows a message again as the bot's own, with another caption if one is given."""
    [photo] = await tg.send(7, photos=[make_picture()], caption="old")
    await bot.copy_message(7, 7, photo["message_id"])
    await bot.copy_message(7, 7, photo["message_id"], caption="new")
    kept, changed = tg.messages(7)[-2:]
    assert (kept["caption"], changed["caption"]) == ("old", "new")
    assert kept["photo"] == photo["photo"]
    assert "forward_origin" not in kept
    with refused("message to copy not found"):
        await bot.copy_message(7, 7, 1)
    await tg.create_chat(club, is_forum=True, topics={"5": "Pictures"})
    with refused("message can't be copied"):
        await bot.copy_message(7, club, 5)


async def test_an_edit_is_not_split(tg: Telegram) -> None:
    """An app does not let an edit grow over the limit."""
    [sent] = await tg.send(7, text="x")
    with pytest.raises(ControlError, match="an edit is not split"):
        await tg.edit(7, 7, sent["message_id"], text="a" * 4097)


async def test_update_ids_are_drawn_anew(tg: Telegram, hook: Hook) -> None:
    """After a draw the next update has the drawn id, the ones after it count on."""
    await tg.send(7, text="before")
    drawn = await tg.draw_update_id()
    await tg.send(7, text="after")
    assert await tg.draw_update_id(500) == 500
    await tg.send(7, text="low")
    await tg.send(7, text="lower")
    ids = [update["update_id"] for update in await hook.wait_for(4)]
    assert ids[1:] == [drawn, 500, 501]
    assert 0 < drawn < 2**31


async def test_draw_waits_for_a_poller(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """Ids are not drawn under updates that getUpdates has still to confirm by their order."""
    await asyncio.gather(tg.send(chat, text="x"))
    with pytest.raises(ControlError, match="updates are waiting"):
        await tg.draw_update_id()

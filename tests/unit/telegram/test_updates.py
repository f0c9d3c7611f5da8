"""Whatever bytes come, they are read, set aside as not for us, or refused: never another exception."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.bot.handled_kinds import HANDLED_KINDS
from shared.errors import UnusableUpdateError
from shared.telegram.group_changes import BotPlaced, GroupMoved
from shared.telegram.sender import Sender
from shared.telegram.updates import (
    FILE_ID_CHARACTERS_MAX,
    Attached,
    Chat,
    Command,
    Faceless,
    File,
    Incoming,
    Message,
    Recording,
    Replied,
    Tap,
    Unhandled,
    parse_update,
)

Json = dict[str, Any]
PERSON = {"id": 501, "is_bot": False, "first_name": "Ann", "language_code": "en"}
PHOTO = [
    {"file_id": "small", "width": 90, "height": 60, "file_size": 900},
    {"file_id": "large", "width": 900, "height": 600, "file_size": 90_000},
    {"file_id": "middle", "width": 320, "height": 200, "file_size": 9000},
]
PNG_FILE = {"file_id": "f", "mime_type": "image/png", "file_size": 5}
SHAPED = File("f", 5, 320, 180)
VOICE = Recording("voice", "f", 9, 3, "audio/ogg")
REPLIED = {
    "message_id": 6, "from": {"id": 1234567, "is_bot": True}, "photo": PHOTO, "caption": "a hill",
    "media_group_id": "76",
}  # fmt: skip
MESSAGE: Json = {
    "message_id": 7, "from": PERSON, "chat": {"id": -100, "type": "supergroup"}, "text": "/image@Bot a fox, @bot!",
    "entities": [{"type": "bot_command", "offset": 0, "length": 10}], "message_thread_id": 3, "is_topic_message": True,
    "reply_to_message": REPLIED, "photo": PHOTO, "media_group_id": "77", "new_chat_members": [PERSON],
    "date": 100, "forward_origin": {}, "via_bot": {"id": 9},
}  # fmt: skip
TAP: Json = {"id": "q", "from": PERSON, "data": "1;again;job;nonce", "message": {"message_id": 7, "chat": {"id": 501, "type": "private"}}}  # fmt: skip  # noqa: E501


def parse(update: Any) -> Incoming:
    return parse_update(json.dumps(update).encode())


def parse_message(**fields: Any) -> Message:
    message = {"message_id": 7, "from": PERSON, "chat": {"id": 501, "type": "private"}} | fields
    parsed = parse({"update_id": 1, "message": message})
    assert isinstance(parsed, Message)
    return parsed


def test_everything_a_message_may_have() -> None:
    """One message with all fields we use, each read into its place."""
    assert parse({"update_id": 1, "message": MESSAGE}) == Message(
        update_id=1,
        sender=Sender(501, "en"),
        chat=Chat(-100, is_private=False, thread_id=3),
        message_id=7,
        sent_at=datetime(1970, 1, 1, 0, 1, 40, tzinfo=UTC),
        text="a fox, @bot!",
        command=Command("image", "bot"),
        mentions=("bot",),
        file=File("large", 90_000, 900, 600),
        media_group_id="77",
        replied=Replied(6, 1234567, File("large", 90_000, 900, 600), media_group_id="76", text="a hill"),
        is_foreign=True,
        via_bot_id=9,
        new_members=(501,),
    )


def test_edited_message_says_so() -> None:
    """An edit is read like a message and marked."""
    parsed = parse({"update_id": 1, "edited_message": MESSAGE})
    assert isinstance(parsed, Message)
    assert parsed.edited


def test_tap() -> None:
    """A button's press has its person, its message and its data."""
    parsed = parse({"update_id": 1, "callback_query": TAP})
    assert parsed == Tap(1, Sender(501, "en"), Chat(501, is_private=True), 7, "q", "1;again;job;nonce")


@pytest.mark.parametrize(
    ("update", "kind"),
    [
        ({"update_id": 1}, "empty"),
        ({"update_id": 1, "poll": {}}, "poll"),
        ({"update_id": 1, "edited_channel_post": MESSAGE}, "edited_channel_post"),
        ({"update_id": 1, "x" * 999: 0}, "x" * 64),
        ({"update_id": 1, "message": MESSAGE | {"from": None}}, "message without a person"),
        ({"update_id": 1, "message": MESSAGE | {"from": PERSON | {"is_bot": True}}}, "message without a person"),
        ({"update_id": 1, "callback_query": {"id": "q", "from": PERSON, "data": "x"}}, None),
        ({"update_id": 1, "callback_query": {"id": "q", "from": PERSON, "message": {}}}, None),
        ({"update_id": 1, "callback_query": TAP | {"from": PERSON | {"is_bot": True}}}, None),
    ],
)
def test_not_for_us(update: Json, kind: str | None) -> None:
    """Genuine updates of kinds, or from senders, that nothing waits for are named and let go."""
    parsed = parse(update)
    assert isinstance(parsed, Unhandled)
    assert kind in {parsed.kind, None}


@pytest.mark.parametrize(
    ("text", "marked", "command", "rest"),
    [
        ("/image a red fox", True, Command("image", ""), "a red fox"),
        ("/IMAGE@Some_Bot\na red\nfox", True, Command("image", "some_bot"), "a red\nfox"),
        ("/start", True, Command("start", ""), ""),
        ("/", True, None, "/"),
        ("/ fox", True, Command("fox", ""), ""),
        ("/image a fox", False, None, "/image a fox"),
    ],
)
def test_command(text: str, *, marked: bool, command: Command | None, rest: str) -> None:
    """A command is one when Telegram marked it at the very beginning."""
    entities = [{"type": "bot_command", "offset": 0 if marked else 3}, "nonsense", {"type": "bold", "offset": 0}]
    parsed = parse_message(text=text, entities=entities)
    assert (parsed.command, parsed.text) == (command, rest)


def test_caption_is_text() -> None:
    """A caption and its entities stand for text."""
    entities = [{"type": "bot_command", "offset": 0}]
    parsed = parse_message(caption="/image bluer", caption_entities=entities, photo=PHOTO)
    assert (parsed.text, parsed.command) == ("bluer", Command("image", ""))
    assert parsed.file == File("large", 90_000, 900, 600)


@pytest.mark.parametrize(
    ("fields", "file", "unsupported"),
    [
        ({"photo": [{"file_id": "f"}]}, File("f", 0), ""),
        ({"photo": []}, None, ""),
        ({"document": {"file_id": "f", "mime_type": "image/png", "file_size": 5}}, File("f", 5), ""),
        ({"document": PNG_FILE | {"thumbnail": {"file_id": "t", "width": 320, "height": 180}}}, SHAPED, ""),
        ({"document": PNG_FILE | {"thumbnail": {}}}, File("f", 5), ""),
        ({"document": {"file_id": "f", "mime_type": "text/plain"}}, None, "document"),
        ({"document": {"file_id": "f"}}, None, "document"),
        ({"voice": {}}, None, "voice"),
        ({"sticker": {}}, None, "sticker"),
        ({"text": "hi"}, None, ""),
    ],
)
def test_what_is_attached(fields: Json, file: File | None, unsupported: str) -> None:
    """Photos and picture files are material, of the shape of their thumbnails; other attachments are named."""
    parsed = parse_message(**fields)
    assert (parsed.file, parsed.unsupported) == (file, unsupported)


@pytest.mark.parametrize(
    ("fields", "recording"),
    [
        ({"voice": {"file_id": "f", "duration": 3, "file_size": 9, "mime_type": "Audio/OGG"}}, VOICE),
        ({"voice": {"file_id": "f", "duration": 3, "file_size": 9}}, VOICE),
        ({"voice": {"file_id": "f", "duration": -3}}, Recording("voice", "f", 0, 0, "audio/ogg")),
        ({"video_note": {"file_id": "f", "duration": 60}}, Recording("video_note", "f", 0, 60, "video/mp4")),
        ({"audio": {"file_id": "f", "mime_type": "x" * 99}}, Recording("audio", "f", 0, 0, "x" * 64)),
        ({"document": {"file_id": "f", "mime_type": "audio/wav"}}, Recording("document", "f", 0, 0, "audio/wav")),
        ({"document": {"file_id": "f", "mime_type": "text/plain"}}, None),
        ({"document": {"file_id": "f"}}, None),
        ({"voice": {}}, None),
        ({"text": "hi"}, None),
    ],
)
def test_what_can_be_listened_to(fields: Json, recording: Recording | None) -> None:
    """Voice and video messages, music and sound files are recordings, in a reply too."""
    assert parse_message(**fields).recording == recording
    replied = parse_message(reply_to_message={"message_id": 6} | fields).replied
    assert replied is not None
    assert replied.recording == recording


@pytest.mark.parametrize("size", [FILE_ID_CHARACTERS_MAX, FILE_ID_CHARACTERS_MAX + 1])
def test_long_file_id(size: int) -> None:
    """A file's id that Telegram never wrote is refused: ten of them would outgrow an album's document."""
    photo = [{"file_id": "f" * size}]
    if size > FILE_ID_CHARACTERS_MAX:
        with pytest.raises(UnusableUpdateError):
            parse_message(photo=photo)
    else:
        assert parse_message(photo=photo).file == File("f" * size, 0)


def test_thread_only_in_topics() -> None:
    """Replies in ordinary groups carry a thread id that Telegram does not take back."""
    assert parse_message(message_thread_id=3).chat.thread_id is None
    assert parse_message(message_thread_id=3, is_topic_message=True).chat.thread_id == 3


def test_reply_to_a_channel_has_no_person() -> None:
    """The replied-to message may be nobody's and hold no picture."""
    assert parse_message(reply_to_message={"message_id": 6}).replied == Replied(6, None, None)


def test_lone_surrogates_are_replaced() -> None:
    """Half a character, which JSON may carry, becomes one that can be stored and sent."""
    body = b'{"update_id": 1, "message": {"message_id": 7, "from": {"id": 501, "language_code": "\\ud800"},'
    body += b' "chat": {"id": 501, "type": "private"}, "text": "a \\udfff fox"}}'
    parsed = parse_update(body)
    assert isinstance(parsed, Message)
    assert (parsed.text, parsed.sender.language_code) == ("a ? fox", "?")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b'"x"', b"{}", b"\xff\xfe", b'{"update_id": true}', b'{"update_id": 1.0}',
        b'{"update_id": 1e400}', b'{"update_id": 9223372036854775808}', b'{"update_id": ' + b"9" * 5000 + b"}",
        b"[" * 100_000, b'{"update_id": 1, "message": ' + b'{"a":' * 100_000,
        b'{"update_id": 1, "message": {"message_id": 7, "from": {"id": NaN}}}',
        b'{"update_id": 1, "message": {"message_id": 7, "from": {"id": 1}, "chat": {"id": 1, "type": 2}}}',
    ],
    ids=range(16),
)  # fmt: skip
def test_unusable(body: bytes) -> None:
    """Broken, deep, huge and mistyped bytes are refused in one way."""
    with pytest.raises(UnusableUpdateError):
        parse_update(body)


@pytest.mark.parametrize(
    "path",
    [
        "update_id", "message", "message.message_id", "message.from.id", "message.chat", "message.chat.id",
        "message.chat.type", "message.text", "message.entities", "message.photo", "message.photo.0",
        "message.photo.1.file_id", "message.photo.1.file_size", "message.photo.1.width", "message.photo.1.height",
        "message.media_group_id",
        "message.from.language_code", "message.from.is_bot", "message.is_topic_message", "message.message_thread_id",
        "message.reply_to_message", "message.reply_to_message.message_id", "message.reply_to_message.from.id",
        "message.new_chat_members.0.id",
    ],
)  # fmt: skip
def test_wrong_type(path: str) -> None:
    """A field that is used must have its documented type: any other is refused."""
    update: Json = json.loads(json.dumps({"update_id": 1, "message": MESSAGE}))
    *parents, last = (int(name) if name.isdigit() else name for name in path.split("."))
    node: Any = update
    for parent in parents:
        node = node[parent]
    right = type(node[last])
    wrong: list[Any] = [True, 1.5, "1", 2**63, -(2**63), {"a": 1}, [[]]]
    for value in wrong:
        node[last] = value
        if type(value) is not right or right is int:  # the integers here are out of range
            with pytest.raises(UnusableUpdateError):
                parse(update)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(alphabet=st.characters(codec=None), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
PATHS = (
    "message_id", "from", "chat", "text", "entities", "photo", "document", "reply_to_message", "media_group_id",
    "new_chat_members", "message_thread_id", "is_topic_message", "caption", "caption_entities", "voice",
)  # fmt: skip


@given(kind=st.sampled_from(["message", "edited_message"]), changes=st.dictionaries(st.sampled_from(PATHS), JSON))
@settings(max_examples=300)
def test_any_value_anywhere(kind: str, changes: Json) -> None:
    """A message with any JSON in any field is read or refused."""
    check({"update_id": 1, kind: MESSAGE | changes})


@given(fields=st.dictionaries(st.sampled_from(["id", "from", "message", "data"]), JSON), update_id=JSON)
def test_any_tap(fields: Json, update_id: Any) -> None:
    """So is a button's press."""
    check({"update_id": 1, "callback_query": TAP | fields})
    check({"update_id": update_id, "callback_query": TAP})


@given(JSON)
def test_any_json(value: Any) -> None:
    """So is anything that is JSON at all."""
    check(value)


@given(st.binary(max_size=64))
def test_any_bytes(body: bytes) -> None:
    """So are bytes that are nothing."""
    check(body)


def check(update: Any) -> None:
    """Read or refused, and what was read can be stored and sent."""
    try:
        parsed = parse_update(update if isinstance(update, bytes) else json.dumps(update).encode())
    except UnusableUpdateError:
        return
    assert str(parsed).encode()


def test_a_topics_first_message_is_no_reply() -> None:
    """What is said in a topic hangs on the message that opened it; only another message is replied to."""
    opening = {"message_id": 9, "from": {"id": 1, "is_bot": True}}
    message = {
        "message_id": 11,
        "from": {"id": 7, "is_bot": False},
        "chat": {"id": -100, "type": "supergroup"},
        "text": "a fine day",
        "is_topic_message": True,
        "message_thread_id": 9,
        "reply_to_message": opening,
    }
    said = parse_update(json.dumps({"update_id": 1, "message": message}).encode())
    assert isinstance(said, Message)
    assert said.replied is None
    message["reply_to_message"] = {**opening, "message_id": 10}
    replied = parse_update(json.dumps({"update_id": 1, "message": message}).encode())
    assert isinstance(replied, Message)
    assert replied.replied is not None


def test_edit_has_its_own_time() -> None:
    """Of an edited message the time of the edit counts; without any it is 1970."""
    parsed = parse({"update_id": 1, "edited_message": MESSAGE | {"edit_date": 200}})
    assert isinstance(parsed, Message)
    assert parsed.sent_at == datetime.fromtimestamp(200, UTC)
    assert parse_message().sent_at == datetime.fromtimestamp(0, UTC)


@pytest.mark.parametrize("date", [-1, 2**32 + 1, 2**62])
def test_time_out_of_range(date: int) -> None:
    """A time that no calendar takes makes the update unusable."""
    with pytest.raises(UnusableUpdateError, match="date"):
        parse_message(date=date)


FACELESS: Json = {"sender_chat": {"id": -100}, "from": {"id": 1087968824, "is_bot": True}}


@pytest.mark.parametrize("sender", [FACELESS, FACELESS | {"from": PERSON}])
def test_senders_that_are_nobody(sender: Json) -> None:
    """A person who writes in the name of a chat is no person, whatever stands in `from`."""
    parsed = parse({"update_id": 1, "message": MESSAGE | sender})
    assert isinstance(parsed, Faceless)
    assert (parsed.chat.id, parsed.command, parsed.mentions) == (-100, Command("image", "bot"), ("bot",))


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1, "message": MESSAGE | FACELESS | {"is_automatic_forward": True}},
        {"update_id": 1, "edited_message": MESSAGE | FACELESS},
    ],
)
def test_posts_that_ask_nothing(update: Json) -> None:
    """Copies of a channel's posts, and edits in a chat's name, are let go."""
    assert isinstance(parse(update), Unhandled)


def test_forwarded_words_are_not_ones_own() -> None:
    """A forwarded post keeps its words, but not as those of whoever sent it on."""
    forwarded = parse_message(text="a fox", forward_origin={"type": "user"})
    assert (forwarded.text, forwarded.own_words) == ("a fox", "")
    assert parse_message(text="a fox").own_words == "a fox"
    assert parse_message(text="a fox", via_bot={"id": 3}).is_foreign


@pytest.mark.parametrize(
    ("document", "is_picture"),
    [
        ({"mime_type": "image/heic"}, True),
        ({"mime_type": "application/octet-stream", "file_name": "IMG_1.HEIC"}, True),
        ({"file_name": "scan.tiff"}, True),
        ({"mime_type": "application/pdf", "file_name": "scan.png"}, False),
        ({"file_name": "notes.txt"}, False),
    ],
)
def test_picture_files(document: Json, *, is_picture: bool) -> None:
    """A file is a picture by its type, or by its name where the app gives no type."""
    parsed = parse_message(document={"file_id": "f"} | document)
    assert (parsed.file is not None, parsed.unsupported) == (is_picture, "" if is_picture else "document")


def test_files_that_are_no_pictures() -> None:
    """Of other files type, name and size are kept as the app tells them, within bounds; of a long name the end."""
    body = {"file_id": "f", "mime_type": "Text/Plain" + "x" * 100, "file_name": "n" * 200 + ".txt", "file_size": 7}
    attached = parse_message(document=body).attached
    assert attached is not None
    assert (attached.file_id, attached.size_bytes, attached.mime_type[:10]) == ("f", 7, "text/plain")
    assert (len(attached.mime_type), len(attached.name), attached.name[-4:]) == (64, 100, ".txt")
    assert parse_message(document={"file_id": "f"}).attached == Attached("f", 0, "", "")
    assert parse_message(document={"mime_type": "text/plain"}).attached is None
    assert parse_message(document={"file_id": "f", "mime_type": "image/png"}).attached is None
    replied = parse_message(text="what is it?", reply_to_message={"message_id": 6, "document": body}).replied
    assert replied is not None
    assert replied.attached == attached


def test_animation_is_no_picture() -> None:
    """An animation comes with a document of the same file, which is no picture either."""
    gif = {"file_id": "f", "mime_type": "image/gif"}
    parsed = parse_message(animation={"file_id": "f"}, document=gif)
    assert (parsed.file, parsed.unsupported) == (None, "animation")


@pytest.mark.parametrize(
    ("replied", "file", "unsupported"),
    [
        ({"sticker": {"file_id": "s", "width": 512, "height": 512}}, File("s", 0, 512, 512), ""),
        ({"sticker": {"file_id": "s", "is_animated": True}}, None, "sticker"),
        ({"sticker": {"file_id": "s", "is_video": True}}, None, "sticker"),
        ({"animation": {"file_id": "v"}}, None, "animation"),
    ],
)
def test_reply_to_media(replied: Json, file: File | None, unsupported: str) -> None:
    """A sticker that stands still is a picture; what moves is named."""
    parsed = parse_message(text="redraw it", reply_to_message={"message_id": 6} | replied)
    assert parsed.replied == Replied(6, None, file, unsupported=unsupported)


def test_quote_goes_before_the_whole() -> None:
    """Of a message that was quoted in part, the part counts."""
    parsed = parse_message(
        text="draw this", reply_to_message={"message_id": 6, "text": "a fox and a hen"}, quote={"text": "a hen"}
    )
    assert parsed.replied is not None
    assert parsed.replied.text == "a hen"


@pytest.mark.parametrize("name", ["video", "document"])
def test_an_ordinary_video(name: str) -> None:
    """A video is a file to be asked about and a recording, also where it was sent as a file; pictures know it not."""
    body = {"file_id": "v", "mime_type": "video/mp4", "duration": 8, "file_size": 9}
    parsed = parse_message(**{name: body})
    assert parsed.attached == Attached("v", 9, "video/mp4", "", 8)
    assert parsed.recording == Recording("video", "v", 9, 8, "video/mp4")
    assert (parsed.file, parsed.unsupported) == (None, name)
    replied = parse_message(text="who?", reply_to_message={"message_id": 6, name: body}).replied
    assert replied is not None
    assert (replied.attached, replied.recording) == (parsed.attached, parsed.recording)


def test_an_animation_is_no_video() -> None:
    """An animation has no sound, though it also comes as a document."""
    parsed = parse_message(animation={"file_id": "a"}, document={"file_id": "a", "mime_type": "video/mp4"})
    assert (parsed.attached, parsed.recording, parsed.unsupported) == (None, None, "animation")


@pytest.mark.parametrize("amount", [0, -1, 10**9 + 1, 2**63])
@pytest.mark.parametrize("kind", ["successful_payment", "refunded_payment"])
def test_a_payment_of_an_impossible_amount(kind: str, amount: int) -> None:
    """No payment and no return moves nothing, or more than Telegram takes."""
    body = {"currency": "XTR", "total_amount": amount, "invoice_payload": "", "telegram_payment_charge_id": "stx1"}
    person = {"id": 501, "is_bot": False}
    message = {"message_id": 1, "date": 1, "chat": {"id": 501, "type": "private"}, "from": person, kind: body}
    with pytest.raises(UnusableUpdateError):
        parse_update(json.dumps({"update_id": 1, "message": message}).encode())


@pytest.mark.parametrize("kind", sorted({*HANDLED_KINDS} - {"pre_checkout_query"}))
def test_what_is_requested_is_known(kind: str) -> None:
    """Each kind that the bot requests has a reader, which the empty update of that kind reaches."""
    with suppress(UnusableUpdateError):
        assert parse({"update_id": 1, kind: {}}) != Unhandled(1, kind)


def test_changes_of_a_group() -> None:
    """The bot's place in a group and a group's new id are read; in a private chat the bot's place says nothing."""
    place = {"chat": {"id": -5, "type": "group"}, "from": PERSON, "date": 60, "new_chat_member": {"status": "kicked"}}
    at = datetime.fromtimestamp(60, UTC)
    assert parse({"update_id": 1, "my_chat_member": place}) == BotPlaced(1, -5, at, is_in=False)
    place |= {"new_chat_member": {"status": "administrator"}}
    assert parse({"update_id": 1, "my_chat_member": place}) == BotPlaced(1, -5, at, is_in=True)
    place |= {"chat": {"id": 501, "type": "private"}}
    assert parse({"update_id": 1, "my_chat_member": place}) == Unhandled(1, "my_chat_member")
    here = MESSAGE | {"chat": {"id": -5, "type": "group"}}
    assert parse({"update_id": 1, "message": here | {"migrate_to_chat_id": -105}}) == GroupMoved(1, -5, -105)
    assert parse({"update_id": 1, "message": here | {"migrate_from_chat_id": -4}}) == GroupMoved(1, -4, -5)

"""Changed and removed messages."""

from typing import Any

import pytest
import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputMediaDocument, InputMediaPhoto

from infra.local.telegram import Telegram
from tests.infra.local.telegram.conftest import Raw, make_picture, refused

KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("Again", callback_data="v1:again")]])


async def test_text_card_becomes_the_picture(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """The status card's life: text, other text, then a photo with caption and buttons, all one message."""
    card = await bot.send_message(chat, "Queued")
    await card.edit_text("Working")
    shown = await card.edit_media(InputMediaPhoto(make_picture(), caption="Done"), reply_markup=KEYBOARD)
    assert isinstance(shown, telegram.Message)
    assert (shown.message_id, shown.text, shown.caption) == (card.message_id, None, "Done")
    assert shown.photo
    assert shown.reply_markup == KEYBOARD
    stored = tg.messages(chat)[-1]
    assert stored["_versions"] == 3
    assert [version["text"] for version in stored["_history"]] == ["Queued", "Working"]


async def test_photo_by_file_id_replaces_the_photo(bot: telegram.Bot, chat: int) -> None:
    """editMessageMedia takes a file_id of the same bot as well as an upload."""
    first = await bot.send_photo(chat, make_picture())
    second = await bot.send_photo(chat, make_picture(color="pink"))
    shown = await second.edit_media(InputMediaPhoto(first.photo[-1].file_id))
    assert isinstance(shown, telegram.Message)
    assert shown.photo == first.photo


async def test_document_replaces_the_photo(bot: telegram.Bot, chat: int) -> None:
    """A photo may become a document."""
    card = await bot.send_photo(chat, make_picture())
    shown = await card.edit_media(InputMediaDocument(b"bytes", filename="cat.png"))
    assert isinstance(shown, telegram.Message)
    assert shown.document is not None
    assert (shown.document.file_name, shown.photo) == ("cat.png", ())


@pytest.mark.parametrize("method", ["text", "caption", "media", "markup"])
async def test_the_same_again_is_not_modified(bot: telegram.Bot, chat: int, method: str) -> None:
    """An edit that changes nothing is refused with the long sentence clients look for."""
    photo = await bot.send_photo(chat, make_picture(), caption="c", reply_markup=KEYBOARD)
    text = await bot.send_message(chat, "t", reply_markup=KEYBOARD)
    edits = {
        "text": lambda: text.edit_text("t", reply_markup=KEYBOARD),
        "caption": lambda: photo.edit_caption("c", reply_markup=KEYBOARD),
        "media": lambda: photo.edit_media(InputMediaPhoto(photo.photo[0].file_id, caption="c"), reply_markup=KEYBOARD),
        "markup": lambda: text.edit_reply_markup(KEYBOARD),
    }
    with refused("message is not modified: specified new message content and reply"):
        await edits[method]()


async def test_a_new_upload_is_always_a_change(bot: telegram.Bot, chat: int) -> None:
    """Telegram gives each upload its own identity: equal bytes are another photo."""
    picture = make_picture()
    photo = await bot.send_photo(chat, picture)
    shown = await photo.edit_media(InputMediaPhoto(picture))
    assert isinstance(shown, telegram.Message)
    assert shown.photo[-1].file_unique_id != photo.photo[-1].file_unique_id


async def test_an_edit_without_markup_removes_the_keyboard(bot: telegram.Bot, chat: int) -> None:
    """Buttons stay only when they are given again."""
    text = await bot.send_message(chat, "t", reply_markup=KEYBOARD)
    shown = await text.edit_text("u")
    assert isinstance(shown, telegram.Message)
    assert shown.reply_markup is None


@pytest.mark.parametrize(
    ("method", "params", "reason"),
    [
        ("editMessageText", {"message_id": 1, "text": "x"}, "message to edit not found"),
        ("editMessageText", {"text": "x"}, "message identifier is not specified"),
        ("editMessageText", {"message_id": "theirs", "text": "x"}, "message can't be edited"),
        ("editMessageText", {"message_id": "photo", "text": "x"}, "there is no text in the message to edit"),
        ("editMessageCaption", {"message_id": "text", "caption": "x"}, "there is no caption in the message"),
        ("editMessageCaption", {"message_id": "photo", "caption": "x" * 1025}, "MEDIA_CAPTION_TOO_LONG"),
        ("editMessageMedia", {"message_id": "text"}, "media not found"),
        ("editMessageMedia", {"message_id": "text", "media": {"type": "poll", "media": "x"}}, "is unknown"),
        ("editMessageReplyMarkup", {"message_id": 1}, "message to edit not found"),
        (
            "editMessageReplyMarkup",
            {"message_id": "text", "reply_markup": {"force_reply": True}},
            "inline keyboard expected",
        ),
        ("deleteMessage", {"message_id": 1}, "message to delete not found"),
        ("deleteMessages", {"message_ids": []}, "message identifiers are not specified"),
        ("deleteMessages", {"message_ids": list(range(101))}, "too many message identifiers"),
    ],
)
async def test_edit_is_refused(
    tg: Telegram, bot: telegram.Bot, raw: Raw, chat: int, method: str, params: dict[str, Any], reason: str
) -> None:
    """Each impossible edit or deletion is refused in the words Telegram uses."""
    ids = {
        "theirs": tg.messages(chat)[0]["message_id"],
        "text": (await bot.send_message(chat, "t")).message_id,
        "photo": (await bot.send_photo(chat, make_picture())).message_id,
    }
    named = {name: ids.get(value, value) if name == "message_id" else value for name, value in params.items()}
    refusal = await raw(method, {"chat_id": chat, **named})
    assert refusal["error_code"] == 400
    assert reason in refusal["description"]


async def test_deleted_messages_are_gone(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """deleteMessage removes one, deleteMessages several and skips the unknown."""
    sent = [(await bot.send_message(chat, str(number))).message_id for number in range(3)]
    await bot.delete_message(chat, sent[0])
    await bot.delete_messages(chat, [sent[1], 1])
    assert [message["text"] for message in tg.messages(chat)[1:]] == ["2"]


async def test_album_keeps_its_kind(bot: telegram.Bot, chat: int) -> None:
    """A photo of an album cannot become a document."""
    album = await bot.send_media_group(chat, [InputMediaPhoto(make_picture()) for _ in range(2)])
    with refused("Can't change media type in the album"):
        await album[0].edit_media(InputMediaDocument(b"bytes", filename="x.txt"))

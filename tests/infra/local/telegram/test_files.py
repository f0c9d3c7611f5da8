"""Photos and documents: what Telegram does to them, gives back and refuses."""

import io
from typing import Any

import httpx
import pytest
import telegram
from PIL import Image
from telegram import InputMediaDocument, InputMediaPhoto

from infra.local.telegram import Telegram, run_telegram
from tests.infra.local.telegram.conftest import Raw, make_picture, refused


async def test_photo_becomes_jpeg_in_several_sizes(bot: telegram.Bot, chat: int) -> None:
    """A large PNG comes back as JPEGs of 90 to 2,560 pixels, the largest last."""
    sent = await bot.send_photo(chat, make_picture(3000, 1500))
    assert [max(size.width, size.height) for size in sent.photo] == [90, 320, 800, 1280, 2560]
    file = await sent.photo[-1].get_file()
    content = bytes(await file.download_as_bytearray())
    assert len(content) == file.file_size
    with Image.open(io.BytesIO(content)) as image:
        assert (image.format, image.size) == ("JPEG", (2560, 1280))


async def test_transparent_photo_is_readable(bot: telegram.Bot, chat: int) -> None:
    """A picture with transparency is laid on white, not on black."""
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    sent = await bot.send_photo(chat, out.getvalue())
    content = bytes(await (await sent.photo[-1].get_file()).download_as_bytearray())
    with Image.open(io.BytesIO(content)) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)


async def test_document_keeps_its_bytes(bot: telegram.Bot, chat: int) -> None:
    """A document is not touched: same bytes, name and kind."""
    content = make_picture()
    sent = await bot.send_document(chat, content, filename="original.png", caption="as file")
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.mime_type) == ("original.png", "image/png")
    assert bytes(await (await sent.document.get_file()).download_as_bytearray()) == content


async def test_file_ids_send_again(bot: telegram.Bot, chat: int) -> None:
    """A photo and a document can be sent again by file_id, each as what it is."""
    photo = await bot.send_photo(chat, make_picture())
    document = await bot.send_document(chat, b"bytes", filename="a.txt")
    assert document.document is not None
    again = await bot.send_photo(chat, photo.photo[0].file_id)
    assert again.photo == photo.photo
    assert (await bot.send_document(chat, document.document.file_id)).document == document.document
    with refused("can't use file of type Photo as Document"):
        await bot.send_document(chat, photo.photo[0].file_id)


async def test_file_id_belongs_to_its_bot(bot: telegram.Bot, chat: int) -> None:
    """Another bot may not use a file_id."""
    photo = await bot.send_photo(chat, make_picture())
    async with run_telegram(token="7654321:TEST-other-bot") as other:
        await other.send(chat, text="hi")
        async with telegram.Bot(other.token, base_url=other.base_url) as stranger:
            with refused("wrong file identifier"):
                await stranger.send_photo(chat, photo.photo[0].file_id)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"this is no picture", "IMAGE_PROCESS_FAILED"),
        (make_picture(640, 480, "JPEG")[:900], "IMAGE_PROCESS_FAILED"),
        (make_picture(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (make_picture(5001, 5000), "PHOTO_INVALID_DIMENSIONS"),
        (b"x" * 10_000_001, "PHOTO_INVALID_DIMENSIONS"),
        (b"", "there is no photo in the request"),
    ],
    ids=["text", "torn", "ratio", "sides", "bytes", "empty"],
)
async def test_photo_is_refused(bot: telegram.Bot, chat: int, content: bytes, reason: str) -> None:
    """What is no picture, too long, too large or empty is refused, and no message appears."""
    with refused(reason):
        await bot.send_photo(chat, content)


async def test_upload_over_50_mb_is_413(tg: Telegram, chat: int) -> None:
    """One byte over 50 MB is refused with HTTP 413."""
    async with httpx.AsyncClient() as client:
        url = f"{tg.base_url}{tg.token}/sendDocument"
        answer = await client.post(url, data={"chat_id": chat}, files={"document": b"x" * 50_000_001})
    assert (answer.status_code, answer.json()["error_code"]) == (413, 413)


async def test_get_file_stops_at_20_mb(bot: telegram.Bot, chat: int) -> None:
    """Bots upload up to 50 MB and download up to 20."""
    sent = await bot.send_document(chat, b"x" * 20_000_001, filename="big.bin")
    assert sent.document is not None
    with refused("file is too big"):
        await bot.get_file(sent.document.file_id)


async def test_evicted_bytes_are_unavailable() -> None:
    """Past the memory bound the oldest bytes go: their file_id stays, getFile refuses it."""
    async with run_telegram(file_bytes_max=1000) as tg, telegram.Bot(tg.token, base_url=tg.base_url) as bot:
        await tg.send(7, text="hi")
        first = await bot.send_document(7, b"a" * 600, filename="a")
        second = await bot.send_document(7, b"b" * 600, filename="b")
        assert first.document is not None
        assert second.document is not None
        with refused("temporarily unavailable"):
            await bot.get_file(first.document.file_id)
        assert await bot.get_file(second.document.file_id)


async def test_file_needs_the_token(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A file's address holds the bot's token: with another one it is refused."""
    sent = await bot.send_photo(chat, make_picture())
    path = (await sent.photo[-1].get_file()).file_path or ""
    async with httpx.AsyncClient() as client:
        assert (await client.get(path)).status_code == httpx.codes.OK
        stolen = path.replace(tg.token, "999:WRONG")
        assert (await client.get(stolen)).status_code == httpx.codes.UNAUTHORIZED


@pytest.mark.parametrize(
    ("media", "reason"),
    [
        ([], "media group is empty"),
        ([InputMediaPhoto("x")], "2-10 messages"),
        ([InputMediaPhoto("x")] * 11, "2-10 messages"),
        ([InputMediaPhoto("x"), InputMediaDocument("y")], "Can't use the media of the specified type"),
        ([InputMediaPhoto("x"), InputMediaPhoto("y")], "wrong file identifier"),
        ([InputMediaPhoto("x", caption="a" * 1025)] * 2, "MEDIA_CAPTION_TOO_LONG"),
    ],
)
async def test_album_is_refused(raw: Raw, chat: int, media: list[Any], reason: str) -> None:
    """An album has 2 to 10 items that go together."""
    params = {"chat_id": chat, "media": [item.to_dict() for item in media]}
    refusal = await raw("sendMediaGroup", params)
    assert refusal["error_code"] == 400
    assert reason in refusal["description"]


async def test_album_is_one_group(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """The messages of an album share a media_group_id; its caption stands on the first."""
    sent = await bot.send_media_group(
        chat, [InputMediaPhoto(make_picture()), InputMediaPhoto(make_picture(color="red"))], caption="two"
    )
    assert len({message.media_group_id for message in sent}) == 1
    assert [message.caption for message in sent] == ["two", None]
    assert len(tg.messages(chat)) == 3


async def test_photo_by_address_is_not_fetched(bot: telegram.Bot, chat: int) -> None:
    """The local server fetches nothing from the network."""
    with refused("failed to get HTTP URL content"):
        await bot.send_photo(chat, "https://example.org/cat.jpg")

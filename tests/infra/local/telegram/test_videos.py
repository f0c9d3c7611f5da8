"""sendVideo and an edit to a video: an MP4 that can be streamed, with its own measures, and a small JPEG."""

import io
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from telegram import Bot, InputFile, InputMediaVideo
from telegram.error import BadRequest

from infra.local.gemini.motion import Motion, make_video
from infra.local.telegram.videos import measure
from shared.adapters.video_files import BucketVideos
from tests.fakes.blobs import FakeBlobStore

RAW = make_video(Motion("a cat", "text", 3.0, "16:9", "360p"), (), ())
MEASURES: dict[str, Any] = {"duration": 3, "width": 640, "height": 360, "supports_streaming": True}


@pytest.fixture
async def video() -> bytes:
    """A video whose index stands first."""
    blobs = FakeBlobStore()
    await blobs.put("raw", RAW, "video/mp4")
    await BucketVideos(blobs).finish("raw", "done", has_sound=True)
    return await blobs.get("done")


def thumbnail(width: int = 320, kind: str = "JPEG") -> InputFile:
    file = io.BytesIO()
    Image.new("RGB", (width, 180), "red").save(file, kind)
    return InputFile(file.getvalue(), "thumbnail.jpg", attach=True)


async def test_sent(bot: Bot, chat: int, video: bytes) -> None:
    """The message has the measures of the video, and its thumbnail."""
    sent = (await bot.send_video(chat, video, thumbnail=thumbnail(), filename="a.mp4", **MEASURES)).video
    assert sent is not None
    assert (sent.width, sent.height, sent.duration, sent.mime_type) == (640, 360, timedelta(seconds=3), "video/mp4")
    assert sent.thumbnail is not None
    assert (sent.thumbnail.width, sent.thumbnail.height) == (320, 180)
    again = await bot.send_video(chat, sent.file_id)
    assert again.video is not None
    assert again.video.file_unique_id == sent.file_unique_id


async def test_a_text_becomes_a_video(bot: Bot, chat: int, video: bytes) -> None:
    """A card of text is edited into the video that it announced."""
    card = await bot.send_message(chat, "Working")
    media = InputMediaVideo(video, "Done", thumbnail=thumbnail(), filename="a.mp4", **MEASURES)
    edited = await bot.edit_message_media(media, chat, card.message_id)
    assert not isinstance(edited, bool)
    assert edited.video is not None
    assert (edited.message_id, edited.caption, edited.text) == (card.message_id, "Done", None)
    assert edited.video.thumbnail is not None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"width": 1280}, "own size"),
        ({"height": 0}, "own size"),
        ({"duration": 8}, "own duration"),
        ({"thumbnail": thumbnail(321)}, "320 px"),
        ({"thumbnail": thumbnail(kind="PNG")}, "(?i)jpeg"),
    ],
)
async def test_wrong_measures(bot: Bot, chat: int, video: bytes, changes: dict[str, Any], words: str) -> None:
    """The apps show what the bot says, so it must be true."""
    with pytest.raises(BadRequest, match=words):
        await bot.send_video(chat, video, filename="a.mp4", **{**MEASURES, **changes})


async def test_a_video_that_cannot_be_streamed(bot: Bot, chat: int) -> None:
    """With its index at the end a video plays only when it is loaded."""
    with pytest.raises(BadRequest, match="moov"):
        await bot.send_video(chat, RAW, filename="a.mp4", **MEASURES)


@pytest.mark.parametrize("content", [b"not a video", RAW[:400], b"\0\0\0\x10ftypisom\0\0\0\0", b"\0\0\0\x02ftyp"])
async def test_no_video(bot: Bot, chat: int, content: bytes) -> None:
    """What is no MP4 is refused."""
    with pytest.raises(BadRequest, match=r"(?i)mp4"):
        await bot.send_video(chat, content, filename="a.mp4", **MEASURES)


def test_long_boxes() -> None:
    """A box may have its size in 8 bytes; a movie header too has a long form."""
    at = RAW.index(b"mdat") - 4
    size = int.from_bytes(RAW[at : at + 4], "big")
    long = RAW[:at] + (1).to_bytes(4, "big") + b"mdat" + (size + 8).to_bytes(8, "big") + RAW[at + 8 :]
    assert measure(long) == measure(RAW)
    head = b"\1\0\0\0" + bytes(16) + (1000).to_bytes(4, "big") + (2500).to_bytes(8, "big")
    movie = (8 + len(head)).to_bytes(4, "big") + b"mvhd" + head
    content = b"\0\0\0\x08ftyp" + (8 + len(movie)).to_bytes(4, "big") + b"moov" + movie
    assert measure(content).seconds == 2.5

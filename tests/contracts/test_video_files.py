"""Video files in the bucket: what they say of themselves, what is made of them, and the ten ways to be broken.

The videos are those of the local Gemini, whose index stands at the end as most encoders write it.
"""

import io
import struct
from collections.abc import AsyncIterator
from typing import Any

import pytest
from PIL import Image

from infra.local.gemini.motion import Motion, make_video
from infra.local.gemini.mp4_writer import read_facts, walk
from infra.local.gemini.spoiling import SPOILINGS, change_motion, spoil
from shared.adapters.video_files import BucketVideos
from shared.errors import BlobMissingError, VideoUnusableError
from shared.ports import MediaStore
from shared.providers.mp4 import VIDEO_TROUBLES
from tests.fakes.blobs import PIECE_BYTES, FakeBlobStore

MOTION = Motion("a fox in the snow", "text", 3.0, "16:9", "360p")
VIDEO = make_video(MOTION, (), ())


@pytest.fixture
def files(media: MediaStore) -> BucketVideos:
    return BucketVideos(media)


async def test_what_a_file_says(media: MediaStore, files: BucketVideos) -> None:
    """Length, size in px, frames, codec and sound, from the index alone."""
    await media.put("raw", VIDEO, "video/mp4")
    facts = await files.inspect("raw")
    assert (facts.seconds, facts.width, facts.height, facts.frames) == (3.0, 640, 360, 24)
    assert (facts.codec, facts.has_sound, facts.size_bytes) == ("av01", True, len(VIDEO))
    assert (facts.is_hdr, facts.has_constant_rate, facts.starts_fast) == (False, True, False)


@pytest.mark.parametrize("has_sound", [True, False])
async def test_put_in_order(media: MediaStore, files: BucketVideos, *, has_sound: bool) -> None:
    """The copy has its index first, and its sound only where that is wanted; every sample is where the index says."""
    await media.put("raw", VIDEO, "video/mp4")
    facts = await files.finish("raw", "done", has_sound=has_sound)
    content = await media.get("done")
    assert facts == await files.inspect("done")
    assert (facts.starts_fast, facts.has_sound, facts.frames) == (True, has_sound, 24)
    assert [kind for kind, _ in walk(content) if kind in {b"ftyp", b"moov", b"mdat"}] == [b"ftyp", b"moov", b"mdat"]
    assert read_facts(content)["prompt"] == MOTION.prompt
    assert await files.thumbnail("done") == await files.thumbnail("raw")


async def test_what_is_in_order_stays(media: MediaStore, files: BucketVideos) -> None:
    """To finish a finished file changes nothing."""
    await media.put("raw", VIDEO, "video/mp4")
    await files.finish("raw", "done", has_sound=True)
    await files.finish("done", "again", has_sound=True)
    assert await media.get("again") == await media.get("done")


async def test_thumbnail(media: MediaStore, files: BucketVideos) -> None:
    """A JPEG of the first frame within Telegram's limits, which shows what the video shows."""
    tall = make_video(Motion("a fox in the snow", "text", 3.0, "9:16", "360p"), (), ())
    await media.put("raw", VIDEO, "video/mp4")
    await media.put("tall", tall, "video/mp4")
    wide = Image.open(io.BytesIO(await files.thumbnail("raw")))
    assert (wide.format, wide.size) == ("JPEG", (320, 180))
    assert len({*wide.resize((40, 24)).tobytes()}) > 50
    assert Image.open(io.BytesIO(await files.thumbnail("tall"))).size == (180, 320)


DELIVERED: dict[str, dict[str, Any]] = {
    "uneven": {"has_constant_rate": False},
    "mute": {"has_sound": False},
    "8k": {"width": 7680, "height": 4320},
    "hdr": {"is_hdr": True},
}
UNUSABLE = {
    "no_index": "no_index",
    "no_frames": "no_frames",
    "wrong_kind": "kind",
    "nothing": "empty",
    "cut": "cut",
    "huge": "cut",
}


def test_all_ten() -> None:
    """Every way to be broken that the local Gemini knows ends in a file that can be shown, or in a named trouble."""
    assert {*DELIVERED, *UNUSABLE} == {*SPOILINGS}
    assert {*UNUSABLE.values()} <= {*VIDEO_TROUBLES}


def make_spoiled(reason: str) -> bytes:
    return spoil(make_video(change_motion(MOTION, reason), (), ()), reason)


@pytest.mark.parametrize("reason", DELIVERED)
async def test_odd_files_are_delivered(media: MediaStore, files: BucketVideos, reason: str) -> None:
    """What plays all the same is put in order, and its facts say what is odd."""
    await media.put("raw", make_spoiled(reason), "video/mp4")
    facts = await files.finish("raw", "done", has_sound=True)
    assert {name: getattr(facts, name) for name in DELIVERED[reason]} == DELIVERED[reason]
    assert await files.inspect("done") == facts


@pytest.mark.parametrize("reason", UNUSABLE)
async def test_broken_files_are_not(media: MediaStore, files: BucketVideos, reason: str) -> None:
    """What cannot be played has a trouble that can be told, and no copy is stored."""
    await media.put("raw", make_spoiled(reason), "video/mp4")
    with pytest.raises(VideoUnusableError) as caught:
        await files.finish("raw", "done", has_sound=True)
    assert caught.value.trouble == UNUSABLE[reason]
    assert await media.measure("done") is None


async def test_a_thumbnail_of_8k(media: MediaStore, files: BucketVideos) -> None:
    """Pictures that take more memory than is set aside are not decoded."""
    await media.put("raw", make_spoiled("8k"), "video/mp4")
    assert await files.thumbnail("raw") == b""


async def test_a_thumbnail_of_a_broken_frame(media: MediaStore, files: BucketVideos) -> None:
    """A video whose first frame cannot be decoded has no small picture, and is shown all the same."""
    at = VIDEO.index(b"mdat") + 12
    await media.put("raw", VIDEO[:at] + bytes(4000) + VIDEO[at + 4000 :], "video/mp4")
    assert await files.thumbnail("raw") == b""


async def test_a_codec_that_nobody_reads(media: MediaStore, files: BucketVideos) -> None:
    """H.264 is shown and put in order, but nothing here decodes it."""
    await media.put("raw", VIDEO.replace(b"av01", b"avc1"), "video/mp4")
    assert (await files.inspect("raw")).codec == "avc1"
    assert await files.thumbnail("raw") == b""


class Pipe(FakeBlobStore):
    """A bucket that keeps nothing of what is written, and counts what is on its way."""

    def __init__(self) -> None:
        super().__init__()
        self.read, self.written, self.waiting_max = 0, 0, 0

    async def stream(self, name: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        pieces = await super().stream(name, start, end)

        async def count() -> AsyncIterator[bytes]:
            async for piece in pieces:
                self.read += len(piece)
                yield piece

        return count()

    async def put_stream(self, name: str, pieces: Any, mime_type: str, facts: Any = None) -> int:
        self.read = 0
        async for piece in pieces:
            self.waiting_max = max(self.waiting_max, self.read - self.written)
            self.written += len(piece)
        return self.written


async def test_a_file_is_never_whole_in_memory() -> None:
    """Of a large file one piece at a time is between its old place and its new one."""
    media = Pipe()
    at = VIDEO.index(b"mdat") - 4
    size = int.from_bytes(VIDEO[at : at + 4], "big")
    padding = struct.pack(">I4s", 8 + 20_000_000, b"uuid") + bytes(20_000_000)
    await media.put("raw", VIDEO[: at + size] + padding + VIDEO[at + size :], "video/mp4")
    facts = await BucketVideos(media).finish("raw", "done", has_sound=True)
    assert media.written == facts.size_bytes > 20_000_000
    assert media.waiting_max <= PIECE_BYTES


async def test_missing(files: BucketVideos) -> None:
    """A file that is not there."""
    with pytest.raises(BlobMissingError):
        await files.inspect("nothing")

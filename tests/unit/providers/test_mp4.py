"""MP4 files: what the index says, what is wrong with a file, and how it is put in order."""

import struct
from typing import Any

import pytest

from infra.local.gemini.mp4_writer import Film, write_mp4
from shared.errors import VideoUnusableError
from shared.providers import mp4
from shared.providers.av1_picture import write_avif
from shared.providers.mp4 import Box, Order, VideoFacts
from tests.fakes.speech_model import make_ogg

CODEC = struct.pack(">I4s", 12, b"av1C") + b"\x81\0\0\0"
COLOURS = struct.pack(">I4s4sHHHB", 19, b"colr", b"nclx", 1, 1, 1, 0)
FRAMES = [bytes([number]) * (10 + number) for number in range(4)]


def make(codec: bytes = CODEC + COLOURS, *, sound: bool = True, **more: Any) -> bytes:
    """A file with four frames in 2 s; nobody can decode them."""
    film = Film(FRAMES, [1], codec, 640, 360, 2)
    return write_mp4(film, make_ogg(1.0) if sound else b"", {"prompt": "a fox"}, **more)


def list_boxes(content: bytes) -> list[Box]:
    boxes, at = list[Box](), 0
    while at < len(content):
        boxes.append(mp4.read_head(content[at : at + mp4.HEAD_BYTES_MAX], at, len(content)))
        at = boxes[-1].end
    return boxes


def look(content: bytes) -> tuple[VideoFacts, bytes, list[Box]]:
    boxes = list_boxes(content)
    place = mp4.find_index(boxes)
    index = content[place.start : place.end]
    return mp4.read_facts(index, boxes, len(content)), index, boxes


def arrange(content: bytes, *, has_sound: bool = True) -> bytes:
    _, index, boxes = look(content)
    order = mp4.put_in_order(index, boxes, has_sound=has_sound)
    made = content[order.first.start : order.first.end] + order.index
    made += b"".join(content[box.start : box.end] for box in order.rest)
    assert len(made) == order.size_bytes
    return made


def trouble_of(content: bytes) -> str:
    with pytest.raises(VideoUnusableError) as caught:
        look(content)
    return caught.value.trouble


def patch(content: bytes, kind: bytes, offset: int, form: str, *values: int) -> bytes:
    """The content with numbers written behind the name of a box, its first."""
    at = content.index(kind) + 4 + offset
    new = struct.pack(form, *values)
    return content[:at] + new + content[at + len(new) :]


def test_facts() -> None:
    """Length, size, frames, codec, sound: as the index tells them."""
    facts, _, _ = look(make())
    assert facts == VideoFacts(len(make()), 2.0, 640, 360, 4, "av01", has_sound=True, starts_fast=False)
    assert not look(make(sound=False))[0].has_sound


def test_what_is_odd() -> None:
    """Uneven frames, colours of HDR and a turned picture are told; a last frame of another length is not uneven."""
    assert not look(make(is_even=False))[0].has_constant_rate
    assert look(patch(make(), b"colrnclx", 6, ">H", 16))[0].is_hdr
    assert not look(make(CODEC))[0].is_hdr
    turned = patch(make(), b"tkhd", 4 + 36, ">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
    facts, _, _ = look(turned)
    assert (facts.width, facts.height) == (360, 640)


@pytest.mark.parametrize(("last", "is_constant"), [(1, True), (3, False)])
def test_a_last_run(last: int, is_constant: bool) -> None:  # noqa: FBT001
    """Two runs of frames are even only where the second is a single frame: the last."""
    content = make(is_even=False, sound=False)
    at = content.index(b"stts") + 8
    assert struct.unpack_from(">I", content, at) == (3,)
    runs = struct.pack(">IIIII", 2, 3, 6000, last, 3000)
    assert look(content[:at] + runs + content[at + len(runs) :])[0].has_constant_rate is is_constant


def test_a_second_handler() -> None:
    """QuickTime names the handler of the data too, behind that of the pictures."""
    content = make(sound=False)
    at = content.index(b"dinf") - 4
    second = struct.pack(">I4sI4s4s12x", 32, b"hdlr", 0, b"dhlr", b"url ")
    grown = content[:at] + second + content[at:]
    for kind in (b"moov", b"trak", b"mdia", b"minf"):
        grown = _grow(grown, kind, len(second))
    facts, index, _ = look(grown)
    assert facts.frames == 4
    assert mp4.find_frame(index).size == len(FRAMES[0])


def test_long_forms() -> None:
    """A track's header, a chunk's place and a box's size may be written with eight bytes."""
    content = make(sound=False)
    at = content.index(b"mdhd") - 4
    header = content[at : at + 32]
    long = struct.pack(">I4sIQQIQ", 44, b"mdhd", 1 << 24, 0, 0, 12_000, 24_000) + header[28:]
    old = content.index(b"stco") - 4
    places = struct.pack(">I4sIIQ", 24, b"co64", 0, 1, 40)
    grown = content[:at] + long + content[at + 32 : old] + places + content[old + 20 :]
    for kind in (b"moov", b"trak", b"mdia"):
        grown = _grow(grown, kind, len(long) - 32)
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
        grown = _grow(grown, kind, 4)
    facts, index, boxes = look(grown)
    assert (facts.seconds, facts.frames) == (2.0, 4)
    order = mp4.put_in_order(index, boxes, has_sound=True)
    assert struct.pack(">Q", 40 + len(order.index)) in order.index
    assert mp4.find_frame(index).start == 40


@pytest.mark.parametrize(
    ("edits", "seconds"),
    [
        (((0, 500, 0),), 0.5),
        (((0, 500, 0), (0, 250, 1_000)), 0.75),
        (((0, 3_000, -1), (0, 1_000, 0)), 1.0),
        (((1, 500, 0),), 0.5),
        (((0, 0, 0),), 2.0),
        ((), 2.0),
    ],
)
def test_an_edit_list(edits: tuple[tuple[int, int, int], ...], seconds: float) -> None:
    """A file may show less than it holds: what is shown counts, without the pauses before it."""
    content = make(sound=False)
    version = edits[0][0] if edits else 0
    scale = struct.unpack_from(">I", content, content.index(b"mvhd") + 16)[0] / 1_000
    body = b"".join(
        struct.pack(">Qqhh" if version else ">Iihh", round(length * scale), place, 1, 0) for _, length, place in edits
    )
    listed = struct.pack(">I4sII", 16 + len(body), b"elst", version << 24, len(edits)) + body
    part = struct.pack(">I4s", 8 + len(listed), b"edts") + listed
    at = content.index(b"mdia") - 4
    grown = content[:at] + part + content[at:]
    for kind in (b"moov", b"trak"):
        grown = _grow(grown, kind, len(part))
    assert look(grown)[0].seconds == pytest.approx(seconds)


def test_a_long_movie_header() -> None:
    """The movie's header may be written with eight bytes too; an edit list that ends early is broken."""
    content = make(sound=False)
    at = content.index(b"mvhd") - 4
    header = content[at : at + 32]
    long = (
        struct.pack(">I4sIQQIQ", 120, b"mvhd", 1 << 24, 0, 0, 1_000, 2_000) + header[28:] + content[at + 32 : at + 108]
    )
    assert look(_grow(content[:at] + long + content[at + 108 :], b"moov", 12))[0].seconds == 2.0
    part = struct.pack(">I4sI4sII", 24, b"edts", 16, b"elst", 0, 1)
    place = content.index(b"mdia") - 4
    grown = content[:place] + part + content[place:]
    for kind in (b"moov", b"trak"):
        grown = _grow(grown, kind, len(part))
    assert trouble_of(grown) == "broken"


def _grow(content: bytes, kind: bytes, by: int) -> bytes:
    at = content.index(kind) - 4
    [size] = struct.unpack_from(">I", content, at)
    return content[:at] + struct.pack(">I", size + by) + content[at + 4 :]


def test_a_large_box() -> None:
    """Pictures may be a box whose size takes eight bytes, or that goes on to the end of the file."""
    content = make()
    at = content.index(b"mdat") - 4
    [size] = struct.unpack_from(">I", content, at)
    long = content[:at] + struct.pack(">I4sQ", 1, b"mdat", size + 8) + content[at + 8 :]
    assert [box.kind for box in list_boxes(long)] == [b"ftyp", b"mdat", b"moov"]
    first = arrange(content)
    at = first.index(b"mdat") - 4
    assert list_boxes(first[:at] + b"\0\0\0\0" + first[at + 4 :])[-1].size == size


@pytest.mark.parametrize("has_sound", [True, False])
def test_put_in_order(has_sound: bool) -> None:  # noqa: FBT001
    """The index stands first, each chunk is where it says, and a sound that is not wanted is not in it."""
    content = arrange(make(), has_sound=has_sound)
    facts, index, _ = look(content)
    assert (facts.starts_fast, facts.has_sound) == (True, has_sound)
    frame = mp4.find_frame(index)
    assert content[frame.start : frame.start + frame.size] == FRAMES[0]
    assert arrange(content, has_sound=has_sound) == content


def test_padding_goes() -> None:
    """Empty boxes are not copied; others stay."""
    content = make() + struct.pack(">I4s", 8, b"free") + struct.pack(">I4s4s", 12, b"uuid", b"kept")
    assert [box.kind for box in list_boxes(arrange(content))] == [b"ftyp", b"moov", b"mdat", b"uuid"]


def test_same_size_frames() -> None:
    """A table may say once how large all frames are."""
    frame = mp4.find_frame(look(patch(make(), b"stsz", 4, ">II", 10, 4))[1])
    assert (frame.size, frame.codec) == (10, "av01")


def test_troubles() -> None:
    """Each way to be broken has its own name."""
    content = make()
    assert trouble_of(b"<html>") == "kind"
    assert trouble_of(b"abc") == "kind"
    assert trouble_of(content.replace(b"moov", b"free")) == "no_index"
    assert trouble_of(content[:-1]) == "cut"
    assert trouble_of(content + b"\0\0\0") == "cut"
    assert trouble_of(content + struct.pack(">I4s", 1, b"free")) == "cut"
    assert trouble_of(patch(content, b"stsz", 8, ">I", 0)) == "no_frames"
    assert trouble_of(content.replace(b"vide", b"text")) == "no_frames"
    assert trouble_of(patch(content, b"tkhd", 76, ">II", 0, 0)) == "broken"
    assert trouble_of(patch(content, b"stco", 8, ">I", 1 << 30)) == "cut"
    assert trouble_of(patch(content, b"stco", 4, ">I", 1 << 20)) == "broken"
    assert trouble_of(patch(content, b"mdhd", 12, ">I", 0)) == "broken"
    assert trouble_of(patch(content, b"mvhd", -8, ">I", 1 << 20)) == "broken"
    assert trouble_of(patch(content, b"mvhd", -8, ">I", 4)) == "broken"


def test_an_index_that_is_too_large() -> None:
    """A table of hours is not read."""
    with pytest.raises(VideoUnusableError, match="size"):
        mp4.find_index([Box(b"moov", 0, mp4.INDEX_BYTES_MAX + 1, 8)])


def test_an_index_that_is_none() -> None:
    """What is read as an index has to be one, also where it is put in order."""
    for index in (b"", b"\0\0\0\x0cmoov"):
        with pytest.raises(VideoUnusableError, match="broken"):
            mp4.find_frame(index)
    _, index, boxes = look(make())
    with pytest.raises(VideoUnusableError, match="broken"):
        mp4.put_in_order(patch(index, b"stco", 4, ">I", 1 << 20), boxes, has_sound=True)


def test_no_frame_to_find() -> None:
    """Without frames, without a picture's track, or with half a table, no frame is found."""
    _, index, _ = look(make())
    for spoiled, trouble in (
        (patch(index, b"stsz", 8, ">I", 0), "no_frames"),
        (index.replace(b"vide", b"text"), "no_frames"),
        (index.replace(b"stco", b"free", 1), "broken"),
        (patch(index, b"stco", 4, ">I", 0), "broken"),
    ):
        with pytest.raises(VideoUnusableError, match=trouble):
            mp4.find_frame(spoiled)


def test_a_chunk_beside_all_boxes() -> None:
    """A place that no box holds stays as it is."""
    _, index, boxes = look(make(sound=False))
    order = mp4.put_in_order(patch(index, b"stco", 8, ">I", 3), boxes, has_sound=True)
    assert isinstance(order, Order)
    assert mp4.find_frame(order.index).start == 3


def test_a_frame_as_a_picture() -> None:
    """The frame stands in the picture as it is, at the place that is told; without its codec there is no picture."""
    for codec in (CODEC + COLOURS, CODEC):
        _, index, _ = look(make(codec))
        avif = write_avif(mp4.find_frame(index).entry, FRAMES[3])
        assert avif.endswith(FRAMES[3])
        [place, size] = struct.unpack_from(">II", avif, avif.index(b"iloc") + 4 + 14)
        assert avif[place : place + size] == FRAMES[3]
    for entry in (mp4.find_frame(index).entry[:86], mp4.find_frame(index).entry[:86] + bytes(8)):
        with pytest.raises(ValueError, match=r"codec|size"):
            write_avif(entry, FRAMES[0])

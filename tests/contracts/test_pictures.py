"""What every Pictures does, the fake as well as Pillow; and what only Pillow can show."""

import asyncio
import zlib
from collections.abc import Iterator

import pytest
from PIL import Image, ImageChops, ImageStat

from shared.adapters import pictures
from shared.adapters.pictures import REFERENCE_BYTES_MAX, PillowPictures, check_picture, make_preview
from shared.errors import FileTooManyPixelsError, FileUnreadableError
from shared.ports import Pictures
from tests.contracts.painting import ORIENTATION, colour, encode, make_png, noise, paint, read
from tests.fakes.pictures import FakePictures

# --- both ---


@pytest.fixture(params=["fake", "pillow"])
def port(request: pytest.FixtureRequest) -> Iterator[Pictures]:
    if request.param == "fake":
        yield FakePictures()
        return
    pillow = PillowPictures()
    yield pillow
    pillow.close()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
async def test_model_gets_a_picture_that_it_reads(port: Pictures, kind: str) -> None:
    """A usual file, in a format that the model takes."""
    image = await port.check(encode(paint(), kind))
    assert image.mime_type in {"image/png", "image/jpeg"}
    assert read(image.content).size == (90, 60)


async def test_preview_is_a_jpeg_and_knows_the_original(port: Pictures) -> None:
    """What the chat gets, and what the caption says of the original."""
    preview, width, height = await port.preview(encode(paint(90, 60), "PNG"))
    assert preview.startswith(b"\xff\xd8\xff")
    assert (width, height) == (90, 60)


async def test_thumbnail_is_a_small_jpeg(port: Pictures) -> None:
    """What a gallery shows."""
    thumbnail = await port.thumbnail(encode(paint(900, 600), "PNG"))
    assert thumbnail.startswith(b"\xff\xd8\xff")
    assert len(thumbnail) <= 60_000


@pytest.mark.parametrize("content", [b"", b"x", b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
async def test_what_is_no_picture_is_unreadable(port: Pictures, content: bytes) -> None:
    """Neither for the model nor for the chat."""
    with pytest.raises(FileUnreadableError):
        await port.check(content)
    with pytest.raises(FileUnreadableError):
        await port.preview(content)


async def test_many_at_once(port: Pictures) -> None:
    """Threads do not mix up their pictures."""
    contents = [encode(paint(10 + n, 20), "PNG") for n in range(30)]
    previews = await asyncio.gather(*map(port.preview, contents))
    assert [width for _, width, _ in previews] == [10 + n for n in range(30)]


# --- check ---


async def test_memory_is_used_again_and_given_back() -> None:
    """While pictures wait, one takes the memory of the last; when none waits, nothing is kept."""
    port, content = PillowPictures(), noise(2048, "PNG")
    before = pictures._BLOCKS.get_stats()["reused_blocks"]
    await asyncio.gather(*(port.preview(content) for _ in range(3)))
    stats = pictures._BLOCKS.get_stats()
    assert stats["reused_blocks"] > before
    assert stats["blocks_cached"] == 0
    port.close()


def test_drawing_keeps_every_pixel() -> None:
    """Few colours: a PNG, in which no edge is blurred."""
    image = check_picture(encode(paint(), "PNG"))
    assert image.mime_type == "image/png"
    assert list(read(image.content).get_flattened_data()) == list(paint().get_flattened_data())


def test_photograph_is_a_jpeg_without_much_loss() -> None:
    """Many colours: a JPEG that differs by less than anybody sees."""
    photograph = Image.radial_gradient("L").resize((300, 300))
    colours = Image.merge("RGB", (photograph, photograph.rotate(90), Image.linear_gradient("L").resize((300, 300))))
    image = check_picture(encode(colours, "PNG"))
    assert image.mime_type == "image/jpeg"
    difference = ImageChops.difference(read(image.content).convert("RGB"), colours)
    assert max(ImageStat.Stat(difference).mean) < 2


def test_reference_is_never_too_heavy() -> None:
    """Pure noise at any size fits with thirteen others into one call."""
    image = check_picture(noise(3000, "JPEG"))
    assert len(image.content) <= REFERENCE_BYTES_MAX
    assert (image.width, image.height) == (3000, 3000)


def test_detail_that_fits_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """If not even one pixel fits, the file is declined instead of retried forever."""
    monkeypatch.setattr(pictures, "REFERENCE_BYTES_MAX", 10)
    with pytest.raises(FileUnreadableError):
        check_picture(encode(paint(), "PNG"))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.98])
def test_half_a_file_is_unreadable(kind: str, part: float) -> None:
    """A file that was cut off is refused before the model is paid for reading it."""
    content = noise(64, kind)
    pillow = PillowPictures()
    with pytest.raises(FileUnreadableError):
        asyncio.run(pillow.check(content[: int(len(content) * part)]))
    pillow.close()


# --- bombs ---


def bomb() -> bytes:
    """A small file that becomes large: 121 million pixels, all of one colour, take 484 MB."""
    row = b"\0" + bytes(3 * 11_000)
    packed = zlib.compressobj()
    pixels = b"".join([*(packed.compress(row) for _ in range(11_000)), packed.flush()])
    return make_png(11_000, 11_000, pixels)


async def test_decompression_bomb_is_refused() -> None:
    """It is refused by its header, before decoding, and not merely with a warning."""
    content = bomb()
    assert len(content) < 1_000_000
    pillow = PillowPictures()
    for work in (pillow.check, pillow.preview):
        with pytest.raises(FileTooManyPixelsError, match="11000 x 11000 px"):
            await work(content)
    pillow.close()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        *(
            (error, FileUnreadableError)
            for error in (SyntaxError("bad"), OverflowError(), IndexError(), RecursionError())
        ),
        *((error, FileTooManyPixelsError) for error in (MemoryError(), Image.DecompressionBombError())),
    ],
)
async def test_whatever_a_decoder_raises(
    monkeypatch: pytest.MonkeyPatch, error: Exception, expected: type[Exception]
) -> None:
    """Hostile bytes make decoders fail in many ways; none reaches the caller."""

    def fail(*_: object, **__: object) -> Image.Image:
        raise error

    monkeypatch.setattr(Image, "open", fail)
    pillow = PillowPictures()
    with pytest.raises(expected):
        await pillow.check(b"bytes")
    pillow.close()


# --- preview ---


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1024, 1024), (1024, 1024)),
        ((4096, 4096), (2560, 2560)),
        ((3072, 384), (2560, 320)),
        ((384, 3072), (320, 2560)),
        ((2561, 100), (2560, 100)),
    ],
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_preview_fits_into_a_photo(kind: str, size: tuple[int, int], expected: tuple[int, int]) -> None:
    """At most 2560 px a side, never larger than the original, in its proportions."""
    preview, width, height = make_preview(encode(paint(*size), kind))
    assert (width, height) == size
    assert read(preview).size == expected


def test_preview_is_a_plain_jpeg() -> None:
    """RGB, not progressive, without what the original says about itself."""
    exif = Image.Exif()
    exif[0x010E] = "a secret description"
    image = read(make_preview(encode(paint(), "JPEG", exif=exif))[0])
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert not {"progression", "exif", "icc_profile"} & image.info.keys()


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1", "CMYK", "RGBA", "LA", "I;16"])
def test_preview_reads_every_kind_of_pixel(mode: str) -> None:
    """Grey, indexed, print colours, transparent, 16 bits: all become the same picture."""
    kind = "JPEG" if mode == "CMYK" else "PNG"
    source = Image.new("I;16", (90, 60), 128 * 256) if mode == "I;16" else paint(mode=mode)
    image = read(make_preview(encode(source, kind))[0])
    assert (image.mode, image.size) == ("RGB", (90, 60))
    if mode in {"RGB", "P", "CMYK", "RGBA"}:
        assert (colour(image, 5, 30), colour(image, 85, 30)) == ("red", "blue")
    if mode == "I;16":
        assert image.getpixel((5, 5)) == (128, 128, 128)


def test_preview_puts_transparency_on_white() -> None:
    """Telegram would show it on black."""
    image = paint(mode="RGBA")
    image.putalpha(0)
    assert read(make_preview(encode(image, "PNG"))[0]).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_preview_is_turned_upright(kind: str) -> None:
    """A phone's picture lies on its side, and says so."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # a quarter turn clockwise makes it upright
    preview, width, height = make_preview(encode(paint(90, 60), kind, exif=exif))
    image = read(preview)
    assert (width, height) == image.size == (60, 90)
    assert (colour(image, 30, 5), colour(image, 30, 85)) == ("red", "blue")


def test_preview_is_never_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a picture has too much detail for Telegram's limit, quality goes down step by step, then the size."""
    content = noise(512, "PNG")
    best = len(make_preview(content)[0])
    monkeypatch.setattr(pictures, "PREVIEW_BYTES_MAX", best - 1)
    assert len(make_preview(content)[0]) < best
    monkeypatch.setattr(pictures, "PREVIEW_BYTES_MAX", 3000)
    preview, width, height = make_preview(content)
    assert len(preview) <= 3000
    assert (width, height) == (512, 512)


def test_worst_case_fits_telegram() -> None:
    """Pure noise at the full side is under 10 MB."""
    preview, _, _ = make_preview(noise(2560, "JPEG"))
    assert len(preview) <= 10_000_000

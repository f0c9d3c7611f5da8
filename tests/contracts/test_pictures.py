"""What every Pictures does, the fake as well as Pillow; and what only Pillow can show."""

import asyncio
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from shared.adapters import pictures
from shared.adapters.pictures import PillowPictures, check_picture, make_preview
from shared.errors import FileUnreadableError
from shared.ports import Pictures
from tests.fakes.pictures import FakePictures

RED, BLUE = (250, 20, 10), (10, 20, 250)
ORIENTATION = 0x0112


def encode(image: Image.Image, kind: str, **options: Any) -> bytes:
    output = BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def paint(width: int = 90, height: int = 60, mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image.convert(mode)


def noise(side: int, kind: str) -> bytes:
    return encode(Image.effect_noise((side, side), 90).convert("RGB"), kind)


def read(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def colour(image: Image.Image, x: int, y: int) -> str:
    red, _, blue = image.convert("RGB").getpixel((x, y))  # type: ignore[misc]
    return "red" if red > blue + 100 else "blue" if blue > red + 100 else "other"


# --- both ---


@pytest.fixture(params=["fake", "pillow"])
def port(request: pytest.FixtureRequest) -> Iterator[Pictures]:
    if request.param == "fake":
        yield FakePictures()
        return
    pillow = PillowPictures(workers=2)
    yield pillow
    pillow.close()


@pytest.mark.parametrize(("kind", "mime_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
async def test_what_the_model_reads_stays_as_it_is(port: Pictures, kind: str, mime_type: str) -> None:
    """Nothing is lost by encoding again."""
    content = encode(paint(), kind)
    assert await port.check(content) == (content, mime_type)


async def test_preview_is_a_jpeg_and_knows_the_original(port: Pictures) -> None:
    """What the chat gets, and what the caption says of the original."""
    preview, width, height = await port.preview(encode(paint(90, 60), "PNG"))
    assert preview.startswith(b"\xff\xd8\xff")
    assert (width, height) == (90, 60)


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


def test_webp_stays_as_it_is() -> None:
    """The third format that the model reads."""
    content = encode(paint(), "WEBP")
    assert check_picture(content) == (content, "image/webp")


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1", b"msf1"])
def test_heic_stays_as_it_is(brand: bytes) -> None:
    """Phones send it, the model reads it, Pillow does not."""
    content = b"\x00\x00\x00\x18ftyp" + brand + bytes(100)
    assert check_picture(content) == (content, "image/heic")


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "AVIF"])
def test_other_formats_become_png(kind: str) -> None:
    """The model gets what it reads, and the same picture."""
    content, mime_type = check_picture(encode(paint(), kind))
    image = read(content)
    assert (mime_type, image.format, image.size) == ("image/png", "PNG", (90, 60))
    assert (colour(image, 5, 30), colour(image, 85, 30)) == ("red", "blue")


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_animation_becomes_its_first_frame(kind: str) -> None:
    """A moving picture stands still."""
    frames = [Image.new("RGB", (40, 40), BLUE), Image.new("RGB", (40, 40), "white")]
    moving = encode(Image.new("RGB", (40, 40), RED), kind, save_all=True, append_images=frames, duration=100)
    assert getattr(read(moving), "n_frames", 1) == 3
    content, mime_type = check_picture(moving)
    image = read(content)
    assert (mime_type, getattr(image, "n_frames", 1), colour(image, 20, 20)) == ("image/png", 1, "red")


def test_jpeg_with_a_second_picture_is_a_jpeg() -> None:
    """Phones hide a depth map or a second lens behind the first picture (MPO)."""
    content = encode(paint(), "MPO", save_all=True, append_images=[paint()])
    assert read(content).format == "MPO"
    assert check_picture(content) == (content, "image/jpeg")


def test_transparency_survives_encoding_again() -> None:
    """What was cut out stays cut out."""
    image = paint(mode="RGBA")
    image.putalpha(0)
    content, _ = check_picture(encode(image, "TIFF"))
    assert read(content).convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.98])
def test_half_a_file_is_unreadable(kind: str, part: float) -> None:
    """A file that was cut off is refused before the model is paid for reading it."""
    content = noise(64, kind)
    pillow = PillowPictures(workers=1)
    with pytest.raises(FileUnreadableError):
        asyncio.run(pillow.check(content[: int(len(content) * part)]))
    pillow.close()


# --- bombs ---


def bomb() -> bytes:
    """A small file that becomes large: 81 million pixels, all white."""
    return encode(Image.new("1", (9000, 9001), 1), "PNG")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
async def test_decompression_bomb_is_refused() -> None:
    """By its header, before a pixel is decoded, and not by a warning that nobody turned into an error."""
    content = bomb()
    assert len(content) < 100_000
    pillow = PillowPictures(workers=1)
    for work in (pillow.check, pillow.preview):
        with pytest.raises(FileUnreadableError, match="9000 x 9001 px"):
            await work(content)
    pillow.close()


async def test_whatever_a_decoder_raises_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hostile bytes make decoders fail in many ways; none reaches the caller."""
    pillow = PillowPictures(workers=1)
    for error in (SyntaxError("bad"), MemoryError(), OverflowError(), IndexError(), RecursionError()):

        def fail(_: bytes, error: BaseException = error) -> Image.Image:
            raise error

        monkeypatch.setattr(pictures, "_open", fail)
        with pytest.raises(FileUnreadableError):
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
    """Where a picture has too much detail for Telegram's limit, quality goes down step by step."""
    content = noise(512, "PNG")
    best = len(make_preview(content)[0])
    monkeypatch.setattr(pictures, "PREVIEW_BYTES_MAX", best - 1)
    assert len(make_preview(content)[0]) < best
    monkeypatch.setattr(pictures, "PREVIEW_BYTES_MAX", 100)
    with pytest.raises(FileUnreadableError):
        make_preview(content)


def test_worst_case_fits_telegram() -> None:
    """Pure noise at the full side is under 10 MB."""
    preview, _, _ = make_preview(noise(2560, "JPEG"))
    assert len(preview) <= 10_000_000

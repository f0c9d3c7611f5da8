"""What a gallery, a scanner, a phone or another tool makes reaches the model as its owner sees it, or is declined.

`tests/corpus/files` holds what cannot be made here, or once failed; all else is made by the tests.
"""

import asyncio
import os
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pi_heif._lib_info import libheif_info
from PIL import Image, ImageCms

from shared.adapters import iso_media, pixels
from shared.adapters.iso_media import decode_iso_media
from shared.adapters.pictures import PillowPictures, check_picture, open_for_model
from shared.errors import FileTooManyPixelsError, FileUnreadableError
from tests.contracts.painting import BLUE, ORIENTATION, RED, chunk, colour, encode, make_png, paint, read

FILES = Path(__file__).parents[1] / "corpus" / "files"
PAINTED = ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF"]
SECRETS = (b"Acme Phone", b"2026:11:28", b"at home")


def load(name: str) -> bytes:
    return (FILES / name).read_bytes()


def seen(content: bytes) -> Image.Image:
    """What the model would see."""
    return read(check_picture(content).content).convert("RGB")


def tell_everything() -> Image.Exif:
    """What a phone writes into a file: device, time and place."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0132], exif[0x010E] = "Acme Phone", "2026:11:28 10:00:00", "at home"
    exif.get_ifd(0x8825)[1], exif.get_ifd(0x8825)[2] = "N", (55.0, 45.0, 7.0)
    return exif


async def check(content: bytes) -> None:
    """As the service does it."""
    pillow = PillowPictures()
    try:
        await pillow.check(content)
    finally:
        pillow.close()


# --- upright ---

BACK = {
    1: (),
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_90,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_270,),
}
"""How an upright picture lies in a file of each orientation."""


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_is_turned_upright(kind: str, orientation: int) -> None:
    """The model does not read EXIF, so the pixels are turned: all eight ways a camera can be held or mirror."""
    upright = paint(90, 60)
    upright.paste("white", (0, 0, 45, 30))  # top left: no turn or mirroring gives the same picture
    lying = upright
    for turn in BACK[orientation]:
        lying = lying.transpose(turn)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    image = check_picture(encode(lying, kind, exif=exif))
    found = read(image.content)
    assert (image.width, image.height) == found.size == (90, 60)
    assert [colour(found, *at) for at in ((5, 5), (5, 55), (85, 5), (85, 55))] == ["other", "red", "blue", "blue"]


def test_heic_is_turned_upright() -> None:
    """HEIC turns by a property of its own; its EXIF says the same once more and must not turn it again."""
    image = check_picture(load("heic-turned-with-place.heic"))
    found = read(image.content)
    assert (image.width, image.height) == found.size == (60, 90)
    assert (colour(found, 30, 5), colour(found, 30, 85)) == ("red", "blue")


def test_phone_photo_case() -> None:
    """A photo that lies on its side and says where it was taken: upright, and silent."""
    content = load("jpeg-exif-orientation6-gps.jpg")
    image = check_picture(content)
    assert (image.width, image.height) == (640, 480)
    assert b"Exif" in content
    assert b"Exif" not in image.content


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_broken_exif_is_no_reason_to_refuse() -> None:
    """Many tools write EXIF that nobody can read."""
    broken = encode(paint(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff garbage")
    assert colour(seen(broken), 5, 30) == "red"


# --- nothing but pixels ---


def with_comments(kind: str) -> bytes:
    exif = tell_everything()
    match kind:
        case "PNG":
            side = chunk(b"tEXt", b"Comment\0at home") + chunk(b"iTXt", b"XML\0\0\0\0\0Acme Phone")
            rows = zlib.compress((b"\0" + bytes(RED) * 90) * 60)
            return make_png(90, 60, rows, extra=side + chunk(b"eXIf", exif.tobytes()[6:]))
        case "GIF":
            return encode(paint(), kind, comment=b"at home")
        case "TIFF":
            return encode(paint(), kind, exif=exif, description="at home", software="Acme Phone")
        case "BMP":
            return encode(paint(), kind) + b"Acme Phone"
        case _:
            return encode(paint(), kind, exif=exif, xmp=b"<x>at home</x>", comment=b"at home")


@pytest.mark.parametrize("kind", [*PAINTED, "HEIC"])
def test_place_device_and_time_stay_here(kind: str) -> None:
    """Nothing that a file says about itself goes to the model."""
    content = load("heic-turned-with-place.heic") if kind == "HEIC" else with_comments(kind)
    assert kind == "HEIC" or any(secret in content for secret in SECRETS)
    image = check_picture(content)
    assert not any(secret in image.content for secret in SECRETS)
    found = read(image.content)
    assert not {"exif", "xmp", "comment", "icc_profile", "Comment", "XML:com.adobe.xmp"} & found.info.keys()
    assert not found.getexif()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_profile_becomes_colours(kind: str) -> None:
    """A colour means what its profile says. In this one red and blue changed places, so it cannot be overlooked."""
    image = seen(encode(paint(), kind, icc_profile=swapped_profile()))
    assert (colour(image, 5, 30), colour(image, 85, 30)) == ("blue", "red")


def swapped_profile() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"____", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"____", b"bXYZ", 1)


@pytest.mark.parametrize(
    ("mode", "profile"),
    [("RGB", b"no profile at all"), ("RGB", bytes(200)), ("CMYK", swapped_profile())],
)
def test_useless_profile_is_left_aside(mode: str, profile: bytes) -> None:
    """A damaged profile, or one for other pixels, is no reason to refuse the picture or to change its colours."""
    image = seen(encode(paint(mode=mode), "JPEG", icc_profile=profile))
    assert (colour(image, 5, 30), colour(image, 85, 30)) == ("red", "blue")


def test_profile_of_an_unknown_kind_of_colour() -> None:
    """A profile for a colour space that no file here has."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert colour(seen(encode(paint(), "JPEG", icc_profile=lab)), 5, 30) == "red"


def test_colour_profile_of_a_grey_picture() -> None:
    """Scanners write one; grey stays grey."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    red, green, blue = seen(encode(Image.new("L", (20, 20), 100), "JPEG", icc_profile=profile)).getpixel((5, 5))  # type: ignore[misc]
    assert max(abs(value - 100) for value in (red, green, blue)) <= 2


# --- every kind of pixel ---


def grey_png(bits: int) -> bytes:
    """128 of 255 at the left, 255 at the right, at 16 bits each."""
    row = b"\0" + b"\x80\x00" * 10 + b"\xff\xff" * 10
    return make_png(20, 20, zlib.compress(row * 20), bits=bits, colours=0)


@pytest.mark.parametrize(
    "content",
    [
        grey_png(16),
        encode(Image.new("I;16", (20, 20), 128 * 256), "TIFF"),
        encode(Image.new("I", (20, 20), 128 * 256), "TIFF"),
        encode(Image.new("F", (20, 20), 0.5), "TIFF"),
        encode(Image.new("F", (20, 20), 128.0), "TIFF"),
        make_png(20, 20, zlib.compress((b"\0" + b"\x80\x00" * 60) * 20), bits=16),
        make_png(20, 20, zlib.compress((b"\0" + b"\x80\xff" * 20) * 20), colours=4),
        encode(Image.new("LA", (20, 20), (128, 255)), "PNG"),
        encode(Image.new("CMYK", (20, 20), (0, 0, 0, 127)), "TIFF"),
        encode(Image.new("YCbCr", (20, 20), (128, 128, 128)), "JPEG"),
        encode(Image.new("LAB", (20, 20), (137, 128, 128)), "TIFF"),
        encode(Image.new("L", (20, 20), 128).convert("P"), "GIF"),
    ],
)
def test_middle_grey_is_middle_grey(content: bytes) -> None:
    """Sixteen bits, floats, palettes, printing colours: the same grey for all."""
    red, green, blue = seen(content).getpixel((5, 5))  # type: ignore[misc]
    assert max(abs(value - 128) for value in (red, green, blue)) <= 4


def test_values_of_no_usual_range() -> None:
    """A measurement of a million is white, half of it grey."""
    image = Image.new("I", (20, 20), 1_000_000)
    image.paste(500_000, (0, 0, 10, 20))
    found = seen(encode(image, "TIFF"))
    assert (found.getpixel((5, 5)), found.getpixel((15, 5))) == ((127, 127, 127), (255, 255, 255))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "CMYK", "P", "YCbCr"])
def test_print_colours_and_palettes(mode: str) -> None:
    """Red stays red and blue stays blue."""
    kind = {"CMYK": "JPEG", "YCbCr": "JPEG"}.get(mode, "TIFF")
    image = seen(encode(paint(mode=mode), kind))
    assert (colour(image, 5, 30), colour(image, 85, 30)) == ("red", "blue")


def line_on_nothing(line: tuple[int, int, int], kind: str) -> bytes:
    """A line on a transparent ground."""
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    image.paste((*line, 255), (10, 40, 90, 60))
    return encode(image, kind)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "GIF", "AVIF"])
@pytest.mark.parametrize(("line", "ground"), [((0, 0, 0), 255), (RED, 255), ((255, 255, 255), 0)])
def test_transparent_is_white_unless_the_drawing_is(kind: str, line: tuple[int, int, int], ground: int) -> None:
    """A black line stays visible; a white one does too, because only for it the ground is black."""
    image = seen(line_on_nothing(line, kind))
    assert all(abs(value - ground) <= 12 for value in image.getpixel((3, 3)))  # type: ignore[union-attr]
    assert image.getpixel((50, 50)) != image.getpixel((3, 3))


def test_line_on_transparent_case() -> None:
    """Nothing of the file's transparency is left for the model to paint black."""
    image = check_picture(load("png-black-line-on-transparent.png"))
    assert not read(image.content).has_transparency_data
    assert seen(load("png-black-line-on-transparent.png")).getpixel((0, 0)) == (255, 255, 255)


def test_transparent_colour_of_a_png() -> None:
    """One colour of an RGB picture may be declared transparent."""
    rows = zlib.compress((b"\0" + bytes(RED) * 10 + bytes(BLUE) * 10) * 20)
    clear = chunk(b"tRNS", b"".join(value.to_bytes(2) for value in RED))
    image = seen(make_png(20, 20, rows, extra=clear))
    assert (image.getpixel((5, 5)), colour(image, 15, 5)) == ((255, 255, 255), "blue")


# --- several pictures in one file ---


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
@pytest.mark.parametrize(("first", "expected"), [("white", "red"), ("black", "red"), (None, "red")])
def test_first_picture_with_something_on_it(kind: str, first: str | None, expected: str) -> None:
    """Animations and scans often begin with an empty frame or page."""
    empty = [] if first is None else [Image.new("RGB", (90, 60), first)]
    frames = [*empty, paint(), Image.new("RGB", (90, 60), "white")]
    duration = {} if kind == "TIFF" else {"duration": 80}
    content = encode(frames[0], kind, save_all=True, append_images=frames[1:], **duration)
    assert getattr(read(content), "n_frames", 1) == len(frames)
    image = seen(content)
    assert (image.size, colour(image, 5, 30), colour(image, 85, 30)) == ((90, 60), expected, "blue")


def test_nothing_but_empty_frames() -> None:
    """Then the first one is the picture."""
    frames = [Image.new("RGB", (20, 20), each) for each in ("white", "black", "gray")]
    moving = encode(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert seen(moving).getpixel((5, 5)) == (255, 255, 255)


def test_large_empty_picture_is_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Composing the frames of a large animation would take more memory than there is."""
    monkeypatch.setattr(pixels, "FRAME_PIXELS_MAX", 100)
    moving = encode(Image.new("RGB", (90, 60), "white"), "GIF", save_all=True, append_images=[paint()])
    assert seen(moving).getpixel((5, 5)) == (255, 255, 255)


def test_broken_later_frame() -> None:
    """What comes after the first frame is a help, not a reason to refuse."""
    moving = encode(Image.new("RGB", (90, 60), "white"), "GIF", save_all=True, append_images=[paint()])
    assert seen(moving[:-200]).size == (90, 60)


def test_second_picture_of_a_phone_photo() -> None:
    """Behind a white wall a phone keeps a depth map (MPO): it is not what the owner saw."""
    wall = Image.new("RGB", (90, 60), "white")
    content = encode(wall, "MPO", save_all=True, append_images=[paint()])
    assert read(content).format == "MPO"
    assert seen(content).getpixel((5, 5)) == (255, 255, 255)


# --- AVIF and HEIC ---


def test_avif_whose_first_brand_is_heif() -> None:
    """`mif1` says that it is a picture, not of which codec: the list of brands does."""
    image = check_picture(load("avif-with-mif1-major-brand.avif"))
    assert (image.width, image.height) == (640, 480)


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1", b"msf1"])
def test_heic_of_any_brand(brand: bytes) -> None:
    """The first brand alone decides nothing."""
    content = load("heic-turned-with-place.heic")
    assert colour(seen(content[:8] + brand + content[12:]), 30, 5) == "red"


def test_large_avif_is_scaled() -> None:
    """Scaled where it is decoded: no more than needed comes out of that process."""
    image = check_picture(encode(Image.radial_gradient("L").resize((5000, 1000)), "AVIF", speed=10))
    assert image.width / image.height == pytest.approx(5, rel=0.01)
    assert read(image.content).size == (4096, 819)


def test_too_many_pixels_for_the_decoder() -> None:
    """A picture that takes more memory than that process has is told by its header from one that is broken."""
    content = encode(Image.new("RGB", (2400, 2400)), "AVIF", speed=10)
    with pytest.raises(FileTooManyPixelsError, match="2400 x 2400 px"):
        decode_iso_media(content, 4096, 1_000_000, 57_000_000)


def test_decoder_that_asks_for_too_much_memory() -> None:
    """Whatever the header says, that process cannot take more than it was given."""
    with pytest.raises(FileTooManyPixelsError):
        decode_iso_media(load("avif-with-mif1-major-brand.avif"), 4096, 1_000_000, 4_000_000)


def test_slow_decoder_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file made to take for ever ends as a broken one."""
    monkeypatch.setattr(iso_media, "SECONDS_MAX", 0.001)
    with pytest.raises(FileUnreadableError, match="not decoded within"):
        decode_iso_media(load("heic-turned-with-place.heic"), 4096, 1_000_000, 400_000_000)


@pytest.mark.parametrize("program", ["import os; os.abort()", "import sys; sys.exit(1)"])
def test_crash_of_a_decoder_is_a_broken_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str) -> None:
    """A codec that a file brings down takes nothing with it."""
    decoder = tmp_path / "decoder.py"
    decoder.write_text(program)
    monkeypatch.setattr(iso_media, "_DECODER", decoder)
    with pytest.raises(FileUnreadableError):
        decode_iso_media(b"", 4096, 1_000_000, 400_000_000)


def test_decoder_knows_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The process that opens strangers' files has nothing of our environment."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123:not-a-real-token")
    decoder = tmp_path / "decoder.py"
    decoder.write_text("import os; print(sorted(os.environ))")
    monkeypatch.setattr(iso_media, "_DECODER", decoder)
    assert b"TELEGRAM" not in decode_iso_media(b"", 4096, 1_000_000, 400_000_000)


# --- long ones and huge ones ---


@pytest.mark.parametrize(
    ("size", "expected"),
    [((12_000, 300), (4096, 102)), ((300, 12_000), (102, 4096)), ((1080, 8000), (553, 4096)), ((1, 5000), (1, 4096))],
)
def test_panoramas_and_long_screenshots(size: tuple[int, int], expected: tuple[int, int]) -> None:
    """Their shape is kept, and told: Telegram does not know it of a file without a thumbnail."""
    image = check_picture(encode(paint(*size), "JPEG"))
    assert (image.width, image.height) == size
    assert read(image.content).size == expected


def scan(width: int, height: int) -> bytes:
    """One bit a pixel: the left half black, the right half white."""
    row = b"\0" + bytes(width // 16) + b"\xff" * (width // 8 - width // 16)
    return make_png(width, height, zlib.compress(row * height, 1), bits=1, colours=0)


def test_huge_scan_is_scaled() -> None:
    """A hundred megapixels at one bit take no more memory than 25 in colour."""
    image = check_picture(scan(12_000, 9000))
    found = read(image.content).convert("L")
    assert (image.width, image.height) == (12_000, 9000)
    assert (found.getpixel((10, 900)), found.getpixel((found.width - 10, 900))) == (0, 255)


def test_thin_lines_of_a_scan_become_grey() -> None:
    """Scaled as a gallery does it: every fifth line is not picked out, all are mixed."""
    row = b"\0" + b"\xaa" * 1000
    found = seen(make_png(8000, 2000, zlib.compress(row * 2000), bits=1, colours=0))
    low, high = found.convert("L").getextrema()
    assert 90 < float(low) <= float(high) < 166  # type: ignore[arg-type]


def huge_jpeg(*, progressive: bool) -> bytes:
    """A JPEG whose header promises 400 megapixels."""
    content = bytearray(encode(paint(), "JPEG", progressive=progressive))
    at = content.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    content[at + 5 : at + 9] = (20_000).to_bytes(2) * 2
    return bytes(content)


HUGE = {
    "colour PNG": make_png(11_000, 11_000, b""),
    "progressive JPEG": huge_jpeg(progressive=True),
    "PNG of a billion": make_png(40_000, 40_000, b"", bits=1, colours=0),
    "PNG of four billion": make_png(65_000, 65_000, b"", bits=1, colours=0),
}


@pytest.mark.parametrize("kind", HUGE)
async def test_too_many_pixels_are_told_apart(kind: str) -> None:
    """A picture beyond the memory budget is declined by its header, and not as a broken file."""
    with pytest.raises(FileTooManyPixelsError):
        await check(HUGE[kind])


@pytest.mark.parametrize(
    ("content", "bytes_max"),
    [
        (encode(paint(), "WEBP"), 90 * 60 * 17),
        (encode(paint(), "PNG"), 90 * 60 * 4),
        (encode(paint(mode="P"), "GIF"), 90 * 60),
        (encode(paint(mode="L"), "JPEG"), 90 * 60),
        (encode(paint(), "JPEG", progressive=True, subsampling=0), 90 * 60 * (4 + 6)),
        (encode(paint(), "JPEG", progressive=True, subsampling=2), 90 * 60 * (4 + 3)),
        (encode(paint(), "TIFF", compression="tiff_lzw", strip_size=10**6), 90 * 60 * (4 + 3)),
        (encode(Image.new("I;16", (90, 60)), "TIFF", compression="tiff_lzw", strip_size=10**6), 90 * 60 * (2 + 2)),
    ],
)
def test_memory_is_told_from_the_header(content: bytes, bytes_max: int) -> None:
    """Each format takes what it took when it was measured: what fits exactly is opened, one byte less is too little."""
    opened = open_for_model(content, bytes_max)
    assert (opened.width, opened.height) == (90, 60)
    with pytest.raises(FileTooManyPixelsError):
        open_for_model(content, bytes_max - 1)


def test_tile_larger_than_its_picture() -> None:
    """A TIFF's tile is unpacked as a whole, however little of it is picture."""
    content = encode(paint(), "TIFF")
    for tag, tile_tag in ((278, 322), (284, 323)):  # rows per strip and planes become the width and length of a tile
        at = content.index(struct.pack("<H", tag), 8)
        content = content[:at] + struct.pack("<HHII", tile_tag, 3, 1, 30_000) + content[at + 12 :]
    with pytest.raises(FileTooManyPixelsError):
        check_picture(content)


def test_ordinary_jpeg_of_any_size_is_decoded_smaller() -> None:
    """The memory for 400 megapixels is not needed: an eighth of each side is enough, and decoded."""
    image = check_picture(huge_jpeg(progressive=False))
    assert (image.width, image.height) == (20_000, 20_000)


MEASURE = """
import resource, sys
from shared.adapters.pictures import check_picture
content = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
check_picture(content)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
AS_IN_THE_IMAGE = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "1000000"}


def large_progressive_jpeg() -> bytes:
    """The coefficients of 50 megapixels are kept, though hardly any of them is in the file."""
    content = bytearray(encode(paint(), "JPEG", progressive=True, subsampling=0))
    at = content.index(b"\xff\xc2")
    content[at + 5 : at + 9] = (6300).to_bytes(2) + (8000).to_bytes(2)
    return bytes(content)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells the peak in KiB on Linux only")
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: scan(12_000, 9000), id="scan of 108 megapixels"),
        pytest.param(lambda: one_colour_png(10_200), id="colour PNG of 104 megapixels"),
        pytest.param(lambda: encode(Image.new("RGB", (4900, 4900), RED), "WEBP", method=0), id="WEBP of 24 megapixels"),
        pytest.param(large_progressive_jpeg, id="progressive JPEG of 50 megapixels"),
        pytest.param(lambda: huge_jpeg(progressive=False), id="JPEG of 400 megapixels"),
    ],
)
def test_memory_set_aside_is_enough(make: Callable[[], bytes]) -> None:
    """The largest files that are opened, each in a process of its own: what it takes is what the service has for it."""
    environment = os.environ | AS_IN_THE_IMAGE | {"PYTHONPATH": str(FILES.parents[2])}
    command = [sys.executable, "-c", MEASURE]
    done = subprocess.run(  # noqa: S603 — our own program
        command, input=make(), env=environment, capture_output=True, check=True
    )
    assert int(done.stdout) * 1024 < pixels.DECODING_BYTES_MAX + 80_000_000


def one_colour_png(side: int) -> bytes:
    """Small as a file, large in memory."""
    packed, row = zlib.compressobj(1), b"\0" + bytes(RED) * side
    return make_png(side, side, b"".join([*(packed.compress(row) for _ in range(side)), packed.flush()]))


# --- what stands beside the pixels ---


def with_side_chunk(side: bytes, tail: bytes = b"") -> bytes:
    rows = zlib.compress((b"\0" + bytes(RED) * 45 + bytes(BLUE) * 45) * 60)
    return make_png(90, 60, rows, extra=side) + tail


@pytest.mark.parametrize(
    "content",
    [
        with_side_chunk(chunk(b"zTXt", b"workflow\0\0" + zlib.compress(b'{"node": 1}' * 200_000))),
        with_side_chunk(chunk(b"iTXt", b"workflow\0\1\0\0\0" + zlib.compress(bytes(90_000_000)))),
        with_side_chunk(b"".join(chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1_000_000))) for _ in range(70))),
        with_side_chunk(chunk(b"tEXt", b"Comment\0hello", checksum=1)),
        with_side_chunk(chunk(b"eXIf", b"garbage", checksum=1)),
        with_side_chunk(chunk(b"eXIf", b"garbage")),
        with_side_chunk(chunk(b"iCCP", b"profile\0\0" + zlib.compress(bytes(50_000_000)))),
        with_side_chunk(chunk(b"iCCP", b"profile\0\0not packed")),
        with_side_chunk(chunk(b"tIME", b"") + chunk(b"quux", b"of some tool")),
        with_side_chunk(b"", b"a second file behind the first"),
    ],
)
def test_side_chunks_do_not_matter(content: bytes) -> None:
    """Workflows, comments, broken checksums, bombs in text and profiles: the picture is the same."""
    image = seen(content)
    assert (image.size, colour(image, 5, 30), colour(image, 85, 30)) == ((90, 60), "red", "blue")


@pytest.mark.parametrize("name", ["png-bad-crc-in-text-chunk.png", "png-workflow-text-2mb-ztxt.png"])
def test_side_chunk_cases(name: str) -> None:
    """Both were called unreadable."""
    assert seen(load(name)).size == (640, 480)


# --- broken ---

GARBAGE = bytes(range(256)) * 3


@pytest.mark.parametrize(
    "content",
    [
        load("heic-header-then-garbage.heic"),
        b"\0\0\0\x1cftypavif\0\0\0\0avifmif1" + GARBAGE,
        b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + GARBAGE,
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + GARBAGE,
        b"\xff\xd8\xff\xe0" + GARBAGE,
        b"\x89PNG\r\n\x1a\n" + GARBAGE,
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)),
        b"GIF89a" + GARBAGE,
        b"II*\0" + GARBAGE,
        b"MM\0*" + GARBAGE,
        b"BM" + GARBAGE,
        b"RIFF\xff\xff\0\0WEBPVP8 " + GARBAGE,
        b"8BPS" + GARBAGE,
        b"%!PS-Adobe" + GARBAGE,
    ],
)
async def test_garbage_behind_a_header_is_unreadable(content: bytes) -> None:
    """Never handed on unopened: the person learns it before anything is paid."""
    with pytest.raises(FileUnreadableError):
        await check(content)


@pytest.mark.parametrize("name", ["avif-with-mif1-major-brand.avif", "heic-turned-with-place.heic"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
async def test_half_of_an_avif_or_heic_is_unreadable(name: str, part: float) -> None:
    """As with every other format."""
    content = load(name)
    with pytest.raises(FileUnreadableError):
        await check(content[: int(len(content) * part)])


SOURCES = [encode(paint(), kind) for kind in PAINTED if kind != "AVIF"] + [
    encode(paint(mode="P"), "PNG"),
    encode(paint(), "TIFF", compression="tiff_lzw"),
    encode(paint(), "JPEG", progressive=True, exif=tell_everything()),
    encode(Image.new("RGB", (90, 60), "white"), "GIF", save_all=True, append_images=[paint()]),
    encode(Image.new("RGB", (90, 60), "white"), "PNG", save_all=True, append_images=[paint()]),
]


@st.composite
def broken_files(draw: st.DrawFn) -> bytes:
    """A file that is cut off, changed at some places, or has something put in."""
    content = bytearray(draw(st.sampled_from(SOURCES)))
    for _ in range(draw(st.integers(0, 6))):
        content[draw(st.integers(0, min(len(content) - 1, 400)))] = draw(st.integers(0, 255))
    if draw(st.booleans()):
        del content[draw(st.integers(0, len(content))) :]
    return bytes(content)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@given(broken_files())
def test_broken_files_raise_nothing_else(content: bytes) -> None:
    """A picture comes out, or one of the two errors that the bot has words for."""
    with suppress(FileUnreadableError, FileTooManyPixelsError):
        asyncio.run(check(content))


def test_decoder_of_heic_is_new_enough() -> None:
    """Older ones had faults that a crafted file used to break in; and no encoder, which would be GPL, is with it."""
    libraries = libheif_info()
    version = re.search(r"\d+\.\d+\.\d+", libraries["decoders"]["libde265"])
    assert version is not None
    assert _numbers(version[0]) >= (1, 1, 3)
    assert _numbers(libraries["libheif"]) >= (1, 23, 4)
    assert not {"x265", "kvazaar"} & libraries["encoders"].keys()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))

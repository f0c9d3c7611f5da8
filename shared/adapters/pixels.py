"""Decoding a file to the pixels that people see: upright, in sRGB, on white, scaled, within a memory limit.

Metadata is dropped: location, device, time, comments, further pictures, profile.
"""

from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from math import ceil, sqrt

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageCms,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from shared.adapters.iso_media import decode_iso_media, is_iso_media
from shared.adapters.picture_memory import decoding_bytes
from shared.adapters.png_chunks import SIGNATURE, keep_pixels
from shared.errors import FileTooManyPixelsError, FileUnreadableError

DECODING_BYTES_MAX = 420_000_000
"""The memory for one decoded picture; scaling takes up to 80 MB more. It is enough for 24 megapixels of WebP, 48 of
HEIC, 100 of a colour PNG, 400 of a black-and-white scan, and more of a JPEG, which is decoded at 1/2, 1/4 or 1/8."""
FRAMES_PIXELS_MAX = 100_000_000
"""The most pixels, over all frames, in the search for a frame of an animation that is not blank."""
FRAMES_MAX = 50
FRAME_PIXELS_MAX = 25_000_000
FRAME_BYTES = 13
"""Per pixel, while frames are composed."""
STRIP_PIXELS = 1_000_000
"""How many pixels of a large picture are converted at a time."""
BLANK_DIFFERENCE = 8
"""The largest difference between the darkest and brightest value (of 255) of a blank picture."""
SAMPLE_SIZE = (32, 32)

_DECODERS = (
    BmpImagePlugin.BmpImageFile,
    GifImagePlugin.GifImageFile,
    JpegImagePlugin.JpegImageFile,
    PngImagePlugin.PngImageFile,
    TiffImagePlugin.TiffImageFile,
    WebPImagePlugin.WebPImageFile,
)
_READ = [decoder.format for decoder in _DECODERS]
"""Only these formats are opened, because each decoder adds attack surface. Importing a decoder registers it."""
_SEVERAL = frozenset({"GIF", "PNG", "TIFF", "WEBP"})
"""Formats with frames or pages. Further pictures in a JPEG (MPO) are a depth map or from a second lens."""
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = frozenset({5, 6, 7, 8})
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_PROFILED_MODES = {"GRAY": "L", "RGB": "RGB", "CMYK": "CMYK"}

Image.MAX_IMAGE_PIXELS = 1_000_000_000
"""Pillow's own limit, above ours, because it ignores bytes per pixel. Pillow raises above twice this number."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The maxima of pixels a side, of pixels in all, and of bytes for decoding."""

    side_px_max: int
    pixels_max: int
    decoding_bytes_max: int = DECODING_BYTES_MAX

    def fit(self, width: int, height: int) -> tuple[int, int]:
        """The largest size of these proportions within the bounds, never larger than it is."""
        scale = min(1.0, self.side_px_max / max(width, height), sqrt(self.pixels_max / (width * height)))
        return max(1, round(width * scale)), max(1, round(height * scale))


@dataclass(frozen=True, slots=True)
class Seen:
    """An RGB picture, and the width and height in px of its file when upright."""

    image: Image.Image
    width: int
    height: int


def see(content: bytes, bounds: Bounds) -> Seen:
    """Decode as a viewer does. Raises FileTooManyPixelsError, FileUnreadableError, and the decoders' errors."""
    profile = b""
    if is_iso_media(content):
        content = decode_iso_media(content, bounds.side_px_max, bounds.pixels_max, bounds.decoding_bytes_max)
    elif content.startswith(SIGNATURE):
        content, profile = keep_pixels(content)
    with Image.open(BytesIO(content), formats=_READ) as opened:
        _refuse_half_a_webp(opened, content)
        first = _see_frame(opened, content, bounds, profile)
        if not _is_blank(first.image):
            return first
        first = replace(first, image=first.image.copy())  # it may be the opened one, which moves to other frames
        return _find_meaningful(opened, content, bounds, profile) or first


def _find_meaningful(opened: Image.Image, content: bytes, bounds: Bounds, profile: bytes) -> Seen | None:
    """The second or a later frame or page that is not blank."""
    pixels = opened.width * opened.height
    pixels_max = min(FRAME_PIXELS_MAX, bounds.decoding_bytes_max // FRAME_BYTES)
    if opened.format not in _SEVERAL or pixels > pixels_max:
        return None
    for index in range(1, min(FRAMES_MAX, FRAMES_PIXELS_MAX // pixels)):
        try:
            opened.seek(index)
            frame = _see_frame(opened, content, bounds, profile)
        except Exception:  # noqa: BLE001 — no more frames, or a broken one: use the first frame
            return None
        if not _is_blank(frame.image):
            return frame
    return None


def _see_frame(opened: Image.Image, content: bytes, bounds: Bounds, profile: bytes) -> Seen:
    width, height = opened.size
    opened.draft(opened.mode, bounds.fit(width, height))  # a JPEG is decoded at 1/2 or 1/4 if that is enough
    if decoding_bytes(opened, content, (width, height)) > bounds.decoding_bytes_max:
        raise FileTooManyPixelsError(f"{width} x {height} px")
    expected = opened.size
    opened.load()
    orientation = _read_orientation(opened)
    if orientation in _SIDEWAYS or opened.size != expected:  # Pillow rotates a TIFF while loading it
        width, height = height, width
    size = bounds.fit(*opened.size)
    image = _convert_to_srgb(_paint_on_ground(opened, size), profile or opened.info.get("icc_profile") or b"")
    turn = _TURNS.get(orientation)
    return Seen(image if turn is None else image.transpose(turn), width, height)


def _refuse_half_a_webp(opened: Image.Image, content: bytes) -> None:
    """Raise for a truncated WebP, which its decoder would accept silently."""
    if opened.format == "WEBP" and int.from_bytes(content[4:8], "little") + 8 > len(content):
        raise FileUnreadableError("truncated")


def _read_orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001 — a picture with broken metadata is still usable
        return 1


def _paint_on_ground(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Replace transparency by white, or by black if the picture would be blank on white (a white logo)."""
    on_white = _shrink(image, size, "white")
    if not image.has_transparency_data or not _is_blank(on_white):
        return on_white
    on_black = _shrink(image, size, "black")
    return on_white if _is_blank(on_black) else on_black


def _shrink(image: Image.Image, size: tuple[int, int], background: str) -> Image.Image:
    """The loaded picture at this size, converted strip by strip: a converted copy of all would need more memory."""
    flatten = partial(_flatten, scale=_grey_scale(image), background=background)
    factor = min(image.width // size[0], image.height // size[1])
    if image.size == size:
        return flatten(image)
    if factor <= 1:
        return flatten(image).resize(size, Image.Resampling.HAMMING)
    rows = factor * max(1, STRIP_PIXELS // (image.width * factor))
    mode = flatten(image.crop((0, 0, 1, 1))).mode
    smaller = Image.new(mode, (ceil(image.width / factor), ceil(image.height / factor)))
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        smaller.paste(flatten(strip).reduce(factor), (0, top // factor))
    return smaller.resize(size, Image.Resampling.HAMMING)


def _flatten(image: Image.Image, scale: float, background: str) -> Image.Image:
    """The picture in grey, RGB or CMYK, without transparency."""
    if image.mode.startswith(("I", "F")):
        wide = image if image.mode in {"I", "F"} else image.convert("I")
        return wide.point(lambda value: value * scale).convert("L")
    if image.has_transparency_data:
        painted = image.convert("RGBA")
        ground = Image.new("RGB", image.size, background)
        ground.paste(painted, mask=painted.getchannel("A"))
        return ground
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in {"L", "RGB", "CMYK"} else image.convert("RGB")


def _grey_scale(image: Image.Image) -> float:
    """The factor that maps 16 or 32 bits of grey to 0–255, by the smallest usual range that contains the maximum."""
    if not image.mode.startswith(("I", "F")):
        return 1.0
    brightest = 65535.0 if image.mode.startswith("I;16") else float(image.getextrema()[1])  # type: ignore[arg-type]
    for usual, scale in ((1.0, 255.0), (255.0, 1.0), (65535.0, 1 / 256)):
        if brightest <= usual:
            return scale
    return 255.0 / brightest


def _convert_to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The picture in sRGB; a profile that does not fit or cannot be read is ignored."""
    if profile:
        try:
            return _apply(ImageCms.ImageCmsProfile(BytesIO(profile)), image)
        except (ImageCms.PyCMSError, OSError, KeyError, ValueError):
            pass
    return image if image.mode == "RGB" else image.convert("RGB")


def _apply(profile: ImageCms.ImageCmsProfile, image: Image.Image) -> Image.Image:
    mode = _PROFILED_MODES[profile.profile.xcolor_space.strip()]
    if mode == "RGB" and image.mode == "L":
        image = image.convert("RGB")
    if image.mode != mode:
        raise ValueError(mode)
    converted = ImageCms.profileToProfile(
        image,
        profile,
        _SRGB,
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert converted is not None
    return converted


def _is_blank(image: Image.Image) -> bool:
    """Whether the picture is of one colour; for most pictures a few pixels are enough to see that it is not."""
    few = image.resize(SAMPLE_SIZE, Image.Resampling.NEAREST)
    return _is_even(few) and _is_even(image)


def _is_even(image: Image.Image) -> bool:
    return all(high - low <= BLANK_DIFFERENCE for low, high in _ranges(image))


def _ranges(image: Image.Image) -> list[tuple[int, int]]:
    return [band.getextrema() for band in image.split()]  # type: ignore[misc]

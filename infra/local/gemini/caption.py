"""The strip at the foot of a picture: the prompt's first words, and that the local Gemini made it."""

from functools import cache
from math import sqrt
from typing import Final

from PIL import Image, ImageDraw, ImageFont

# The first of these that the machine has; all but the built-in last resort know Cyrillic.
_FONTS: Final = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "Helvetica.ttc")
_LAST_BASIC_CHARACTER: Final = "\u2fff"  # emoji and most ideographs are in none of these fonts
_DARK: Final = (12, 14, 28)
_WHITE: Final = (255, 255, 255)
_FAINT: Final = (205, 210, 220)


def add_caption(canvas: Image.Image, prompt: str, label: str) -> Image.Image:
    """The canvas with a dark, rounded, see-through strip; `label` such as "16:9 · 2K" stands at its end."""
    unit = unit_of(canvas.size)
    margin, height = round(unit * 0.03), round(unit * 0.06)
    box = (margin, canvas.height - margin - height, canvas.width - margin, canvas.height - margin)
    shade = Image.new("L", canvas.size)
    ImageDraw.Draw(shade).rounded_rectangle(box, height * 0.35, fill=235)
    canvas.paste(_DARK, (0, 0), shade)
    _write(canvas, box, prompt, f"local Gemini · {label}")
    return canvas


def paint_band(size: tuple[int, int], prompt: str, label: str) -> Image.Image:
    """What stands at the foot of every frame of a video, while the pictures move: the caption on a dark ground."""
    height = round(unit_of(size) * 0.09)
    whole = add_caption(Image.new("RGB", size, _DARK), prompt, label)
    return whole.crop((0, size[1] - height, *size))


def unit_of(size: tuple[int, int]) -> float:
    """A length in px by which the parts of a caption are measured."""
    return min(sqrt(size[0] * size[1]), 1.5 * min(size))


def _write(canvas: Image.Image, box: tuple[int, int, int, int], prompt: str, label: str) -> None:
    draw = ImageDraw.Draw(canvas)
    height = box[3] - box[1]
    middle, inset = (box[1] + box[3]) / 2, height * 0.4
    large, small = load_font(round(height * 0.42)), load_font(round(height * 0.3))
    label_width = small.getlength(label)
    room = box[2] - box[0] - 3 * inset - label_width
    if room < height * 4:
        room, label = box[2] - box[0] - 2 * inset, ""
    draw.text((box[0] + inset, middle), shorten(prompt, large, room), _WHITE, large, anchor="lm")
    draw.text((box[2] - inset, middle), label, _FAINT, small, anchor="rm")


def shorten(text: str, font: ImageFont.FreeTypeFont, room: float) -> str:
    """As many whole words as fit, with an ellipsis when some do not."""
    kept = "".join(character for character in text if character <= _LAST_BASIC_CHARACTER)
    words = kept.split()
    line = " ".join(words)
    while words and font.getlength(line) > room:
        words.pop()
        line = " ".join(words) + "…"
    return line


@cache
def load_font(pixels: int) -> ImageFont.FreeTypeFont:
    """A font of the machine's in this height, else Pillow's own."""
    for name in _FONTS:
        try:
            return ImageFont.truetype(name, pixels)
        except OSError:
            continue
    built_in = ImageFont.load_default(pixels)
    assert isinstance(built_in, ImageFont.FreeTypeFont)
    return built_in

"""Changes whose words say what has to stay: the rest of the picture stays the same, pixel by pixel if the sizes fit."""

from typing import Final

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from infra.local.gemini.palette import Colour
from infra.local.gemini.scene import canvas_size, paint_landscape

_LARGER: Final = ("resolution", "разрешени")
_WIDER: Final = ("extend", "расширь")
_CUT: Final = ("remove the background", "убери фон")
_BEHIND: Final = ("only the background", "только фон")
_PART: Final = ("change only", "только это")
_GREY: Final = ("grey", "серый")
_COLOURS: Final[dict[str, Colour]] = {
    "red": (200, 30, 40), "крас": (200, 30, 40), "blue": (40, 80, 200), "син": (40, 80, 200),
    "green": (40, 160, 70), "зел": (40, 160, 70), "yellow": (240, 210, 60), "жёлт": (240, 210, 60),
}  # fmt: skip
_OTHER: Final = (245, 120, 200)
_SUBJECT: Final = 0.3
"""Half the width and height of what counts as the subject, of the whole picture."""


def paint_exact(picture: Image.Image, prompt: str, size: tuple[int, int], seed: int) -> Image.Image | None:
    """The picture with exactly this change; None for words that ask for none of these."""
    words = prompt.lower()
    if _says(words, _LARGER):
        return ImageOps.fit(picture, size, Image.Resampling.LANCZOS)
    if _says(words, _WIDER):
        return _extend(picture, size)
    if _says(words, _CUT):
        return _put_before(picture, Image.new("RGB", size, "white"))
    if _says(words, _BEHIND):
        behind = Image.new("RGB", size, (214, 214, 214)) if _says(words, _GREY) else _paint_place(prompt, size, seed)
        return _put_before(picture, behind)
    return _repaint_middle(picture, words, size) if _says(words, _PART) else None


def _says(words: str, phrases: tuple[str, ...]) -> bool:
    return any(phrase in words for phrase in phrases)


def _extend(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The whole picture in the middle, its blurred continuation around it."""
    canvas = ImageOps.fit(picture, size).filter(ImageFilter.GaussianBlur(min(size) / 20))
    whole = ImageOps.contain(picture, size, Image.Resampling.LANCZOS)
    canvas.paste(whole, ((size[0] - whole.width) // 2, (size[1] - whole.height) // 2))
    return canvas


def _put_before(picture: Image.Image, behind: Image.Image) -> Image.Image:
    behind.paste(ImageOps.fit(picture, behind.size, Image.Resampling.LANCZOS), (0, 0), _mark_middle(behind.size))
    return behind


def _paint_place(prompt: str, size: tuple[int, int], seed: int) -> Image.Image:
    return paint_landscape(prompt, canvas_size(size), seed).resize(size)


def _repaint_middle(picture: Image.Image, words: str, size: tuple[int, int]) -> Image.Image:
    """The colour that is named last, in the middle."""
    named = [(words.rfind(name), colour) for name, colour in _COLOURS.items() if name in words]
    canvas = ImageOps.fit(picture, size, Image.Resampling.LANCZOS)
    canvas.paste(max(named)[1] if named else _OTHER, (0, 0), _mark_middle(size))
    return canvas


def _mark_middle(size: tuple[int, int]) -> Image.Image:
    mask = Image.new("L", size)
    middle, reach = (size[0] / 2, size[1] / 2), (size[0] * _SUBJECT, size[1] * _SUBJECT)
    box = (middle[0] - reach[0], middle[1] - reach[1], middle[0] + reach[0], middle[1] + reach[1])
    ImageDraw.Draw(mask).ellipse(box, fill=255)
    return mask

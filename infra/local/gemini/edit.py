"""Edits: the input picture with a visible change, or a collage when there are several."""

import math
import random
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from infra.local.gemini.caption import add_caption, load_font
from infra.local.gemini.exact import paint_exact
from infra.local.gemini.palette import Colour, choose_palette, mix
from infra.local.gemini.scene import canvas_size, finish, mentions, paint_landscape

_GREY: Final = ("black-and-white", "b&w", "mono", "grayscale", "чёрно", "черно", "ч/б", "монохром")
_SNOW: Final = ("snow", "winter", "снег", "снеж", "зим")
_WHITE: Final = (255, 255, 255)
_TINT: Final = 0.38  # how far a toned picture goes towards the palette


def paint_edit(pictures: list[Image.Image], prompt: str, size: tuple[int, int], seed: int, label: str) -> Image.Image:
    """One picture is changed as its words say, or toned, framed and captioned; several are laid out on a scene."""
    if len(pictures) == 1:
        exact = paint_exact(pictures[0], prompt, size, seed)
        return paint_changed(pictures[0], prompt, size, seed, label) if exact is None else exact
    return paint_collage(pictures, prompt, size, seed, label)


def paint_changed(picture: Image.Image, prompt: str, size: tuple[int, int], seed: int, label: str) -> Image.Image:
    """The picture filling the size asked for, in the colours of a palette, with a thin frame."""
    dice = random.Random(seed)  # noqa: S311 — a picture, not a secret
    fitted = ImageOps.fit(picture, canvas_size(size), Image.Resampling.BICUBIC)
    changed = ImageOps.grayscale(fitted).convert("RGB") if mentions(prompt, _GREY) else _tone(fitted, prompt, dice)
    if mentions(prompt, _SNOW):
        _add_snow(changed, dice)
    changed = changed.resize(size, Image.Resampling.LANCZOS)
    _add_frame(changed)
    return add_caption(changed, prompt, f"edit · {label}")


def _tone(picture: Image.Image, prompt: str, dice: random.Random) -> Image.Image:
    """Its lights and shadows in the palette's colours, over a stronger version of its own."""
    palette = choose_palette(prompt, dice)
    tones = ImageOps.colorize(
        ImageOps.grayscale(picture),
        black=mix(palette.near, (0, 0, 0), 0.2),
        mid=palette.sky[len(palette.sky) // 2],
        white=palette.light,
    )
    return Image.blend(ImageEnhance.Color(picture).enhance(1.3), tones, _TINT)


def _add_snow(picture: Image.Image, dice: random.Random) -> None:
    flakes = Image.new("L", picture.size)
    draw = ImageDraw.Draw(flakes)
    unit = min(picture.size) / 1000
    for _ in range(700):
        x, y = dice.random() * picture.width, dice.random() * picture.height
        radius = unit * dice.uniform(0.8, 5)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=dice.randint(120, 240))
    picture.paste(_WHITE, (0, 0), flakes.filter(ImageFilter.GaussianBlur(unit)))


def _add_frame(picture: Image.Image) -> None:
    unit = min(picture.size)
    inset, stroke = round(unit * 0.018), max(2, round(unit * 0.004))
    box = (inset, inset, picture.width - inset, picture.height - inset)
    ImageDraw.Draw(picture).rounded_rectangle(box, unit * 0.02, outline=_WHITE, width=stroke)


def paint_collage(
    pictures: list[Image.Image], prompt: str, size: tuple[int, int], seed: int, label: str
) -> Image.Image:
    """Every picture as a numbered print, all at the same size, on a blurred scene."""
    whole = canvas_size(size)
    canvas = paint_landscape(prompt, whole, seed).filter(ImageFilter.GaussianBlur(min(whole) / 60))
    dice = random.Random(seed)  # noqa: S311 — a picture, not a secret
    columns, cell = _grid(len(pictures), whole[0], whole[1] * 0.9)
    rows = math.ceil(len(pictures) / columns)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        in_row = min(columns, len(pictures) - row * columns)
        x = whole[0] / 2 + (column - (in_row - 1) / 2) * cell
        y = whole[1] * 0.455 + (row - (rows - 1) / 2) * cell
        _place_print(canvas, _make_print(picture, number + 1, round(cell * 0.82)), (x, y), dice.uniform(-4, 4))
    return finish(canvas, size, prompt, f"{len(pictures)} pictures · {label}")


def _grid(count: int, width: float, height: float) -> tuple[int, float]:
    """The number of columns that makes the cells largest, and the side of a cell in pixels."""

    def side(columns: int) -> float:
        return min(width / columns, height / math.ceil(count / columns))

    columns = max(range(1, count + 1), key=side)
    return columns, side(columns)


def _make_print(picture: Image.Image, number: int, side: int) -> Image.Image:
    """A square photo print with a white border and its number in a corner."""
    border = max(2, side // 28)
    paper = Image.new("RGBA", (side, side), _WHITE)
    paper.paste(ImageOps.fit(picture, (side - 2 * border, side - 2 * border)), (border, border))
    radius = side * 0.075
    centre = (border + radius * 1.3, border + radius * 1.3)
    draw = ImageDraw.Draw(paper)
    draw.circle(centre, radius, fill=(20, 22, 40))
    draw.text(centre, str(number), _WHITE, load_font(max(8, round(radius * 1.1))), anchor="mm")
    return paper


def _place_print(canvas: Image.Image, paper: Image.Image, centre: tuple[float, float], degrees: float) -> None:
    turned = paper.rotate(degrees, Image.Resampling.BICUBIC, expand=True)
    place = (round(centre[0] - turned.width / 2), round(centre[1] - turned.height / 2))
    _add_shadow(canvas, turned, place, paper.width // 30, (0, 0, 0))
    canvas.paste(turned, place, turned)


def _add_shadow(canvas: Image.Image, shape: Image.Image, place: tuple[int, int], offset: int, colour: Colour) -> None:
    room = 4 * offset
    shadow = ImageOps.expand(shape.getchannel("A"), room, 0).filter(ImageFilter.GaussianBlur(offset))
    faint = ImageChops.multiply(shadow, Image.new("L", shadow.size, 120))
    canvas.paste(colour, (place[0] - room, place[1] - room + offset), faint)

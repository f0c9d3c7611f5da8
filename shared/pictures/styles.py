"""The gallery of styles and templates: `styles.json` lists them, their words are texts. Pure.

A style says how a picture is to look, whatever it shows; a template also brings its format. Both come before the
person's own words: "Watercolour, loose washes: a fox in the snow".
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from shared.credits.catalogue import RATIOS, Ratio, price_of
from shared.people.users import Language, PictureSettings
from shared.texts import plain_text

STYLE_CHARACTERS_MAX = 16
"""The longest id: it stands in the data of buttons, and in links."""
LINK = "t_"
"""The prefix of a link's payload that opens a style; its id follows."""


@dataclass(frozen=True, slots=True)
class Style:
    """An entry of the gallery."""

    id: str
    ratio: Ratio | None = None
    """The format that a template brings; the person's own words may name another."""
    is_template: bool = False


@cache
def list_styles() -> tuple[Style, ...]:
    """All entries, in the order in which they are shown. Raises ValueError for a file that is not right."""
    written = json.loads((Path(__file__).parent / "styles.json").read_text(encoding="utf-8"))
    return read_styles(written)


def read_styles(written: list[dict[str, Any]]) -> tuple[Style, ...]:
    """The entries of the file. Raises ValueError for an invalid one, or an id that is there twice."""
    styles = tuple(_read_style(entry) for entry in written)
    if len({style.id for style in styles}) < len(styles):
        raise ValueError("a style is there twice")
    return styles


def find_style(style_id: str) -> Style | None:
    """The style with this id."""
    return next((style for style in list_styles() if style.id == style_id), None)


def read_style_link(payload: str) -> Style | None:
    """The style that a link's payload names; None for any other payload."""
    return find_style(payload.removeprefix(LINK)) if payload.startswith(LINK) else None


def title_style(style: Style, language: Language) -> str:
    """Its title, as on its button."""
    return plain_text(language, f"style-{style.id}")


def style_words(style: Style, language: Language) -> str:
    """The words before a person's own: what they order looks like this."""
    ratio = "" if style.ratio is None else f"{style.ratio} "
    return f"{ratio}{_look(style, language)}:"


def restyle_words(style: Style, language: Language) -> str:
    """The words that redraw an existing picture in this style, once."""
    return f"{plain_text(language, 'restyle', look=_look(style, language))} x1"


def price_of_style(settings: PictureSettings) -> int:
    """Credits for one picture redrawn at the person's settings."""
    return price_of(settings.model, settings.size)


def write_style_offer(style: Style, price: int) -> str:
    """A style and the price on its button: a press buys for no other price."""
    return f"{style.id} {price}"


def read_style_offer(text: str) -> tuple[Style, str] | None:
    """The style and the price in a button; None for a style that does not exist."""
    name, _, price = text.partition(" ")
    style = find_style(name)
    return None if style is None else (style, price)


def _look(style: Style, language: Language) -> str:
    return plain_text(language, f"look-{style.id}")


def _read_style(entry: dict[str, Any]) -> Style:
    named, ratio, is_template = entry.get("id"), entry.get("ratio"), entry.get("template", False)
    known = next((each for each in RATIOS if each == ratio), None)
    is_odd = not isinstance(named, str) or re.fullmatch(rf"[a-z]{{2,{STYLE_CHARACTERS_MAX}}}", named) is None
    if is_odd or (ratio is not None and known is None) or not isinstance(is_template, bool):
        raise ValueError(f"no style: {entry}")
    assert isinstance(named, str)
    return Style(named, known, is_template)

"""One-tap changes of a picture, each in words that are ready: what a reply with these words would ask for. Pure."""

from typing import Literal, get_args

from shared.credits.catalogue import SIZES, Ratio, Size, price_of
from shared.people.users import Language, PictureSettings
from shared.texts import plain_text

Tool = Literal["cutout", "studio", "portrait", "restore", "colourise", "enlarge", "widen"]
TOOLS: tuple[Tool, ...] = get_args(Tool)
PHOTO_SIZE: Size = "1K"
"""What a photo that somebody sends counts as: enlarged, it becomes 2K."""
_WIDE, _WIDER = "16:9", "21:9"


def tool_words(tool: Tool, language: Language, ratio: Ratio | None, size: Size) -> str:
    """A tool's words for one picture, with the parameters that a picture of this shape and size needs."""
    parameters = ["x1"]
    if tool == "enlarge":
        parameters.append(_larger(size))
    if tool == "widen":
        parameters.append(_WIDER if ratio == _WIDE else _WIDE)
    return " ".join((plain_text(language, f"tool-words-{tool}"), *parameters))


def price_of_tool(tool: Tool, size: Size, settings: PictureSettings) -> int:
    """Credits for what it makes of a picture of this size, at the person's settings."""
    return price_of(settings.model, _larger(size) if tool == "enlarge" else settings.size)


def write_offer(tool: Tool, price: int) -> str:
    """A tool and the price on its button, in credits: a press buys for no other price."""
    return f"{tool} {price}"


def read_offer(text: str) -> tuple[Tool, str] | None:
    """The tool and the price in a button; None for a tool that does not exist."""
    name, _, price = text.partition(" ")
    return next(((tool, price) for tool in TOOLS if tool == name), None)


def _larger(size: Size) -> Size:
    """The next size; the largest stays."""
    return SIZES[min(SIZES.index(size) + 1, len(SIZES) - 1)]

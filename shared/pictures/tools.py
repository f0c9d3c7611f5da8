"""Ready-made changes of a picture, in one table: what can be chosen, for which pictures, and in which words. Pure.

`shared/texts` has the names and words: `tool-name-TOOL` and `tool-words-TOOL`; `tool-style-STYLE` and `tool-what-STYLE`
for each style, so no two tools may have a style of the same name.
"""

from dataclasses import dataclass, replace
from typing import Literal

from shared.credits.catalogue import OFFERS, SIZES, ModelName, Ratio, Size, model_for, price_of
from shared.people.users import Language, PictureSettings
from shared.pictures.picture import PictureRequest
from shared.pictures.prompts import ParsedPrompt, parse_prompt
from shared.pictures.request import Material, Plan, plan_parsed
from shared.providers.outcomes import DeclineReason
from shared.texts import plain_text

PHOTO_SIZE: Size = "1K"
"""What a photo that somebody sends counts as: it can be upscaled to 2K."""
FORMATS: tuple[Ratio, ...] = ("1:1", "4:3", "3:4", "16:9", "9:16", "21:9")
"""What a picture can be expanded to."""
Kind = Literal["ready", "sizes", "formats", "styles"]


@dataclass(frozen=True, slots=True)
class Tool:
    """A row of the table."""

    name: str
    styles: tuple[str, ...] = ()
    picks: Kind = "ready"
    """What a person chooses: nothing, a larger size, another format, or a style."""
    takes_words: bool = False
    """The bot asks what is wanted; the reply becomes a part of the words."""
    count: int = 1
    """How many pictures it makes."""
    keeps: frozenset[Literal["model", "size"]] = frozenset()
    """What it takes from the picture; everything else comes from the person's settings."""
    is_wide: bool = False
    """Its buttons stand alone in their rows."""
    of_ours: bool = False
    """It is for pictures that the bot has made."""
    of_edits: bool = False
    """It is for pictures that were made from another one."""

    @property
    def opens(self) -> bool:
        """Whether its button, which then has no price, leads to a choice or a question."""
        return self.takes_words or self.of_edits or self.picks in {"formats", "styles"}


REMIX, COMPARE = "remix", "compare"
REMIXED_MIN = 2
"""The pictures that *Remix* mixes at least: a model that takes fewer does not mix them."""
TOOLS: tuple[Tool, ...] = (
    Tool("upscale", picks="sizes", keeps=frozenset({"model"}), is_wide=True),
    Tool("variations", count=4, keeps=frozenset({"model", "size"}), is_wide=True),
    Tool(REMIX, takes_words=True, of_ours=True),
    Tool("part", takes_words=True),
    Tool("cutout"),
    Tool("backdrop", ("beach", "city", "nature", "office", "plain"), "styles", takes_words=True),
    Tool("portrait", ("business", "window", "cinema", "mono"), "styles"),
    Tool("product", ("white", "shadow", "life", "dark"), "styles"),
    Tool("restore"),
    Tool("colourise"),
    Tool("expand", picks="formats"),
    Tool(COMPARE, of_ours=True, of_edits=True),
)
BY_NAME = {tool.name: tool for tool in TOOLS}
_TOOL_OF = {style: tool.name for tool in TOOLS for style in tool.styles}


@dataclass(frozen=True, slots=True)
class Subject:
    """The picture that is changed."""

    ratio: Ratio | None
    size: Size
    model: ModelName | None = None
    """What made it; None for a photo that somebody sent."""
    has_source: bool = False
    """It was made from another picture."""


def subject_of(request: PictureRequest) -> Subject:
    """A picture of ours."""
    return Subject(request.ratio, request.size, request.model, has_source=request.material_count > 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one button offers."""

    name: str
    """A tool, or a tool and what was chosen: "cutout", "portrait.cinema"."""
    price: int | None
    """Credits for all its pictures; None: the button leads to a choice or a question."""


def list_tools(subject: Subject, settings: PictureSettings) -> tuple[Entry, ...]:
    """The first keyboard."""
    entries: list[Entry] = []
    for tool in TOOLS:
        if (tool.of_ours and subject.model is None) or (tool.of_edits and not subject.has_source):
            continue
        if tool.opens:
            entries.append(Entry(tool.name, None))
        else:
            entries += list_choices(tool, subject, settings)
    return tuple(entries)


def list_choices(tool: Tool, subject: Subject, settings: PictureSettings) -> tuple[Entry, ...]:
    """What a tool offers for a price."""
    names = {
        "ready": () if tool.takes_words or tool.of_edits else (tool.name,),
        "sizes": tuple(f"{tool.name}.{each}" for each in SIZES[SIZES.index(subject.size) + 1 :]),
        "formats": tuple(f"{tool.name}.{each}" for each in _formats(subject, settings)),
        "styles": tuple(f"{tool.name}.{each}" for each in tool.styles),
    }
    return tuple(Entry(name, price_of_tool(name, subject, settings)) for name in names[tool.picks])


def find_price(name: str, subject: Subject, settings: PictureSettings) -> int | None:
    """Credits for what a button offers; None for one that is not offered."""
    tool = BY_NAME.get(name.partition(".")[0])
    choices = () if tool is None else list_choices(tool, subject, settings)
    return next((each.price for each in choices if each.name == name), None)


def price_of_tool(name: str, subject: Subject, settings: PictureSettings) -> int:
    """Credits for all pictures that it makes."""
    chosen = _settings_for(name, subject, settings)
    return price_of(chosen.model, chosen.size) * chosen.count


def plan_tool(
    name: str, subject: Subject, settings: PictureSettings, material: Material, language: Language, said: str = ""
) -> Plan | DeclineReason:
    """What is bought: `said` are the person's own words, whose parameters count."""
    tool, _, choice = name.partition(".")
    parsed = parse_prompt(said)
    if BY_NAME[tool].picks == "formats":
        parsed = ParsedPrompt("", ratio=next(each for each in FORMATS if each == choice))
    words = write_words(name, language, parsed.text)
    plan = plan_parsed(replace(parsed, text=words), parsed.text, _settings_for(name, subject, settings), material)
    if isinstance(plan, DeclineReason):
        return plan
    return replace(plan, request=replace(plan.request, settings=settings, tool=name, words=parsed.text))


def write_words(name: str, language: Language, said: str = "") -> str:
    """The words that a model gets."""
    tool, _, choice = name.partition(".")
    match BY_NAME[tool].picks:
        case "styles":
            return plain_text(language, f"tool-words-{tool}", what=said or plain_text(language, f"tool-what-{choice}"))
        case "formats":
            return plain_text(language, f"tool-words-{tool}", what=choice)
        case _ if BY_NAME[tool].takes_words:
            return plain_text(language, f"tool-words-{tool}" if said else f"tool-alone-{tool}", what=said)
        case _:
            return plain_text(language, f"tool-words-{tool}")


def name_tool(language: Language, name: str) -> str:
    """A tool and what was chosen, as cards and /balance call it."""
    tool, _, choice = name.partition(".")
    if tool not in BY_NAME:  # of another release
        return plain_text(language, "button-tools")
    label = plain_text(language, f"tool-name-{tool}")
    return " · ".join((label, label_choice(language, name))) if choice else label


def label_choice(language: Language, name: str) -> str:
    """What was chosen, such as "Cinema" or "16:9"."""
    tool, _, choice = name.partition(".")
    return plain_text(language, f"tool-style-{choice}") if choice in BY_NAME[tool].styles else choice


def write_offer(entry: Entry) -> str:
    """An entry in a button: a press buys for no other price. A style stands without its tool: the data is short."""
    choice = entry.name.partition(".")[2]
    name = choice if choice in _TOOL_OF else entry.name
    return name if entry.price is None else f"{name} {entry.price}"


def read_offer(text: str) -> tuple[str, str]:
    """The name and the price in a button."""
    name, _, price = text.partition(" ")
    return f"{_TOOL_OF[name]}.{name}" if name in _TOOL_OF else name, price


def _settings_for(name: str, subject: Subject, settings: PictureSettings) -> PictureSettings:
    """The settings with what the tool decides."""
    tool, _, choice = name.partition(".")
    row = BY_NAME[tool]
    chosen = replace(settings, count=row.count)
    if "model" in row.keeps and subject.model is not None:
        chosen = replace(chosen, model=subject.model)
    if "size" in row.keeps:
        chosen = replace(chosen, size=subject.size)
    if tool == REMIX:
        chosen = replace(chosen, model=model_for(chosen.model, REMIXED_MIN))
    if row.picks == "sizes":
        chosen = replace(chosen, size=next(each for each in SIZES if each == choice))
    return chosen


def _formats(subject: Subject, settings: PictureSettings) -> tuple[Ratio, ...]:
    """The formats that differ from the picture's and that the model has."""
    return tuple(each for each in FORMATS if each != subject.ratio and each in OFFERS[settings.model].ratios)

"""What a program orders, read strictly: an unknown or impossible field is refused by its name. Pure.

Words are taken as they are: what a person would write into them ("16:9", "x3"), a program says in fields. What it
leaves out has a fixed default, never a setting of the person, so that the same call always asks for the same.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from shared.credits.catalogue import COUNTS, OFFERS, RATIOS, VIDEOS, sold_models, sold_videos
from shared.errors import UnusableReportError
from shared.hash_ids import is_id
from shared.jobs.limits import PROMPT_CHARACTERS_MAX
from shared.miniapp.create_form import SOURCES_MAX, Medium
from shared.people.users import PictureSettings
from shared.providers.outcomes import SEED_MAX
from shared.videos.choice import Choice

T = TypeVar("T")
PRICE_MAX = 1_000_000
COMMON = frozenset({"prompt", "without", "seed", "model", "ratio", "from", "price"})
PICTURE_FIELDS = COMMON | {"size", "count"}
VIDEO_FIELDS = COMMON | {"resolution", "seconds", "sound"}


@dataclass(frozen=True, slots=True)
class RestOrder:
    """An order as it was sent."""

    medium: Medium
    prompt: str
    without: str
    seed: int | None
    settings: PictureSettings
    """Of a picture."""
    choice: Choice
    """Of a video."""
    sources: tuple[str, ...]
    """The ids of the person's own results to start from."""
    price: int | None
    """What it may cost; None: only its price is asked for."""
    named: frozenset[str]
    """The fields that were sent."""


def read_order(said: Mapping[str, Any], medium: Medium, sellers: frozenset[str], *, is_quote: bool) -> RestOrder:
    """The order in a body. Raises UnusableReportError, which names the field."""
    unknown = sorted(said.keys() - (PICTURE_FIELDS if medium == "picture" else VIDEO_FIELDS))
    if unknown:
        raise UnusableReportError(f"unknown field: {unknown[0][:40]}")
    return RestOrder(
        medium=medium,
        prompt=_read_text(said, "prompt"),
        without=_read_text(said, "without") if "without" in said else "",
        seed=_read_number(said, "seed", 0, SEED_MAX) if "seed" in said else None,
        settings=_read_settings(said, sellers) if medium == "picture" else PictureSettings(),
        choice=_read_choice(said, sellers) if medium == "video" else Choice(),
        sources=_read_ids(said.get("from", [])),
        price=_read_number(said, "price", 0, PRICE_MAX) if not is_quote or "price" in said else None,
        named=frozenset(said),
    )


def _read_settings(said: Mapping[str, Any], sellers: frozenset[str]) -> PictureSettings:
    usual = PictureSettings()
    model = _one_of(said, "model", sold_models(sellers), usual.model)
    offer = OFFERS[model]
    ratios = [each for each in RATIOS if each in offer.ratios]
    return PictureSettings(
        model=model,
        ratio=_one_of(said, "ratio", ratios, usual.ratio),
        size=_one_of(said, "size", list(offer.prices), usual.size),
        count=_one_of(said, "count", COUNTS, usual.count),
    )


def _read_choice(said: Mapping[str, Any], sellers: frozenset[str]) -> Choice:
    model = _one_of(said, "model", sold_videos(sellers), Choice().model)
    offer, has_sound = VIDEOS[model], said.get("sound", True)
    if not isinstance(has_sound, bool):
        raise UnusableReportError("sound")
    return Choice(
        seconds=_one_of(said, "seconds", offer.seconds, offer.seconds[0]),
        ratio=_one_of(said, "ratio", offer.ratios, offer.ratios[0]),
        resolution=_one_of(said, "resolution", offer.resolutions, offer.resolutions[0]),
        has_sound=has_sound,
        model=model,
    )


def _one_of(said: Mapping[str, Any], name: str, values: Sequence[T], otherwise: T) -> T:
    """One of these values, of exactly their type. Raises UnusableReportError."""
    given = _whole(said.get(name, otherwise))
    found = next((each for each in values if each == given and type(each) is type(given)), None)
    if found is None:
        raise UnusableReportError(f"{name}: one of {_list(values)}")
    return found


def _list(values: Collection[object]) -> str:
    return ", ".join(map(str, values))


def _read_text(said: Mapping[str, Any], name: str) -> str:
    text = said.get(name)
    if not isinstance(text, str) or not text.strip() or len(text) > PROMPT_CHARACTERS_MAX:
        raise UnusableReportError(f"{name}: 1 to {PROMPT_CHARACTERS_MAX} characters")
    return text.strip()


def _read_number(said: Mapping[str, Any], name: str, least: int, most: int) -> int:
    number = _whole(said.get(name))
    if type(number) is not int or not least <= number <= most:
        raise UnusableReportError(f"{name}: a whole number from {least} to {most}")
    return number


def _whole(given: Any) -> Any:
    """A number such as 4.0 as the whole number that it is in JSON; everything else as it is."""
    return int(given) if isinstance(given, float) and given.is_integer() else given


def _read_ids(given: object) -> tuple[str, ...]:
    ids = [each for each in given if isinstance(each, str) and is_id(each)] if isinstance(given, list) else None
    if ids is None or ids != given or len({*ids}) < len(ids) or len(ids) > SOURCES_MAX:
        raise UnusableReportError(f"from: at most {SOURCES_MAX} different ids of jobs")
    return tuple(ids)

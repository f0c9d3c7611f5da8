"""What is sold: models, sizes, ratios and their prices in credits.

Model ids, prices and times age fast (ai.google.dev/gemini-api/docs/pricing): they stand here and nowhere else.
"""

from dataclasses import dataclass
from math import log
from typing import Literal, get_args

from shared.credits.bounds import CREDIT_USD_MICROS

Ratio = Literal["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9", "1:4", "4:1", "1:8", "8:1"]
Size = Literal["1K", "2K", "4K"]
ModelName = Literal["fast", "best"]

RATIOS: tuple[Ratio, ...] = get_args(Ratio)
SIZES: tuple[Size, ...] = get_args(Size)
MODEL_NAMES: tuple[ModelName, ...] = get_args(ModelName)
COUNTS = (1, 2, 3, 4)
REFERENCES_MAX = 14
"""Pictures one model call takes, earlier versions included."""


@dataclass(frozen=True, slots=True)
class Rung:
    """A provider's model that can paint what a line of the catalogue sells."""

    id: str
    costs_usd_micros: dict[Size, int]
    """What it charges us for one picture of each size that it has, in millionths of a US dollar, by its list price."""
    ratios: tuple[Ratio, ...]


NANO_BANANA = Rung("gemini-nano-banana-2.1", {"1K": 33_600, "2K": 50_400, "4K": 75_600}, RATIOS)
"""1,120, 1,680 and 2,520 output tokens at $30 a million. Words and material add a few per cent."""
NANO_BANANA_PRO = Rung(
    "gemini-3-pro-image", {"1K": 134_400, "2K": 134_400, "4K": 240_000}, RATIOS[: RATIOS.index("1:4")]
)
"""1,120, 1,120 and 2,000 output tokens at $120 a million."""


@dataclass(frozen=True, slots=True)
class PictureModel:
    """One line of the catalogue."""

    title: str
    rungs: tuple[Rung, ...]
    """The wanted one first, then what to fall back on when it is retired: never something lesser."""
    prices: dict[Size, int]
    ratios: tuple[Ratio, ...]
    usual_seconds: tuple[int, int]
    """What a picture usually takes; shown to people while they wait."""


MODELS: dict[ModelName, PictureModel] = {
    "fast": PictureModel(
        title="Nano Banana",
        rungs=(NANO_BANANA, NANO_BANANA_PRO),
        prices={"1K": 4, "2K": 6, "4K": 10},
        ratios=RATIOS,
        usual_seconds=(5, 15),
    ),
    "best": PictureModel(
        title="Nano Banana Pro",
        rungs=(NANO_BANANA_PRO,),
        prices={"1K": 14, "2K": 14, "4K": 24},
        ratios=NANO_BANANA_PRO.ratios,
        usual_seconds=(15, 40),
    ),
}


MATERIAL_USD_MICROS = 2_000
"""What a picture that is sent along costs at most: about 1,120 input tokens at $1.50 a million."""

WELCOME_CREDITS = 20
"""Enough for the three examples on the first screen and two pictures of one's own."""
DAILY_CREDITS = 4
"""One small picture: what everybody has at least, once a UTC day."""


def nearest_ratio(model: ModelName, ratio: Ratio) -> Ratio:
    """The ratio itself where the model paints it, else the one that looks most like it."""
    ratios = MODELS[model].ratios
    return ratio if ratio in ratios else _most_like(ratios, _proportion(ratio))


def ratio_of(width: int, height: int) -> Ratio | None:
    """The ratio that a picture of this size looks most like; None for a size that is none."""
    return _most_like(RATIOS, width / height) if width > 0 and height > 0 else None


def _most_like(ratios: tuple[Ratio, ...], proportion: float) -> Ratio:
    return min(ratios, key=lambda each: abs(log(_proportion(each) / proportion)))


def _proportion(ratio: Ratio) -> float:
    width, height = ratio.split(":")
    return int(width) / int(height)


def price_of(model: ModelName, size: Size) -> int:
    """Credits for one picture."""
    return MODELS[model].prices[size]


def cost_of(model_id: str, size: Size) -> int:
    """What one picture of this provider's model costs us, in millionths of a US dollar; 0 where nobody wrote it down.

    It goes into the log after the picture was made: a missing figure must not cost somebody the picture.
    """
    rungs = (rung for line in MODELS.values() for rung in line.rungs)
    return next((rung.costs_usd_micros.get(size, 0) for rung in rungs if rung.id == model_id), 0)


def choose_rungs(model: ModelName, size: Size, ratio: Ratio, *, dearer_too: bool) -> tuple[str, ...]:
    """The ids that may paint this, the wanted one first.

    Without `dearer_too` none that costs more than the credits earn: then there is no picture, and no loss.
    """
    line = MODELS[model]
    earned = line.prices[size] * CREDIT_USD_MICROS
    return tuple(
        rung.id
        for rung in line.rungs
        if ratio in rung.ratios
        and size in rung.costs_usd_micros
        and (dearer_too or rung.costs_usd_micros[size] <= earned)
    )


def is_fallback(model: ModelName, model_id: str) -> bool:
    """Whether a picture was painted by another model of the line than the wanted one; a former id is none of them."""
    return any(rung.id == model_id for rung in MODELS[model].rungs[1:])

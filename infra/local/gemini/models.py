"""The models this server knows: what each accepts, and how large its pictures are.

Those with published limits are written here. A model that only the file of offers names is taken with the limits there,
so that another model is a change of that file alone; whether Google has it is asked every night (`watch-models`).

Ratios and pixel sizes as published for the Gemini 3 image models in 2026: at 2K and 4K a picture is twice and
four times as wide and high as at 1K. The Pro model does not take the four extreme ratios.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_OFFERS: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "shared" / "credits" / "offers.json").read_text(encoding="utf-8")
)
"""Data of the product, none of its code."""


def _find_sold(part: str, provider: str = "gemini") -> Iterator[tuple[str, dict[str, Any]]]:
    """The name in the file and the fields of each model of a part that this provider has."""
    return ((name, model) for name, model in _OFFERS[part].items() if model["provider"] == provider)


SIZE_FACTORS: Final = {"1K": 1, "2K": 2, "4K": 4}
# Tokens one produced picture costs, by size (the published billing table).
IMAGE_TOKENS: Final = {"1K": 1120, "2K": 1680, "4K": 2520}
REFERENCE_IMAGES_MAX: Final = 14

PIXELS_1K: Final[dict[str, tuple[int, int]]] = {
    "1:1": (1024, 1024),
    "1:4": (512, 2048),
    "1:8": (384, 3072),
    "2:3": (848, 1264),
    "3:2": (1264, 848),
    "3:4": (896, 1200),
    "4:1": (2048, 512),
    "4:3": (1200, 896),
    "4:5": (928, 1152),
    "5:4": (1152, 928),
    "8:1": (3072, 384),
    "9:16": (768, 1376),
    "16:9": (1376, 768),
    "21:9": (1584, 672),
}
EXTREME_RATIOS: Final = frozenset({"1:4", "1:8", "4:1", "8:1"})
ALL_RATIOS: Final = tuple(PIXELS_1K)
USUAL_RATIOS: Final = tuple(ratio for ratio in PIXELS_1K if ratio not in EXTREME_RATIOS)


@dataclass(frozen=True)
class ImageModel:
    """One image model; `ratios` and `sizes` are the values it accepts, in the order an error lists them."""

    name: str
    display_name: str
    ratios: tuple[str, ...]
    sizes: tuple[str, ...]
    stage: str = ""
    """The life-cycle stage in its answers: `STABLE`, `DEPRECATED`, …; empty: none."""


def _image_model(sold: dict[str, Any]) -> ImageModel:
    return ImageModel(sold["id"], sold["id"], tuple(sold["ratios"]), tuple(sold["costs"][0]["usd_micros"]))


MODELS: Final = {
    model.name: model
    for model in (
        *(_image_model(sold) for _, sold in _find_sold("picture_models")),
        ImageModel("gemini-nano-banana-2.1", "Nano Banana 2.1", ALL_RATIOS, ("1K", "2K", "4K")),
        ImageModel("gemini-3-pro-image", "Nano Banana Pro", USUAL_RATIOS, ("1K", "2K", "4K")),
        ImageModel("gemini-3.1-flash-lite-image", "Nano Banana 2 Lite", ALL_RATIOS, ("1K",)),
    )
}


@dataclass(frozen=True)
class TextModel:
    """One model that answers in words; `levels` are the thinking levels it takes."""

    name: str
    display_name: str
    levels: tuple[str, ...]
    default_level: str
    takes_budget: bool = True
    """Whether `thinkingBudget` may stand for a level."""
    stage: str = ""
    """As for ImageModel."""


OUTPUT_TOKENS_MAX: Final = 65_536
# Thought tokens of an answer by thinking level: the same for all models here.
THOUGHT_TOKENS: Final = {"MINIMAL": 0, "LOW": 48, "MEDIUM": 160, "HIGH": 480}
ALL_LEVELS: Final = tuple(THOUGHT_TOKENS)
_USUAL_LEVELS: Final = ("LOW", "MEDIUM", "HIGH")
_SPOKEN: Final = frozenset(_OFFERS["speech"]["rungs"])
TEXT_MODELS: Final = {
    model.name: model
    for model in (
        *(
            TextModel(sold["id"], sold["id"], ALL_LEVELS, "MEDIUM")
            for name, sold in _find_sold("text_models")
            if name not in _SPOKEN
        ),
        TextModel("gemini-3.8-flash", "Gemini 3.8 Flash", _USUAL_LEVELS, "MEDIUM"),
        TextModel("gemini-3.5-flash-lite", "Gemini 3.5 Flash-Lite", ALL_LEVELS, "MINIMAL"),
        TextModel("gemini-3.1-flash-lite", "Gemini 3.1 Flash-Lite", ALL_LEVELS, "MINIMAL"),
        TextModel("gemini-4-argon", "Gemini 4 Argon", _USUAL_LEVELS, "HIGH", takes_budget=False),
    )
}


@dataclass(frozen=True)
class SpeechModel:
    """One model that speaks."""

    name: str
    display_name: str


SPEECH_MODELS: Final = {
    model.name: model
    for model in (
        *(SpeechModel(sold["id"], sold["id"]) for name, sold in _find_sold("text_models") if name in _SPOKEN),
        SpeechModel("gemini-3.8-flash-tts", "Gemini 3.8 Flash TTS"),
        SpeechModel("gemini-3.8-flash-lite-tts", "Gemini 3.8 Flash-Lite TTS"),
    )
}


@dataclass(frozen=True)
class VideoModel:
    """One model that makes videos, by interactions in the background."""

    name: str
    display_name: str
    seconds: tuple[int, int]
    """The shortest and the longest video."""
    two_frames_seconds_max: int = 10
    references_max: int = 6
    clip_seconds: tuple[float, float] = (3.0, 15.0)
    """Of a video that is edited."""
    uploaded_seconds_max: float = 15.0
    """The longest video of the Files API that is extended."""
    extension_seconds_max: int = 10
    whole_seconds_max: float = 30.0
    lengths: tuple[int, ...] = ()
    """Of a model that makes some lengths only."""
    resolutions: tuple[str, ...] = ("360p", "720p", "1080p", "4k")


def _video_model(sold: dict[str, Any]) -> VideoModel:
    """One with the limits of the file; what it lacks is as for the models that are published."""
    seconds, clip = sold["seconds"], sold.get("clip_seconds", VideoModel.clip_seconds)
    return VideoModel(
        sold["id"],
        sold["id"],
        (seconds[0], seconds[-1]),
        two_frames_seconds_max=sold.get("two_frames_seconds_max", VideoModel.two_frames_seconds_max),
        references_max=sold.get("references_max", VideoModel.references_max),
        clip_seconds=(clip[0], clip[1]),
        uploaded_seconds_max=sold.get("continued_seconds_max", VideoModel.uploaded_seconds_max),
        extension_seconds_max=sold.get("added_seconds_max", VideoModel.extension_seconds_max),
        whole_seconds_max=sold.get("whole_seconds_max", VideoModel.whole_seconds_max),
        lengths=tuple(seconds),
        resolutions=tuple(sold["costs"][0]["usd_micros"]),
    )


VIDEO_MODELS: Final = {
    model.name: model
    for model in (
        *(_video_model(sold) for _, sold in _find_sold("video_models")),
        VideoModel("gemini-omni-1.2-flash", "Gemini Omni 1.2 Flash", (3, 15)),
    )
}


def _veo(name: str, title: str, *more: str) -> VideoModel:
    return VideoModel(name, title, (4, 8), references_max=3, lengths=(4, 6, 8), resolutions=("720p", "1080p", *more))


VEO_MODELS: Final = {
    model.name: model
    for model in (
        *(_video_model(sold) for _, sold in _find_sold("video_models", "veo")),
        _veo("veo-3.1-generate-001", "Veo 3.1", "4k"),
        _veo("veo-3.1-fast-generate-001", "Veo 3.1 Fast", "4k"),
        _veo("veo-3.1-lite-generate-001", "Veo 3.1 Lite"),
    )
}
VIDEO_TOKENS_PER_SECOND: Final = {"360p": 1_715, "720p": 5_792, "1080p": 8_572, "4k": 17_143}
SPEECH_INPUT_TOKENS_MAX: Final = 8_192
SPEECH_OUTPUT_TOKENS_MAX: Final = 16_384
SPEECH_TOKENS_PER_SECOND: Final = 25
# The models' built-in voices, as published; the further voice library is left out.
_SPEECH_VOICES: Final = """
Zephyr Puck Charon Kore Fenrir Leda Orus Aoede Callirrhoe Autonoe Enceladus Iapetus Umbriel Algieba Despina Erinome
Algenib Rasalgethi Laomedeia Achernar Alnilam Schedar Gacrux Pulcherrima Achird Zubenelgenubi Vindemiatrix Sadachbia
Sadaltager Sulafat
"""
SPEECH_VOICES: Final = frozenset(_SPEECH_VOICES.split())


def pixel_size(ratio: str, size: str) -> tuple[int, int]:
    """Width and height in pixels, such as (1376, 768) for 16:9 at 1K."""
    width, height = PIXELS_1K[ratio]
    factor = SIZE_FACTORS[size]
    return width * factor, height * factor


def nearest_ratio(model: ImageModel, width: int, height: int) -> str:
    """The ratio of the model closest to a picture: an edit without a ratio keeps its input's shape."""
    wanted = width / height

    def distance(ratio: str) -> float:
        ratio_width, ratio_height = PIXELS_1K[ratio]
        offered = ratio_width / ratio_height
        return max(wanted / offered, offered / wanted)

    return min(model.ratios, key=distance)

"""The models this server knows: what each accepts, and how large its pictures are.

Ratios and pixel sizes as published for the Gemini 3 image models in 2026: at 2K and 4K a picture is twice and
four times as wide and high as at 1K. The Pro model does not take the four extreme ratios.
"""

from dataclasses import dataclass
from typing import Final

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


MODELS: Final = {
    model.name: model
    for model in (
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
TEXT_MODELS: Final = {
    model.name: model
    for model in (
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


VIDEO_MODELS: Final = {
    model.name: model for model in (VideoModel("gemini-omni-1.2-flash", "Gemini Omni 1.2 Flash", (3, 15)),)
}


def _veo(name: str, title: str, *more: str) -> VideoModel:
    return VideoModel(name, title, (4, 8), references_max=3, lengths=(4, 6, 8), resolutions=("720p", "1080p", *more))


VEO_MODELS: Final = {
    model.name: model
    for model in (
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

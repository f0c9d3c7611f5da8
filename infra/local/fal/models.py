"""The endpoints that this server has, and the fields of each, as their pages on fal.ai describe them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

FieldKind = Literal["text", "choice", "flag", "count", "seed", "size", "picture", "pictures"]


@dataclass(frozen=True)
class Field:
    """A field of an endpoint's input."""

    kind: FieldKind
    required: bool = False
    choices: tuple[str, ...] = ()
    most: int = 0
    """Characters, number or pictures."""


@dataclass(frozen=True)
class Area:
    """Which sizes in px a model makes."""

    least: int
    most: int
    edge_most: int
    step: int = 1
    proportion_most: float = 16.0


@dataclass(frozen=True)
class Endpoint:
    """A model with one of its ways to be asked."""

    id: str
    makes: Literal["picture", "video"]
    fields: Mapping[str, Field]
    area: Area | None = None
    resolution: str = ""
    """What a video has whose input names none."""

    @property
    def app(self) -> str:
        """The owner and the name, without the path."""
        return "/".join(self.id.split("/")[:2])


PRESETS: Final = {
    "square_hd": (1024, 1024),
    "square": (512, 512),
    "portrait_4_3": (768, 1024),
    "portrait_16_9": (576, 1024),
    "landscape_4_3": (1024, 768),
    "landscape_16_9": (1024, 576),
}
_GPT_AREA: Final = Area(655_360, 8_294_400, 3840, step=16, proportion_most=3.0)
_SEEDREAM_AREA: Final = Area(2560 * 1440, 4096 * 4096, 4096)
_GPT: Final = {
    "prompt": Field("text", required=True, most=32_000),
    "image_size": Field("size"),
    "quality": Field("choice", choices=("low", "medium", "high")),
    "num_images": Field("count", most=4),
    "output_format": Field("choice", choices=("jpeg", "png", "webp")),
    "sync_mode": Field("flag"),
}
_SEEDREAM: Final = {
    "prompt": Field("text", required=True, most=10_000),
    "image_size": Field("size"),
    "num_images": Field("count", most=6),
    "max_images": Field("count", most=6),
    "seed": Field("seed"),
    "sync_mode": Field("flag"),
    "enable_safety_checker": Field("flag"),
}
_SECONDS: Final = tuple(map(str, range(3, 16)))
_SHAPES: Final = ("16:9", "9:16", "1:1")
_KLING: Final = {"prompt": Field("text", most=2500), "duration": Field("choice", choices=_SECONDS)}
_SEEDANCE: Final = {
    "prompt": Field("text", required=True, most=10_000),
    "resolution": Field("choice", choices=("480p", "720p")),
    "duration": Field("choice", choices=("auto", *_SECONDS[1:])),
    "aspect_ratio": Field("choice", choices=("auto", "21:9", "4:3", "3:4", *_SHAPES)),
    "generate_audio": Field("flag"),
    "seed": Field("seed"),
    "end_user_id": Field("text"),
}
_PICTURE: Final = Field("picture", required=True)
_KLING_RESOLUTIONS: Final = {"standard": "720p", "pro": "1080p"}

_ENDPOINTS: Final = (
    Endpoint("openai/gpt-image-2", "picture", _GPT, _GPT_AREA),
    Endpoint(
        "openai/gpt-image-2/edit",
        "picture",
        {**_GPT, "image_urls": Field("pictures", required=True, most=16), "mask_url": Field("picture")},
        _GPT_AREA,
    ),
    Endpoint("fal-ai/bytedance/seedream/v4.5/text-to-image", "picture", _SEEDREAM, _SEEDREAM_AREA),
    Endpoint(
        "fal-ai/bytedance/seedream/v4.5/edit",
        "picture",
        {**_SEEDREAM, "image_urls": Field("pictures", required=True, most=10)},
        _SEEDREAM_AREA,
    ),
    *(
        endpoint
        for tier, resolution in _KLING_RESOLUTIONS.items()
        for endpoint in (
            Endpoint(
                f"fal-ai/kling-video/v3/turbo/{tier}/text-to-video",
                "video",
                {**_KLING, "aspect_ratio": Field("choice", choices=_SHAPES)},
                resolution=resolution,
            ),
            Endpoint(
                f"fal-ai/kling-video/v3/turbo/{tier}/image-to-video",
                "video",
                {**_KLING, "image_url": _PICTURE},
                resolution=resolution,
            ),
        )
    ),
    Endpoint("bytedance/seedance-2.0/text-to-video", "video", _SEEDANCE, resolution="720p"),
    Endpoint(
        "bytedance/seedance-2.0/image-to-video",
        "video",
        {**_SEEDANCE, "image_url": _PICTURE, "end_image_url": Field("picture")},
        resolution="720p",
    ),
)
ENDPOINTS: Final = {endpoint.id: endpoint for endpoint in _ENDPOINTS}

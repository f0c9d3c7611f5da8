"""fal's models: the endpoint of a task and its arguments. Each model has fields of its own. Pure.

A rung's id is the common beginning of its model's endpoints:

    openai/gpt-image-2                 · /edit                              (fal.ai/models/openai/gpt-image-2)
    fal-ai/bytedance/seedream/v4.5     /text-to-image · /edit
    fal-ai/kling-video/v3/turbo        /standard or /pro, then /text-to-video · /image-to-video
    bytedance/seedance-2.0             /text-to-video · /image-to-video

An id that is not here raises LookupError.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any, get_args

from shared.providers.images import Image
from shared.providers.ladder import PictureRung, VideoRung
from shared.providers.outcomes import PictureTask
from shared.providers.videos import VideoResolution, VideoTask, VideoWork

GPT_IMAGE = "openai/gpt-image-2"
SEEDREAM = "fal-ai/bytedance/seedream/v4.5"
KLING = "fal-ai/kling-video/v3/turbo"
SEEDANCE = "bytedance/seedance-2.0"
PROMPT_CHARACTERS_MAX = 2500
"""Kling's limit; a longer prompt is cut there."""
_TIERS = {"720p": "standard", "1080p": "pro"}
_STEP = 16
"""The sides of a picture are multiples of it, in px."""
_MEGAPIXELS = {"1K": 1024 * 1024, "2K": 2048 * 2048, "4K": 4096 * 4096}


@dataclass(frozen=True, slots=True)
class FalCall:
    """What to call, and with which arguments."""

    endpoint: str
    arguments: dict[str, Any]


def picture_call(rung_id: str, task: PictureTask) -> FalCall:
    """The call for a picture. `sync_mode` has the picture in the answer, and nothing of it kept by fal."""
    pictures = [] if task.parent is None else [task.parent.picture]
    pictures += task.references
    unwanted = f"\nThe picture must not show: {task.without}" if task.without else ""
    fields: dict[str, Any] = {"prompt": task.prompt + unwanted, "num_images": 1, "sync_mode": True}
    if pictures:
        fields["image_urls"] = [write_data_uri(each) for each in pictures]
    endpoint, own = _PICTURES[rung_id](task, bool(pictures))
    return FalCall(rung_id + endpoint, fields | own)


def video_call(rung_id: str, task: VideoTask) -> FalCall:
    """The call for a video: from words, or from a first frame, which then gives the shape."""
    if task.clip is not None or task.references:
        raise LookupError("neither clips nor references")
    fields: dict[str, Any] = {"prompt": write_prompt(task), "duration": str(task.seconds)}
    if task.first_frame is None:
        fields["aspect_ratio"] = task.ratio
    else:
        fields["image_url"] = write_data_uri(task.first_frame)
    endpoint, own = _VIDEOS[rung_id](task)
    return FalCall(f"{rung_id}{endpoint}/{'text' if task.first_frame is None else 'image'}-to-video", fields | own)


def list_endpoints(rung: PictureRung | VideoRung) -> tuple[str, ...]:
    """Every endpoint that a model's tasks may call. Raises LookupError for a model that is not here."""
    sizes, ratio, picture = tuple(rung.costs_usd_micros), rung.ratios[0], Image(b"", "image/png")
    if isinstance(rung, PictureRung):
        painted = [PictureTask("", ratio, size, references=given) for size in sizes for given in ((), (picture,))]
        return tuple(dict.fromkeys(picture_call(rung.id, task).endpoint for task in painted))
    filmed = [
        VideoTask(
            work=work, prompt="", seconds=rung.seconds[0], ratio="16:9", resolution=size, label="", first_frame=first
        )
        for size in get_args(VideoResolution)
        if size in sizes
        for work, first in _STARTS
    ]
    return tuple(dict.fromkeys(video_call(rung.id, task).endpoint for task in filmed))


def write_prompt(task: VideoTask) -> str:
    """The prompt, with what has no field of its own."""
    unwanted = f"\nThe video must not show: {task.negative_prompt}" if task.negative_prompt else ""
    return task.prompt[: PROMPT_CHARACTERS_MAX - len(unwanted)] + unwanted


def write_data_uri(image: Image) -> str:
    """A picture as an address that holds it: nothing is uploaded, so nothing is left to delete."""
    return f"data:{image.mime_type};base64,{base64.b64encode(image.content).decode('ascii')}"


def measure(ratio: str, area: int, edge_max: int) -> dict[str, int]:
    """Width and height of about this area, in px."""
    across, down = map(int, ratio.split(":"))
    width, height = sqrt(area * across / down), sqrt(area * down / across)
    shrink = min(1.0, edge_max / max(width, height))
    return {"width": _whole(width * shrink), "height": _whole(height * shrink)}


def _whole(pixels: float) -> int:
    return int(pixels) // _STEP * _STEP


def _gpt_image(task: PictureTask, has_pictures: bool) -> tuple[str, dict[str, Any]]:  # noqa: FBT001 — a table's function
    area = min(_MEGAPIXELS[task.size], 3840 * 2160)
    size = measure(task.ratio, area, 3840)
    return "/edit" if has_pictures else "", {"image_size": size, "quality": "medium", "output_format": "png"}


def _seedream(task: PictureTask, has_pictures: bool) -> tuple[str, dict[str, Any]]:  # noqa: FBT001 — as above
    size = measure(task.ratio, max(_MEGAPIXELS[task.size], _MEGAPIXELS["2K"]), 4096)
    own = {"image_size": size, "max_images": 1, "enable_safety_checker": True}
    return "/edit" if has_pictures else "/text-to-image", own | ({} if task.seed is None else {"seed": task.seed})


def _kling(task: VideoTask) -> tuple[str, dict[str, Any]]:
    return f"/{_TIERS[task.resolution]}", {}


def _seedance(task: VideoTask) -> tuple[str, dict[str, Any]]:
    own: dict[str, Any] = {"resolution": task.resolution, "generate_audio": task.has_sound}
    if task.first_frame is not None and task.last_frame is not None:
        own["end_image_url"] = write_data_uri(task.last_frame)
    return "", own | ({} if task.seed is None else {"seed": task.seed})


_STARTS: tuple[tuple[VideoWork, Image | None], ...] = (("text", None), ("image", Image(b"", "image/png")))
_PICTURES: dict[str, Callable[[PictureTask, bool], tuple[str, dict[str, Any]]]] = {
    GPT_IMAGE: _gpt_image,
    SEEDREAM: _seedream,
}
_VIDEOS: dict[str, Callable[[VideoTask], tuple[str, dict[str, Any]]]] = {KLING: _kling, SEEDANCE: _seedance}

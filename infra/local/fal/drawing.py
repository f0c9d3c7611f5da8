"""Drawing what was ordered, with the tools of the local Gemini: the one place that knows them."""

from PIL import Image

from infra.local.fal.errors import model_error
from infra.local.fal.request import Order, unreadable_picture
from infra.local.gemini.edit import paint_edit
from infra.local.gemini.inputs import UnreadableError, open_picture
from infra.local.gemini.motion import Motion, digest_of, make_video
from infra.local.gemini.painter import damage, seed_of, to_png
from infra.local.gemini.scene import paint_scene
from infra.local.gemini.spoiling import change_motion, spoil


def draw_picture(order: Order, variation: int, *, is_damaged: bool = False) -> bytes:
    """A PNG: a scene for a prompt, or the pictures that were sent, changed. Raises FalError."""
    pictures, seed = _open_all(order), order.seed or seed_of(order.prompt, variation)
    label = f"{order.endpoint.app} · {order.size[0]}×{order.size[1]}"
    if pictures:
        png = to_png(paint_edit(pictures, order.prompt, order.size, seed, label))
    else:
        png = to_png(paint_scene(order.prompt, order.size, seed, label))
    return damage(png) if is_damaged else png


def draw_video(order: Order, spoiling: str = "") -> bytes:
    """An MP4 whose frames show the prompt and the pictures. Raises FalError."""
    pictures = _open_all(order)
    upright = bool(pictures) and pictures[0].height > pictures[0].width
    if order.resolution not in {"720p", "1080p"}:
        raise model_error("feature_not_supported", "Not drawn here", "resolution", given=order.resolution)
    motion = Motion(
        prompt=order.prompt,
        work="image" if pictures else "text",
        seconds=float(order.seconds),
        ratio=("9:16" if upright else "16:9") if pictures else order.ratio,
        resolution=order.resolution,
        seed=order.seed,
        has_sound=order.has_sound,
    )
    digests = tuple(map(digest_of, order.pictures))
    return spoil(make_video(change_motion(motion, spoiling), tuple(pictures), digests), spoiling)


def _open_all(order: Order) -> list[Image.Image]:
    try:
        return [open_picture(each) for each in order.pictures]
    except UnreadableError as error:
        raise unreadable_picture() from error

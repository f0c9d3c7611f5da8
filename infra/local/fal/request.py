"""Reading the arguments of a request as its endpoint's model reads them."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any, Final

from infra.local.fal.errors import FalError, model_error
from infra.local.fal.models import PRESETS, Area, Endpoint, Field

_SIZE_DEFAULT: Final = "landscape_4_3"
_SEED_MAX: Final = 2**31 - 1


@dataclass(frozen=True)
class Order:
    """What is to be made. Pictures are as they came, encoded."""

    endpoint: Endpoint
    prompt: str
    pictures: tuple[bytes, ...] = ()
    size: tuple[int, int] = (0, 0)
    in_answer: bool = False
    seconds: int = 5
    ratio: str = "16:9"
    resolution: str = ""
    has_sound: bool = True
    seed: int = 0
    recorded: dict[str, Any] = field(default_factory=dict)
    """The arguments without the bytes of pictures."""


def read_order(endpoint: Endpoint, raw: Any) -> Order:
    """Raises FalError."""
    if not isinstance(raw, dict):
        raise model_error("dict_type", "Input should be a valid dictionary")
    for name in raw.keys() - endpoint.fields.keys():
        raise model_error("extra_forbidden", "Extra inputs are not permitted", name, given=raw[name])
    for name, each in endpoint.fields.items():
        if each.required and name not in raw:
            raise model_error("missing", "Field required", name)
        if name in raw:
            _check(name, each, raw[name])
    seconds = str(raw.get("duration", "5"))
    return Order(
        endpoint=endpoint,
        prompt=raw.get("prompt", ""),
        pictures=_read_pictures(raw),
        size=_read_size(raw.get("image_size", _SIZE_DEFAULT), endpoint.area) if endpoint.area else (0, 0),
        in_answer=raw.get("sync_mode", False),
        seconds=int(seconds) if seconds.isdecimal() else 5,
        ratio=raw.get("aspect_ratio", "16:9"),
        resolution=raw.get("resolution", endpoint.resolution),
        has_sound=raw.get("generate_audio", True),
        seed=raw.get("seed", 0),
        recorded=_record(raw),
    )


def _check(name: str, wanted: Field, value: Any) -> None:
    """Raises FalError."""
    match wanted.kind:
        case "text" if not isinstance(value, str):
            raise model_error("string_type", "Input should be a valid string", name, given=value)
        case "text" if wanted.most and len(value) > wanted.most:
            raise model_error("string_too_long", f"String should have at most {wanted.most} characters", name)
        case "choice" if value not in wanted.choices:
            raise model_error("literal_error", f"Input should be one of {wanted.choices}", name, given=value)
        case "flag" if not isinstance(value, bool):
            raise model_error("bool_type", "Input should be a valid boolean", name, given=value)
        case "count" if type(value) is not int or not 1 <= value <= wanted.most:
            raise model_error("less_than_equal", f"Input should be from 1 to {wanted.most}", name, given=value)
        case "seed" if type(value) is not int or not 0 <= value <= _SEED_MAX:
            raise model_error("int_type", "Input should be a valid integer", name, given=value)
        case "pictures" if not isinstance(value, list) or not 1 <= len(value) <= wanted.most:
            raise model_error("too_long", f"List should have 1 to {wanted.most} items", name)
        case _:
            return


def _read_size(value: Any, area: Area) -> tuple[int, int]:
    if isinstance(value, str):
        if value not in PRESETS:
            raise model_error("literal_error", f"Input should be one of {(*PRESETS,)}", "image_size", given=value)
        return PRESETS[value]
    if not isinstance(value, dict) or value.keys() != {"width", "height"}:
        raise model_error("dict_type", "Input should be an image size", "image_size", given=value)
    width, height = value["width"], value["height"]
    if type(width) is not int or type(height) is not int or min(width, height) < 1:
        raise model_error("int_type", "Input should be a valid integer", "image_size", given=value)
    fits = (
        area.least <= width * height <= area.most
        and max(width, height) <= area.edge_most
        and width % area.step == height % area.step == 0
        and max(width, height) / min(width, height) <= area.proportion_most
    )
    if not fits:
        raise model_error("value_error", "The size is not one that the model makes", "image_size", given=value)
    return width, height


def _read_pictures(raw: dict[str, Any]) -> tuple[bytes, ...]:
    addresses = [raw[name] for name in ("image_url", "end_image_url") if name in raw]
    return tuple(_read_picture(each) for each in [*addresses, *raw.get("image_urls", ())])


def _read_picture(address: Any) -> bytes:
    """The bytes of a data URI: this server fetches nothing from anywhere."""
    head, comma, body = address.partition(",") if isinstance(address, str) else ("", "", "")
    if not comma or not head.startswith("data:image/") or not head.endswith(";base64"):
        raise model_error("file_download_error", "Failed to download the file.", "image_url")
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise unreadable_picture() from error


def unreadable_picture() -> FalError:
    """The picture cannot be decoded."""
    return model_error("image_load_error", "Failed to load the image. Please ensure the image file is valid.", "image")


def _record(raw: dict[str, Any]) -> dict[str, Any]:
    def shorten(value: Any) -> Any:
        return f"<{len(value)} characters>" if isinstance(value, str) and value.startswith("data:") else value

    return {
        name: [shorten(each) for each in value] if isinstance(value, list) else shorten(value)
        for name, value in raw.items()
    }

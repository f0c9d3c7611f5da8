"""A generateContent request, checked as Google checks it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from infra.local.gemini import shapes
from infra.local.gemini.errors import bad_field, invalid_argument
from infra.local.gemini.fields import read_message
from infra.local.gemini.models import REFERENCE_IMAGES_MAX, ImageModel
from infra.local.gemini.signature import is_known_signature

Api = Literal["developer", "enterprise"]
IMAGE_TYPES: Final = frozenset({"image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"})
_MODALITIES: Final = frozenset({"TEXT", "IMAGE", "AUDIO"})
_PREFIX: Final = "* GenerateContentRequest."
# What may stand beside a part's data; everything else is its data, of which a part has exactly one.
_BESIDE_DATA: Final = {"thought", "thought_signature", "media_resolution", "video_metadata", "part_metadata"}


@dataclass(frozen=True)
class PictureIn:
    """One inline picture; `content` and `part` are its place in the request, counted from 0."""

    data: bytes
    by_model: bool
    signature: bytes
    content: int
    part: int


@dataclass(frozen=True)
class GenerateRequest:
    """What the server acts on; an empty ratio means that none was sent, `store` None likewise."""

    model: ImageModel
    prompt: str
    turns: int
    pictures: tuple[PictureIn, ...]
    aspect_ratio: str
    image_size: str
    modalities: tuple[str, ...]
    store: bool | None
    safety_settings: dict[str, str]
    seed: int | None

    @property
    def inputs(self) -> tuple[PictureIn, ...]:
        """The pictures to work on: the newest of the model's and those of the last turn, else all."""
        last = [picture for picture in self.pictures if picture.content == self.turns - 1]
        own = [picture for picture in self.pictures if picture.by_model][-1:]
        return tuple(own + last) or self.pictures

    @property
    def unsigned(self) -> PictureIn | None:
        """The first picture of the model's that came back without its thought signature."""
        return next((picture for picture in self.pictures if picture.by_model and not picture.signature), None)


def read_json(body: bytes) -> dict[str, Any]:
    """The body as a JSON object."""
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise invalid_argument("Invalid JSON payload received. Unexpected token.") from error
    if not isinstance(raw, dict):
        raise invalid_argument("Invalid JSON payload received. Expected an object.")
    return raw


def read_request(raw: dict[str, Any], model: ImageModel, api: Api) -> GenerateRequest:
    """Every rule but the pictures' own bytes; raises GoogleError."""
    shape = shapes.DEVELOPER_REQUEST if api == "developer" else shapes.ENTERPRISE_REQUEST
    message = read_message(raw, shape)
    contents = message.get("contents", [])
    config = message.get("generation_config", {})
    image_config = config.get("image_config", {})
    _check_contents(contents)
    _check_config(config, image_config, model)
    pictures = tuple(_pictures(contents))
    _check_pictures(pictures)
    seed = config.get("seed")
    return GenerateRequest(
        model=model,
        prompt=_last_prompt(contents),
        turns=len(contents),
        pictures=pictures,
        aspect_ratio=image_config.get("aspect_ratio", ""),
        image_size=image_config.get("image_size", "1K"),
        modalities=tuple(config.get("response_modalities", ("TEXT", "IMAGE"))),
        store=message.get("store"),
        safety_settings=_read_safety(message.get("safety_settings", []), api),
        seed=None if seed is None else int(seed),
    )


def _check_contents(contents: list[dict[str, Any]]) -> None:
    if not contents:
        raise bad_field("contents", f"{_PREFIX}contents: contents is not specified\n")
    for position, content in enumerate(contents):
        if content.get("role", "user") not in {"user", "model"}:
            raise invalid_argument("Please use a valid role: user, model.")
        path = f"contents[{position}].parts"
        parts = content.get("parts", [])
        if not parts:
            raise bad_field(path, f"{_PREFIX}{path}: contents.parts must not be empty.\n")
        for number, part in enumerate(parts):
            _check_part(part, f"{path}[{number}]")


def _check_part(part: dict[str, Any], path: str) -> None:
    if len(part.keys() - _BESIDE_DATA) != 1:
        message = f"{_PREFIX}{path}.data: required oneof field 'data' must have one initialized field\n"
        raise bad_field(f"{path}.data", message)
    blob = part.get("inline_data")
    if blob is not None and blob.get("mime_type") not in IMAGE_TYPES:
        raise invalid_argument(f"Unsupported MIME type: {blob.get('mime_type', '')}")


def _check_config(config: dict[str, Any], image_config: dict[str, Any], model: ImageModel) -> None:
    if config.get("candidate_count", 1) != 1:
        raise invalid_argument("Multiple candidates is not enabled for this model")
    unknown = set(config.get("response_modalities", ())) - _MODALITIES
    if unknown:
        path = "generation_config.response_modalities[0]"
        raise bad_field(path, f"Invalid value at '{path}' (TYPE_ENUM), \"{min(unknown)}\"")
    if "AUDIO" in config.get("response_modalities", ()):
        raise invalid_argument("The requested combination of response modalities is not supported by the model.")
    _check_choice("aspect_ratio", image_config, model.ratios)
    _check_choice("image_size", image_config, model.sizes)


def _check_choice(field: str, image_config: dict[str, Any], allowed: tuple[str, ...]) -> None:
    if field not in image_config or image_config[field] in allowed:
        return
    *most, last = [f"'{value}'" for value in allowed]
    choices = f"one of {', '.join(most)}, or {last}" if most else last
    path = f"generation_config.image_config.{field}"
    raise bad_field(path, f"{_PREFIX}{path}: {field} must be {choices}.\n")


def _pictures(contents: list[dict[str, Any]]) -> Iterator[PictureIn]:
    for position, content in enumerate(contents):
        for number, part in enumerate(content["parts"]):
            if "inline_data" in part:
                yield PictureIn(
                    data=part["inline_data"].get("data", b""),
                    by_model=content.get("role") == "model",
                    signature=part.get("thought_signature", b""),
                    content=position,
                    part=number,
                )


def _check_pictures(pictures: tuple[PictureIn, ...]) -> None:
    if len(pictures) > REFERENCE_IMAGES_MAX:
        allowed = f"at most {REFERENCE_IMAGES_MAX} images are allowed per prompt"
        raise bad_field("contents", f"{_PREFIX}contents: {allowed}, got {len(pictures)}.\n")
    if any(picture.signature and not is_known_signature(picture.signature) for picture in pictures):
        raise invalid_argument("Thought signature is not valid.")


def _last_prompt(contents: list[dict[str, Any]]) -> str:
    asked = [content for content in contents if content.get("role", "user") == "user"]
    parts = asked[-1]["parts"] if asked else []
    return "\n".join(part["text"] for part in parts if "text" in part)


def _read_safety(settings: list[dict[str, Any]], api: Api) -> dict[str, str]:
    known = shapes.DEVELOPER_CATEGORIES if api == "developer" else shapes.ENTERPRISE_CATEGORIES
    chosen: dict[str, str] = {}
    for position, setting in enumerate(settings):
        path = f"safety_settings[{position}]"
        category, threshold = setting.get("category", ""), setting.get("threshold", "")
        if category not in known or category in chosen:
            raise bad_field(f"{path}.category", f"{_PREFIX}{path}: invalid or repeated category '{category}'\n")
        if threshold not in shapes.THRESHOLDS:
            raise bad_field(f"{path}.threshold", f"Invalid value at '{path}.threshold' (TYPE_ENUM), \"{threshold}\"")
        chosen[category] = threshold
    return chosen

"""A generateContent request for a picture, checked as Google checks it."""

from dataclasses import dataclass
from typing import Any

from infra.local.gemini import shapes
from infra.local.gemini.contents import (
    IMAGE_TYPES,
    PREFIX,
    Api,
    FileIn,
    check_contents,
    check_modalities,
    find_prompt,
    list_files,
    read_safety,
)
from infra.local.gemini.errors import bad_field, invalid_argument
from infra.local.gemini.fields import read_message
from infra.local.gemini.models import REFERENCE_IMAGES_MAX, ImageModel
from infra.local.gemini.signature import is_known_signature


@dataclass(frozen=True)
class GenerateRequest:
    """What the server acts on; an empty ratio means that none was sent, `store` None likewise."""

    model: ImageModel
    prompt: str
    turns: int
    pictures: tuple[FileIn, ...]
    aspect_ratio: str
    image_size: str
    modalities: tuple[str, ...]
    store: bool | None
    safety_settings: dict[str, str]
    seed: int | None

    @property
    def inputs(self) -> tuple[FileIn, ...]:
        """The pictures to work on: the newest of the model's and those of the last turn, else all."""
        last = [picture for picture in self.pictures if picture.content == self.turns - 1]
        own = [picture for picture in self.pictures if picture.by_model][-1:]
        return tuple(own + last) or self.pictures

    @property
    def unsigned(self) -> FileIn | None:
        """The first picture of the model's that came back without its thought signature."""
        return next((picture for picture in self.pictures if picture.by_model and not picture.signature), None)


def read_request(raw: dict[str, Any], model: ImageModel, api: Api) -> GenerateRequest:
    """Every rule but the pictures' own bytes; raises GoogleError."""
    message = read_message(raw, shapes.REQUESTS[api])
    contents = message.get("contents", [])
    config = message.get("generation_config", {})
    image_config = config.get("image_config", {})
    check_contents(contents, IMAGE_TYPES)
    _check_config(config, image_config, model)
    pictures = tuple(list_files(contents))
    _check_pictures(pictures)
    seed = config.get("seed")
    return GenerateRequest(
        model=model,
        prompt=find_prompt(contents),
        turns=len(contents),
        pictures=pictures,
        aspect_ratio=image_config.get("aspect_ratio", ""),
        image_size=image_config.get("image_size", "1K"),
        modalities=tuple(config.get("response_modalities", ("TEXT", "IMAGE"))),
        store=message.get("store"),
        safety_settings=read_safety(message.get("safety_settings", []), api),
        seed=None if seed is None else int(seed),
    )


def _check_config(config: dict[str, Any], image_config: dict[str, Any], model: ImageModel) -> None:
    if config.get("candidate_count", 1) != 1:
        raise invalid_argument("Multiple candidates is not enabled for this model")
    check_modalities(config.get("response_modalities", []))
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
    raise bad_field(path, f"{PREFIX}{path}: {field} must be {choices}.\n")


def _check_pictures(pictures: tuple[FileIn, ...]) -> None:
    if len(pictures) > REFERENCE_IMAGES_MAX:
        allowed = f"at most {REFERENCE_IMAGES_MAX} images are allowed per prompt"
        raise bad_field("contents", f"{PREFIX}contents: {allowed}, got {len(pictures)}.\n")
    if any(picture.signature and not is_known_signature(picture.signature) for picture in pictures):
        raise invalid_argument("Thought signature is not valid.")

"""The parts of a generateContent request that are checked alike for every model: contents, files, safety settings."""

import json
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final, Literal

from infra.local.gemini import shapes
from infra.local.gemini.errors import bad_field, invalid_argument

Api = Literal["developer", "enterprise"]
IMAGE_TYPES: Final = frozenset({"image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"})
PREFIX: Final = "* GenerateContentRequest."
_MODALITIES: Final = frozenset({"TEXT", "IMAGE", "AUDIO"})
# Fields allowed beside a part's data; any other field is its data, of which a part has exactly one.
_BESIDE_DATA: Final = {"thought", "thought_signature", "media_resolution", "video_metadata", "part_metadata"}


@dataclass(frozen=True)
class FileIn:
    """One inline file; `content` and `part` are its place in the request, counted from 0."""

    data: bytes
    mime_type: str
    by_model: bool
    signature: bytes
    content: int
    part: int

    @property
    def is_picture(self) -> bool:
        """Whether it is of a type that is decoded."""
        return self.mime_type in IMAGE_TYPES


def read_json(body: bytes) -> dict[str, Any]:
    """The body as a JSON object."""
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise invalid_argument("Invalid JSON payload received. Unexpected token.") from error
    if not isinstance(raw, dict):
        raise invalid_argument("Invalid JSON payload received. Expected an object.")
    return raw


def check_contents(contents: list[dict[str, Any]], mime_types: AbstractSet[str]) -> None:
    """Every turn has a role and parts, every part one kind of data; files are of these types."""
    if not contents:
        raise bad_field("contents", f"{PREFIX}contents: contents is not specified\n")
    for position, content in enumerate(contents):
        if content.get("role", "user") not in {"user", "model"}:
            raise invalid_argument("Please use a valid role: user, model.")
        path = f"contents[{position}].parts"
        parts = content.get("parts", [])
        if not parts:
            raise bad_field(path, f"{PREFIX}{path}: contents.parts must not be empty.\n")
        for number, part in enumerate(parts):
            _check_part(part, f"{path}[{number}]", mime_types)


def _check_part(part: dict[str, Any], path: str, mime_types: AbstractSet[str]) -> None:
    if len(part.keys() - _BESIDE_DATA) != 1:
        message = f"{PREFIX}{path}.data: required oneof field 'data' must have one initialized field\n"
        raise bad_field(f"{path}.data", message)
    blob = part.get("inline_data")
    if blob is not None and blob.get("mime_type") not in mime_types:
        raise invalid_argument(f"Unsupported MIME type: {blob.get('mime_type', '')}")


def check_modalities(modalities: list[str]) -> None:
    """Only names that exist."""
    unknown = set(modalities) - _MODALITIES
    if unknown:
        path = "generation_config.response_modalities[0]"
        raise bad_field(path, f"Invalid value at '{path}' (TYPE_ENUM), \"{min(unknown)}\"")


def list_files(contents: list[dict[str, Any]]) -> Iterator[FileIn]:
    """The inline files in their order."""
    for position, content in enumerate(contents):
        for number, part in enumerate(content["parts"]):
            if "inline_data" in part:
                yield FileIn(
                    data=part["inline_data"].get("data", b""),
                    mime_type=part["inline_data"]["mime_type"],
                    by_model=content.get("role") == "model",
                    signature=part.get("thought_signature", b""),
                    content=position,
                    part=number,
                )


def find_prompt(contents: list[dict[str, Any]]) -> str:
    """The words of the person's last turn."""
    asked = [content for content in contents if content.get("role", "user") == "user"]
    parts = asked[-1]["parts"] if asked else []
    return "\n".join(part["text"] for part in parts if "text" in part)


def read_safety(settings: list[dict[str, Any]], api: Api) -> dict[str, str]:
    """The threshold of each category."""
    known = shapes.DEVELOPER_CATEGORIES if api == "developer" else shapes.ENTERPRISE_CATEGORIES
    chosen: dict[str, str] = {}
    for position, setting in enumerate(settings):
        path = f"safety_settings[{position}]"
        category, threshold = setting.get("category", ""), setting.get("threshold", "")
        if category not in known or category in chosen:
            raise bad_field(f"{path}.category", f"{PREFIX}{path}: invalid or repeated category '{category}'\n")
        if threshold not in shapes.THRESHOLDS:
            raise bad_field(f"{path}.threshold", f"Invalid value at '{path}.threshold' (TYPE_ENUM), \"{threshold}\"")
        chosen[category] = threshold
    return chosen

"""A request for a video, read as strictly as the server of interactions reads it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from infra.local.gemini.contents import IMAGE_TYPES, Api
from infra.local.gemini.errors import bad_field, invalid_argument, model_not_found
from infra.local.gemini.fields import Many, read_message
from infra.local.gemini.models import VIDEO_MODELS, VideoModel
from infra.local.gemini.motion import PIXELS

TASKS: Final = {
    "text_to_video": "text",
    "image_to_video": "image",
    "reference_to_video": "reference",
    "edit": "edit",
    "extend": "extend",
}
_CONTENT: Final = {"type": "string", "text": "string", "data": "bytes", "uri": "string", "mime_type": "string"}
_FORMAT: Final = {
    "type": "string", "resolution": "string", "duration": "string", "aspect_ratio": "string", "delivery": "string",
    "gcs_uri": "string",
}  # fmt: skip
_SHAPE: Final[Mapping[str, Any]] = {
    "model": "string",
    "input": "any",
    "store": "bool",
    "stream": "bool",
    "background": "bool",
    "labels": "any",
    "safety_settings": "any",
    "webhook_config": {"uris": Many("string"), "user_metadata": "any"},
    "previous_interaction_id": "string",
    "response_format": "any",
    "generation_config": {"video_config": {"task": "string"}, "seed": "number"},
}
_RATIOS: Final = ("16:9", "9:16")
_SECONDS: Final = re.compile(r"(\d{1,3})s")
_LABEL: Final = re.compile(r"[a-z0-9_-]{0,63}")
_VIDEO_TYPES: Final = frozenset({"video/mp4", "video/mov", "video/webm", "video/mpeg"})
_TAG: Final = re.compile(r"<(FIRST_FRAME|LAST_FRAME|IMAGE_REF_\d+)>(?:@Image(\d+))?")
_ROLES: Final = re.compile(r"\[# (?:Sources|References) [^\]]*\]")


@dataclass(frozen=True)
class VideoRequest:
    """What is to be made. `images` are those that the words give a part; of others the model takes no notice."""

    model: VideoModel
    work: str
    prompt: str
    images: tuple[bytes, ...]
    clip_uri: str
    previous: str
    seconds: int
    """0 where nothing was said."""
    ratio: str
    resolution: str
    delivery: str
    gcs_uri: str
    seed: int
    labels: Mapping[str, str]
    store: bool | None
    has_sound: bool = True
    notice_urls: tuple[str, ...] = ()


def read_video(raw: dict[str, Any], version: str, api: Api) -> VideoRequest:
    """Every rule but those about what a picture or a clip holds. Raises GoogleError."""
    message = read_message(raw, _SHAPE)
    name = message.get("model", "")
    if name not in VIDEO_MODELS:
        raise model_not_found(name, version)
    model = VIDEO_MODELS[name]
    _check_background(message)
    form = _read_format(message.get("response_format"), api)
    texts, images, clips = _read_input(message.get("input"))
    config = message.get("generation_config", {})
    previous = message.get("previous_interaction_id", "")
    task = config.get("video_config", {}).get("task", "")
    if previous and task:
        raise invalid_argument("video_config is not allowed together with previous_interaction_id.")
    if task and task not in TASKS:
        raise bad_field("generation_config.video_config.task", f"Task {task} is not supported by the model.")
    work = TASKS.get(task) or ("edit" if previous or clips else "image" if images else "text")
    prompt = "\n".join(texts)
    request = VideoRequest(
        model=model,
        work=work,
        prompt=_ROLES.sub("", prompt).strip(),
        images=_used(prompt, images),
        clip_uri=clips[0] if clips else "",
        previous=previous,
        seconds=_read_seconds(form.get("duration", ""), model),
        ratio=form.get("aspect_ratio", ""),
        resolution=form.get("resolution", "720p"),
        delivery=form.get("delivery", "inline"),
        gcs_uri=form.get("gcs_uri", ""),
        seed=int(config.get("seed", 0)),
        labels=_read_labels(message.get("labels") or {}),
        store=message.get("store"),
        notice_urls=_read_notices(message.get("webhook_config") or {}, api),
    )
    _check_work(request, len(images), len(clips))
    return request


def _read_notices(config: dict[str, Any], api: Api) -> tuple[str, ...]:
    """Where to tell that the video has ended."""
    if config and api == "enterprise":
        raise bad_field("webhook_config", "webhook_config is not supported in the enterprise API.")
    return tuple(config.get("uris", ()))


def _check_background(message: dict[str, Any]) -> None:
    if message.get("stream") or not message.get("background"):
        raise invalid_argument("The local server makes videos in the background only.")
    if message.get("store") is False:
        raise invalid_argument("Background interactions must be stored: store=false is not allowed.")


def _read_format(given: Any, api: Api) -> dict[str, Any]:
    forms = given if isinstance(given, list) else [given or {}]
    if len(forms) != 1:
        raise bad_field("response_format", "Exactly one response format is allowed.")
    form = read_message(forms[0], _FORMAT, "response_format")
    if form and form.get("type") != "video":
        raise bad_field("response_format.type", "The model makes video only.")
    for field, allowed in (("resolution", tuple(PIXELS)), ("aspect_ratio", _RATIOS), ("delivery", ("inline", "uri"))):
        if field in form and form[field] not in allowed:
            raise bad_field(f"response_format.{field}", f"{field} must be one of {', '.join(allowed)}.")
    if api == "developer" and "gcs_uri" in form:
        raise bad_field("response_format.gcs_uri", "gcs_uri is not supported in the Gemini API.")
    if api == "enterprise" and form.get("delivery") == "uri":
        uri = form.get("gcs_uri", "")
        if not uri.startswith("gs://") or not uri.endswith("/"):
            raise bad_field("response_format.gcs_uri", "A Cloud Storage prefix is required when delivery is uri.")
    return form


def _read_input(given: Any) -> tuple[list[str], list[bytes], list[str]]:
    """Texts, pictures and addresses of clips."""
    if isinstance(given, str):
        given = [{"type": "text", "text": given}]
    if not isinstance(given, list):
        raise bad_field("input", "Invalid value at 'input' (oneof)")
    # google-genai puts a list of contents into the turn of a person.
    if steps := [each for each in given if isinstance(each, dict) and each.get("type") == "user_input"]:
        given = [content for step in steps for content in step.get("content", [])]
    contents = [read_message(each, _CONTENT, "input") for each in given]
    for number, content in enumerate(contents):
        _check_content(content, f"input[{number}]")
    texts = [content.get("text", "") for content in contents if content["type"] == "text"]
    images = [content["data"] for content in contents if content["type"] == "image"]
    clips = [content["uri"] for content in contents if content["type"] == "video"]
    if not "".join(texts).strip():
        raise bad_field("input", "input must contain a text prompt.")
    return texts, images, clips


def _check_content(content: dict[str, Any], path: str) -> None:
    kind, mime_type = content.get("type"), content.get("mime_type")
    if kind not in {"text", "image", "video"}:
        raise bad_field(path, f"Content of type {kind} is not supported by the model.")
    if kind == "image" and (mime_type not in IMAGE_TYPES or not content.get("data")):
        raise bad_field(path, f"Unsupported MIME type: {mime_type}")
    if kind == "video" and (mime_type not in _VIDEO_TYPES or not content.get("uri")):
        raise bad_field(path, "A video needs its uri and mime_type.")


def _used(prompt: str, images: list[bytes]) -> tuple[bytes, ...]:
    """The pictures that a tag in the words names, in the order of the tags."""
    tags = _TAG.findall(prompt)
    places = [int(number) if number else place for place, (_, number) in enumerate(tags, 1)]
    return tuple(images[place - 1] for place in places if 0 < place <= len(images))


def _read_seconds(duration: str, model: VideoModel) -> int:
    if not duration:
        return 0
    match = _SECONDS.fullmatch(duration)
    shortest, longest = model.seconds
    if match is None or not shortest <= int(match[1]) <= longest:
        raise bad_field("response_format.duration", f"Duration must be between {shortest}s and {longest}s.")
    return int(match[1])


def _read_labels(labels: Any) -> Mapping[str, str]:
    if not isinstance(labels, dict) or not all(
        isinstance(value, str) and _LABEL.fullmatch(value) and _LABEL.fullmatch(str(key)) and str(key)[:1].isalpha()
        for key, value in labels.items()
    ):
        raise bad_field("labels", "Label keys and values can only contain lowercase letters, digits, _ and -.")
    return labels


def _check_work(request: VideoRequest, images: int, clips: int) -> None:
    model = request.model
    has_clip = bool(clips or request.previous)
    if clips > 1 or (request.work in {"edit", "extend"}) != has_clip:
        raise invalid_argument(f"The task {request.work} does not fit the given videos.")
    if request.work == "text" and images:
        raise invalid_argument("text_to_video takes no images.")
    if request.work == "image" and not 1 <= images <= 2:  # noqa: PLR2004 — a first and a last frame
        raise invalid_argument("image_to_video takes one or two images.")
    if request.work == "image" and images == 2 and request.seconds > model.two_frames_seconds_max:  # noqa: PLR2004
        raise invalid_argument(f"First and last frame allow at most {model.two_frames_seconds_max} seconds.")
    if request.work == "reference" and not 1 <= images <= model.references_max + 1:
        raise invalid_argument(f"reference_to_video takes at most {model.references_max} reference images.")
    if request.work == "edit" and (request.seconds or request.ratio):
        raise invalid_argument("An edit keeps the duration and the aspect ratio of its video.")
    if request.work == "extend" and request.seconds > model.extension_seconds_max:
        raise invalid_argument(f"A video is extended by at most {model.extension_seconds_max} seconds.")
    if has_clip and request.ratio:
        raise invalid_argument("The aspect ratio is that of the given video.")

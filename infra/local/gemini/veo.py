"""Veo as the enterprise API has it: `predictLongRunning` begins a video, `fetchPredictOperation` says how far it is."""

from collections.abc import Mapping
from typing import Any, Final

from infra.local.gemini.caller import Caller
from infra.local.gemini.calls import Call
from infra.local.gemini.contents import IMAGE_TYPES
from infra.local.gemini.errors import GoogleError, bad_field, invalid_argument
from infra.local.gemini.fields import Many, read_message
from infra.local.gemini.models import VEO_MODELS
from infra.local.gemini.video_request import VideoRequest
from infra.local.gemini.video_service import Interaction, VideoService

_IMAGE: Final = {"bytes_base64_encoded": "bytes", "mime_type": "string", "gcs_uri": "string"}
_SHAPE: Final[Mapping[str, Any]] = {
    "instances": Many({
        "prompt": "string", "image": _IMAGE, "last_frame": _IMAGE,
        "reference_images": Many({"image": _IMAGE, "reference_type": "string"}),
        "video": {"gcs_uri": "string", "mime_type": "string"},
    }),
    "parameters": {
        "sample_count": "number", "duration_seconds": "number", "aspect_ratio": "string", "resolution": "string",
        "generate_audio": "bool", "negative_prompt": "string", "seed": "number", "storage_uri": "string",
        "person_generation": "string",
    },
    "labels": "any",
}  # fmt: skip


class VeoService:
    """The same videos as by interactions, behind other calls."""

    def __init__(self, videos: VideoService) -> None:
        self._videos = videos

    async def begin(self, raw: dict[str, Any], call: Call, caller: Caller, resource: str) -> dict[str, Any]:
        """`resource` is the model's full name. Raises GoogleError, LostAnswerError or AbandonedError."""
        request = _read(raw, call.model)
        interaction = await self._videos.begin(request, call, caller)
        return {"name": f"{resource}/operations/{interaction.id}"}

    def fetch(self, raw: dict[str, Any], resource: str) -> dict[str, Any]:
        """Raises GoogleError."""
        name = str(read_message(raw, {"operation_name": "string"}).get("operation_name", ""))
        if not name.startswith(f"{resource}/operations/"):
            raise invalid_argument("The operation does not belong to this model.")
        interaction = self._videos.find(name.rpartition("/")[2])
        interaction.polls += 1
        return {"name": name, **_describe(interaction)}


def _describe(interaction: Interaction) -> dict[str, Any]:
    if interaction.status in {"queued", "in_progress"}:
        return {}
    if interaction.status == "failed" and "PROHIBITED" in interaction.reason:
        told = {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": ["Blocked by the safety filter. Code 58061214"]}
        return {"done": True, "response": told}
    if interaction.status != "completed":
        return {"done": True, "error": {"code": 13, "message": f"Video generation failed: {interaction.reason}"}}
    if interaction.fault and interaction.fault.kind in {"empty", "hidden"}:
        return {"done": True, "response": {}}
    return {"done": True, "response": {"videos": [{"gcsUri": interaction.uri, "mimeType": "video/mp4"}]}}


def _read(raw: dict[str, Any], name: str) -> VideoRequest:
    message = read_message(raw, _SHAPE)
    model = VEO_MODELS[name]
    instances = message.get("instances", [])
    parameters = message.get("parameters", {})
    if len(instances) != 1 or parameters.get("sample_count", 1) != 1:
        raise invalid_argument("The local server makes one video at a time.")
    [instance] = instances
    seconds, resolution = int(parameters.get("duration_seconds", 8)), parameters.get("resolution", "720p")
    if seconds not in model.lengths:
        raise bad_field("parameters.durationSeconds", f"Unsupported output video duration {seconds} seconds.")
    if resolution not in model.resolutions or parameters.get("aspect_ratio", "16:9") not in {"16:9", "9:16"}:
        raise bad_field("parameters", "Unsupported resolution or aspect ratio.")
    if not str(parameters.get("storage_uri", "")).startswith("gs://"):
        raise bad_field("parameters.storageUri", "The local server writes into a bucket only.")
    references = [each.get("image", {}) for each in instance.get("reference_images", [])]
    frames = [instance[name] for name in ("image", "last_frame") if name in instance]
    clip = instance.get("video", {}).get("gcs_uri", "")
    if "last_frame" in instance and "image" not in instance:
        raise invalid_argument("A last frame needs a first one.")
    if len(references) > model.references_max or (references and (frames or clip)):
        raise invalid_argument("Reference images stand alone, and are three at most.")
    return VideoRequest(
        model=model,
        work="extend" if clip else "image" if frames else "reference" if references else "text",
        prompt=str(instance.get("prompt", "")),
        images=tuple(_read_image(each) for each in (*frames, *references)),
        clip_uri=clip,
        previous="",
        seconds=seconds,
        ratio="" if clip else parameters.get("aspect_ratio", "16:9"),
        resolution=resolution,
        delivery="uri",
        gcs_uri=parameters["storage_uri"],
        seed=int(parameters.get("seed", 0)),
        labels=message.get("labels") or {},
        store=None,
        has_sound=parameters.get("generate_audio", True),
    )


def _read_image(image: dict[str, Any]) -> bytes:
    if image.get("mime_type") not in IMAGE_TYPES or not image.get("bytes_base64_encoded"):
        raise invalid_argument("Unable to process input image: unsupported MIME type.")
    return bytes(image["bytes_base64_encoded"])


def find_veo(name: str, resource: str) -> str:
    """The model's name. Raises GoogleError."""
    if name not in VEO_MODELS:
        raise GoogleError("NOT_FOUND", f"Publisher model `{resource}` was not found.")
    return name

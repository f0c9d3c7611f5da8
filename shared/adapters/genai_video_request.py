"""Builds an interaction with Gemini Omni: its inputs, their roles in the prompt, the output format.

Omni has no field for a first frame, a last frame or a reference: the prompt names the role of each picture by its
position among the inputs, as a tag (1.1, ai.google.dev/gemini-api/docs/omni) and in a sentence (1.2 is said to need no
tags). It has no field for unwanted content or for silence either: the prompt states both.
"""

import base64
from typing import Any

from shared.providers.images import Image
from shared.providers.ladder import VideoRung
from shared.providers.videos import VideoTask

_TASKS = {
    "text": "text_to_video",
    "image": "image_to_video",
    "reference": "reference_to_video",
    "edit": "edit",
    "extend": "extend",
}
LABEL_CHARACTERS_MAX = 63


def build_request(rung: VideoRung, task: VideoTask, gcs_uri: str, clip_uri: str) -> dict[str, Any]:
    """The arguments of an interaction. `gcs_uri`: where to write the file; `clip_uri`: where the clip is.

    Both may be empty. A clip may also be given by its operation, which the interaction then continues. Only the
    developer API, which writes into no bucket, sends notices.
    """
    chained = task.clip.operation if task.clip is not None else ""
    request: dict[str, Any] = {
        "model": rung.id,
        "input": _build_input(task, "" if chained else clip_uri),
        "response_format": _build_format(task, gcs_uri),
        "labels": {"job": mark_of(task.label)},
        # A video is made in the background, and only what is stored can be asked about.
        "store": True,
        "background": True,
    }
    if task.notice_url and not gcs_uri:
        request["webhook_config"] = {"uris": [task.notice_url]}
    config: dict[str, Any] = {} if task.seed is None else {"seed": task.seed}
    if chained:
        request["previous_interaction_id"] = chained
    else:  # a chained interaction knows its task, and refuses to be told
        config["video_config"] = {"task": _TASKS[task.work]}
    return request | ({"generation_config": config} if config else {})


def mark_of(label: str) -> str:
    """A label in the API's alphabet: lower-case letters and digits."""
    return label.encode().hex()[:LABEL_CHARACTERS_MAX]


def write_prompt(task: VideoTask) -> str:
    """The prompt, with everything that has no field of its own."""
    said = [_name_roles(task), task.prompt, _explain_roles(task)]
    if task.negative_prompt:
        said.append(f"The video must not show: {task.negative_prompt}")
    if not task.has_sound:
        said.append("The video is silent: no speech, no music, no noises.")
    return "\n".join(filter(None, said))


def pictures_of(task: VideoTask) -> list[Image]:
    """The pictures, in the order of the prompt's numbering."""
    frames = [frame for frame in (task.first_frame, task.last_frame) if frame is not None]
    return [*frames, *task.references]


def _name_roles(task: VideoTask) -> str:
    names = ["<FIRST_FRAME>"] if task.first_frame is not None else []
    names += ["<LAST_FRAME>"] if task.last_frame is not None else []
    sources = [f"{name}@Image{number}" for number, name in enumerate(names, 1)]
    references = [f"<IMAGE_REF_{place}>@Image{len(names) + place + 1}" for place in range(len(task.references))]
    said = [f"[# Sources {' '.join(sources)}]"] if sources else []
    return " ".join(said + ([f"[# References {' '.join(references)}]"] if references else []))


def _explain_roles(task: VideoTask) -> str:
    if task.first_frame is not None and task.last_frame is not None:
        return "The video begins with Image1 as its first frame and ends with Image2 as its last frame."
    if task.first_frame is not None:
        return "The video begins with Image1 as its first frame."
    return "The images are references for what is seen, not frames of the video." if task.references else ""


def _build_input(task: VideoTask, clip_uri: str) -> list[dict[str, Any]]:
    """The clip, the pictures, the words."""
    parts: list[dict[str, Any]] = []
    if task.clip is not None and clip_uri:
        parts.append({"type": "video", "uri": clip_uri, "mime_type": task.clip.mime_type})
    for picture in pictures_of(task):
        data = base64.b64encode(picture.content).decode("ascii")
        parts.append({"type": "image", "data": data, "mime_type": picture.mime_type})
    return [*parts, {"type": "text", "text": write_prompt(task)}]


def _build_format(task: VideoTask, gcs_uri: str) -> dict[str, Any]:
    """The output format. A clip keeps its ratio, an edit its length. An inline answer would be limited to 4 MB."""
    form: dict[str, Any] = {"type": "video", "resolution": task.resolution, "delivery": "uri"}
    if gcs_uri:
        form["gcs_uri"] = gcs_uri
    if task.work != "edit":
        form["duration"] = f"{task.seconds}s"
    if task.clip is None:
        form["aspect_ratio"] = task.ratio
    return form

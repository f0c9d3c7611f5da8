"""A job for the Transcoder, read as strictly as Google reads it, as far as the product uses it: one MP4 of one source.

https://cloud.google.com/transcoder/docs/reference/rest/v1/JobConfig
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from infra.local.gemini.bucket import SCHEME
from infra.local.gemini.errors import bad_field
from infra.local.gemini.fields import Many, read_message

_H264: Final = {"width_pixels": "number", "height_pixels": "number", "frame_rate": "number", "bitrate_bps": "number"}
_STREAM: Final = {
    "key": "string",
    "video_stream": {"h264": _H264},
    "audio_stream": {"codec": "string", "bitrate_bps": "number"},
}
_SHAPE: Final[Mapping[str, Any]] = {
    "config": {
        "inputs": Many({"key": "string", "uri": "string"}),
        "edit_list": Many({"key": "string", "inputs": Many("string")}),
        "elementary_streams": Many(_STREAM),
        "mux_streams": Many(
            {"key": "string", "file_name": "string", "container": "string", "elementary_streams": Many("string")}
        ),
        "output": {"uri": "string"},
    },
    "labels": "any",
    "ttl_after_completion_days": "number",
}
_LABEL: Final = re.compile(r"[a-z0-9_-]{0,63}")
_PX_MAX, _FRAMES_MAX, _BITRATES = 4096, 120, range(1_000, 800_000_001)


@dataclass(frozen=True)
class CopyRequest:
    """What is to be made."""

    source: str
    target: str
    side_px: int
    """Of the side that was given."""
    is_upright: bool
    """The given side is the width."""
    has_sound: bool
    bitrate_bps: int
    """Of pictures and sound together."""
    labels: Mapping[str, str]


def read_copy(raw: Any) -> CopyRequest:
    """Raises GoogleError."""
    message = read_message(raw, _SHAPE)
    config = message.get("config") or {}
    source = _only(config, "inputs")
    _check(str(source.get("uri", "")).startswith(SCHEME), "config.inputs.uri")
    for atom in config.get("edit_list", ()):
        _check(set(atom.get("inputs", ())) == {source.get("key")}, "config.editList.inputs")
    mux, folder = _only(config, "mux_streams"), str(config.get("output", {}).get("uri", ""))
    _check(re.fullmatch(r"gs://[^/]+/.+/", folder), "config.output.uri")
    _check(mux.get("container") == "mp4" and "/" not in mux.get("file_name", "/"), "config.muxStreams")
    streams = {each.get("key"): each for each in config.get("elementary_streams", ())}
    _check(set(mux.get("elementary_streams", ())) == set(streams), "config.muxStreams.elementaryStreams")
    h264 = _read_h264([each["video_stream"] for each in streams.values() if "video_stream" in each])
    sounds = [each["audio_stream"] for each in streams.values() if "audio_stream" in each]
    _check(all(each.get("codec") == "aac" and each.get("bitrate_bps", 0) > 0 for each in sounds), "audioStream")
    _check(message.get("ttl_after_completion_days", 30) in range(1, 91), "ttlAfterCompletionDays")
    labels = message.get("labels") or {}
    _check(all(_LABEL.fullmatch(part) for pair in labels.items() for part in pair), "labels")
    return CopyRequest(
        source=source["uri"],
        target=folder + mux["file_name"],
        side_px=h264.get("width_pixels") or h264["height_pixels"],
        is_upright="width_pixels" in h264,
        has_sound=bool(sounds),
        bitrate_bps=h264["bitrate_bps"] + sum(each["bitrate_bps"] for each in sounds),
        labels=labels,
    )


def _read_h264(videos: list[dict[str, Any]]) -> dict[str, Any]:
    """The settings of the only stream of pictures."""
    _check(len(videos) == 1 and videos[0].get("h264"), "config.elementaryStreams.videoStream.h264")
    h264: dict[str, Any] = videos[0]["h264"]
    given = h264.keys() & {"width_pixels", "height_pixels"}
    _check(len(given) == 1, "h264.heightPixels")
    side_px = h264[given.pop()]
    _check(side_px % 2 == 0 and 0 < side_px <= _PX_MAX, "h264.heightPixels")
    _check(0 < h264.get("frame_rate", 0) <= _FRAMES_MAX, "h264.frameRate")
    _check(h264.get("bitrate_bps", 0) in _BITRATES, "h264.bitrateBps")
    return h264


def _only(config: dict[str, Any], name: str) -> dict[str, Any]:
    entries = config.get(name) or []
    _check(len(entries) == 1, f"config.{name}")
    entry: dict[str, Any] = entries[0]
    return entry


def _check(holds: object, field: str) -> None:
    if not holds:
        raise bad_field(field, f"Invalid value at '{field}'")

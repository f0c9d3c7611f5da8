"""MP4 files (ISO/IEC 14496-12), as far as we look into them."""

from dataclasses import dataclass
from typing import Literal, get_args

VideoTrouble = Literal["empty", "kind", "cut", "no_index", "no_frames", "codec", "size", "pixels", "broken"]
"""Why a video cannot be shown: it has no bytes; it is something else than MP4; its end is missing; it has no index
(`moov`); it has no frame; nobody here can read its codec; it is too large; its pictures are; it contradicts itself."""
VIDEO_TROUBLES: tuple[VideoTrouble, ...] = get_args(VideoTrouble)


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What a video file says of itself."""

    size_bytes: int
    seconds: float
    width: int
    height: int
    """In px, as people see it: after its rotation."""
    frames: int
    codec: str
    """Four characters, such as "avc1" (H.264) or "hvc1" (H.265)."""
    has_sound: bool
    is_hdr: bool = False
    has_constant_rate: bool = True
    """Whether all frames are shown equally long."""
    starts_fast: bool = True
    """Whether the index stands before the pictures, so that it plays while it loads."""

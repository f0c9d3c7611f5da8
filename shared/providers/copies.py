"""Smaller copies of videos that are too large for Telegram: what is ordered, and what becomes of it. Pure.

    plan_copy ─▶ start ─▶ Begun(operation) ─▶ poll ─▶ Running ─▶ … poll ─▶ Copied ─▶ the file ─▶ forget the operation
                   ├▶ Broken: not begun          └▶ Broken: it failed, and no file comes
                   └▶ TimedOut: unknown, and the file decides

No transcoder has an idempotency key, so a start is never repeated.
"""

from dataclasses import dataclass
from math import ceil

from shared.providers.outcomes import Begun, Broken, TimedOut
from shared.providers.videos import Lost, Running

SHORT_SIDE_PX_MAX = 720
SECONDS_MIN = 5.0
"""Google's Transcoder takes no shorter video (cloud.google.com/transcoder/docs/concepts/overview#limits)."""
VIDEO_BPS_MIN, VIDEO_BPS_MAX = 500_000, 5_000_000
"""Below the first a copy in 720p is not worth looking at; above the second nobody sees a difference."""
SOUND_BPS = 128_000
FILLED_SHARE = 0.9
"""How much of the allowed size the bitrates may fill: an encoder misses its target by a few percent."""
HD_USD_MICROS_PER_MINUTE, SD_USD_MICROS_PER_MINUTE = 30_000, 15_000
"""Of the output, from 1280 × 720 on and below (cloud.google.com/transcoder/pricing, read on 2026-11-29)."""
COPY_FILENAME = "small.mp4"


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyTask:
    """A smaller copy to make: H.264 with AAC, in MP4."""

    source: str
    """The video's file in our bucket."""
    prefix: str
    """Where the copy goes in our bucket, as COPY_FILENAME; it ends with a slash, and nothing else is written there."""
    label: str
    """The job's id: our mark on the operation, for people who look for it."""
    short_side_px: int
    is_upright: bool
    video_bps: int
    has_sound: bool
    usd_micros: int
    """What it costs us, in millionths of a US dollar."""


@dataclass(frozen=True, slots=True)
class Copied:
    """The copy is finished, and its file is in the bucket."""


CopyStart = Begun | Broken | TimedOut
"""`Broken`: it was certainly not begun. `TimedOut`: nobody knows."""
CopyPoll = Running | Copied | Broken | Lost | TimedOut
"""`Broken`: it failed for good. After `TimedOut` the state is unknown."""


def plan_copy(
    source: str, prefix: str, label: str, *, size_px: tuple[int, int], seconds: float, has_sound: bool, bytes_max: int
) -> CopyTask | None:
    """The copy of a video of this width and height, of at most so many bytes; None if none can be made."""
    sound_bps = SOUND_BPS if has_sound else 0
    fitting_bps = int(bytes_max * 8 * FILLED_SHARE / max(seconds, SECONDS_MIN)) - sound_bps
    if seconds < SECONDS_MIN or fitting_bps < VIDEO_BPS_MIN:
        return None
    short_side_px = min(*size_px, SHORT_SIDE_PX_MAX) // 2 * 2
    is_hd = short_side_px >= SHORT_SIDE_PX_MAX
    rate = HD_USD_MICROS_PER_MINUTE if is_hd else SD_USD_MICROS_PER_MINUTE
    return CopyTask(
        source=source,
        prefix=prefix,
        label=label,
        short_side_px=short_side_px,
        is_upright=size_px[0] < size_px[1],
        video_bps=min(fitting_bps, VIDEO_BPS_MAX),
        has_sound=has_sound,
        usd_micros=ceil(rate * seconds / 60),
    )

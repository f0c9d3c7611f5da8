"""Facts about a recording before it is downloaded: its format, and bounds of its duration and size. Pure."""

from shared.credits.catalogue import HEARING
from shared.jobs.limits import FILE_BYTES_MAX
from shared.telegram.updates import Recording
from shared.voices.measure_sound import MP3, OGG, WAV

FORMS = {
    "audio/ogg": OGG,
    "audio/opus": OGG,
    "audio/wav": WAV,
    "audio/x-wav": WAV,
    "audio/wave": WAV,
    "audio/vnd.wave": WAV,
    "audio/mpeg": MP3,
    "audio/mp3": MP3,
    "audio/x-mp3": MP3,
    "audio/mp4": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
    "audio/aac": "audio/aac",
    "audio/flac": "audio/flac",
    "audio/x-flac": "audio/flac",
    "video/mp4": "video/mp4",
}
"""The MIME types of apps, and those of the model."""
SLACK_SECONDS = 5
"""A recording may be longer than its app said by this and a tenth."""
_BYTES_PER_SECOND_MIN = 8_000
"""For a file whose duration we cannot measure, 64 kbit/s: at a higher bit rate it counts as longer."""
_FILM_BYTES_PER_SECOND_MIN, _FILM_SECONDS_MIN = 25_000, 60
"""For a video that was sent as a file, of unknown length: at least 200 kbit/s; a short one has more."""
_BYTES_PER_SECOND_MAX = {OGG: 64_000, "audio/mp4": 200_000, "video/mp4": 400_000}
"""For formats whose files may lie about their duration: the maxima of Opus, of sound and of video in MP4."""
_ANY = 1_000_000
_FACTOR = 6
"""The memory of a recording while it is sent, in multiples of its size: file, parts, base64, request; measured 5.5."""
_CUT = frozenset({OGG, WAV, MP3})
MEASURED = _CUT | {"audio/mp4", "video/mp4"}
"""A file that claims one of these formats but cannot be measured does not have it."""


def form_of(recording: Recording) -> str:
    """The model's MIME type of the recording; empty if the model does not support it."""
    return FORMS.get(recording.mime_type.partition(";")[0].strip(), "")


def is_film(recording: Recording) -> bool:
    """Whether it is a video, whose pictures the model reads too."""
    return form_of(recording).startswith("video/")


def seconds_of(recording: Recording) -> int:
    """The upper bound of its duration in seconds, from Telegram's data; at least 1."""
    form = form_of(recording)
    is_told = recording.seconds > 0 and form in MEASURED
    if is_film(recording) and not is_told:
        return max(_FILM_SECONDS_MIN, recording.size_bytes // _FILM_BYTES_PER_SECOND_MIN)
    by_size = recording.size_bytes // (_BYTES_PER_SECOND_MAX.get(form, _ANY) if is_told else _BYTES_PER_SECOND_MIN)
    return max(1, recording.seconds, by_size)


def is_longer(measured_seconds: float, seconds: int) -> bool:
    """Whether the measured duration exceeds what was counted for it."""
    return measured_seconds > seconds * 1.1 + SLACK_SECONDS


def seconds_max_of(recording: Recording) -> int:
    """The longest recording of this format, in seconds: if it cannot be cut, it has to fit into one call."""
    return HEARING.seconds_max if form_of(recording) in _CUT else HEARING.part_seconds_max


def weigh(recording: Recording) -> int:
    """The memory that a recording needs in this process, in bytes; an unknown size counts as large."""
    return _FACTOR * (recording.size_bytes or FILE_BYTES_MAX)

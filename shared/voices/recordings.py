"""What of a recording is known before anybody listens: its form, and how long it can be. Pure."""

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
"""What apps call a form, and what the model does."""
SLACK_SECONDS = 5
"""A recording may be so much longer than its app said, and a tenth."""
_BYTES_PER_SECOND_MIN = 8_000
"""Of a file whose length nobody can measure here: 64 kbit/s. More at once is taken for longer."""
_FILM_BYTES_PER_SECOND_MIN, _FILM_SECONDS_MIN = 25_000, 60
"""Of a video that was sent as a file, whose length nobody tells: 200 kbit/s; a short one has more."""
_BYTES_PER_SECOND_MAX = {OGG: 64_000, "audio/mp4": 200_000, "video/mp4": 400_000}
"""Of forms whose length their own file may lie about: the most that Opus has, and sound or a film within MP4."""
_ANY = 1_000_000
_FACTOR = 6
"""What a recording takes while it is sent: itself, its parts, base64, and the request around it; 5.5 were measured."""
_CUT = frozenset({OGG, WAV, MP3})
MEASURED = _CUT | {"audio/mp4", "video/mp4"}
"""A file that calls itself one of these and cannot be measured is none of them."""


def form_of(recording: Recording) -> str:
    """What the model calls its form; empty where it takes no such form."""
    return FORMS.get(recording.mime_type.partition(";")[0].strip(), "")


def is_film(recording: Recording) -> bool:
    """Whether the model reads pictures as well."""
    return form_of(recording).startswith("video/")


def seconds_of(recording: Recording) -> int:
    """How long it is at most, by what Telegram tells: at least a second."""
    form = form_of(recording)
    is_told = recording.seconds > 0 and form in MEASURED
    if is_film(recording) and not is_told:
        return max(_FILM_SECONDS_MIN, recording.size_bytes // _FILM_BYTES_PER_SECOND_MIN)
    by_size = recording.size_bytes // (_BYTES_PER_SECOND_MAX.get(form, _ANY) if is_told else _BYTES_PER_SECOND_MIN)
    return max(1, recording.seconds, by_size)


def is_longer(measured_seconds: float, seconds: int) -> bool:
    """Whether a recording turned out to be longer than what was counted for it."""
    return measured_seconds > seconds * 1.1 + SLACK_SECONDS


def seconds_max_of(recording: Recording) -> int:
    """The longest recording of this form: what cannot be cut has to fit into one call."""
    return HEARING.seconds_max if form_of(recording) in _CUT else HEARING.part_seconds_max


def weigh(recording: Recording) -> int:
    """The bytes that a recording takes in this process; one whose size Telegram does not tell is taken for large."""
    return _FACTOR * (recording.size_bytes or FILE_BYTES_MAX)

"""What a bot may send as a voice message: Ogg Opus of the length that it names, MP3 or M4A.

Telegram takes other sound too, and makes music or a file of it. Nobody wants that who calls sendVoice, so this server
refuses it, as it refuses a length that is not the sound's: the apps show the length that the bot names.
"""

from infra.local.telegram.errors import bad_request
from infra.local.telegram.reading import Call, Upload

VOICE_BYTES_MAX = 50 * 1024 * 1024
_SAMPLES_PER_SECOND = 48_000
_TOLERANCE_SECONDS = 1.0
"""Apps round a length up."""
_NO_GRANULE = 2**64 - 1


def check_voice(call: Call, upload: Upload) -> None:
    """Raises ApiError for what is no voice message."""
    content = upload.content
    if len(content) > VOICE_BYTES_MAX:
        raise bad_request("file is too big")
    if content.startswith((b"ID3", b"\xff\xfb")) or content[4:8] == b"ftyp":
        return
    if not content.startswith(b"OggS") or b"OpusHead" not in content[:64]:
        raise bad_request("the local server takes Ogg Opus, MP3 and M4A as a voice message, and nothing else")
    seconds = measure_ogg(content)
    named = call.integer("duration")
    if named is None or abs(named - seconds) > _TOLERANCE_SECONDS:
        raise bad_request(f"the local server wants the sound's own duration: {seconds:.1f}, not {named}")


def measure_ogg(content: bytes) -> float:
    """The length of a file of Ogg Opus in seconds, by its last page."""
    start = content.rfind(b"OggS")
    granule = int.from_bytes(content[start + 6 : start + 14], "little")
    head = content.index(b"OpusHead")
    skipped = int.from_bytes(content[head + 10 : head + 12], "little")
    return 0.0 if granule == _NO_GRANULE else max(0, granule - skipped) / _SAMPLES_PER_SECOND

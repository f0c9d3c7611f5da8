"""Transcription: this server reads the words from the metadata of a recording.

Sound made by the local Gemini contains its text: an Ogg Opus file in the comment `TRANSCRIPT` of its header OpusTags, a
WAV file in the field `ICMT` of its list INFO. A recording without such text counts as speech with fixed words if it is
long enough, otherwise as silence. The texts `[silence]`, `[music]` and `[noise]` mean that nobody speaks; a text that
ends with `[unsure]` gets a low confidence.
"""

import re
import struct
from typing import Any, Final

from infra.local.gemini.talk_request import TalkRequest

FIELDS: Final = frozenset({"heard", "words"})
STAND_IN: Final = "Hello!"
"""What is heard in a recording of a real voice: a greeting, which nothing is drawn or paid for."""
_COMMENT: Final = b"TRANSCRIPT="
_SECONDS_MIN: Final = 1.0
_OPUS_RATE: Final = 48_000
_UNSURE: Final = "[unsure]"
_SURE, _DOUBTFUL = 0.95, 0.4
_NOT_SPEECH: Final = re.compile(r"\[(silence|music|noise)\]")
_CYRILLIC: Final = re.compile("[а-яё]", re.IGNORECASE)
_PAGE_BYTES: Final = 27
_WORDS_BYTES_MAX: Final = 1_000_000


def is_hearing(request: TalkRequest) -> bool:
    """Whether the request's schema asks for a transcript."""
    has_sound = any(file.mime_type.startswith(("audio/", "video/")) for file in request.files)
    return has_sound and (request.schema or {}).get("properties", {}).keys() >= FIELDS


def hear(request: TalkRequest) -> dict[str, Any]:
    """The transcript of the request's last recording."""
    file = next(each for each in reversed(request.files) if each.mime_type.startswith(("audio/", "video/")))
    words = find_words(file.data)
    if words is None:
        words = STAND_IN if estimate_seconds(file.data) >= _SECONDS_MIN else "[silence]"
    other = _NOT_SPEECH.fullmatch(words.strip())
    if other is not None:
        return {"heard": other[1], "language": "", "sure": _SURE, "words": ""}
    is_doubtful = words.rstrip().endswith(_UNSURE)
    words = words.rstrip().removesuffix(_UNSURE).rstrip()
    language = "ru" if _CYRILLIC.search(words) else "en"
    return {"heard": "speech", "language": language, "sure": _DOUBTFUL if is_doubtful else _SURE, "words": words}


def find_words(content: bytes) -> str | None:
    """The words that a file carries; None where it carries none."""
    return _find_in_tags(content) if content.startswith(b"OggS") else _find_in_list(content)


def estimate_seconds(content: bytes) -> float:
    """How long a recording is: exactly for Ogg Opus, by its size for others (32 kbit/s)."""
    last = content.rfind(b"OggS")
    if last < 0 or last + _PAGE_BYTES > len(content):
        return len(content) / 4_000
    [samples] = struct.unpack_from("<q", content, last + 6)
    return float(max(0, samples) / _OPUS_RATE)


def _find_in_tags(content: bytes) -> str | None:
    """The comment of an OpusTags packet, which may go over several pages."""
    tags = b"".join(_read_packets(content)).partition(b"OpusTags")[2]
    try:
        [vendor] = struct.unpack_from("<I", tags)
        [count] = struct.unpack_from("<I", tags, 4 + vendor)
        at = 8 + vendor
        for _ in range(count):
            [size] = struct.unpack_from("<I", tags, at)
            comment, at = tags[at + 4 : at + 4 + size], at + 4 + size
            if comment.upper().startswith(_COMMENT):
                return comment[len(_COMMENT) :].decode("utf-8", "replace")
    except struct.error:
        return None
    return None


def _read_packets(content: bytes) -> list[bytes]:
    """The bodies of the first pages, together a little more than the longest text."""
    bodies, at, total = list[bytes](), 0, 0
    while content[at : at + 4] == b"OggS" and at + _PAGE_BYTES <= len(content) and total <= _WORDS_BYTES_MAX:
        body = at + _PAGE_BYTES + content[at + 26]
        at = body + sum(content[at + _PAGE_BYTES : body])
        bodies.append(content[body:at])
        total += at - body
    return bodies


def _find_in_list(content: bytes) -> str | None:
    at = content.find(b"ICMT") if content.startswith(b"RIFF") else -1
    if at < 0 or at + 8 > len(content):
        return None
    [size] = struct.unpack_from("<I", content, at + 4)
    return content[at + 8 : at + 8 + size].rstrip(b"\0").decode("utf-8", "replace")

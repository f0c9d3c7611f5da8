"""The files of a long transcript: plain text, and subtitles in SubRip format. Pure.

1
00:00:01,500 --> 00:00:04,000
What is said.
"""

from collections.abc import Sequence
from itertools import chain, pairwise

from shared.voices.transcript import SpokenLine

SHOWN_SECONDS_MAX = 15.0
SHOWN_SECONDS_MIN = 1.0
"""The shortest time that a subtitle is shown."""


def write_text(lines: Sequence[SpokenLine]) -> bytes:
    """A line of text for each; UTF-8 with a byte order mark, without which some editors show Cyrillic wrongly."""
    return "\n".join([*(line.words for line in lines), ""]).encode("utf-8-sig")


def write_subtitles(lines: Sequence[SpokenLine]) -> bytes:
    """Each subtitle is shown until the next one begins, within limits."""
    last = SpokenLine(lines[-1].at_seconds + SHOWN_SECONDS_MAX, "")
    blocks = [
        f"{number}\n{_write(line.at_seconds)} --> {_write(_find_end(line, following))}\n{line.words}\n"
        for number, (line, following) in enumerate(pairwise(chain(lines, [last])), 1)
    ]
    return "\n".join(blocks).encode()


def _find_end(line: SpokenLine, following: SpokenLine) -> float:
    shown = following.at_seconds - line.at_seconds
    return line.at_seconds + min(SHOWN_SECONDS_MAX, max(SHOWN_SECONDS_MIN, shown))


def _write(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    whole, milliseconds = divmod(milliseconds, 1000)
    return f"{hours:02}:{minutes:02}:{whole:02},{milliseconds:03}"

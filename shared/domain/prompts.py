"""Reading "16:9", "4K" and "x3" at the end of a prompt."""

import re
from dataclasses import dataclass

from shared.domain.catalogue import COUNTS, RATIOS, SIZES, Ratio, Size

_LOOKALIKES = str.maketrans({"К": "K", "к": "K", "k": "K", "х": "x", "Х": "x", "X": "x", "×": "x"})
"""Letters that look alike on a Russian keyboard, and both cases."""


@dataclass(frozen=True, slots=True)
class ParsedPrompt:
    """A prompt without its closing parameters; None where a parameter was not named."""

    text: str
    ratio: Ratio | None = None
    size: Size | None = None
    count: int | None = None


def parse_prompt(text: str) -> ParsedPrompt:
    """Take parameters off the end, the last one named of a kind winning; what is in the middle stays text."""
    words = text.strip()
    ratio: Ratio | None = None
    size: Size | None = None
    count: int | None = None
    while match := re.search(r"(?:^|[\s,;])([^\s,;]+)[\s.,;]*$", words):
        token = match.group(1).translate(_LOOKALIKES)
        if token in RATIOS:
            ratio = ratio or token
        elif token in SIZES:
            size = size or token
        elif token in {f"x{n}" for n in COUNTS}:
            count = count or int(token[1:])
        else:
            break
        words = words[: match.start()].rstrip(" \t\n,;")
    return ParsedPrompt(words, ratio, size, count)

"""Reading "16:9", "4K" and "x3" at the end of a prompt."""

from dataclasses import dataclass

from shared.domain.catalogue import COUNTS, RATIOS, SIZES, Ratio, Size

_LOOKALIKES = str.maketrans({"К": "K", "к": "K", "k": "K", "х": "x", "Х": "x", "X": "x", "×": "x"})
"""Letters that look alike on a Russian keyboard, and both cases."""

_BETWEEN = " \t\r\n,;"
PARAMETERS_MAX = 32
"""More of them are a text, or an attack."""


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
    for _ in range(PARAMETERS_MAX):
        tail = words.rstrip(_BETWEEN + ".")
        start = max(tail.rfind(separator) for separator in _BETWEEN) + 1
        token = tail[start:].translate(_LOOKALIKES)
        if token in RATIOS:
            ratio = ratio or token
        elif token in SIZES:
            size = size or token
        elif token in {f"x{n}" for n in COUNTS}:
            count = count or int(token[1:])
        else:
            break
        words = tail[:start].rstrip(_BETWEEN)
    return ParsedPrompt(words, ratio, size, count)

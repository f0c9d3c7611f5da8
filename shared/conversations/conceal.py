"""Removing our instruction from answers when a model repeats it word for word.

The instruction holds no secret, but knowing it makes prompt injection easier. Translations and paraphrases are not
caught, nor are runs of a few words.
"""

import re
from collections.abc import Iterator

from shared.conversations.instruction import RULES

RUN_WORDS_MIN = 10
"""A run of so many of our words in the same order cannot be a coincidence."""
_WORD = re.compile(r"\w+")
_FIELD = re.compile(r"\{\w+\}")
_GAP = "…"


def conceal(text: str) -> str:
    """The text without passages of our rules."""
    words = list(_WORD.finditer(text))
    hits = {place for place, run in enumerate(_runs([found[0] for found in words])) if run in _KNOWN}
    hidden = {place + step for place in hits for step in range(RUN_WORDS_MIN)}
    shown, end = "", 0
    for place, found in enumerate(words):
        if place not in hidden:
            continue
        if place - 1 not in hidden:
            shown += text[end : found.start()] + _GAP
        end = found.end()
    return shown + text[end:]


def _runs(words: list[str]) -> Iterator[tuple[str, ...]]:
    """Each run of RUN_WORDS_MIN consecutive words."""
    folded = [word.casefold() for word in words]
    return zip(*(folded[step:] for step in range(RUN_WORDS_MIN)), strict=False)


def _read(rules: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """The runs of our rules; the fields in them are left out, because their words vary."""
    parts = [part for rule in rules for part in _FIELD.split(rule)]
    return frozenset(run for part in parts for run in _runs(_WORD.findall(part)))


_KNOWN = _read(RULES)

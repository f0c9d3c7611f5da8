"""Our instruction is not shown: where a model repeats it, word by word, the words are left out.

It holds no secret, but who reads it can bend the next model to it. A model that translates or tells it in its own words
gets through; so does a run of a few words, which is no part of a rule.
"""

import re
from collections.abc import Iterator

from shared.conversations.instruction import RULES

RUN_WORDS_MIN = 10
"""So many words in our order are no chance."""
_WORD = re.compile(r"\w+")
_FIELD = re.compile(r"\{\w+\}")
_GAP = "…"


def conceal(text: str) -> str:
    """The text without what it repeats of our rules."""
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
    """Each run of so many words that follow each other."""
    folded = [word.casefold() for word in words]
    return zip(*(folded[step:] for step in range(RUN_WORDS_MIN)), strict=False)


def _read(rules: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """The runs of our rules; what stands in a field is another word each time."""
    parts = [part for rule in rules for part in _FIELD.split(rule)]
    return frozenset(run for part in parts for run in _runs(_WORD.findall(part)))


_KNOWN = _read(RULES)

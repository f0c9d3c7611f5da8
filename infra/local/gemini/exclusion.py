"""What a prompt says must not be shown: nothing that begins like it is painted."""

import re
from typing import Final

_EXCLUSION: Final = re.compile(
    r"\s*the picture must not show any of the following: (.*?)\.?\s*$", re.IGNORECASE | re.DOTALL
)
_WORD: Final = re.compile(r"\w+")
_ALIKE: Final = 3
"""So many letters are enough: "cats" excludes a cat."""


def leave_out(prompt: str) -> str:
    """The words to paint."""
    match = _EXCLUSION.search(prompt)
    if match is None:
        return prompt
    excluded = {word[:_ALIKE] for word in _WORD.findall(match[1].lower())}
    words = prompt[: match.start()].split()
    return " ".join(word for word in words if word.lower()[:_ALIKE] not in excluded)

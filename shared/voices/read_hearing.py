"""What a model may say of a recording, and what of that is believed. Pure.

What it says is data: what the recording holds, the words, their language, how sure it is. Whatever is said in a
recording, nothing but this comes of it; words that ask for something are the person's own, and are handled as those.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.voices.transcript import Heard

WORDS_CHARACTERS_MAX = 100_000
"""Two hours of speech have about as many; more would not fit into a job's document."""
_JSON_CHARACTERS_MAX = 400_000
_LANGUAGE_CHARACTERS_MAX = 16

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "heard": {"type": "string", "enum": [each.value for each in Heard]},
        "language": {"type": "string"},
        "sure": {"type": "number", "minimum": 0, "maximum": 1},
        "words": {"type": "string"},
    },
    "required": ["heard", "sure", "words"],
}


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a recording holds, as the model heard it."""

    heard: Heard
    words: str = ""
    language: str = ""
    sure: float = 1.0


def read_hearing(text: str) -> Hearing | None:
    """The model's JSON; None where anything about it is odd. Speech without a word is silence."""
    if len(text) > _JSON_CHARACTERS_MAX:
        return None
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return _check(said) if isinstance(said, dict) else None


def _check(said: dict[str, Any]) -> Hearing | None:
    heard = next((each for each in Heard if each == said.get("heard")), None)
    words, language, sure = said.get("words"), said.get("language", ""), said.get("sure")
    if heard is None or not isinstance(words, str) or not isinstance(language, str) or not _is_share(sure):
        return None
    if len(words) > WORDS_CHARACTERS_MAX:
        return None
    if heard is not Heard.SPEECH:
        return Hearing(heard)
    kept = _clean(words)
    if not any(character.isalnum() for character in kept):
        return Hearing(Heard.SILENCE)
    return Hearing(heard, kept, _clean(language)[:_LANGUAGE_CHARACTERS_MAX], float(said["sure"]))


def _clean(text: str) -> str:
    """Words in their lines, without what nobody can see or store."""
    stored = text.encode("utf-8", "replace").decode("utf-8")
    lines = ("".join(each if each.isprintable() else " " for each in line) for line in stored.splitlines())
    return "\n".join(" ".join(line.split()) for line in lines).strip()


def _is_share(value: object) -> bool:
    return type(value) in {int, float} and math.isfinite(value) and 0 <= value <= 1  # type: ignore[arg-type, operator]

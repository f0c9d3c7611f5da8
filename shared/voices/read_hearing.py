"""Validating a model's transcript. Pure.

The reply is data: the kind of content, the words, their language, the confidence. Whatever is said in a recording
cannot cause anything else; words that ask for something are handled as the person's own words.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from shared.providers.json_answers import read_object
from shared.voices.transcript import Heard, SpokenLine

WORDS_CHARACTERS_MAX = 200_000
"""Two hours of fast speech have 150,000; many more would not fit into a job's document (1 MiB)."""
SUMMARY_CHARACTERS_MAX = 600
"""For one part."""
_JSON_CHARACTERS_MAX = 1_000_000
_LANGUAGE_CHARACTERS_MAX = 16

_ABOUT = {
    "heard": {"type": "string", "enum": [each.value for each in Heard]},
    "language": {"type": "string"},
    "sure": {"type": "number", "minimum": 0, "maximum": 1},
}
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {**_ABOUT, "words": {"type": "string"}},
    "required": ["heard", "sure", "words"],
}
LONG_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        **_ABOUT,
        "summary": {"type": "string"},
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"at": {"type": "number", "minimum": 0}, "words": {"type": "string"}},
                "required": ["at", "words"],
            },
        },
    },
    "required": ["heard", "sure", "summary", "lines"],
}
"""For a recording whose words become files: sentences with times, in seconds from the beginning."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """The content of a recording according to the model."""

    heard: Heard
    words: str = ""
    language: str = ""
    sure: float = 1.0
    summary: str = ""
    lines: tuple[SpokenLine, ...] = ()
    """For a long recording, instead of `words`."""


def read_hearing(text: str, *, is_long: bool = False) -> Hearing | None:
    """Parse the model's JSON; None if anything in it is invalid. Speech without words counts as silence."""
    said = read_object(text, _JSON_CHARACTERS_MAX)
    hearing = None if said is None else _check(said)
    if said is None or hearing is None or hearing.heard is not Heard.SPEECH:
        return hearing
    return _with_lines(hearing, said) if is_long else _with_words(hearing, said)


def _check(said: dict[str, Any]) -> Hearing | None:
    """Validate the fields that both schemas have."""
    heard = next((each for each in Heard if each == said.get("heard")), None)
    language, sure = said.get("language", ""), said.get("sure")
    if heard is None or not isinstance(language, str) or not _is_share(sure):
        return None
    if heard is not Heard.SPEECH:
        return Hearing(heard)
    return Hearing(heard, language=_clean(language)[:_LANGUAGE_CHARACTERS_MAX], sure=float(said["sure"]))


def _with_words(hearing: Hearing, said: dict[str, Any]) -> Hearing | None:
    words = said.get("words")
    if not isinstance(words, str) or len(words) > WORDS_CHARACTERS_MAX:
        return None
    kept = _clean(words)
    return replace(hearing, words=kept) if _says_something(kept) else Hearing(Heard.SILENCE)


def _with_lines(hearing: Hearing, said: dict[str, Any]) -> Hearing | None:
    """Add the lines. A time that goes back, which models do write, becomes that of the line before."""
    summary, lines = said.get("summary"), said.get("lines")
    if not isinstance(summary, str) or not isinstance(lines, list) or not all(map(_is_line, lines)):
        return None
    kept, at = list[SpokenLine](), 0.0
    for line in lines:
        at = max(at, float(line["at"]))
        if _says_something(words := " ".join(_clean(line["words"]).split())):
            kept.append(SpokenLine(at, words))
    if sum(len(line.words) for line in kept) > WORDS_CHARACTERS_MAX:
        return None
    short = _clean(summary)[:SUMMARY_CHARACTERS_MAX]
    return replace(hearing, summary=short, lines=tuple(kept)) if kept else Hearing(Heard.SILENCE)


def _is_line(line: object) -> bool:
    if not isinstance(line, dict) or not isinstance(line.get("words"), str):
        return False
    at = line.get("at")
    return type(at) in {int, float} and math.isfinite(at) and at >= 0  # type: ignore[arg-type, operator]


def _says_something(words: str) -> bool:
    return any(character.isalnum() for character in words)


def _clean(text: str) -> str:
    """The words with their line breaks, without invisible characters."""
    stored = text.encode("utf-8", "replace").decode("utf-8")
    lines = ("".join(each if each.isprintable() else " " for each in line) for line in stored.splitlines())
    return "\n".join(" ".join(line.split()) for line in lines).strip()


def _is_share(value: object) -> bool:
    return type(value) in {int, float} and math.isfinite(value) and 0 <= value <= 1  # type: ignore[arg-type, operator]

"""Validating the reading model's reply and deciding what to do. Pure.

The reply is data: an act, a prompt for one picture, one of the pictures that the model got, a format. It cannot set the
number, size, model, price or person: these come from the settings and the ledger. A reply in any other form is ignored.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.conversations import vocabulary as known
from shared.conversations.read_rules import Act
from shared.credits.catalogue import RATIOS, Ratio
from shared.pictures.draft import may_be_split
from shared.pictures.wishes import Reading, read_words
from shared.providers.json_answers import read_line, read_object

PROMPT_CHARACTERS_MAX = 2_000
QUESTION_CHARACTERS_MAX = 200
PICTURES_MAX = 5
"""Earlier pictures that the model gets."""
SURE_MIN = 0.75
"""Below this confidence nothing is bought without a question."""
_JSON_CHARACTERS_MAX = 8_000
_NEVER = frozenset({Reading.TALK, Reading.SHORT})
"""Texts that a model may wrongly read as a picture request: "hurry up", "wrong one"."""
_NEVER_NEW = _NEVER | {Reading.REFERS_BACK}
"""The same for a new picture: "do it again"."""

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "act": {"type": "string", "enum": [act.value for act in Act]},
        "prompt": {"type": "string"},
        "which": {"type": "integer", "minimum": 0, "maximum": PICTURES_MAX - 1},
        "ratio": {"type": "string", "enum": ["", *RATIOS]},
        "sure": {"type": "number", "minimum": 0, "maximum": 1},
        "question": {"type": "string"},
    },
    "required": ["act", "sure"],
}


@dataclass(frozen=True, slots=True)
class Understanding:
    """The model's reading of a message."""

    act: Act
    sure: float
    prompt: str = ""
    """The prompt of the picture; empty: the person's own words."""
    which: int | None = None
    """The picture to change, by its index in the list that the model got."""
    ratio: Ratio | None = None
    question: str = ""
    """The question that the model would ask back."""


def read_answer(text: str) -> Understanding | None:
    """Parse the model's JSON; None if anything in it is invalid. Unknown fields are dropped."""
    said = read_object(text, _JSON_CHARACTERS_MAX)
    return None if said is None else _check(said)


def decide(understood: Understanding | None, words: str, pictures: int, *, brings_picture: bool) -> Act:
    """The act for these words and this reading, with `pictures` shown to the model; *ask* in any doubt.

    A picture is bought without a question (if it is cheap) only if the model is sure, names the picture to change, got
    all of the words, and the words do not address us or the machine itself.
    """
    if understood is None or understood.act in {Act.ASK, Act.ANIMATE, Act.ANSWER}:
        return Act.ASK if understood is None else understood.act
    knows_which = brings_picture or (understood.which is not None and understood.which < pictures)
    is_known = understood.act is Act.DRAW or knows_which
    is_whole, is_plain = not may_be_split(words), not _says_more(words.lower())
    is_wish = read_words(words) not in (_NEVER_NEW if understood.act is Act.DRAW else _NEVER)
    is_sure = is_known and is_whole and is_plain and is_wish and understood.sure >= SURE_MIN
    return understood.act if is_sure else Act.ASK


def _says_more(words: str) -> bool:
    """Whether the text addresses the model's instructions, or is a list or a program."""
    return known.MACHINERY.search(words) is not None or known.NO_DESCRIPTION.search(words) is not None


def _check(said: dict[str, Any]) -> Understanding | None:
    act, sure = next((each for each in Act if each == said.get("act")), None), said.get("sure")
    prompt = _words(said.get("prompt"), PROMPT_CHARACTERS_MAX)
    question = _words(said.get("question"), QUESTION_CHARACTERS_MAX)
    which, named = said.get("which"), said.get("ratio")
    ratio = next((each for each in RATIOS if each == named), None)
    is_odd = act is None or prompt is None or question is None or not _is_share(sure) or not _is_place(which)
    if is_odd or (ratio is None and named is not None and named != ""):
        return None
    assert act is not None
    assert prompt is not None
    assert question is not None
    return Understanding(act, float(said["sure"]), prompt, which, ratio, question)


def _words(value: object, characters_max: int) -> str | None:
    """The words on one line; empty if there are none, None if they are no text or too many."""
    return "" if value is None else read_line(value, characters_max)


def _is_share(value: object) -> bool:
    return type(value) in {int, float} and math.isfinite(value) and 0 <= value <= 1  # type: ignore[arg-type, operator]


def _is_place(value: object) -> bool:
    return value is None or (type(value) is int and 0 <= value < PICTURES_MAX)

"""What the reading model may say of a message, and what of that is believed. Pure.

What it says is data: an act, words for one picture, which of the pictures that were shown to it, a format. Number,
size, model, price and person are not among it: they are the settings' and the ledger's. Anything that is not exactly
of this form counts as no answer.
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
from shared.providers.json_answers import read_object

PROMPT_CHARACTERS_MAX = 2_000
QUESTION_CHARACTERS_MAX = 200
PICTURES_MAX = 5
"""Earlier pictures that are shown to it."""
SURE_MIN = 0.75
"""Below that nothing is bought without a question."""
_JSON_CHARACTERS_MAX = 8_000
_NEVER = frozenset({Reading.TALK, Reading.SHORT})
"""What a model may take for a picture all the same: "hurry up", "wrong one"."""
_NEVER_NEW = _NEVER | {Reading.REFERS_BACK}
"""And for a new one: "do it again"."""

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
    """What a message asks for, as the model sees it."""

    act: Act
    sure: float
    prompt: str = ""
    """What the picture shows; empty: what the person wrote."""
    which: int | None = None
    """The picture to change: its place in the list that was shown."""
    ratio: Ratio | None = None
    question: str = ""
    """What it would ask back."""


def read_answer(text: str) -> Understanding | None:
    """The model's JSON; None where anything about it is odd. Fields that nobody asked for are dropped."""
    said = read_object(text, _JSON_CHARACTERS_MAX)
    return None if said is None else _check(said)


def decide(understood: Understanding | None, words: str, pictures: int, *, brings_picture: bool) -> Act:
    """What is done about words that were understood so, with so many pictures shown; *ask* wherever there is doubt.

    A picture is bought without a question (if it is cheap) only where the model is sure, knows which one to change,
    was shown all of the words, and these say nothing to us or to the machinery.
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
    """Whether words speak to the machinery, or are a list or a program."""
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
    """Words on one line without what nobody can see or store; None where they are none, or too many."""
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > characters_max:
        return None
    seen = "".join(each if each.isprintable() else " " for each in value.encode("utf-8", "replace").decode("utf-8"))
    return " ".join(seen.split())


def _is_share(value: object) -> bool:
    return type(value) in {int, float} and math.isfinite(value) and 0 <= value <= 1  # type: ignore[arg-type, operator]


def _is_place(value: object) -> bool:
    return value is None or (type(value) is int and 0 <= value < PICTURES_MAX)

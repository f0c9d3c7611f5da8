"""What the reading model says is checked to the letter, and nothing in it reaches number, size or money."""

import json
from dataclasses import fields
from typing import Any

import pytest

from shared.conversations.read_rules import Act
from shared.conversations.reading import (
    PICTURES_MAX,
    PROMPT_CHARACTERS_MAX,
    QUESTION_CHARACTERS_MAX,
    SCHEMA,
    Understanding,
    read_answer,
)
from shared.people.users import PictureSettings
from shared.pictures.picture import PictureRequest
from shared.pictures.request import Material, plan_one

SAID: dict[str, Any] = {"act": "draw", "sure": 0.9}


def test_whole() -> None:
    """Every field of the schema is read, and lines become one."""
    said = SAID | {"act": "edit", "prompt": "at\n night", "which": 4, "ratio": "16:9", "question": "Which?"}
    assert read_answer(json.dumps(said)) == Understanding(Act.EDIT, 0.9, "at night", 4, "16:9", "Which?")


def test_least() -> None:
    """An act and how sure it is are enough; whole numbers are shares too, null and no words say nothing."""
    said = {"act": "answer", "sure": 1, "which": None, "prompt": None, "ratio": None, "question": None}
    assert read_answer(json.dumps(said)) == Understanding(Act.ANSWER, 1.0)
    assert read_answer(json.dumps(said | {"prompt": "", "ratio": "", "question": ""})) == Understanding(Act.ANSWER, 1.0)


@pytest.mark.parametrize(
    "odd",
    [
        {"act": "buy"}, {"act": None}, {"act": ["draw"]}, {"sure": 1.1}, {"sure": -0.1}, {"sure": True},
        {"sure": "1"}, {"sure": None}, {"sure": float("nan")}, {"sure": float("inf")},
        {"which": -1}, {"which": PICTURES_MAX}, {"which": 1.0}, {"which": True}, {"which": "0"},
        {"ratio": "5:7"}, {"ratio": 1}, {"ratio": ["16:9"]}, {"prompt": 7}, {"prompt": ["a"]}, {"question": {}},
        {"prompt": "x" * (PROMPT_CHARACTERS_MAX + 1)}, {"question": "x" * (QUESTION_CHARACTERS_MAX + 1)},
    ],
)  # fmt: skip
def test_odd(odd: dict[str, Any]) -> None:
    """One field that is not as it was asked for, and nothing is believed."""
    assert read_answer(json.dumps(SAID | odd)) is None


@pytest.mark.parametrize(
    "text",
    ["", "draw", "[]", "null", "1", '{"act": "draw"', '{"sure": 1}', "[" * 5_000, " " * 9_000 + json.dumps(SAID)],
)
def test_no_object(text: str) -> None:
    """Output that is not a JSON object, or far too long, is not a reading."""
    assert read_answer(text) is None


def test_what_nobody_sees_is_gone() -> None:
    """Half characters and control characters can neither be stored nor shown."""
    understood = read_answer('{"act": "draw", "sure": 1, "prompt": "a\\ud800 \\u0000fox\\u202e!"}')
    assert understood is not None
    assert understood.prompt == "a? fox !"


def test_nothing_of_it_spends() -> None:
    """No field is about number, size, model, person, price or settings, and others are dropped."""
    named = {field.name for field in fields(Understanding)}
    assert named == set(SCHEMA["properties"]) == {"act", "prompt", "which", "ratio", "sure", "question"}
    more = SAID | {"count": 10, "size": "4K", "model": "best", "user_id": 1, "credits": 9, "settings": {}}
    assert read_answer(json.dumps(more)) == Understanding(Act.DRAW, 0.9)


@pytest.mark.parametrize("prompt", ["a fox x4 4K 16:9", "10 foxes --ar 9:16", "x10", "4K"])
def test_prompt_has_no_parameters(prompt: str) -> None:
    """Whatever stands in the model's prompt, it is one picture at the person's settings, and the prompt as it is."""
    settings = PictureSettings(model="fast", ratio="1:1", size="1K", count=4)
    request = plan_one(prompt, None, "a fox", settings, Material())
    assert isinstance(request, PictureRequest)
    assert (request.prompt, request.size, request.ratio, request.model) == (prompt, "1K", "1:1", "fast")
    assert (request.price, request.words, request.is_understood) == (4, "a fox", True)

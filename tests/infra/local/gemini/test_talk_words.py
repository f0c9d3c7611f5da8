"""What the local Gemini says: in the question's language and form, with what was said before in mind."""

import json
from typing import Any

import pytest
from google.genai import types
from google.genai.client import AsyncClient

from tests.infra.local.gemini.talks import LITE, ask

READING: dict[str, Any] = {
    "type": "object",
    "properties": {
        "act": {"type": "string", "enum": ["answer", "draw", "edit", "animate", "ask"]},
        "prompt": {"type": "string"},
        "which": {"type": "integer", "minimum": 0, "maximum": 4},
        "ratio": {"anyOf": [{"type": "string", "enum": ["1:1", "16:9"]}, {"type": "null"}]},
        "sure": {"type": "number"},
        "question": {"type": "string"},
    },
    "required": ["act", "prompt", "which", "ratio", "sure", "question"],
}


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Tell me about volcanoes", ["volcanoes", "- **"]),
        ("Расскажи про вулканы", ["**вулканы**", "- **Начните"]),
        ("write python code that sorts", ["```python\n", "def "]),
        ("напиши функцию на javascript", ["```javascript\n", "Небольшой пример"]),
        ("compare tea and coffee in a table", ["|---|", "tea"]),
        ("перечисли идеи для отпуска", ["1. **", "5. **"]),
        ("the formula of a mean", ["$$", "\\frac"]),
        ("how much is 12 * 7", ["12 * 7 = **84**"]),
        ("Hello!", ["Hello!"]),
        ("спасибо", ["Пожалуйста"]),
    ],
)
async def test_the_form_follows_the_question(developer: AsyncClient, question: str, parts: list[str]) -> None:
    """Lists, tables, code and formulas come where they are asked for, in the question's language."""
    text = (await ask(developer, question)).text or ""
    assert [part for part in parts if part not in text] == []


async def test_long_is_long(developer: AsyncClient) -> None:
    """An essay has headings and quotes and fills most of a message, a very long text fills several."""
    essay = (await ask(developer, "a long essay about tea")).text or ""
    book = (await ask(developer, "очень длинный текст о море")).text or ""
    assert "\n## " in essay
    assert "\n> " in essay
    assert 3000 < len(essay) < 8000
    assert len(book) > 3 * 4096


async def test_it_says_what_a_file_holds(developer: AsyncClient) -> None:
    """The words of a PDF, and of a file that is quoted, come back: so it was there."""
    pdf = b"%PDF-1.4\n4 0 obj\n<< >>\nstream\nBT (The code) Tj (is 4711.) Tj ET\nendstream"
    part = types.Part(inline_data=types.Blob(data=pdf, mime_type="application/pdf"))
    question = "<quoted>notes.txt\n\nBuy milk.</quoted>\nwhat is in it?"
    contents: Any = [types.Content(role="user", parts=[part, types.Part(text=question)])]
    text = (await developer.models.generate_content(model=LITE, contents=contents)).text or ""
    assert "begins: “The code is 4711.”" in text
    assert "The file notes.txt begins: “Buy milk.”" in text


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("What did I ask before?", "“Why is the sky blue?”"),
        ("О чём я спрашивал?", "«Why is the sky blue?»"),
        ("What was my first question?", "“My name is Ann, my cat is Bonifaz.”"),
        ("What is my name?", "Ann"),
        ("как меня зовут?", "Ann"),
        ("What is my cat?", "Bonifaz"),
        ("What is my dog?", "dog"),
        ("shorter", "Because of light."),
        ("Tell me about the sea", "Why is the sky blue?"),
        ("summarise", "- Person: Why is the sky blue?"),
        ("Give this conversation a title", "Name Ann cat Bonifaz"),
    ],
)
async def test_earlier_turns_are_known(developer: AsyncClient, question: str, part: str) -> None:
    """Asked about the conversation, the model quotes it; other answers refer to it."""
    before = ("My name is Ann, my cat is Bonifaz.", "Nice.", "Why is the sky blue?", "Because of light. It scatters.")
    assert part in ((await ask(developer, *before, question)).text or "")


async def test_a_first_message_has_nothing_before_it(developer: AsyncClient) -> None:
    """Nothing is made up about a conversation that just begins."""
    assert (await ask(developer, "What did I ask before?")).text == "This is your first message."
    assert (await ask(developer, "What is my name?")).text == "You have not told me your name yet."


async def test_quoted_material_is_not_the_question(developer: AsyncClient) -> None:
    """Words between tags are no part of what is asked."""
    text = (await ask(developer, '<quoted from="file">a table of prices</quoted>\nTell me about bees')).text or ""
    assert "bees" in text
    assert "|---|" not in text


async def test_files_are_looked_at(developer: AsyncClient, picture_part: Any) -> None:
    """A picture's size and colour and a text file's first words are in the answer."""
    notes = types.Part.from_bytes(data=b"milk, bread, eggs", mime_type="text/plain")
    contents: Any = ["What is this?", picture_part("red", (300, 200)), notes]
    response = await developer.models.generate_content(model=LITE, contents=contents)
    assert "300×200 pixels, mostly red" in (response.text or "")
    assert "milk, bread, eggs" in (response.text or "")


@pytest.mark.parametrize(
    ("message", "act", "more"),
    [
        ("draw a cat, 16:9", "draw", {"prompt": "a cat, 16:9", "ratio": "16:9"}),
        ("нарисуй кота", "draw", {"prompt": "кота", "ratio": None}),
        ("draw a cat 21:9", "draw", {"ratio": None}),
        ("now at night", "edit", {"which": 0}),
        ("убери шляпу на второй", "edit", {"which": 1}),
        ("оживи", "animate", {}),
        ("и что это?", "answer", {"prompt": ""}),
        ("how do I draw a cat?", "answer", {}),
        ("кот", "ask", {"question": "Нарисовать это или рассказать?"}),
    ],
)
async def test_a_message_is_read(developer: AsyncClient, message: str, act: str, more: dict[str, Any]) -> None:
    """Asked with the schema of a reading, the model says what is to be done, in the schema's own choices."""
    read = await read_json(developer, message, READING)
    assert read["act"] == act
    assert read | more == read
    assert (read["sure"] < 0.5) is (act == "ask")


async def read_json(client: AsyncClient, message: str, schema: dict[str, Any]) -> Any:
    response = await ask(
        client, message, model=LITE, response_mime_type="application/json", response_json_schema=schema
    )
    return json.loads(response.text or "")


async def test_other_schemas_get_an_instance(developer: AsyncClient) -> None:
    """Required fields, choices, lists, references, alternatives and bounds of any schema are kept."""
    schema = {
        "type": "object",
        "$defs": {"place": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}},
        "properties": {
            "title": {"type": "string", "maxLength": 6},
            "mood": {"enum": ["good", "bad"]},
            "tags": {"type": "array", "items": {"type": "string"}, "minItems": 2},
            "place": {"$ref": "#/$defs/place"},
            "age": {"type": "integer", "minimum": 18},
            "share": {"type": "number", "maximum": -1},
            "sure": {"type": "boolean"},
            "note": {"anyOf": [{"type": "null"}, {"type": "string"}]},
            "not_needed": {"type": "string"},
        },
        "required": ["title", "mood", "tags", "place", "age", "share", "sure", "note"],
    }
    value = await read_json(developer, "bees and honey", schema)
    assert value.pop("mood") in {"good", "bad"}
    assert value == {
        "title": "bees…",
        "tags": ["bees honey"] * 2,
        "place": {"city": "bees honey"},
        "age": 18,
        "share": -1.0,
        "sure": False,
        "note": "bees honey",
    }


async def test_the_sdks_own_schema_is_followed(developer: AsyncClient) -> None:
    """A schema in Google's older spelling, capitals and all, is understood too."""
    schema = types.Schema(
        type=types.Type.OBJECT, properties={"city": types.Schema(type=types.Type.STRING)}, required=["city"]
    )
    response = await ask(developer, "Paris", response_mime_type="application/json", response_schema=schema)
    assert response.parsed == {"city": "Paris"}

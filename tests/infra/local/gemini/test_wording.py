"""What the local Gemini makes of a wish, and of a picture whose prompt it is asked for."""

import io
import json
from typing import Any

import pytest
from google.genai import types
from google.genai.client import AsyncClient
from PIL import Image

from tests.infra.local.gemini.talks import LITE, ask


def schema_of(count: int) -> dict[str, Any]:
    listed = {"type": "array", "items": {"type": "string"}, "minItems": count, "maxItems": count}
    return {"type": "object", "properties": {"variants": listed}, "required": ["variants"]}


async def word(
    client: AsyncClient, text: str, count: int, instruction: str = "Write prompts.", files: tuple[types.Part, ...] = ()
) -> list[str]:
    answer = await ask(
        client, text, model=LITE, files=files, response_mime_type="application/json",
        response_json_schema=schema_of(count), system_instruction=instruction,
    )  # fmt: skip
    variants: list[str] = json.loads(answer.text or "")["variants"]
    return variants


@pytest.mark.parametrize("wish", ["a fox in the snow", "лиса в снегу"])
async def test_a_wish(developer: AsyncClient, wish: str) -> None:
    """A wish comes back in as many different wordings as are asked for, each of which holds it, in its language."""
    variants = await word(developer, f"<wish>{wish}</wish>", 3)
    assert len(set(variants)) == 3
    assert all(each.startswith(wish) for each in variants)


@pytest.mark.parametrize(("language", "words"), [("Russian", "синий"), ("English", "blue")])
async def test_a_picture(developer: AsyncClient, language: str, words: str) -> None:
    """The prompt of a picture names its colour, in the language that the instruction names."""
    content = io.BytesIO()
    Image.new("RGB", (64, 64), (40, 70, 210)).save(content, "PNG")
    part = types.Part.from_bytes(data=content.getvalue(), mime_type="image/png")
    [prompt] = await word(developer, "The files are above.", 1, f"Write one prompt, in {language}.", (part,))
    assert words in prompt

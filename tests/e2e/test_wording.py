"""Better words, the prompt of a photo and styles, end to end and in a browser: nothing is spent before a press."""

import io

import pytest
from PIL import Image
from playwright.async_api import expect

from tests.e2e.backstage import Backstage
from tests.e2e.page import ChatPage
from tests.e2e.people import Person

pytestmark = [pytest.mark.emulator, pytest.mark.asyncio(loop_scope="session")]

WISH = "a fox in the snow"


def paint(colour: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(buffer, "JPEG")
    return buffer.getvalue()


async def test_improve_and_draw(anna: Person, backstage: Backstage) -> None:
    """Three wordings that hold the wish, from the cheap model, free; one of them is drawn for four credits."""
    await anna.send(f"/improve {WISH}")
    three = await anna.wait_for_text("3 ways to say it")
    assert three["text"].count(WISH) == 3
    assert (await backstage.wait_for_rest(anna.id)).available == 20
    await anna.press(three, "variant")
    await anna.wait_for_picture(three)
    assert (await backstage.wait_for_rest(anna.id)).available == 16
    [job] = await backstage.jobs(anna.id)
    assert WISH in job.request.prompt  # type: ignore[attr-defined]


async def test_prompt_of_a_photo(boris: Person, backstage: Backstage) -> None:
    """A photo without words: its prompt, in Russian, free; then *Draw*."""
    await boris.send(photos=[paint("red")])
    asked = await boris.wait_for_text("Что сделать с этой картинкой")
    await boris.press(asked, "describe")
    prompt = await boris.wait_for_text("Промпт.")
    assert "красный" in prompt["text"]
    assert (await backstage.wait_for_rest(boris.id)).available == 20


@pytest.mark.browser
async def test_in_a_browser(ann: ChatPage) -> None:
    """A person presses *Improve* under a question, draws a variant, and then the last wish as an oil painting."""
    question = await ann.ask("fox")
    await ann.press(question, "✨ Improve")
    three = await ann.wait_message("3 ways to say it")
    await expect(three.get_by_role("button", name="🎨 1 · 4", exact=True)).to_be_visible()
    gallery = await ann.ask("/styles")
    await ann.press(gallery, "🖼 Oil")
    asked = await ann.wait_message("What shall I draw?")
    await expect(asked).to_be_visible()

"""Answers in words as a person meets them: a browser at the chat page, the real functions and servers behind it."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.backstage import Backstage
from tests.e2e.page import ChatPage

pytestmark = [pytest.mark.emulator, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def _words_come_slowly(backstage: Backstage) -> AsyncIterator[None]:
    """Slowly enough to be watched."""
    async with backstage.behaving(text_pace=0.4):
        yield


async def test_an_answer_grows_and_becomes_a_message(ann: ChatPage) -> None:
    """While the model writes, its words grow in a draft; the message that takes its place has all of them."""
    await ann.write("/ask a long essay about tea")
    await expect(ann.get("draft")).to_have_count(1)
    await expect(ann.get("draft-text")).to_contain_text("Where it comes from")
    answer = await ann.wait_message("What to do next")
    await ann.see(answer, "Here is a short look at tea.")
    await expect(ann.get("draft")).to_have_count(0)


async def test_code_is_code(ann: ChatPage) -> None:
    """What the model marks as code arrives as a block that names its language."""
    await ann.write("/ask write python code that counts words")
    answer = await ann.wait_message("def count_words")
    await expect(answer.locator("pre .lang")).to_have_text("python")


async def test_the_next_question_knows_the_last_one(ann: ChatPage) -> None:
    """The model gets the earlier turns."""
    await ann.write("/ask Why do cats purr?")
    await ann.wait_message(re.compile("cats purr"))
    await ann.write("/ask What did I ask before?")
    await ann.wait_message("You asked: “Why do cats purr?”")


async def test_stop_ends_the_call_of_the_model(ann: ChatPage, backstage: Backstage) -> None:
    """Stop on the draft ends the model's call within moments, and what was said stays as a message."""
    await ann.write("/ask a very long text about the sea and its stop")
    await expect(ann.get("draft-text")).to_contain_text("Here is a short look at")
    await ann.get("draft-stop").click()
    call = await backstage.wait_for_end("the sea and its stop")
    assert call["outcome"] == "ABANDONED"
    assert call["hung_up"] > call["first_words"] > call["started"]
    await ann.wait_message("Here is a short look at")
    await expect(ann.get("draft")).to_have_count(0)

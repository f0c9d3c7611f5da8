"""A new person's first hour with the bot as it is shipped: nothing chosen, no command but Start. In both languages.

With FIRST_HOUR_PICTURES=<folder> each screen is kept there as a picture, to be looked at.
"""

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from infra.functions import FUNCTIONS
from infra.local.system import System
from shared.people.users import Language
from tests.e2e.page import PHONE, ChatPage
from tests.e2e.test_chat_page import draw_photo

pytestmark = [pytest.mark.emulator, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HOUR: dict[Language, dict[str, str]] = {
    "en": {
        "hello": "Hi!",
        "example": "💬 Why is the sky blue?",
        "longer": "➕ Longer",
        "question": "what do foxes eat in winter?",
        "described": "a red cat on a fence, watercolour",
        "read": "an old harbour town with many small boats",
        "short": "fox",
        "draw": "🎨 Draw this · 4 credits",
        "improve": "✨ Improve",
        "either": "💬 Answer",
        "greeting": "hello",
        "greeted": "Ask me anything",
        "photo": "make it blue",
        "change": "now at night",
        "thanks": "thanks!",
        "welcome": "welcome",
        "left": "4 credits",
    },
    "ru": {
        "hello": "Привет!",
        "example": "💬 Почему небо голубое?",
        "longer": "➕ Полнее",
        "question": "что едят лисы зимой?",
        "described": "рыжий кот на заборе, акварель",
        "read": "старый портовый город с кучей маленьких лодок",
        "short": "лиса",
        "draw": "🎨 Нарисовать · 4 кредита",
        "improve": "✨ Улучшить",
        "either": "💬 Ответить",
        "greeting": "привет",
        "greeted": "Спросите о чём угодно",
        "photo": "сделай её синей",
        "change": "теперь ночью",
        "thanks": "спасибо!",
        "welcome": "Пожалуйста",
        "left": "4 кредита",
    },
}


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_the_first_hour(language: Language, browser: Browser, system: System) -> None:
    """Start, a question to press, a greeting, a question, a description, one that a model reads, a word, a photo, a
    change, thanks: each gets what was meant or a free question, and five pictures' worth of credits pay four."""
    say = HOUR[language]
    system.events.clear()
    async with await ChatPage.open(browser, system.urls["telegram"], size=PHONE, language=language) as new:
        await new.get("start").click()
        hello = await new.wait_message(say["hello"])
        await keep(new, language, 1)
        await new.press(hello, say["example"])
        await expect(new.bots.get_by_role("button", name=say["longer"])).to_have_count(1)
        await keep(new, language, 2)
        await new.see(await new.ask(say["greeting"]), say["greeted"])
        await new.write(say["question"])
        await expect(new.bots.get_by_role("button", name=say["longer"])).to_have_count(2)
        await keep(new, language, 3)
        await expect(new.pictures).to_have_count(0)
        await new.write(say["described"])
        await new.wait_pictures(1)
        await new.write(say["read"])
        await new.wait_pictures(2)
        await keep(new, language, 4)
        asked = await new.ask(say["short"])
        assert await new.labels(asked) == [say["draw"], say["improve"], say["either"]]
        await keep(new, language, 5)
        await new.attach(draw_photo("crimson"))
        await new.write(say["photo"])
        await new.wait_pictures(3)
        await new.write(say["change"])
        await new.wait_pictures(4)
        await keep(new, language, 6)
        await new.see(await new.ask(say["thanks"]), say["welcome"])
        await new.see(await new.ask("/balance"), say["left"])
        await keep(new, language, 7)
    assert not [event for event in system.events.errors() if event.part in FUNCTIONS]


async def keep(chat: ChatPage, language: Language, number: int) -> None:
    """The screen as it is now, where somebody wants to look at it."""
    if folder := os.environ.get("FIRST_HOUR_PICTURES"):
        await chat.page.screenshot(path=Path(folder) / f"{language}-{number}.png")

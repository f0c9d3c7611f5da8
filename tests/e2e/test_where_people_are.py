"""Sharing by a link, inline mode and reactions, as people on two phones meet them, with the real functions behind."""

import re
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from infra.functions import FUNCTIONS
from infra.local.system import System
from tests.e2e.page import PHONE, ChatPage, next_user

pytestmark = [pytest.mark.emulator, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CLUB = -1001


@pytest_asyncio.fixture(loop_scope="session")
async def boris(browser: Browser, system: System) -> AsyncIterator[ChatPage]:
    """Somebody else, in Russian, who has never met the bot."""
    async with await ChatPage.open(browser, system.urls["telegram"], size=PHONE, language="ru") as chat:
        yield chat
    assert not [event for event in system.events.errors() if event.part in FUNCTIONS]


async def open_link(page: ChatPage, payload: str) -> None:
    """Follow a t.me link to the bot."""
    address = urlsplit(page.page.url)
    await page.page.goto(f"{address.scheme}://{address.netloc}/?user={page.user}&lang=ru&start={payload}")
    await page.page.wait_for_selector("body.ready")
    await page.get("start").click()


async def test_a_picture_is_shared_and_remixed(ann: ChatPage, boris: ChatPage) -> None:
    """Ann shares a picture; Boris sees it with the price, changes it and pays. What she allows is shown, and she closes
    the link.
    """
    card = await ann.ask("draw a red fox in the snow")
    await ann.wait_picture(card)
    await ann.press(card, "🔗 Share")
    page = await ann.wait_message("With this link anybody can make their own version")
    sent = await page.get_by_test_id("button-0").get_attribute("href")
    payload = parse_qs(urlsplit(parse_qs(urlsplit(sent or "").query)["url"][0]).query)["start"][0]

    await open_link(boris, payload)
    question = await boris.wait_message("С вами поделились этой картинкой")
    await boris.see(question, re.compile(r"4 кредита \(у вас 20\)"))
    await boris.wait_pictures(1)
    await boris.write("пусть будет ночь")
    *_, mine = await boris.wait_pictures(2)
    await boris.see(mine, "осталось 16")
    await expect(boris.bots.filter(has_text="fox")).to_have_count(0)

    await ann.press(page, "📝 Show my words: no")
    await expect(page.get_by_role("button", name="📝 Show my words: yes")).to_be_visible()
    await open_link(boris, payload)
    await boris.wait_message("a red fox in the snow")

    await ann.press(page, "🚫 Close the link")
    await ann.see(page, "The link is closed")
    await open_link(boris, payload)
    await boris.wait_message("больше ничего не открывает")


async def test_results_are_picked_in_a_group(browser: Browser, system: System, ann: ChatPage) -> None:
    """In a group one's pictures are found by their words and sent; other words lead to the private chat."""
    for words in ("draw a green whale", "draw a blue bird"):
        await ann.wait_picture(await ann.ask(words))
    async with await ChatPage.open(browser, system.urls["telegram"], user=ann.user, chat=CLUB, size=PHONE) as club:
        name = "nanobanana_local_bot"
        await club.get("composer").fill(f"@{name} ")
        await expect(club.get("inline-result")).to_have_count(2)
        await club.get("composer").fill(f"@{name} whal")
        await expect(club.get("inline-result")).to_have_count(1)
        await club.get("inline-result").click()
        await expect(club.mine.last.get_by_test_id("photo")).to_be_visible()
        await expect(club.mine.last.get_by_test_id("origin")).to_contain_text(f"@{name}")
        await club.get("composer").fill(f"@{name} a purple cow")
        await club.get("inline-button").click()
        await club.page.wait_for_selector("body.ready")
        await club.get("start").click()
        question = await club.wait_message("Shall I draw “a purple cow”")
        await club.press(question, "🎨 Draw this · 4 credits")
        await club.wait_picture(question)


async def test_a_request_in_a_group_is_marked(browser: Browser, system: System) -> None:
    """The message that asked bears 👍 once its picture is there."""
    user = next_user()
    async with await ChatPage.open(browser, system.urls["telegram"], user=user, chat=CLUB, size=PHONE) as club:
        asked = await club.write("/image a yellow boat")
        await expect(asked.get_by_test_id("reaction")).to_have_text("👍")
        await expect(club.pictures).not_to_have_count(0)

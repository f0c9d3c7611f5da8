"""Paying by card as a person does it: a browser, the real functions, the local providers and their page behind them."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import expect

from infra.local.options import Options
from infra.local.system import System
from tests.e2e.app_page import AppPage
from tests.e2e.conftest import start_system
from tests.e2e.page import ChatPage

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="session"),
]

SWEPT_MS_MAX = 150_000
"""An order is asked for two minutes after it was made, by the next sweep."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def system() -> AsyncIterator[System]:
    """With the local providers of card payments, as `make run` has them."""
    async with start_system(Options(cards=True)) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def cards(system: System) -> AsyncIterator[httpx.AsyncClient]:
    """The control of the local providers."""
    async with httpx.AsyncClient(base_url=system.urls["cards"], trust_env=False) as client:
        yield client


async def order(ann: ChatPage, currency: str = "") -> str:
    """From /buy to the link of the smallest package; the link."""
    await ann.write("/buy")
    shop = await ann.wait_message("Buy credits")
    await ann.press(shop, "💳 By card")
    priced = await ann.wait_message("Buy credits by card")
    if currency:
        await ann.press(priced, f"In {currency}")
    await priced.get_by_role("button", name="60 credits").click()
    await ann.wait_message("Which e-mail")
    await ann.write("ann@example.com")
    offer = await ann.wait_message("60 credits for")
    await expect(offer).to_contain_text("ann@example.com")
    address = await offer.get_by_test_id("button-0").get_attribute("href")
    assert address is not None
    return address


@pytest.mark.parametrize("currency", ["", "RUB"])
async def test_paid_by_card(ann: ChatPage, cards: httpx.AsyncClient, currency: str) -> None:
    """Dollars go to lava.top, rubles to YooKassa; the button on its page brings the credits into the chat, once."""
    await cards.post("/control/behaviour", json={"repeat": 3})
    page = await ann.page.context.new_page()
    await page.goto(await order(ann, currency))
    await page.get_by_test_id("pay").click()
    await expect(page.get_by_test_id("state")).to_have_text("paid")
    await page.close()
    await ann.wait_message("Thank you! 60 credits came; you have 80 now.")
    await ann.write("/balance")
    await ann.wait_message("You have 80")


async def test_paid_by_card_in_the_app(
    ann: ChatPage, cards: httpx.AsyncClient, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Out of credits in the app: the provider's page opens outside, and who comes back sees the picture being made."""
    await cards.post("/control/behaviour", json={"repeat": 3})
    folder = tmp_path_factory.getbasetemp()
    app = await AppPage.open(ann)
    await app.frame.get_by_label("What do you want to see?").fill("a red fox")
    await app.choose("Nano Banana Pro")
    await app.choose("×2")
    await app.see("8 credits are missing.")
    await app.press("💳 By card")
    await app.frame.get_by_label("E-mail for the receipt").fill("ann@example.com")
    assert await app.find_barriers() == []
    await app.page.screenshot(path=folder / "app-card.png")
    await app.press_main("To the payment")
    await app.see("60 credits for $0.99")
    assert await app.find_barriers() == []
    await app.page.screenshot(path=folder / "app-card-order.png")
    async with ann.page.context.expect_page() as opened:
        await app.press("Pay $0.99")
    page = await opened.value
    await page.get_by_test_id("pay").click()
    await page.close()
    await expect(app.frame.locator("#state .grid a")).to_have_count(2)
    await app.go("Settings")
    await app.press("Privacy")
    await app.see("400 days")


async def test_a_card_that_is_declined(ann: ChatPage, cards: httpx.AsyncClient) -> None:
    """A refusal is told with a button for a new invoice."""
    await cards.post("/control/behaviour", json={"repeat": 1})
    page = await ann.page.context.new_page()
    await page.goto(await order(ann))
    await page.get_by_test_id("decline").click()
    await page.close()
    refused = await ann.wait_message("did not go through")
    await ann.press(refused, "Pay $0.99 again")
    await ann.wait_message("60 credits for")


async def test_subscribed_by_card(ann: ChatPage, cards: httpx.AsyncClient) -> None:
    """The first payment begins a subscription, the next one is credited by itself, and *Cancel* ends it at lava.top."""
    await cards.post("/control/behaviour", json={"repeat": 2, "lose": False})
    await ann.write("/buy")
    await ann.press(await ann.wait_message("Buy credits"), "💳 By card")
    priced = await ann.wait_message("Buy credits by card")
    await priced.get_by_role("button", name="300 credits / 30 days").click()
    await ann.wait_message("Which e-mail")
    await ann.write("ann@example.com")
    offer = await ann.wait_message("300 credits every 30 days for $3.49")
    page = await ann.page.context.new_page()
    address = await offer.get_by_test_id("button-0").get_attribute("href")
    assert address is not None
    await page.goto(address)
    await page.get_by_test_id("pay").click()
    await ann.wait_message("Your subscription has begun: 300 credits are here; you have 320 now.")
    await page.get_by_test_id("renew").click()
    await ann.wait_message("you have 620 now")
    await ann.write("/subscription")
    await ann.press(await ann.wait_message("Then the payment service takes the next"), "Cancel the subscription")
    await ann.wait_message("Canceled: nothing more is taken")
    await page.reload()
    await expect(page.get_by_test_id("cancel")).to_have_count(0)
    await page.close()


async def test_no_notice_comes(ann: ChatPage, cards: httpx.AsyncClient) -> None:
    """Although the provider's notice is lost, the credits come: sweep has the order asked for."""
    await cards.post("/control/behaviour", json={"lose": True})
    page = await ann.page.context.new_page()
    await page.goto(await order(ann))
    await page.get_by_test_id("pay").click()
    await page.close()
    thanks = ann.page.get_by_text("Thank you! 60 credits came")
    await expect(thanks).to_be_visible(timeout=SWEPT_MS_MAX)

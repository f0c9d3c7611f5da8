"""Buying credits as a person does: two presses in the chat, and the money back the way it came."""

import httpx
import pytest

from infra.local.options import LOCAL_TOKEN
from infra.local.system import System
from tests.e2e.page import ChatPage

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.browser,
    pytest.mark.timeout(200),
    pytest.mark.asyncio(loop_scope="session"),
]


async def test_credits_are_bought_and_returned(
    ann: ChatPage, system: System, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A package, *Pay*, and the credits are there; when Telegram returns the money, they are gone again."""
    await ann.write("/buy")
    shop = await ann.wait_message("Buy credits")
    await ann.press(shop, "60 credits · 50 ⭐")
    invoice = ann.get("message").filter(has=ann.get("invoice"))
    await ann.press(invoice, "Pay ⭐️50")
    await ann.wait_message("Thank you! 60 credits came; you have 80 now.")
    await ann.page.screenshot(path=tmp_path_factory.getbasetemp() / "buying.png")
    await give_back(system)
    await ann.wait_message("Telegram returned 50 ⭐ to you, so 60 credits were taken back. You have 20 now.")


async def give_back(system: System) -> None:
    """What an operator does: ask Telegram to return the newest payment."""
    async with httpx.AsyncClient(base_url=f"{system.urls['telegram']}/bot{LOCAL_TOKEN}", trust_env=False) as bot:
        paid = (await bot.post("/getStarTransactions", json={})).json()["result"]["transactions"][-1]
        about = {"user_id": paid["source"]["user"]["id"], "telegram_payment_charge_id": paid["id"]}
        assert (await bot.post("/refundStarPayment", json=about)).json()["result"] is True
        assert "ALREADY_REFUNDED" in (await bot.post("/refundStarPayment", json=about)).json()["description"]


async def test_a_subscription_is_paid_renewed_and_canceled(
    ann: ChatPage, system: System, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A link, *Subscribe*, and the credits are there; a month later again; *Cancel* is done at Telegram, and said."""
    await ann.write("/buy")
    await ann.press(await ann.wait_message("Buy credits"), "🔁 300 credits / 30 days · 231 ⭐")
    await ann.press(await ann.wait_message("300 credits every 30 days"), "Subscribe · 231 ⭐")
    await ann.wait_message("Your subscription has begun: 300 credits are here; you have 320 now.")
    charge_id = await newest_charge(system)
    await change(system, {"user_id": ann.user, "charge_id": charge_id, "act": "renew"})
    await ann.wait_message("300 credits are here; you have 620 now.")
    await ann.write("/subscription")
    await ann.press(await ann.wait_message("Then Telegram takes the next Stars by itself."), "Cancel the subscription")
    await ann.wait_message("Canceled: nothing more is taken.")
    await ann.page.screenshot(path=tmp_path_factory.getbasetemp() / "subscription.png")
    refused = {"user_id": ann.user, "charge_id": charge_id, "act": "renew"}
    assert await change(system, refused) == httpx.codes.CONFLICT


async def newest_charge(system: System) -> str:
    """The charge of the newest payment."""
    async with httpx.AsyncClient(base_url=f"{system.urls['telegram']}/bot{LOCAL_TOKEN}", trust_env=False) as bot:
        paid = (await bot.post("/getStarTransactions", json={})).json()["result"]["transactions"][-1]
        return str(paid["id"])


async def change(system: System, act: dict[str, object]) -> int:
    """Let something happen to a subscription; the status of the answer."""
    async with httpx.AsyncClient(base_url=system.urls["telegram"], trust_env=False) as telegram:
        return (await telegram.post("/control/subscription", json=act)).status_code


async def test_two_presses(ann: ChatPage) -> None:
    """Out of credits, one press asks for the invoice and another pays: the refused pictures are made by themselves."""
    await ann.write("/image a lighthouse 4K x4")
    declined = await ann.wait_message("this costs 40 credits")
    await ann.press(declined, "60 credits · 50 ⭐")
    await ann.press(ann.get("message").filter(has=ann.get("invoice")), "Pay ⭐️50")
    await ann.wait_message("60 credits came")
    await ann.wait_pictures(4)

"""The balance in a browser: pages, sections, a receipt, and all of it as a file that adds up."""

import csv
import io
import re

import pytest

from tests.e2e.page import ChatPage
from tests.e2e.test_gallery_page import download

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="session"),
]


async def test_a_statement(ann: ChatPage, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Twelve pictures and a purchase are paged through, filtered, shown as receipts, and downloaded."""
    folder = tmp_path_factory.getbasetemp()
    shop = await ann.ask("/buy")
    await ann.press(shop, "60 credits · 50 ⭐")
    await ann.press(ann.get("message").filter(has=ann.get("invoice")), "Pay ⭐️50")
    thanks = await ann.wait_message("Thank you! 60 credits came; you have 80 now.")
    await ann.press(thanks, "🧾 Receipt")
    bought = await ann.wait_message("60 credits for 50 ⭐")
    for count in (4, 8, 12):
        await ann.write(f"/image a red fox number {count} x4")
        await ann.wait_pictures(count)
    balance = await ann.ask("/balance")
    await ann.see(balance, "You have 32 credits")
    await ann.page.screenshot(path=folder / "balance-1.png")
    await ann.press(balance, "Older ▶️")
    await ann.see(balance, "welcome gift")
    await ann.page.screenshot(path=folder / "balance-2.png")
    await ann.press(balance, "◀️ Newer")
    await ann.see(balance, "a red fox number 12")
    await ann.press(balance, "💳 Purchases")
    await ann.see(balance, "+60 · bought")
    await ann.press(balance, "🖼 Pictures")
    await ann.see(balance, "a red fox number 12")
    await ann.press(balance, "🧾 Receipts")
    await ann.page.screenshot(path=folder / "balance-3.png")
    await ann.press(balance, "1")
    receipt = await ann.wait_message("Asked for ")
    await ann.see(receipt, "a red fox number 12")
    await ann.press(balance, "« Back")
    await ann.press(balance, "📄 All as CSV")
    sent = await ann.wait_message("“credits” adds up to what you have")
    text = (await download(ann, sent)).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert sum(int(row["credits"]) for row in rows) == 32
    assert len(rows) == 2 + 2 * 12
    assert {row["kind"] for row in rows} == {"credit", "purchase", "hold", "capture"}
    number = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{4}", await bought.inner_text())
    assert number is not None
    typed = await ann.ask(f"/receipt {number[0].lower().replace('-', ' ')}")
    await ann.see(typed, "60 credits for 50 ⭐")
    await ann.page.screenshot(path=folder / "balance-4.png")

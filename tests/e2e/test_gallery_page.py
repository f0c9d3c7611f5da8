"""The gallery in a browser, on a phone: paged through, starred, collected, sent again, deleted."""

import pytest
from playwright.async_api import expect

from tests.e2e.page import ChatPage

pytestmark = [pytest.mark.emulator, pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_a_gallery(ann: ChatPage, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Three pictures are paged through in one message; a favourite is found, collected, sent again and deleted."""
    folder = tmp_path_factory.getbasetemp()
    for number, words in enumerate(("a red fox in the snow", "a grey owl at night", "a lighthouse in a storm"), 1):
        await ann.write(f"/image {words}")
        await ann.wait_pictures(number)
    gallery = await ann.ask("/gallery")
    await ann.wait_picture(gallery)
    await ann.see(gallery, "a lighthouse in a storm")
    await ann.page.screenshot(path=folder / "gallery-1.png")
    await ann.press(gallery, "▶️")
    await ann.see(gallery, "a grey owl at night")
    await ann.press(gallery, "☆")
    await expect(gallery.get_by_role("button", name="⭐", exact=True)).to_be_visible()
    await ann.press(gallery, "▶️")
    await ann.see(gallery, "a red fox in the snow")
    await ann.press(gallery, "☰ What to show")
    await ann.page.screenshot(path=folder / "gallery-2.png")
    await ann.press(gallery, "⭐ Favourites")
    await ann.see(gallery, "⭐ Favourites")
    await ann.see(gallery, "a grey owl at night")
    await ann.press(gallery, "🗂 Collections")
    await ann.press(gallery, "➕ New collection")
    await ann.wait_message("What shall the collection be called?")
    await expect(ann.get("reply-bar")).to_be_visible()
    await ann.write("Night birds")
    named = await ann.wait_message("The collection “Night birds” is there")
    await ann.page.screenshot(path=folder / "gallery-3.png")
    await ann.press(gallery, "⤵️ Go on with it")
    await expect(ann.bots.last.get_by_role("button", name="🎬 Animate")).to_be_visible()
    await ann.page.screenshot(path=folder / "gallery-4.png")
    await ann.press(named, "🗂 Night birds")
    await ann.see(named, "🗂 Night birds")
    await ann.press(named, "🗑 Delete")
    await ann.press(named, "🗑 Yes, delete")
    await ann.see(named, "a lighthouse in a storm")
    await ann.page.screenshot(path=folder / "gallery-5.png")

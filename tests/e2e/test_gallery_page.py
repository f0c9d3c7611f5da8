"""The gallery in a browser, on a phone: paged through, starred, collected, sent again, deleted."""

import io
import zipfile

import pytest
from PIL import Image
from playwright.async_api import Locator, expect

from tests.e2e.page import ChatPage

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.browser,
    pytest.mark.timeout(400),
    pytest.mark.asyncio(loop_scope="session"),
]

MADE_MS_MAX = 150_000
"""The local model makes a video in 20 s; nobody asks for it sooner than 45 s after it was begun."""


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
    await ann.press(gallery, "☰ What to show")
    await ann.press(gallery, "📦 Download as ZIP")
    packed = await ann.wait_message("1 file")
    await expect(packed.get_by_test_id("document")).to_be_visible()
    await ann.page.screenshot(path=folder / "gallery-6.png")
    await ann.press(named, "🗑 Delete")
    await ann.press(named, "🗑 Yes, delete")
    await ann.see(named, "a lighthouse in a storm")
    await ann.page.screenshot(path=folder / "gallery-5.png")


async def download(ann: ChatPage, message: Locator) -> bytes:
    """What a person gets who presses the file of a message."""
    async with ann.page.expect_download() as started:
        await message.get_by_test_id("document").click()
    return (await (await started.value).path()).read_bytes()


async def test_a_zip_and_a_video(ann: ChatPage, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A video stands beside a picture in the gallery; its file comes as it is, and the ZIP of both can be opened."""
    await ann.write("/image a small boat")
    await ann.wait_pictures(1)
    await ann.write("/video a boat in the wind")
    review = await ann.wait_message("A video: “a boat in the wind”")
    await ann.press(review, "🎬 Make it · 15 credits")
    await expect(ann.get("video")).to_be_visible(timeout=MADE_MS_MAX)
    gallery = await ann.ask("/gallery")
    await expect(gallery.get_by_test_id("video")).to_be_visible()
    await ann.see(gallery, "a boat in the wind")
    await ann.page.screenshot(path=tmp_path_factory.getbasetemp() / "gallery-7.png")
    await ann.press(gallery, "📄 File")
    file = await ann.wait_message("The original file")
    video = await download(ann, file)
    assert video[4:8] == b"ftyp"
    await ann.press(gallery, "▶️")
    await ann.wait_picture(gallery)
    await ann.press(gallery, "☰ What to show")
    await ann.press(gallery, "📦 Download as ZIP")
    packed = await ann.wait_message("2 files")
    with zipfile.ZipFile(io.BytesIO(await download(ann, packed))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["001 a boat in the wind.mp4", "002 a small boat.png"]
        assert archive.read("001 a boat in the wind.mp4") == video
        assert Image.open(io.BytesIO(archive.read("002 a small boat.png"))).format == "PNG"
    await ann.page.screenshot(path=tmp_path_factory.getbasetemp() / "gallery-8.png")

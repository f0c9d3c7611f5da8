"""/privacy on a phone: what is kept, and all of it taken along."""

import io
import zipfile

import pytest
from playwright.async_api import Browser, Locator, expect

from infra.local.system import System
from tests.e2e.page import PHONE, ChatPage

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.browser,
    pytest.mark.timeout(400),
    pytest.mark.asyncio(loop_scope="session"),
]


async def download(chat: ChatPage, message: Locator, part: str) -> zipfile.ZipFile:
    """What a person gets who follows the link of a part."""
    address = await message.get_by_role("link", name=part).get_attribute("href")
    assert address is not None
    answer = await chat.page.request.get(address)
    return zipfile.ZipFile(io.BytesIO(await answer.body()))


async def test_take_along(ann: ChatPage, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The links of an export lead to ZIPs that hold the words and the picture of the person."""
    await ann.write("/image a red fox in the snow")
    await ann.wait_pictures(1)
    page = await ann.ask("/privacy")
    await ann.page.screenshot(path=tmp_path_factory.getbasetemp() / "privacy-1.png")
    await ann.press(page, "📦 Take my data along")
    linked = await ann.wait_message("Your data: your documents")
    await ann.page.screenshot(path=tmp_path_factory.getbasetemp() / "privacy-2.png")
    with await download(ann, linked, "Part 1") as documents, await download(ann, linked, "Part 2") as files:
        assert documents.testzip() is files.testzip() is None
        assert b"a red fox in the snow" in documents.read("requests.json")
        [picture] = files.namelist()
        assert "a red fox in the snow" in picture


async def test_in_russian(browser: Browser, system: System, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The same page in Russian, and an export of somebody who has no files."""
    async with await ChatPage.open(browser, system.urls["telegram"], size=PHONE, language="ru") as olga:
        await olga.get("start").click()
        await olga.wait_message("Привет!")
        page = await olga.ask("/privacy")
        await olga.press(page, "📦 Забрать мои данные")
        linked = await olga.wait_message("Ваши данные: документы")
        await expect(linked.get_by_role("link")).to_have_count(1)
        await olga.page.screenshot(path=tmp_path_factory.getbasetemp() / "privacy-3.png")

"""Asking about photos and files in a browser: chosen with the paper clip, asked about, answered."""

import io
import re

import pytest
from PIL import Image
from playwright.async_api import Browser, FilePayload, expect

from infra.functions import FUNCTIONS
from infra.local.system import System
from tests.e2e.page import DESKTOP, PHONE, ChatPage
from tests.office_files import make_docx, make_pdf

pytestmark = [pytest.mark.emulator, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def photo(colour: str) -> FilePayload:
    buffer = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(buffer, "JPEG")
    return FilePayload(name="photo.jpg", mimeType="image/jpeg", buffer=buffer.getvalue())


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_asking_about_files(browser: Browser, system: System, size: tuple[int, int]) -> None:
    """A photo without words is asked about and described; a PDF and a text document are answered about."""
    system.events.clear()
    async with await ChatPage.open(browser, system.urls["telegram"], size=size) as alex:
        modes = await alex.ask("/mode")
        await alex.press(modes, "💬 Chat")
        await alex.attach(photo("red"))
        await alex.page.get_by_test_id("send").click()
        asked = await alex.wait_message("What shall I do with this picture?")
        await alex.press(asked, "👀 What is it?")
        await alex.wait_message("640×480 pixels, mostly red")
        pdf = make_pdf("Profit grew by 12 percent.")
        await alex.attach(FilePayload(name="report.pdf", mimeType="application/pdf", buffer=pdf))
        await alex.write("what does it say?")
        await alex.wait_message("Profit grew by 12 percent.")
        await alex.attach(FilePayload(name="letter.docx", mimeType="", buffer=make_docx("The code is 4711.")))
        await alex.write("/ask what is the code?")
        answer = await alex.wait_message(re.compile("The file letter.docx begins: “The code is 4711.”"))
        await expect(answer.get_by_role("button", name="🔁 Again", exact=True)).to_be_visible()
    assert not [event for event in system.events.errors() if event.part in FUNCTIONS]

"""The whole product as a person meets it: a browser at the chat page, the real functions and servers behind it."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from itertools import pairwise

import httpx
import pytest
import pytest_asyncio
from PIL import Image, ImageDraw
from playwright.async_api import Browser, FilePayload, Locator, expect

from infra.functions import FUNCTIONS
from infra.local.options import LOCAL_TOKEN
from infra.local.system import System
from infra.telegram import set_menus
from shared.settings import TelegramSettings
from tests.e2e.page import PHONE, WAIT_SECONDS_MAX, ChatPage, width_of

pytestmark = [pytest.mark.emulator, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

GROUP = -1001
RESULT_BUTTONS = [
    *("🔁 Again", "✏️ Edit", "🎬 Animate · 16", "🪄 Tools", "📐 Format", "📄 File", "🔗 Share", "🗑 Delete"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def menus(system: System) -> None:
    """The menus of a bot without a Mini App."""
    await set_menus(TelegramSettings(LOCAL_TOKEN, system.urls["telegram"]))


@pytest_asyncio.fixture(loop_scope="session")
async def alex(browser: Browser, system: System, menus: None) -> AsyncIterator[ChatPage]:
    """Somebody new, in English, at a desk; afterwards nothing may have broken unseen."""
    system.events.clear()
    async with await ChatPage.open(browser, system.urls["telegram"]) as chat:
        yield chat
    assert not [event for event in system.events.errors() if event.part in FUNCTIONS]


@pytest_asyncio.fixture(loop_scope="session")
async def tasks(system: System) -> AsyncIterator[httpx.AsyncClient]:
    """The Cloud Tasks server's control port; whatever a test paused runs again afterwards."""
    async with httpx.AsyncClient(base_url=system.urls["tasks_http"], trust_env=False) as client:
        yield client
        await client.post("/resume")


# --- asking for pictures -----------------------------------------------------------------------------------


async def test_an_order_without_a_subject(alex: ChatPage) -> None:
    """The page opens a reply to the question what shall be drawn, and the one word written there is drawn."""
    await alex.ask("draw me")
    await expect(alex.get("reply-bar")).to_contain_text("What shall I draw?")
    await alex.write("fox")
    await alex.wait_pictures(1)
    await expect(alex.bots.filter(has_text="One word")).to_have_count(0)


async def test_each_example_of_the_first_screen_becomes_a_picture(alex: ChatPage) -> None:
    """Start shows one screen whose four examples run, three on the welcome credits, whatever the order they end in."""
    hello = await alex.start()
    await alex.see(hello, "you have 20 credits")
    examples = await alex.labels(hello)
    assert len(examples) == 4
    for example in examples:
        await alex.press(hello, example)
        await alex.wait_toast("On it!")
        await expect(hello.locator(".key.busy")).to_have_count(0)
    await alex.wait_pictures(3)
    await expect(alex.bots.filter(has_text="➕")).to_have_count(1)
    await alex.see(await alex.ask("/balance"), "8 credits")


async def test_a_card_waits_and_then_becomes_the_picture(alex: ChatPage, tasks: httpx.AsyncClient) -> None:
    """The status card names model, format and price, and the picture replaces it, in the shape asked for."""
    await tasks.post("/pause", params={"queue": "image"})
    card = await alex.ask("draw a lighthouse at sunset 16:9")
    await alex.see(card, re.compile(r"Nano Banana · 16:9 · 1K · 4 credits\n👌 Got it"))
    assert await alex.labels(card) == ["✕ Cancel"]
    await tasks.post("/resume", params={"queue": "image"})
    await alex.wait_picture(card)
    await alex.see(card, "Nano Banana · 16:9 · 1K · 4 credits · 16 left")
    assert await alex.labels(card) == RESULT_BUTTONS
    assert await ratio_of(card) == pytest.approx(16 / 9, rel=0.03)
    await expect(alex.bots).to_have_count(1)


async def test_chosen_settings_stay_and_are_followed(alex: ChatPage) -> None:
    """A setting stays after a reload, in a new panel, and in the following pictures."""
    panel = await alex.ask("/settings")
    for choice in ("9:16", "2K", "×2"):
        await alex.press(panel, choice)
        await expect(panel.get_by_role("button", name=f"✅ {choice}", exact=True)).to_be_visible()
    await alex.page.reload()
    await expect(alex.mine).to_have_count(1)
    chosen = [label for label in await alex.labels(await alex.ask("/settings")) if label.startswith("✅")]
    assert chosen == ["✅ Nano Banana · 6", "✅ 9:16", "✅ 2K", "✅ ×2"]
    await alex.write("draw a quiet harbour")
    for picture in await alex.wait_pictures(2):
        await alex.see(picture, re.compile(r"9:16 · 2K · picture [12] of 2 · 6 credits"))
        assert await ratio_of(picture) == pytest.approx(9 / 16, rel=0.03)


async def test_x3_gives_three_numbered_pictures(alex: ChatPage) -> None:
    """ "x3" at the end of a text makes three cards at once, and each becomes a picture of its own."""
    await alex.write("draw a sailing boat x3")
    pictures = await alex.wait_pictures(3)
    for number, picture in enumerate(pictures, 1):
        await alex.see(picture, f"picture {number} of 3")
    sources = [await source_of(picture) for picture in pictures]
    assert len(set(sources)) == 3


async def wait_for_rest(tasks: httpx.AsyncClient) -> None:
    """Until no function is at work: a picture is seen a moment before it is paid, and until then it is being made."""
    async with asyncio.timeout(WAIT_SECONDS_MAX):
        while any(queue["in_flight"] for queue in (await tasks.get("/stats")).json()["queues"].values()):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_again_twice_gives_two_more_pictures(alex: ChatPage, tasks: httpx.AsyncClient) -> None:
    """Every press of "Again" that a person means is a new picture, and the first one stays."""
    picture = await alex.wait_picture(await alex.ask("draw a mountain lake"))
    for count in (2, 3):
        await alex.press(picture, "🔁 Again")
        await alex.wait_pictures(count)
        await expect(picture.locator(".key.busy")).to_have_count(0)
        await wait_for_rest(tasks)
    await alex.see(alex.pictures.last, "8 left")


async def test_an_album_with_a_caption_becomes_one_picture(alex: ChatPage) -> None:
    """Three photos sent together with words are one request, made from all three."""
    await alex.attach(*(draw_photo(colour) for colour in ("crimson", "seagreen", "royalblue")))
    await alex.write("put these three into one picture")
    await alex.wait_pictures(1)
    await expect(alex.bots).to_have_count(1)
    await alex.see(await alex.ask("/balance"), "16 credits")


# --- going on from a picture -------------------------------------------------------------------------------


async def test_a_reply_to_a_picture_makes_a_new_version(alex: ChatPage) -> None:
    """Answering a picture changes that picture; the earlier one stays as it was."""
    first = await alex.wait_picture(await alex.ask("draw a red barn in a field"))
    before = await source_of(first)
    await alex.reply_to(first, "make it night")
    second = (await alex.wait_pictures(2))[1]
    await expect(second.get_by_test_id("quote")).to_contain_text("make it night")
    assert await source_of(second) != before
    assert await source_of(first) == before


async def test_the_edit_button_asks_and_the_answer_makes_a_new_version(alex: ChatPage) -> None:
    """ "Edit" opens the reply field; the text written there changes the picture."""
    picture = await alex.wait_picture(await alex.ask("draw a village street"))
    await alex.press(picture, "✏️ Edit")
    await expect(alex.get("reply-bar")).to_contain_text("what should be different?")
    await expect(alex.get("composer")).to_have_attribute("placeholder", "Make the sky purple…")
    await alex.write("add heavy snow")
    await alex.wait_pictures(2)
    await expect(alex.get("reply-bar")).to_be_hidden()


async def test_the_original_is_the_stored_file_byte_for_byte(alex: ChatPage, system: System) -> None:
    """ "Original" brings a document, and what a person downloads is the PNG that was stored."""
    picture = await alex.wait_picture(await alex.ask("draw a teapot on a windowsill"))
    await alex.press(picture, "📄 File")
    async with alex.page.expect_download() as started:
        await alex.get("document").click()
    content = (await (await started.value).path()).read_bytes()
    assert Image.open(io.BytesIO(content)).format == "PNG"
    assert any(stored.startswith(content) for stored in await read_blobs(system))
    await expect(alex.get("document")).to_contain_text(".png")


async def test_a_deleted_picture_is_gone(alex: ChatPage) -> None:
    """ "Delete" asks, takes the message out of the chat, and gives it back when asked at once."""
    picture = await alex.wait_picture(await alex.ask("draw a secret garden"))
    await alex.press(picture, "🗑 Delete")
    await expect(picture.get_by_role("button", name="Keep")).to_be_visible()
    assert await alex.labels(picture) == ["🗑 Yes, delete", "Keep"]
    await alex.press(picture, "🗑 Yes, delete")
    await alex.wait_toast("🗑 Deleted.")
    await expect(picture).to_have_count(0)
    line = await alex.wait_message("🗑 Deleted.")
    await alex.press(line, "↩️ Undo")
    await alex.wait_picture(line)
    assert await alex.labels(line) == RESULT_BUTTONS
    await expect(alex.bots).to_have_count(1)


# --- money and trouble -------------------------------------------------------------------------------------


async def test_a_waiting_picture_can_be_canceled(alex: ChatPage, tasks: httpx.AsyncClient) -> None:
    """ "Cancel" on a card in the queue gives the credits back, and no picture comes later."""
    await tasks.post("/pause", params={"queue": "image"})
    card = await alex.ask("draw a picture nobody waits for")
    await alex.press(card, "✕ Cancel")
    await alex.see(card, "✖️ Canceled. 4 credits are back.")
    await tasks.post("/resume", params={"queue": "image"})
    await alex.see(await alex.ask("/balance"), re.compile(r"^You have 20 credits\n"))
    await expect(alex.pictures).to_have_count(0)


async def test_without_credits_plain_words_say_so(alex: ChatPage) -> None:
    """A person who has spent everything is told the price and what is left, for a new text and for a pressed button."""
    await alex.write("draw a palace x4")
    await alex.wait_pictures(4)
    await alex.see(await alex.ask("draw a palace x2"), re.compile(r"this costs 8\b.*you have 4\b.*Nothing was charged"))
    await alex.press(alex.pictures.last, "🔁 Again ×4")
    await alex.wait_message("This costs 16 credits, you have 4. Nothing was charged.")
    hut = await alex.wait_picture(await alex.ask("draw a wooden hut"))
    await alex.press(hut, "🔁 Again")
    await alex.wait_message("This costs 4 credits, you have 0. Nothing was charged.")
    await expect(alex.pictures).to_have_count(5)


async def test_every_failure_has_its_words_and_costs_nothing(alex: ChatPage) -> None:
    """Refused, empty, damaged, broken or busy: one card tells what happened, and the money is where it was."""
    faults = ("#safety", "#noimage", "#corrupt", "#error", "#busy")
    cards = {word: await alex.ask(f"draw a fox {word}") for word in faults}
    await alex.see(cards["#safety"], re.compile(r"filter stopped this.*4 credits are back"))
    await alex.see(cards["#noimage"], "4 credits are back")
    await alex.see(cards["#corrupt"], "4 credits are back")
    assert await alex.labels(cards["#safety"]) == ["✏️ Other words", "ℹ️ Details", "✨ Improve"]
    for word in ("#noimage", "#corrupt"):
        assert await alex.labels(cards[word]) == ["🔁 Try again", "ℹ️ Details"]
    await alex.press(cards["#noimage"], "ℹ️ Details")
    await expect(alex.get("alert")).to_contain_text(re.compile(r"Code E-IMG-NONE.*The model's own words: “", re.DOTALL))
    await alex.get("alert-ok").click()
    for word, trouble in (
        ("#error", "Google's service has a fault. I keep"),
        ("#busy", "Google is busy. I keep trying"),
    ):
        await alex.see(cards[word], trouble)
        await alex.press(cards[word], "✕ Cancel")
        await alex.see(cards[word], "4 credits are back")
    await alex.see(await alex.ask("/balance"), re.compile(r"^You have 20 credits\n"))


async def test_a_busy_model_is_asked_again_without_the_person(alex: ChatPage, system: System) -> None:
    """The card says that Google is busy, and becomes the picture as soon as it is not."""
    async with httpx.AsyncClient(base_url=system.urls["gemini"], trust_env=False) as gemini:
        await gemini.post(
            "/control/faults", json={"kind": "busy", "times": 1, "prompt": "patient heron", "retry_delay_seconds": 1}
        )
    card = await alex.ask("draw a patient heron")
    await alex.see(card, "Google is busy. I keep trying")
    await alex.wait_picture(card)
    await alex.see(card, "16 left")


# --- other people ------------------------------------------------------------------------------------------


async def test_a_russian_speaker_meets_no_english(browser: Browser, system: System) -> None:
    """From the first screen to picture, settings and balance everything is in Russian."""
    async with await ChatPage.open(browser, system.urls["telegram"], language="ru") as maria:
        await maria.get("start").click()
        hello = await maria.wait_message("Привет! Я отвечаю на вопросы, рисую и правлю фото.")
        await maria.press(hello, "🏡 Уютный домик под дождём")
        [picture] = await maria.wait_pictures(1)
        await maria.see(picture, "4 кредита · осталось 16")
        assert await maria.labels(picture) == [
            *("🔁 Ещё раз", "✏️ Изменить", "🎬 Оживить · 16", "🪄 Инструменты"),
            *("📐 Формат", "📄 Файл", "🔗 Ссылка", "🗑 Удалить"),
        ]
        for command in ("/settings", "/balance", "/help"):
            said = await (await maria.ask(command)).get_by_test_id("message-text").inner_text()
            assert not re.search(r"\b(credits?|settings|picture|balance)\b", re.sub(r"/\w+", "", said), re.IGNORECASE)
        await maria.get("composer").fill("/")
        await expect(maria.get("command-balance")).to_contain_text("Кредиты и все операции")


async def test_a_second_person_sees_nothing_of_the_first(alex: ChatPage, browser: Browser, system: System) -> None:
    """Two people at once have two chats and two purses, and a private chat opens for nobody else."""
    async with await ChatPage.open(browser, system.urls["telegram"]) as maria:
        await alex.write("draw a blue door")
        await maria.write("draw a green door 2K")
        await alex.see((await alex.wait_pictures(1))[0], "16 left")
        await maria.see((await maria.wait_pictures(1))[0], "14 left")
        await expect(maria.get("message")).to_have_count(2)
        await expect(maria.page.get_by_text("draw a blue door")).to_have_count(0)
        state = f"{system.urls['telegram']}/page/state?user={maria.user}&chat={alex.user}"
        assert (await maria.page.request.get(state)).status == 403


async def test_in_a_group_only_the_asker_may_press(browser: Browser, system: System) -> None:
    """Everybody sees the picture, without its price; another person's press is answered with a word."""
    url = system.urls["telegram"]
    async with (
        await ChatPage.open(browser, url, chat=GROUP) as alex,
        await ChatPage.open(browser, url, chat=GROUP) as maria,
    ):
        await maria.write("just talking, not to the bot")
        picture = await alex.wait_picture(await alex.ask("/image a harbour at dawn 3:2"))
        await expect(picture.get_by_test_id("message-text")).not_to_contain_text("credit")
        [shown] = await maria.wait_pictures(1)
        await maria.press(shown, "🗑 Delete")
        await maria.wait_toast("This button belongs to somebody else. Send your own request.")
        await expect(alex.bots).to_have_count(1)


async def test_on_a_phone_everything_fits_and_answers_a_finger(browser: Browser, system: System) -> None:
    """On a narrow screen nothing runs over the edge, the composer stays in view, a tap on a bubble opens its menu."""
    async with await ChatPage.open(browser, system.urls["telegram"], size=PHONE, theme="dark") as leo:
        picture = await leo.wait_picture(await leo.ask("draw a desert under the stars 21:9"))
        await leo.ask("/settings")
        assert await leo.page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
        bottoms = await leo.page.evaluate(
            """ids => ids.map(id => document.querySelector(`[data-testid=${id}]`).getBoundingClientRect().bottom)""",
            ["title", "scroll", "composer"],
        )
        assert all(above < below for above, below in pairwise([*bottoms, PHONE[1]]))
        await picture.get_by_test_id("message-text").tap()
        await leo.get("menu-reply").tap()
        await expect(leo.get("reply-bar")).to_contain_text("Nano Banana")
        await leo.get("menu").tap()
        await expect(leo.get("sidebar")).to_be_in_viewport()


# --- what these tests look at ------------------------------------------------------------------------------


def draw_photo(colour: str) -> FilePayload:
    image = Image.new("RGB", (640, 480), colour)
    ImageDraw.Draw(image).ellipse((220, 140, 420, 340), fill="white")
    file = io.BytesIO()
    image.save(file, "JPEG")
    return {"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


async def ratio_of(message: Locator) -> float:
    image = message.get_by_test_id("photo").locator("img")
    return await width_of(message) / int(await image.evaluate("image => image.naturalHeight"))


async def source_of(message: Locator) -> str | None:
    return await message.get_by_test_id("photo").locator("img").get_attribute("src")


async def read_blobs(system: System) -> set[bytes]:
    """Every file in the bucket."""
    async with httpx.AsyncClient(base_url=system.urls["storage"], trust_env=False) as client:
        bucket = f"/storage/v1/b/{system.options.bucket}/o"
        names = [item["name"] for item in (await client.get(bucket)).json().get("items", [])]
        found = [await client.get(f"/download{bucket}/{name.replace('/', '%2F')}?alt=media") for name in names]
        return {answer.content for answer in found}

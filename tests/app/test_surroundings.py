"""What the app does with Telegram around it: covered edges, the phone's trembling, buttons, links that leave it."""

import re

import pytest
from playwright.async_api import Locator, expect

from shared.pictures.picture import request_of
from shared.videos.video import is_video, video_request
from tests.app.phone import OPERATORS_URL, Phone
from tests.app.stock import KEY
from tests.world import OTHER, World

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HAPTIC = "web_app_trigger_haptic_feedback"
TOP, BOTTOM, LEFT, RIGHT = 59, 34, 24, 12


async def find_edges(place: Locator) -> tuple[float, float, float, float]:
    """Its top, bottom, left and right edge on the screen."""
    box = await place.bounding_box()
    assert box is not None
    return box["y"], box["y"] + box["height"], box["x"], box["x"] + box["width"]


async def test_covered_edges(phone: Phone) -> None:
    """Nothing to read or press is where the phone or Telegram covers the screen, also after scrolling."""
    await phone.open(at="settings")
    await phone.tell("safe_area_changed", {"top": TOP - 40, "bottom": BOTTOM, "left": LEFT, "right": RIGHT})
    await phone.tell("content_safe_area_changed", {"top": 40, "bottom": 0, "left": 0, "right": 0})
    width, height = 320, 640
    top, _, left, _ = await find_edges(phone.title)
    assert (top >= TOP, left >= LEFT) == (True, True)
    assert (await find_edges(phone.page.locator(".card").first))[3] <= width - RIGHT
    assert (await find_edges(phone.page.locator(".tabs a").first))[2] >= LEFT
    assert (await find_edges(phone.page.locator(".tabs a").last))[3] <= width - RIGHT
    assert (await find_edges(phone.page.locator(".tabs a").last))[1] <= height - BOTTOM
    await phone.page.evaluate("dispatchEvent(new Event('offline')); scrollTo(0, 500)")
    assert (await find_edges(phone.page.locator("#offline")))[0] >= TOP
    await phone.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    last, tabs = await find_edges(phone.page.locator("main .list")), await find_edges(phone.page.locator(".tabs"))
    assert last[1] <= tabs[0]


async def test_the_phone_trembles(phone: Phone, world: World) -> None:
    """Lightly at a press; otherwise when something has worked and when it was refused."""
    await phone.open()
    assert await phone.told(HAPTIC) == []
    await phone.page.get_by_role("link", name="Settings").click()
    await expect(phone.title).to_have_text("Settings")
    assert await phone.told(HAPTIC) == [{"type": "impact", "impact_style": "light"}]
    await phone.page.get_by_text("2K", exact=True).click()
    await expect(phone.page.locator(".notice")).to_be_visible()
    assert (await phone.told(HAPTIC))[-1] == {"type": "notification", "notification_type": "success"}
    await phone.visit("/create")
    await phone.page.locator("#words").fill("a fox")
    await phone.page.evaluate("document.querySelector('[name=price]').value = 1")
    await phone.tell("main_button_pressed")
    await expect(phone.page.locator(".notice.bad")).to_be_visible()
    assert (await phone.told(HAPTIC))[-1] == {"type": "notification", "notification_type": "error"}


async def test_a_promo_code(phone: Phone) -> None:
    """A typed code becomes a link into the chat, which Telegram is asked to open."""
    await phone.open(at="balance")
    await phone.page.locator("#code").fill("spring-26")
    await phone.page.get_by_role("button", name="Use").click()
    await phone.page.locator("[data-telegram]").click()
    [opened] = await phone.told("web_app_open_tg_link")
    assert opened["path_full"].endswith("?start=promo_SPRING-26")


async def test_a_result(phone: Phone, world: World) -> None:
    """It is downloaded by Telegram, and its link is made, offered to Telegram's chats, and closed."""
    await world.send(world.message("a red fox"))
    await phone.open(at="gallery")
    await phone.page.locator(".grid a").click()
    await phone.page.get_by_role("link", name="Download").click()
    [asked] = await phone.told("web_app_request_file_download")
    assert re.fullmatch(r"https://bucket\.example/\S+", asked["url"])
    assert asked["file_name"].endswith(".png")
    await phone.page.get_by_role("button", name="🔗 Share").click()
    await phone.page.get_by_role("link", name="Send the link").click()
    [shared] = await phone.told("web_app_open_tg_link")
    assert shared["path_full"].startswith("/share/url?url=https%3A%2F%2Ft.me%2F")
    await phone.page.get_by_role("button", name="Close the link").click()
    await expect(phone.page.get_by_role("button", name="🔗 Share")).to_be_visible()


async def test_the_operators_page(phone: Phone) -> None:
    """Its link is on the settings of those who may see it, opens outside the app, and is nowhere for anybody else."""
    await phone.open(at="settings")
    await phone.page.locator(f"a[href='{OPERATORS_URL}']").click()
    assert [each["url"] for each in await phone.told("web_app_open_link")] == [OPERATORS_URL]
    await phone.open(at="settings", user_id=OTHER)
    assert OPERATORS_URL not in await phone.page.content()


async def test_a_video_from_a_picture(phone: Phone, world: World) -> None:
    """*Create* makes a video that begins with a picture of the gallery: the options ask what it is for."""
    world.sell(KEY)
    await world.send(world.message("a red fox"))
    await phone.open()
    await phone.page.get_by_role("link", name="Video").click()
    await phone.page.locator("#words").fill("it runs")
    await phone.page.locator("details summary").click()
    await phone.page.locator("fieldset .grid input").check()
    await phone.page.get_by_text("First frame").click()
    await expect(phone.page.locator("[data-main-button]")).to_have_text("Create · 16 credits")
    await phone.tell("main_button_pressed")
    await expect(phone.title).to_have_text("Your request")
    await world.settle()
    [video] = [job for job in world.jobs() if is_video(job)]
    assert video_request(video).prompt == "it runs"
    await expect(phone.page.locator("#state .grid a")).to_have_count(1)


async def test_a_picture_from_the_gallery(phone: Phone, world: World) -> None:
    """A picture of the gallery that is ticked is what the next one is made of."""
    await world.send(world.message("a red fox"))
    kept = world.job()
    await phone.open()
    await phone.page.locator("#words").fill("with a hat")
    await phone.page.locator("summary", has_text="Start from pictures").click()
    await phone.page.locator("fieldset .grid input").check()
    await phone.tell("main_button_pressed")
    await expect(phone.title).to_have_text("Your request")
    await world.settle()
    [made] = [request_of(job) for job in world.jobs() if job.id != kept.id]
    assert (made.prompt, made.parent_id) == ("with a hat", kept.id)

"""Videos as a person meets them: a browser that plays them, the real functions and servers behind it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from infra.local.options import Options
from infra.local.system import System
from tests.e2e.conftest import start_system
from tests.e2e.page import ChatPage

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.browser,
    pytest.mark.timeout(400),
    pytest.mark.asyncio(loop_scope="session"),
]

MADE_MS_MAX = 150_000
"""Nobody asks for a video sooner than 45 s after it was begun."""
PLAY = """async (player) => {
  player.muted = true;
  await player.play();
  await new Promise((seen) => player.addEventListener("timeupdate", () => player.currentTime > 0 && seen()));
  player.pause();
  return { length: player.duration, width: player.videoWidth, height: player.videoHeight, error: player.error };
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def system() -> AsyncIterator[System]:
    """Without notices: a video is asked for after 45 s, so somebody has the time to press *Cancel*."""
    async with start_system(Options(environment={"video": {"NOTICES_URL": ""}})) as running:
        yield running


async def test_a_video_is_reviewed_made_and_played(ann: ChatPage, tmp_path_factory: pytest.TempPathFactory) -> None:
    """/video shows what it costs and every choice for free; one press makes it; it plays where the screen stood,
    and is the beginning of others."""
    await ann.write("/video a red kite over green hills")
    review = await ann.wait_message("A video: “a red kite over green hills”")
    await expect(review).to_contain_text("Nothing is spent before you press the button")
    await ann.press(review, "9:16")
    await expect(review.get_by_role("button", name="✅ 9:16")).to_be_visible()
    await ann.press(review, "🎬 Make it · 15 credits")
    player = ann.get("video")
    await expect(player).to_be_visible(timeout=MADE_MS_MAX)
    seen = await player.evaluate(PLAY)
    assert seen["error"] is None
    assert abs(seen["length"] - 4) < 0.5
    assert seen["height"] > seen["width"]
    await ann.wait_message("Your video is ready.")
    await expect(ann.page.get_by_role("button", name="🔁 Again")).to_be_visible()
    await ann.page.screenshot(path=tmp_path_factory.getbasetemp() / "video.png")
    await ann.page.get_by_role("button", name="🔁 Again").click()
    again = await ann.wait_message("A video: “a red kite over green hills”")
    await expect(again.get_by_role("button", name="✅ 9:16")).to_be_visible()
    await ann.press(again, "✕ Cancel")
    await ann.wait_message("No video was made")
    await ann.page.get_by_role("button", name="➕ Continue").click()
    longer = await ann.wait_message("The video goes on, 4 s become 8")
    await expect(longer).to_contain_text("💳 This costs 20 credits, you have 5.")
    await ann.page.get_by_role("button", name="✏️ Change").click()
    await ann.wait_message("what should be different in the video?")
    await ann.write("make it night")
    await ann.wait_message("The same 4 s, changed: “make it night”")


async def test_a_cheap_video_begins_at_once(ann: ChatPage) -> None:
    """Who wants it gets a clear wish made at once, with price and *Cancel*; doubtful words still have a review."""
    panel = await ann.ask("/settings")
    await ann.press(panel, "🎬 Video without asking: no")
    await ann.see(panel, "I make a video for up to 20 credits at once")
    await ann.write("/video fox")
    review = await ann.wait_message("A video: “fox”")
    await ann.press(review, "✕ Cancel")
    await ann.wait_message("No video was made")
    card = await ann.ask("/video a red kite over green hills")
    await expect(card).to_contain_text("15 credits")
    await ann.press(card, "✕ Cancel · 15 back")
    await ann.see(card, "15 credits are back")
    await ann.write("/balance")
    await ann.wait_message("You have 20 credits")


async def test_a_picture_is_animated(ann: ChatPage) -> None:
    """*Animate* under a picture proposes a video from it; *Cancel* on its card gives the credits back."""
    await ann.write("/image a lighthouse")
    [picture] = await ann.wait_pictures(1)
    await ann.press(picture, "🎬 Animate · 16")
    review = await ann.wait_message("A video from this picture")
    await ann.press(review, "🎬 Make it · 16 credits")
    card = await ann.wait_message("rendering")
    await ann.press(card, "✕ Cancel · 16 back")  # so soon it is a second press of the button before
    await expect(ann.get("toast")).to_be_hidden()
    await ann.press(card, "✕ Cancel · 16 back")
    await ann.wait_message("Canceled while it was being rendered. 16 credits are back")


async def test_what_is_no_video_costs_nothing(ann: ChatPage) -> None:
    """An answer without a video, or with a file that does not play, is told in plain words, with the credits back."""
    await ann.write("/video #novideo a fox")
    await ann.press(await ann.wait_message("A video: “#novideo a fox”"), "🎬 Make it · 15 credits")
    card = ann.bots.filter(has_text="no video that plays")
    await expect(card).to_be_visible(timeout=MADE_MS_MAX)
    await expect(card).to_contain_text("15 credits are back")
    await ann.write("/balance")
    await ann.wait_message("You have 20 credits")

"""The second provider as a person meets it: a browser, the real functions, the local fal behind them."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from infra.local.options import Options
from infra.local.system import System
from shared.adapters.clock import SystemClock
from shared.adapters.key_file import make_key_file
from shared.credits.ledger import Change, TransferKind
from shared.people.change_credits import change_credits
from tests.e2e.books import open_database, open_store
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
  return { length: player.duration, error: player.error };
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """With the offers of fal, and documents whose words are encrypted, as `make run` has them."""
    key = tmp_path_factory.mktemp("keys") / "encryption-key"
    make_key_file(key)
    async with start_system(Options(second_provider=True, encryption_key=key)) as running:
        yield running


async def test_a_model_is_chosen_and_paints(
    ann: ChatPage, system: System, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Settings offer the models with their prices; the next picture is made by fal, and named so. Its words are in the
    chat and at the model, and in no document.
    """
    await ann.write("/settings")
    panel = await ann.wait_message("Settings")
    await expect(panel.get_by_role("button", name="GPT Image 2 · 11")).to_be_visible()
    await ann.press(panel, "Seedream 4.5 · 5")
    await expect(panel.get_by_role("button", name="✅ Seedream 4.5 · 5")).to_be_visible()
    await ann.page.screenshot(path=tmp_path_factory.getbasetemp() / "settings.png")
    await ann.write("/image a red fox in the snow")
    await ann.wait_pictures(1)
    await ann.page.screenshot(path=tmp_path_factory.getbasetemp() / "seedream.png")
    called = await system.wait_for(lambda event: (event.part, event.name) == ("fal", "model_called"))
    assert (called.fields or {})["model"] == "fal-ai/bytedance/seedream/v4.5/text-to-image"
    async with open_database(system.urls["firestore"], system.options.project) as client:
        stored = [each.to_dict() async for collection in client.collections() async for each in collection.stream()]
    assert any("request" in (fields or {}) for fields in stored)
    assert "red fox" not in repr(stored)


async def test_its_filter_gives_the_credits_back(ann: ChatPage) -> None:
    """What fal's checker flags ends in plain words."""
    await ann.write("/settings")
    panel = await ann.wait_message("Settings")
    await ann.press(panel, "GPT Image 2 · 11")
    await expect(panel.get_by_role("button", name="✅ GPT Image 2 · 11")).to_be_visible()
    await ann.write("/image #blocked a fox")
    await ann.wait_message("11 credits are back")


async def test_a_video_by_another_model(
    ann: ChatPage, system: System, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The review offers the models with their prices; the chosen one makes a video that plays, at that price."""
    async with open_store(system.urls["firestore"], system.options.project) as store:
        gift = Change(TransferKind.GIFT, ann.user, 100, f"second-{ann.user}", "For a video")
        await change_credits(store, SystemClock(), gift)
    await ann.write("/video a red kite over green hills")
    review = await ann.wait_message("A video: “a red kite over green hills”")
    await expect(review.get_by_role("button", name="✅ Gemini Omni · 15")).to_be_visible()
    await ann.press(review, "Kling 3.0 Turbo · 70")
    await expect(review.get_by_role("button", name="✅ 5 s")).to_be_visible()
    await ann.page.screenshot(path=tmp_path_factory.getbasetemp() / "kling-review.png")
    await ann.press(review, "🎬 Make it · 70 credits")
    player = ann.get("video")
    await expect(player).to_be_visible(timeout=MADE_MS_MAX)
    seen = await player.evaluate(PLAY)
    assert seen["error"] is None
    assert abs(seen["length"] - 5) < 0.5
    await ann.page.screenshot(path=tmp_path_factory.getbasetemp() / "kling.png")
    called = [event for event in system.events if (event.part, event.name) == ("fal", "model_called")][-1]
    assert (called.fields or {})["model"] == "fal-ai/kling-video/v3/turbo/standard/text-to-video"

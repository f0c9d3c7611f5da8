"""The second provider as a person meets it: a browser, the real functions, the local fal behind them."""

import pytest
from playwright.async_api import expect

from infra.local.options import Options
from infra.local.system import System
from tests.e2e.page import ChatPage

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.browser,
    pytest.mark.timeout(400),
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest.fixture(scope="module")
def options() -> Options:
    """With the offers of fal, as `make run` has them."""
    return Options(second_provider=True)


async def test_a_model_is_chosen_and_paints(
    ann: ChatPage, system: System, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Settings offer the models with their prices; the next picture is made by fal, and named so."""
    await ann.write("/settings")
    panel = await ann.wait_message("Settings")
    await expect(panel.get_by_role("button", name="GPT Image 2 · 11")).to_be_visible()
    await ann.press(panel, "Seedream 4.5 · 5")
    await expect(panel.get_by_role("button", name="✅ Seedream 4.5 · 5")).to_be_visible()
    await ann.page.screenshot(path=tmp_path_factory.getbasetemp() / "settings.png")
    await ann.write("/image a red fox in the snow")
    await ann.wait_pictures(1)
    await ann.page.screenshot(path=tmp_path_factory.getbasetemp() / "seedream.png")
    called = await system.wait_for(lambda event: event.name == "fal_called")
    assert called.fields["endpoint"] == "fal-ai/bytedance/seedream/v4.5/text-to-image"


async def test_its_filter_gives_the_credits_back(ann: ChatPage) -> None:
    """What fal's checker flags ends in plain words."""
    await ann.write("/settings")
    await ann.press(await ann.wait_message("Settings"), "GPT Image 2 · 11")
    await ann.write("/image #blocked a fox")
    await ann.wait_message("11 credits are back")

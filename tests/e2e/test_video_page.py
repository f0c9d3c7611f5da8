"""The chat page plays videos: those of the local Gemini, with pictures and sound, as Telegram's apps do."""

import io
from pathlib import Path

import pytest
import telegram
from PIL import Image
from playwright.async_api import Browser, expect

from infra.local.gemini.motion import Motion, make_video
from infra.local.telegram import run_telegram
from shared.adapters.video_files import BucketVideos
from tests.e2e.page import ChatPage
from tests.fakes.blobs import FakeBlobStore

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

USER = 7
PLAY = """async (video) => {
  video.muted = true;
  await video.play();
  await new Promise((done) => video.addEventListener("timeupdate", () => video.currentTime > 0.3 && done()));
  video.pause();
  return [video.videoWidth, video.videoHeight, video.duration, video.error === null];
}"""
"""What the player knows of a video after it has played a third of a second of it."""
HAS_SOUND = "async (video) => { const found = video.captureStream().getAudioTracks().length; return found; }"


async def test_a_video_plays(browser: Browser, tmp_path: Path) -> None:
    """A card that became a video is played where it stands, with its sound and the small picture before it."""
    blobs = FakeBlobStore()
    await blobs.put("raw", make_video(Motion("a fox in the snow", "text", 3.0, "16:9", "360p"), (), ()), "video/mp4")
    files = BucketVideos(blobs)
    await files.finish("raw", "done", has_sound=True)
    small = telegram.InputFile(await files.thumbnail("done"), "small.jpg", attach=True)
    async with run_telegram(seed=1) as tg, telegram.Bot(tg.token, base_url=tg.base_url) as bot:
        await tg.send(USER, text="hello")
        card = await bot.send_message(USER, "Working")
        media = telegram.InputMediaVideo(
            await blobs.get("done"), "A fox", width=640, height=360, duration=3, supports_streaming=True,
            thumbnail=small, filename="fox.mp4",
        )  # fmt: skip
        async with await ChatPage.open(browser, tg.url, user=USER) as page:
            await bot.edit_message_media(media, USER, card.message_id)
            player = page.get("video")
            await expect(player).to_be_visible()
            poster = await player.get_attribute("poster")
            assert poster
            shown = await page.page.request.get(f"{tg.url}{poster}" if poster.startswith("/") else poster)
            assert Image.open(io.BytesIO(await shown.body())).size == (320, 180)
            width, height, seconds, is_good = await player.evaluate(PLAY)
            assert (width, height, is_good) == (640, 360, True)
            assert seconds == pytest.approx(3.0, abs=0.1)
            assert await player.evaluate(HAS_SOUND) == 1
            await page.page.screenshot(path=tmp_path / "video.png")
            assert (tmp_path / "video.png").stat().st_size > 10_000

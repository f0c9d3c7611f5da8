"""Ten videos that are not as they should be, from order to end: the real adapters and the local Gemini's faults.

Each is shown, with a word about what is odd for the person, or its credits go back with the reason.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from infra.local.gemini import Fault, Gemini, run_gemini
from infra.local.gemini.spoiling import SPOILINGS
from shared.adapters.gemini_access import Access
from shared.adapters.genai_videos import GeminiVideos
from shared.adapters.video_files import BucketVideos
from shared.jobs.job import Job, JobState
from shared.ports import VideoStudio
from shared.providers.outcomes import FailureReason
from shared.videos.video import is_video, stored_video
from tests.fakes.messenger import Shown
from tests.world import ME, World

DELIVERED = {
    "uneven": "15 credits",
    "mute": "🔇 The model made it without sound, although sound was ordered.",
    "8k": "15 credits",
    "hdr": "15 credits",
}
"""What the caption says."""
REFUNDED = ("no_index", "no_frames", "wrong_kind", "nothing", "cut", "huge")


@dataclass
class Bot:
    """The bot in memory, whose videos come from the local Gemini by the real adapters."""

    world: World
    server: Gemini

    async def order(self) -> Shown:
        """A video that is ordered and made; the last state of its message."""
        world = self.world
        await world.send(world.message("/video a fox in the snow"))
        review = world.shown()
        await world.deliver(world.tap("vmake", review))
        while await world.run_next():
            await self.server.wait_for_videos()
        return world.messenger.chats[ME][review.message_id]

    def job(self) -> Job:
        [job] = [job for job in self.world.jobs() if is_video(job)]
        return job


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    world = World()
    async with run_gemini() as server:
        provider = GeminiVideos(Access(api_key="test-key", base_url=server.base_url), world.blobs, "unused")
        files = BucketVideos(world.blobs)
        world.video_studio = VideoStudio(
            {"gemini": provider}, world.blobs, files, world.pictures, world.budget, world.transcoder
        )
        yield Bot(world, server)
        files.close()
        await provider.close()


def test_all_ten() -> None:
    """The tables below name every way to be broken that the local Gemini knows."""
    assert {*DELIVERED, *REFUNDED} == {*SPOILINGS}
    assert len(SPOILINGS) == 10


@pytest.mark.parametrize("reason", DELIVERED)
async def test_odd_videos_are_delivered(bot: Bot, reason: str) -> None:
    """What plays all the same is shown and paid, and what the person misses is said under it."""
    bot.server.set_faults(Fault("spoiled", reason=reason))
    shown = await bot.order()
    assert (shown.kind, bot.job().state) == ("video", JobState.DELIVERED)
    assert DELIVERED[reason] in shown.text
    assert stored_video(bot.job()).size_bytes > 1_000
    assert bot.world.user().account.available == 5
    bot.world.check_money()


@pytest.mark.parametrize("reason", REFUNDED)
async def test_broken_videos_are_refunded(bot: Bot, reason: str) -> None:
    """What does not play is told in plain words, all credits are back, and no file is left anywhere."""
    bot.server.set_faults(Fault("spoiled", reason=reason))
    shown = await bot.order()
    assert (shown.kind, bot.job().state, bot.job().failure) == ("text", JobState.FAILED, FailureReason.NO_RESULT)
    assert "no video that plays. 15 credits are back" in shown.text
    assert bot.world.blobs.blobs == {}
    assert not bot.server.videos.interactions
    assert bot.world.user().account.available == 20
    bot.world.check_money()


async def test_a_good_video(bot: Bot) -> None:
    """The same way without a fault, so that the others end by their faults and by nothing else."""
    shown = await bot.order()
    assert (shown.kind, bot.job().state) == ("video", JobState.DELIVERED)
    assert "🔇" not in shown.text
    bot.world.check_money()

"""Veo on offer, from a press to the frames: the product in memory, the real adapter, the local Gemini and storage."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from google.oauth2.credentials import Credentials

from infra.local.gemini import Fault, Gemini, run_gemini
from infra.local.gemini.mp4_writer import read_facts
from shared.adapters.absent import AbsentProvider
from shared.adapters.gemini_access import Access
from shared.adapters.genai_veo import open_veo
from shared.adapters.storage_media import CloudMedia
from shared.adapters.veo_location import LOCATION
from shared.adapters.video_files import BucketVideos
from shared.credits.catalogue import VIDEOS, sold_videos, titles_of_others
from shared.jobs.job import Job, JobState
from shared.ports import VideoProvider, VideoStudio
from shared.providers.outcomes import FailureReason
from shared.videos.video import stored_video, video_artefacts
from tests.world import World

SELLERS = frozenset({"gemini", "veo"})
FAST, LITE = VIDEOS["veo-fast"].rungs


class Cinema:
    """A person who can pay, and Veo behind the local Gemini and the emulator of Cloud Storage."""

    def __init__(self, world: World, server: Gemini, media: CloudMedia, veo: VideoProvider) -> None:
        self.world, self.server, self.media, self.veo = world, server, media, veo
        self.operation = ""

    def sell(self, veo: VideoProvider) -> None:
        files = BucketVideos(self.media)
        providers: dict[str, VideoProvider] = {"gemini": AbsentProvider(), "veo": veo}
        self.world.ports = replace(self.world.ports, blobs=self.media, sellers=SELLERS)
        self.world.video_studio = VideoStudio(
            providers, self.media, files, self.world.pictures, self.world.budget, self.world.transcoder
        )

    async def press(self, label: str) -> None:
        [data] = [b.data for row in self.world.shown().buttons for b in row if label in b.label]
        await self.world.deliver(self.world.tap(data.removeprefix("1;"), self.world.shown()))

    async def order(self, label: str) -> Job:
        """The job of a video by the model with this label, ended."""
        await self.world.send(self.world.message("/video a fox in the snow"))
        await self.press(label)
        await self.world.settle()
        await self.press("Make it")
        while await self.world.run_next():
            self.operation = video_artefacts(self.world.job()).kept_operation or self.operation
            await self.server.wait_for_videos()
        return self.world.job()


@pytest.fixture
async def cinema(
    world: World, storage_emulator: str, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Cinema]:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", storage_emulator)
    media = CloudMedia(bucket)
    async with run_gemini(storage_url=storage_emulator) as server:
        credentials = Credentials("test-token")  # type: ignore[no-untyped-call]
        veo = open_veo(Access(project="p", base_url=server.base_url, credentials=credentials), media, bucket)
        made = Cinema(world, server, media, veo)
        made.sell(veo)
        await world.give(1000)
        yield made
        await veo.close()
    await media.close()


@pytest.fixture
def world() -> World:
    return World()


async def test_a_video_by_veo(cinema: Cinema) -> None:
    """It is chosen with its price, made in its location, stored, shown, and paid as said."""
    job = await cinema.order("Veo 3.1 Fast · 50")
    assert (job.state, job.request.price, video_artefacts(job).provider) == (JobState.DELIVERED, 50, "veo")
    content = b"".join([part async for part in await cinema.media.stream(stored_video(job).blob)])
    assert (read_facts(content)["prompt"], read_facts(content)["seconds"]) == ("a fox in the snow", 4.0)
    [call] = [call for call in cinema.server.calls() if call.model == FAST.id]
    assert call.seconds == 4
    assert f"/locations/{LOCATION}/" in cinema.operation
    assert cinema.world.user().account.available == 950
    cinema.world.check_money()


async def test_the_next_model_costs_less(cinema: Cinema) -> None:
    """Where the fast model has ended, the light one makes the video, at its own price."""
    cinema.server.set_faults(Fault("gone", times=1))
    job = await cinema.order("Veo 3.1 Fast · 50")
    assert (job.state, video_artefacts(job).model_id) == (JobState.DELIVERED, LITE.id)
    assert cinema.world.user().account.available == 975
    cinema.world.check_money()


async def test_none_is_left(cinema: Cinema) -> None:
    """Where both have ended the card names the model, and all credits are back."""
    cinema.server.set_faults(Fault("gone"))
    job = await cinema.order("Veo 3.1 Fast · 50")
    assert job.state is JobState.FAILED
    assert "Veo 3.1 Fast is not available at the moment" in cinema.world.shown().text
    assert cinema.world.user().account.available == 1000
    cinema.world.check_money()


async def test_it_is_switched_off(cinema: Cinema) -> None:
    """A video that was accepted before ends at once with a refund, and the menu has no Veo any more."""
    await cinema.world.send(cinema.world.message("/video a fox"))
    await cinema.press("Veo 3.1 ·")
    await cinema.world.settle()
    await cinema.press("Make it")
    cinema.sell(AbsentProvider())
    cinema.world.ports = replace(cinema.world.ports, sellers=frozenset({"gemini"}))
    await cinema.world.settle()
    assert "Veo 3.1 is not available at the moment" in cinema.world.shown().text
    assert sold_videos(cinema.world.ports.sellers) == ("omni",)
    cinema.world.check_money()


def test_it_is_google() -> None:
    """/privacy names nobody else for it; no rung of a ladder costs more than the one before."""
    assert titles_of_others(SELLERS) == ()
    for name in sold_videos(SELLERS):
        for size in VIDEOS[name].resolutions:
            costs = [rung.cost_per_second(size) for rung in VIDEOS[name].rungs]
            assert costs == sorted(costs, reverse=True)


async def test_done_but_filtered(cinema: Cinema, capsys: pytest.CaptureFixture[str]) -> None:
    """An operation that ends with a filtered count and Google's reasons is a refund in plain words; nothing is charged,
    and the log has the code of the reason. One video is ordered in an operation, so none is ever part of several."""
    cinema.server.set_faults(Fault("finish", reason="PROHIBITED_CONTENT"))
    job = await cinema.order("Veo 3.1 Fast · 50")
    assert (job.state, job.failure) == (JobState.FAILED, FailureReason.SAFETY)
    text = cinema.world.shown().text
    assert "The filter of Veo 3.1 Fast stopped this video. 50 credits are back. Say it in other words" in text
    assert cinema.world.user().account.available == 1000
    assert '"RAI_58061214"' in capsys.readouterr().out
    [begun] = [call for call in cinema.server.calls() if call.operation]
    assert begun.model == FAST.id
    cinema.world.check_money()

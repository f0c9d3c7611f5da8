"""From a press to the frames: the product in memory, the real adapter and files, the local Gemini that paints."""

import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from PIL import Image as PillowImage

from infra.local.gemini import Gemini, run_gemini
from infra.local.gemini.motion import digest_of
from infra.local.gemini.mp4_writer import read_facts
from shared.adapters.gemini_access import Access
from shared.adapters.genai_videos import GeminiVideos
from shared.adapters.video_files import BucketVideos
from shared.jobs.job import Job, JobState
from shared.ports import VideoStudio
from shared.videos.video import is_video, stored_video
from tests.contracts.video_frames import decode_frames, read_prompt, share_of
from tests.fakes.messenger import Shown
from tests.world import ME, World

Json = dict[str, Any]


def png(colour: str) -> bytes:
    file = io.BytesIO()
    PillowImage.new("RGB", (320, 180), colour).save(file, "PNG")
    return file.getvalue()


PROMPTS = ("they dance", "they sing", "a fox in the snow", "make it night", "the fox holds this")
LABEL = "16:9 · 360p · 4 s"
RED, BLUE = (255, 0, 0), (0, 0, 255)


class Studio:
    """A person, and the videos that the local model made for them."""

    def __init__(self, world: World, server: Gemini) -> None:
        self.world, self.server = world, server

    async def make(self, review: Shown) -> Job:
        """Press *Make it*, wait for the real video, and return its job."""
        await self.world.deliver(self.world.tap("vmake", review))
        await self.world.run_next()
        await self.server.wait_for_videos()
        await self.world.settle()
        job = [job for job in self.world.jobs() if is_video(job)][-1]
        assert job.state is JobState.DELIVERED
        return job

    def facts(self, job: Job) -> Json:
        """What a stored video says of itself."""
        return read_facts(self.world.blobs.blobs[stored_video(job).blob][0])

    def frames(self, job: Job) -> list[PillowImage.Image]:
        """The decoded frames of a stored video."""
        return decode_frames(self.world.blobs.blobs[stored_video(job).blob][0])

    def shown(self, job: Job) -> Shown:
        return next(each for each in self.world.messenger.messages(ME) if each.message_id == _card_id(job))


def _card_id(job: Job) -> int | None:
    return getattr(job.address, "card_message_id", None)


@pytest.fixture
async def studio(world: World) -> AsyncIterator[Studio]:
    async with run_gemini() as server:
        model = GeminiVideos(Access(api_key="test-key", base_url=server.base_url), world.blobs, "unused")
        files = BucketVideos(world.blobs)
        world.video_studio = VideoStudio(
            {"gemini": model}, world.blobs, files, world.pictures, world.budget, world.transcoder
        )
        await world.give(500)
        yield Studio(world, server)
        files.close()
        await model.close()


@pytest.fixture
def world() -> World:
    return World()


async def test_change_and_continue(studio: Studio) -> None:
    """A video, the same changed, and the change continued: each is made of the stored file of the one before."""
    world = studio.world
    await world.send(world.message("/video a fox in the snow"))
    first = await studio.make(world.shown())
    assert studio.facts(first)["prompt"] == "a fox in the snow"
    first_frame = studio.frames(first)[0]
    assert (read_prompt(first_frame, PROMPTS, LABEL), share_of(first_frame, RED)) == ("a fox in the snow", 0)
    await world.send(world.tap("vchange", studio.shown(first)))
    await world.send(world.message("make it night"))
    second = await studio.make(world.shown())
    facts = studio.facts(second)
    assert (facts["work"], facts["before"], facts["prompt"]) == ("edit", "a fox in the snow", "make it night")
    assert (facts["seconds"], stored_video(second).seconds) == (4.0, 4.0)
    await world.send(world.tap("vextend", studio.shown(second)))
    third = await studio.make(world.shown())
    facts = studio.facts(third)
    assert (facts["work"], facts["before"], facts["seconds"]) == ("extend", "make it night", 8.0)
    replied = {"message_id": _card_id(second), "from": {"id": 1234567, "is_bot": True}, "video": {"file_id": "v"}}
    await world.send(world.photo("the fox holds this", picture=png("red"), reply_to_message=replied))
    fourth = await studio.make(world.shown())
    facts, frame = studio.facts(fourth), studio.frames(fourth)[0]
    assert (facts["work"], facts["before"]) == ("edit", "make it night")
    assert facts["pictures"] == [digest_of(png("red"))]
    assert read_prompt(frame, PROMPTS, LABEL) == "the fox holds this"
    assert share_of(frame, RED) > 0.1
    assert not studio.server.videos.files
    assert not studio.server.videos.interactions
    world.check_money()


async def test_pictures(studio: Studio) -> None:
    """Two photos are the first and the last frame, in their order; as references they are material for the scene: the
    decoded frames show them and the prompt.
    """
    world, digests = studio.world, [digest_of(png("red")), digest_of(png("blue"))]
    for choice, work in (("image", "image"), ("reference", "reference")):
        parts = [world.photo("/video they dance", picture=png("red"), media_group_id=work)]
        await world.send(*parts, world.photo(picture=png("blue"), media_group_id=work))
        review = world.shown()
        data = next(button.data for row in review.buttons for button in row if f";{choice}" in button.data)
        await world.send(world.tap_data(data, review.message_id))
        made = await studio.make(world.shown())
        facts = studio.facts(made)
        assert (facts["work"], facts["pictures"]) == (work, digests)
        assert facts["prompt"].startswith("they dance")
        check_frames(studio.frames(made), work)
    world.check_money()


def check_frames(frames: list[PillowImage.Image], work: str) -> None:
    """All frames show the prompt, and the two pictures: one after the other, or as references both at once."""
    assert len(frames) == 4 * 8
    assert {read_prompt(frame, PROMPTS, LABEL) for frame in frames} == {"they dance"}
    (red, blue), (red_at_last, blue_at_last) = (
        [share_of(frame, colour) for colour in (RED, BLUE)] for frame in (frames[0], frames[-1])
    )
    if work == "image":
        assert min(red, blue_at_last) > 0.8
        assert max(blue, red_at_last) == 0
    else:
        assert min(red, blue, red_at_last, blue_at_last) > 0.1

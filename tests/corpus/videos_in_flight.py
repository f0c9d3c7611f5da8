"""Videos at each moment at which a new release can take over, one person for each; and a recorder of what they leave.

    python -m tests.corpus.videos_in_flight v2026.11.29.1

The files go to `tests/corpus/videos/<version>/`, in the form of `recording.py`; nobody changes them afterwards.
"""

import asyncio
import sys
from contextlib import redirect_stdout, suppress
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path

from shared.credits.catalogue import VIDEO
from shared.errors import TooManyRequestsError
from shared.jobs.job import Job, JobState
from shared.providers.copies import CopyTask, plan_copy
from shared.providers.mp4 import VideoFacts
from shared.providers.outcomes import Refused
from shared.providers.videos import VideoMade, VideoTask
from shared.videos.video import (
    SHOWN_BYTES_MAX,
    copy_prefix,
    is_video,
    made_prefix,
    stored_video,
    video_artefacts,
)
from tests.corpus.recording import record, write_recording
from tests.corpus.scenario import KilledError, Stage
from tests.corpus.shapes import describe_kind
from tests.fakes.video_files import FakeVideoFiles
from tests.fakes.video_model import Operation
from tests.world import World

RECORDED = Path(__file__).resolve().parent / "videos"
ENDS = {
    701: JobState.DELIVERED, 702: JobState.DELIVERED, 703: JobState.DELIVERED, 704: JobState.DELIVERED,
    705: JobState.DELIVERED, 706: JobState.FAILED, 707: JobState.CANCELED,
}  # fmt: skip
"""How each person's video ends, whoever goes on with it."""
LARGE_BYTES = 60_000_000
COPIED_FOR = 705
"""The person whose video is too large for Telegram."""


class SomeAreLarge(FakeVideoFiles):
    """Files of which one person's are too large for Telegram."""

    world: World

    async def finish(self, source: str, name: str, *, has_sound: bool) -> VideoFacts:
        facts = await super().finish(source, name, has_sound=has_sound)
        job_id = name.split("/")[1]
        [owner] = [job.user_id for job in self.world.jobs() if job.id == job_id]
        is_large = owner == COPIED_FOR and name.endswith("video.mp4")
        return replace(facts, size_bytes=LARGE_BYTES) if is_large else facts


async def play_videos() -> Stage:
    """Each video is left at another moment, with the tasks that are still to come."""
    stage = Stage()
    prepare(stage.world)
    await _order(stage, 701)
    stage.keep_tasks()
    await _leave_asked(stage, 702)
    await _order(stage, 703)
    await stage.world.run_next()
    stage.keep_tasks()
    await _leave_made(stage, 704)
    await _leave_being_copied(stage, COPIED_FOR)
    await _leave_untold(stage, 706)
    await _leave_canceled(stage, 707)
    return stage


def prepare(world: World) -> None:
    """Whatever a world has to know of these videos, also one in which they were not begun."""
    files = SomeAreLarge(world.blobs)
    files.world = world
    world.video_files = files
    world.video_studio = replace(world.video_studio, files=files)
    for job in list_videos(world):
        artefacts = video_artefacts(job)
        task = VideoTask(work="text", prompt="", seconds=4, ratio="16:9", resolution="360p", label=job.id)
        if artefacts.kept_operation:
            known = Operation(task, made_prefix(job), VIDEO.rungs[0])
            world.video_model.operations[artefacts.kept_operation] = known
        if artefacts.video is not None and artefacts.video.smaller_copy is not None:
            world.transcoder.operations[artefacts.video.smaller_copy.operation] = _copy_of(job)
        if job.state is JobState.SUBMITTED:
            world.video_model.written[made_prefix(job)] = VideoMade("memory:unheard", "video/mp4", 4.0)


def _copy_of(job: Job) -> CopyTask:
    copy = plan_copy(
        stored_video(job).blob, copy_prefix(job), job.id, size_px=(1280, 720), seconds=8.0, has_sound=True,
        bytes_max=SHOWN_BYTES_MAX,
    )  # fmt: skip
    assert copy is not None
    return copy


def list_videos(world: World) -> list[Job]:
    """The jobs of videos, by their people."""
    return sorted(filter(is_video, world.jobs()), key=lambda job: (job.user_id, job.created_at))


async def _order(stage: Stage, user_id: int) -> None:
    """Bought; its task waits."""
    world = stage.world
    await world.send(world.message("/video a fox in the snow", user_id=user_id))
    await world.deliver(world.tap("vmake", world.shown(user_id), user_id=user_id))


async def _leave_asked(stage: Stage, user_id: int) -> None:
    """The process died while the provider was being asked, which has begun."""

    async def die(_: VideoTask) -> None:
        raise KilledError

    world = stage.world
    await _order(stage, user_id)
    world.video_model.before = die
    [task] = world.tasks.take_all()
    with suppress(KilledError):
        await world.run_task(task)
    world.video_model.before = None
    stage.tasks.append(task)


async def _run_until(world: World, user_id: int, *states: JobState) -> None:
    while next(job for job in list_videos(world) if job.user_id == user_id).state not in states:
        await world.run_next()


async def _leave_made(stage: Stage, user_id: int) -> None:
    """Stored, and Telegram does not take it now."""
    await _order(stage, user_id)
    stage.world.messenger.fail("edit_video", TooManyRequestsError(20))
    await _run_until(stage.world, user_id, JobState.MADE)
    stage.keep_tasks()


async def _leave_being_copied(stage: Stage, user_id: int) -> None:
    """Stored; its smaller copy has been asked for."""
    await _order(stage, user_id)
    await _run_until(stage.world, user_id, JobState.MADE)
    stage.keep_tasks()


async def _leave_untold(stage: Stage, user_id: int) -> None:
    """Refused, with the credits back; its card does not say so yet."""
    world = stage.world
    await _order(stage, user_id)
    await world.run_next()
    world.video_model.script_polls(Refused("SAFETY"))
    world.messenger.fail("edit_text", TooManyRequestsError(20))
    await _run_until(world, user_id, JobState.REFUSED)
    stage.keep_tasks()


async def _leave_canceled(stage: Stage, user_id: int) -> None:
    """Canceled; the provider has not deleted it yet."""
    world = stage.world
    await _order(stage, user_id)
    await world.run_next()
    world.clock.advance(5)
    await world.deliver(world.tap("vstop", world.shown(user_id), user_id=user_id))
    world.clock.advance(timedelta(minutes=1).total_seconds())
    stage.keep_tasks()


def main(version: str) -> None:
    """Record what today's code leaves. Raises FileExistsError."""
    with redirect_stdout(StringIO()):
        stage = asyncio.run(play_videos())
    recording = record(version, stage)
    release = recording.release | {"fields": describe_kind("video")}
    write_recording(replace(recording, release=release), RECORDED / version)


if __name__ == "__main__":
    main(sys.argv[1])

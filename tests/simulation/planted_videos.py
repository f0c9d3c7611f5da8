"""Faults in videos that a tired engineer might make; each must be noticed by the simulation."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from shared.credits.catalogue import sold_videos
from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob
from shared.pictures.find_material import Target
from shared.ports import Ports, VideoStudio
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.videos import late_video, show_video, shrink_video, start_at_once, take_videos
from shared.videos.choice import Choice, Wish, keep_to_sold, plan_video
from shared.videos.video import VideoRequest, stored_video, with_video

Plant = Callable[[pytest.MonkeyPatch], None]


def review_is_left_out(patch: pytest.MonkeyPatch) -> None:
    """Every video begins at once, whatever it costs and whatever its person wants."""

    async def order(ports: Ports, visit: Visit, message: Message, target: Target, wish: Wish, choice: Choice) -> bool:
        request = plan_video(wish, keep_to_sold(choice, sold_videos(ports.sellers)))
        if not isinstance(request, VideoRequest):
            return False
        await start_at_once._order(ports, visit, message, request)
        return True

    patch.setattr(take_videos, "start_at_once", order)


def copy_is_asked_for_at_each_look(patch: pytest.MonkeyPatch) -> None:
    """That a smaller copy was asked for is written down and never read."""
    real = shrink_video.shrink_video

    async def shrink(ports: Ports, studio: VideoStudio, held: StoredJob) -> StoredJob | None:
        forgotten = replace(stored_video(held.job), smaller_copy=None)
        return await real(ports, studio, replace(held, job=with_video(held.job, forgotten)))

    patch.setattr(show_video, "shrink_video", shrink)


def late_video_keeps_its_price(patch: pytest.MonkeyPatch) -> None:
    """The job of a video that came after its refund has the price of the first one, which nobody holds any more."""
    real = late_video.plan_late_job

    def plan(job: Job, now: datetime) -> Job:
        late = real(job, now)
        return replace(late, request=replace(late.request, price=job.request.price))

    patch.setattr(late_video, "plan_late_job", plan)


def late_video_is_delivered_at_each_look(patch: pytest.MonkeyPatch) -> None:
    """That a late video is being delivered is not written down, and its job has no id of its own."""
    patch.setattr(late_video, "_given_over", lambda job: job)
    patch.setattr(late_video, "late_intent", lambda _: secrets.token_urlsafe(12))


PLANTED_IN_VIDEOS: tuple[Plant, ...] = (
    review_is_left_out,
    copy_is_asked_for_at_each_look,
    late_video_keeps_its_price,
    late_video_is_delivered_at_each_look,
)

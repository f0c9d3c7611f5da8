"""Stores a finished video: reads it from the provider in pieces, makes it playable, commits it.

finished ── raw file ✓ ── a copy that plays while it loads ✓ ── thumbnail ✓ ── commit: MADE ── shown
         ╳ crash in between: the next worker polls again and continues with the stored files
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from math import ceil

from shared.credits.catalogue import video_credits
from shared.errors import BlobMissingError, UnavailableError, VideoUnusableError
from shared.jobs.ask_ladder import note_rerouting
from shared.jobs.attempts import end_attempt
from shared.jobs.job import Job, mark_made, note_spent
from shared.jobs.job_events import job_facts
from shared.jobs.measure_call import count_tokens, label_call
from shared.jobs.open_jobs import StoredJob, change_held_job
from shared.jobs.time_limits import FILMING_SECONDS_MAX
from shared.logs import log_event
from shared.ports import Ports, VideoStudio
from shared.providers.mp4 import VideoFacts
from shared.providers.outcomes import FailureReason, NoResult
from shared.providers.videos import VideoMade
from shared.videos.end_video import end_unmade
from shared.videos.show_video import show_video
from shared.videos.video import (
    StoredVideo,
    VideoRequest,
    attempt_prefix,
    video_artefacts,
    video_request,
    with_video,
)

SHORTER_SECONDS = 0.5
"""A video may be this much shorter than ordered; a larger difference is deducted from the price."""


@dataclass(frozen=True, slots=True)
class _Files:
    facts: VideoFacts
    name: str
    thumbnail_name: str


async def keep_video(ports: Ports, studio: VideoStudio, held: StoredJob, made: VideoMade) -> None:
    """Store, commit and show a video; if it cannot be shown, the credits are returned.

    Raises LeaseLostError, UnavailableError.
    """
    note_rerouting(video_artefacts(held.job).model_id, made.model_id)
    try:
        async with asyncio.timeout(FILMING_SECONDS_MAX):
            files = await _store(ports, studio, held.job, made)
    except TimeoutError as error:
        raise UnavailableError("storing a video took too long") from error
    except VideoUnusableError as error:
        log_event("video_unusable", severity="WARNING", trouble=error.trouble, **job_facts(held.job))
        await _drop_raw(ports, held.job)
        await end_unmade(ports, held, FailureReason.NO_RESULT, NoResult(error.trouble))
        return
    except BlobMissingError:
        await end_unmade(ports, held, FailureReason.NO_RESULT, NoResult("the file is gone"))
        return
    now, video = ports.clock.now(), _describe(held.job, files, made)
    held = await change_held_job(
        ports, held, lambda job: mark_made(with_video(_priced(end_attempt(job, now, "made"), video), video), now)
    )
    asked = video_artefacts(held.job)
    count_tokens(label_call(asked.provider, asked.model_id), made.tokens)
    await _drop_raw(ports, held.job)
    await show_video(ports, studio, held)


async def _store(ports: Ports, studio: VideoStudio, job: Job, made: VideoMade) -> _Files:
    """Write the files of this attempt; existing files are kept."""
    prefix, raw = attempt_prefix(job), _raw_name(job)
    if await studio.media.measure(raw) is None:
        pieces = await studio.providers[video_artefacts(job).provider].read(made)
        await studio.media.put_stream(raw, pieces, made.mime_type)
    name = f"{prefix}video.mp4"
    facts = await studio.files.finish(raw, name, has_sound=video_request(job).has_sound)
    thumbnail, thumbnail_name = await studio.files.thumbnail(name), f"{prefix}thumbnail.jpg"
    if thumbnail:
        await ports.blobs.put(thumbnail_name, thumbnail, "image/jpeg")
    return _Files(facts, name, thumbnail_name if thumbnail else "")


async def _drop_raw(ports: Ports, job: Job) -> None:
    """Delete the file as the provider gave it, which nobody reads any more."""
    with suppress(UnavailableError):
        await ports.blobs.delete_all(_raw_name(job))


def _raw_name(job: Job) -> str:
    return f"{attempt_prefix(job)}raw"


def _describe(job: Job, files: _Files, made: VideoMade) -> StoredVideo:
    facts = files.facts
    return StoredVideo(
        blob=files.name,
        size_bytes=facts.size_bytes,
        width=facts.width,
        height=facts.height,
        seconds=facts.seconds,
        thumbnail_blob=files.thumbnail_name,
        has_sound=facts.has_sound,
        model_id=made.model_id or video_artefacts(job).model_id,
    )


def _priced(job: Job, video: StoredVideo) -> Job:
    """The job with a lower price if less was made than ordered, or by a cheaper model."""
    request, seconds = video_request(job), _seconds_made(video_request(job), video)
    fallback = request.offer.fallback_by(video_artefacts(job).model_id)
    is_shorter = seconds < request.seconds - SHORTER_SECONDS
    if not is_shorter and fallback is None:
        return job
    read = 0 if request.source is None else ceil(request.source.seconds)
    made = max(1, ceil(seconds)) if is_shorter else request.seconds
    cost = request.offer.bound_usd_micros(made, request.resolution, request.picture_count, read, fallback)
    price = video_credits(cost)
    return note_spent(job, price) if price < request.price else job


def _seconds_made(request: VideoRequest, video: StoredVideo) -> float:
    """The new part of a video. An extension contains the video before it; one that does not is all new."""
    if request.source is None or not request.continues:
        return video.seconds
    added = video.seconds - request.source.seconds
    return added if added > SHORTER_SECONDS else video.seconds

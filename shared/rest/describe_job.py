"""A picture or a video as a program sees it. Pure."""

from datetime import datetime

from shared.jobs.job import BEING_MADE, Job, JobState, credits_of, is_canceled, kept_until
from shared.pictures.picture import artefacts_of, is_picture, request_of
from shared.rest.calls import Json
from shared.videos.video import is_video, video_artefacts, video_request

STATES = ("queued", "working", "done", "failed", "canceled", "deleted")


def is_offered(job: Job) -> bool:
    """Whether the API shows this kind of job."""
    return is_picture(job) or is_video(job)


def describe_job(job: Job, now: datetime) -> Json:
    """The job without anything of Telegram."""
    return {
        "id": job.id,
        "kind": job.kind,
        "state": state_of(job, now),
        "price": job.request.price,
        "charged": credits_of(job) if job.state is JobState.DELIVERED and not job.wallet_id else 0,
        "created_at": job.created_at.isoformat(),
        "expires_at": kept_until(job).isoformat(),
        "failure": None if job.failure is None else job.failure.value,
        **(_describe_picture(job) if is_picture(job) else _describe_video(job)),
    }


def describe_untold(job: Job, now: datetime) -> Json:
    """The job as a webhook is told of it: of one that is incognito without its words."""
    return describe_job(job, now) | ({"prompt": ""} if job.is_incognito else {})


def state_of(job: Job, now: datetime) -> str:
    """One of STATES. A result that is stored but not paid yet is still being worked on."""
    if job.deleted_at is not None or now >= kept_until(job):
        return "deleted"
    if job.state is JobState.DELIVERED:
        return "done"
    if is_canceled(job):
        return "canceled"
    if job.state in {JobState.REFUSED, JobState.FAILED}:
        return "failed"
    return "working" if job.state in BEING_MADE | {JobState.MADE} else "queued"


def _describe_picture(job: Job) -> Json:
    request, made = request_of(job), artefacts_of(job).result
    is_there = made is not None and job.state is JobState.DELIVERED
    file = {"mime_type": made.mime_type, "width": made.width, "height": made.height} if made and is_there else None
    asked = {"prompt": request.prompt, "model": request.model, "ratio": request.ratio, "size": request.size}
    return {**asked, "file": file}


def _describe_video(job: Job) -> Json:
    request, made = video_request(job), video_artefacts(job).video
    is_there = made is not None and job.state is JobState.DELIVERED
    file = {"mime_type": "video/mp4", "width": made.width, "height": made.height} if made and is_there else None
    asked = {"prompt": request.prompt, "model": request.model, "ratio": request.ratio}
    return {**asked, "resolution": request.resolution, "seconds": request.seconds, "file": file}

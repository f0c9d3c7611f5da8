"""Asking the provider of a video how far it is."""

from shared.jobs.job import Job
from shared.ports import VideoStudio
from shared.providers.videos import Lost, Poll
from shared.videos.video import made_prefix, video_artefacts


async def ask_provider(studio: VideoStudio, job: Job) -> Poll:
    """The state of the job's operation. Raises UnavailableError.

    If no operation is known, or the provider has lost it, a file under the job's own prefix counts; without one: Lost.
    """
    artefacts, prefix = video_artefacts(job), made_prefix(job)
    provider, operation = studio.providers[artefacts.provider], operation_of(job)
    told = await provider.poll(operation, prefix) if operation else Lost()
    return await provider.find(prefix) or told if isinstance(told, Lost) else told


def operation_of(job: Job) -> str:
    """The operation to poll; empty if none is known. A notice may name it although the start was never answered."""
    return job.operation or video_artefacts(job).kept_operation

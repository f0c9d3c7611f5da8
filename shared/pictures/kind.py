"""The kind `picture`: the functions that the engine calls."""

from shared.jobs.frame import Kind
from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob
from shared.pictures.delete_result import lacks_preview, purge_result, show_restored
from shared.pictures.make_picture import make_picture, rungs_for
from shared.pictures.picture import request_of
from shared.pictures.recover_picture import recover_picture
from shared.pictures.show_picture import show_stored_picture
from shared.ports import PictureStudio, Ports
from shared.providers.ladder import PictureRung
from shared.telegram.address import ChatAddress


async def mend_picture(ports: Ports, studio: PictureStudio, ended: StoredJob) -> None:
    """Show a restored picture that still lacks its preview. Raises UnavailableError."""
    if isinstance(ended.job.address, ChatAddress) and lacks_preview(ended.job):
        await show_restored(ports, studio, ended)


def _rungs(studio: PictureStudio, job: Job) -> tuple[PictureRung, ...]:
    return rungs_for(studio, request_of(job))


PICTURE: Kind[PictureStudio] = Kind(
    rungs=_rungs,
    make=make_picture,
    recover=recover_picture,
    deliver=show_stored_picture,
    mend=mend_picture,
    purge=purge_result,
)

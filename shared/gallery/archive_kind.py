"""The kind `archive`: the functions that the engine calls for it. No model is asked."""

from shared.gallery.archive import archive_prefix
from shared.gallery.make_archive import make_archive, show_archive
from shared.jobs.frame import Kind
from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob
from shared.ports import Ports, VideoStudio
from shared.providers.ladder import Rung

BUCKET = Rung(provider="bucket", id="archive", shutdown_on=None)
"""Stands for a model where the engine names one: the bucket is always admitted."""


def _rungs(studio: VideoStudio, job: Job) -> tuple[Rung, ...]:
    return (BUCKET,)


async def _recover(ports: Ports, studio: VideoStudio, held: StoredJob) -> bool:
    """Nothing is worth recovering: packing again is free."""
    return False


async def _mend(ports: Ports, studio: VideoStudio, ended: StoredJob) -> None:
    """An ended ZIP leaves nothing behind that the bucket does not delete."""


async def _purge(ports: Ports, deleted: StoredJob) -> None:
    await ports.blobs.delete_all(archive_prefix(deleted.job))


ARCHIVE_KIND: Kind[VideoStudio] = Kind(
    rungs=_rungs, make=make_archive, recover=_recover, deliver=show_archive, mend=_mend, purge=_purge
)

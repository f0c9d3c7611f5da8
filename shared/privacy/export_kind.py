"""The kind `export`: the functions that the engine calls for it. No model is asked."""

from shared.gallery.archive import archive_prefix
from shared.jobs.frame import Kind
from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob
from shared.ports import Ports, VideoStudio
from shared.privacy.export import MEDIUM
from shared.privacy.make_export import begin_export, pack_next, show_export
from shared.providers.ladder import Rung

BUCKET = Rung(provider="bucket", id=MEDIUM, shutdown_on=None)
"""Stands for a model where the engine names one: the bucket is always admitted."""


def _rungs(studio: VideoStudio, job: Job) -> tuple[Rung, ...]:
    return (BUCKET,)


async def _recover(ports: Ports, studio: VideoStudio, held: StoredJob) -> bool:
    """Nothing is worth recovering: the parts without a link are deleted by the bucket."""
    return False


async def _mend(ports: Ports, studio: VideoStudio, ended: StoredJob) -> None:
    """An ended export leaves nothing behind that the bucket does not delete."""


async def _purge(ports: Ports, deleted: StoredJob) -> None:
    await ports.blobs.delete_all(archive_prefix(deleted.job))


EXPORT_KIND: Kind[VideoStudio] = Kind(
    rungs=_rungs,
    make=begin_export,
    recover=_recover,
    deliver=show_export,
    mend=_mend,
    purge=_purge,
    poll=pack_next,
)

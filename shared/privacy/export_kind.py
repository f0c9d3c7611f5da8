"""The kind `export`: a ZIP as of the gallery, made in several visits. No model is asked."""

from dataclasses import replace

from shared.gallery.archive_kind import ARCHIVE_KIND, BUCKET
from shared.jobs.frame import Kind
from shared.jobs.job import Job
from shared.ports import VideoStudio
from shared.privacy.export import MEDIUM
from shared.privacy.make_export import begin_export, pack_next, show_export
from shared.providers.ladder import Rung

_BUCKET = replace(BUCKET, id=MEDIUM)


def _rungs(studio: VideoStudio, job: Job) -> tuple[Rung, ...]:
    return (_BUCKET,)


EXPORT_KIND: Kind[VideoStudio] = replace(
    ARCHIVE_KIND, rungs=_rungs, make=begin_export, deliver=show_export, poll=pack_next
)

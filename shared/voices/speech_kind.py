"""The kind `speech`: the functions that the engine calls."""

from shared.credits import catalogue
from shared.jobs.frame import Kind
from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob
from shared.ports import Ports, TalkStudio
from shared.providers.ladder import TextRung
from shared.voices.delete_speech import purge_speech
from shared.voices.make_speech import make_speech, recover_speech
from shared.voices.show_speech import show_stored_speech


async def _mend(ports: Ports, studio: TalkStudio, ended: StoredJob) -> None:
    """A delivered voice message needs no repair."""


def _rungs(studio: TalkStudio, job: Job) -> tuple[TextRung, ...]:
    return catalogue.SPEECH.rungs


SPEECH: Kind[TalkStudio] = Kind(
    rungs=_rungs,
    make=make_speech,
    recover=recover_speech,
    deliver=show_stored_speech,
    mend=_mend,
    purge=purge_speech,
)

"""The kind `transcript`: the functions that the engine calls."""

from functools import partial

from shared.credits.catalogue import HEARING
from shared.jobs.frame import Kind
from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob
from shared.ports import Ports, TalkStudio
from shared.providers.ladder import TextRung
from shared.voices.hear_recording import hear_recording
from shared.voices.show_transcript import Act, show_transcript


async def _recover(ports: Ports, studio: TalkStudio, held: StoredJob) -> bool:
    """There is nothing to recover: a transcript is stored only by the commit that makes its job MADE."""
    return False


async def _mend(ports: Ports, studio: TalkStudio, ended: StoredJob) -> None:
    """A delivered transcript needs no repair."""


async def _purge(ports: Ports, deleted: StoredJob) -> None:
    """A transcript has no files: the recording stays at Telegram."""


def _rungs(studio: TalkStudio, job: Job) -> tuple[TextRung, ...]:
    return HEARING.rungs


def make_transcript_kind(act: Act) -> Kind[TalkStudio]:
    """The kind; `act` handles the words of a transcript."""
    return Kind(
        rungs=_rungs,
        make=partial(hear_recording, act=act),
        recover=_recover,
        deliver=partial(show_transcript, act=act),
        mend=_mend,
        purge=_purge,
    )

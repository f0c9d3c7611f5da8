"""The kind `answer`: the functions that the engine calls."""

from shared.conversations.make_answer import make_answer
from shared.conversations.show_answer import show_stored_answer
from shared.conversations.summarise import summarise
from shared.credits.catalogue import TALK
from shared.jobs.frame import Kind
from shared.jobs.job import Job, JobState
from shared.jobs.open_jobs import StoredJob
from shared.ports import Ports, TalkStudio
from shared.providers.ladder import TextRung


async def _recover(ports: Ports, studio: TalkStudio, held: StoredJob) -> bool:
    """There is nothing to recover: an answer is stored only by the commit that makes its job MADE."""
    return False


async def _mend(ports: Ports, studio: TalkStudio, ended: StoredJob) -> None:
    """Summarise: a delivered answer gets one more task if its conversation has no room for the next."""
    if ended.job.state is JobState.DELIVERED:
        await summarise(ports, studio, ended.job)


async def _purge(ports: Ports, deleted: StoredJob) -> None:
    """An answer has no files."""


def _rungs(studio: TalkStudio, job: Job) -> tuple[TextRung, ...]:
    return TALK.rungs


ANSWER: Kind[TalkStudio] = Kind(
    rungs=_rungs, make=make_answer, recover=_recover, deliver=show_stored_answer, mend=_mend, purge=_purge
)

"""The card of a batch, which shows how far it is. Pure."""

from collections.abc import Sequence

from shared.jobs.job import ENDS, Job, JobState, credits_of
from shared.people.users import Language
from shared.pictures.keyboards import in_rows
from shared.pictures.picture import PictureRequest, request_of
from shared.ports import Button, Screen
from shared.telegram.address import chat_of
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text, shorten

BATCH_STOP, BATCH_ALBUM, BATCH_PICTURE = "batchstop", "batchalbum", "batchpic"
"""The buttons that cancel what is not made of a batch, send what is made as an album, and send one picture of it again,
with its buttons."""
PER_ROW = 5
LINE_CHARACTERS_MAX = 70
_OVER = ENDS | {JobState.MADE, JobState.REFUSED}
_CANCELED, _FAILED, _READY, _OPEN = "✖️", "⚠️", "✅", "⏳"


def is_over(job: Job) -> bool:
    """Whether nothing more has to be waited for: the picture is there, or will never be."""
    return job.state in _OVER


def batch_card(jobs: Sequence[Job]) -> Screen:
    """How far a batch is. It shows no clock, so that it is edited only when a picture ends."""
    language = jobs[0].language
    ready = [job for job in jobs if job.state in {JobState.MADE, JobState.DELIVERED}]
    is_done = all(is_over(job) for job in jobs)
    head = html_text(language, "batch-done" if is_done else "batch-drawing", count=len(jobs), ready=len(ready))
    lines = [head, *(f"{_sign(job)} {batch_line(language, job.index, request_of(job))}" for job in jobs)]
    returned = sum(job.request.price for job in jobs if is_over(job) and job not in ready and job.fence)
    if is_done:
        lines.append(html_text(language, "batch-paid", price=sum(credits_of(job) for job in ready)))
    if returned:
        lines.append(html_text(language, "batch-returned", price=returned))
    if is_done and chat_of(jobs[0]).album:
        hint = [html_text(language, "batch-album")] if ready else []
        return Screen("\n".join([*lines, *hint]), in_rows([_number_button(job) for job in ready], PER_ROW))
    if is_done:
        album = Button(plain_text(language, "button-batch-album"), write_callback(BATCH_ALBUM, chat_of(jobs[0]).batch))
        return Screen("\n".join(lines), ((album,),) if len(ready) > 1 else ())
    stop = Button(plain_text(language, "button-batch-stop"), write_callback(BATCH_STOP, chat_of(jobs[0]).batch))
    return Screen("\n".join(lines), ((stop,),))


def batch_line(language: Language, number: int, request: PictureRequest) -> str:
    """One prompt of a batch, shortened."""
    return html_text(language, "batch-line", number=number, words=shorten(request.prompt, LINE_CHARACTERS_MAX))


def _number_button(job: Job) -> Button:
    return Button(str(job.index), write_callback(BATCH_PICTURE, chat_of(job).batch, job.index))


def _sign(job: Job) -> str:
    match job.state:
        case JobState.MADE | JobState.DELIVERED:
            return _READY
        case JobState.REFUSED | JobState.FAILED | JobState.CANCELED:
            return _CANCELED if job.failure is None else _FAILED
        case _:
            return _OPEN

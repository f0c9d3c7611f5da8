"""The screens of a ZIP: its card, its caption, the link to a large one. Pure."""

from datetime import datetime

from shared.gallery.archive import (
    MEDIUM,
    RESULTS_MAX,
    ArchiveArtefacts,
    ArchiveRequest,
    archive_of,
    archive_request,
)
from shared.jobs.job import Job, JobState, is_canceled
from shared.jobs.screens import Screens
from shared.ports import Button, Screen
from shared.providers.outcomes import FailureReason
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text

ZIP, STOP = "gzip", "gstop"
"""The actions of the buttons."""
NONCE_CHARACTERS = 8
"""Of a job's id, in the buttons under it: two presses of one of them are one request."""
LINK_HOURS = 12
"""What the IAM API signs is good for no longer."""
_DONE = frozenset({JobState.MADE, JobState.DELIVERED})
Rows = tuple[tuple[Button, ...], ...]


def archive_card(job: Job, now: datetime) -> Screen:
    """The card of a job without a file yet."""
    match job.state:
        case JobState.REFUSED | JobState.FAILED | JobState.CANCELED:
            return Screen(_end(job), _again(job))
        case state if state in _DONE:
            return Screen(_text(job, "gallery-zip-sending"))
        case _:
            stop = Button(plain_text(job.language, "button-cancel"), write_callback(STOP, job.id))
            return Screen(_text(job, "gallery-zip-packing", limit=RESULTS_MAX), ((stop,),))


def archive_caption(job: Job, credits_left: int) -> Screen:
    """The caption of the file, with what is missing in it and the way to the rest."""
    return Screen("\n".join(_about(job)), _next(job))


def linked_archive(job: Job, address: str) -> Screen:
    """The screen of a file that is too large for Telegram, with a download link."""
    lines = [*_about(job), html_text(job.language, "gallery-zip-linked", hours=LINK_HOURS)]
    link = Button(plain_text(job.language, "button-link"), url=address)
    return Screen("\n".join(lines), ((link,), *_next(job)))


def left_archive(job: Job) -> Screen:
    """The card in a group, where no ZIP is requested."""
    return Screen(_text(job, "gallery-zip-sending"))


def kept_archive(job: Job, address: str) -> Screen:
    """Likewise, with the way to the private chat."""
    return Screen(left_archive(job).text, ((Button(plain_text(job.language, "button-chat"), url=address),),))


def _about(job: Job) -> list[str]:
    archive = archive_of(job)
    if archive is None or archive_request(job).only:
        return [html_text(job.language, "original-caption")]
    lines = [_text(job, "gallery-zip-done", count=archive.count)]
    if archive.missing:
        lines.append(html_text(job.language, "gallery-zip-missing", count=archive.missing))
    if archive.following:
        lines.append(html_text(job.language, "gallery-zip-more"))
    return lines


def _next(job: Job) -> Rows:
    archive = archive_of(job)
    if archive is None or not archive.following:
        return ()
    selection, nonce = archive_request(job).selection, job.id[:NONCE_CHARACTERS]
    data = write_callback(ZIP, selection, nonce, archive.following)
    return ((Button(plain_text(job.language, "button-gallery-zip-next"), data),),)


def _again(job: Job) -> Rows:
    request = archive_request(job)
    if request.only or request.album:
        return ()
    data = write_callback(ZIP, request.selection, job.id[:NONCE_CHARACTERS], request.after)
    return ((Button(plain_text(job.language, "button-retry"), data),),)


def _end(job: Job) -> str:
    if is_canceled(job) or job.failure is None:
        return html_text(job.language, "gallery-zip-canceled")
    is_empty = job.failure in {FailureReason.NO_RESULT, FailureReason.FILE_GONE}
    return _text(job, "gallery-zip-nothing" if is_empty else "gallery-zip-failed")


def _text(job: Job, text_id: str, **numbers: int) -> str:
    return html_text(job.language, text_id, name=archive_request(job).name, **numbers)


ARCHIVE_SCREENS = Screens(
    ArchiveRequest,
    ArchiveArtefacts,
    card=archive_card,
    caption=archive_caption,
    left=left_archive,
    action="upload_document",
    ready="gallery-zip-ready",
    kept=kept_archive,
    noun=f"{MEDIUM}s",
)

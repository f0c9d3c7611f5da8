"""The screens of an export: its card, and the links to its parts. Pure."""

from collections.abc import Sequence
from datetime import datetime

from shared.gallery.archive_screens import LINK_HOURS, NONCE_CHARACTERS
from shared.jobs.job import Job, JobState, is_canceled
from shared.jobs.screens import Screens
from shared.ports import Button, Screen
from shared.privacy.export import MEDIUM, ExportArtefacts, ExportRequest, progress_of
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text

EXPORT, STOP = "export", "estop"
"""The actions of the buttons."""
LINKS_PER_MESSAGE = 8
MEGABYTE = 1_000_000
_DONE = frozenset({JobState.MADE, JobState.DELIVERED})


def export_card(job: Job, now: datetime) -> Screen:
    """The card of a job without links yet."""
    match job.state:
        case JobState.REFUSED | JobState.FAILED | JobState.CANCELED:
            text_id = "export-canceled" if is_canceled(job) or job.failure is None else "export-failed"
            data = write_callback(EXPORT, job.id[:NONCE_CHARACTERS])
            again = Button(plain_text(job.language, "button-retry"), data)
            return Screen(html_text(job.language, text_id), ((again,),))
        case state if state in _DONE:
            return left_export(job)
        case _:
            stop = Button(plain_text(job.language, "button-cancel"), write_callback(STOP, job.id))
            return Screen(html_text(job.language, "export-packing", count=_count(job)), ((stop,),))


def export_caption(job: Job, credits_left: int) -> Screen:
    """An export is shown as links; this is what they say."""
    return Screen("\n".join(_about(job)))


def linked_export(job: Job, addresses: Sequence[str]) -> tuple[Screen, ...]:
    """The messages with the links, some to each, in the order of the parts."""
    parts = progress_of(job).parts
    rows = [
        (Button(plain_text(job.language, "button-export-part", number=n, size=_megabytes(part.size_bytes)), url=url),)
        for n, (part, url) in enumerate(zip(parts, addresses, strict=True), 1)
    ]
    first, more = "\n".join(_about(job)), html_text(job.language, "export-more")
    return tuple(
        Screen(more if start else first, tuple(rows[start : start + LINKS_PER_MESSAGE]))
        for start in range(0, len(rows), LINKS_PER_MESSAGE)
    )


def left_export(job: Job) -> Screen:
    """The card where no link is shown."""
    return Screen(html_text(job.language, "export-sending"))


def kept_export(job: Job, address: str) -> Screen:
    """Likewise, with the way to the private chat."""
    return Screen(left_export(job).text, ((Button(plain_text(job.language, "button-chat"), url=address),),))


def _about(job: Job) -> list[str]:
    progress = progress_of(job)
    lines = [html_text(job.language, "export-done", count=_count(job), hours=LINK_HOURS)]
    if progress.missing:
        lines.append(html_text(job.language, "gallery-zip-missing", count=progress.missing))
    return lines


def _count(job: Job) -> int:
    return sum(part.count for part in progress_of(job).parts)


def _megabytes(size_bytes: int) -> int:
    return -(-size_bytes // MEGABYTE)


EXPORT_SCREENS = Screens(
    ExportRequest,
    ExportArtefacts,
    card=export_card,
    caption=export_caption,
    left=left_export,
    action="upload_document",
    ready="export-ready",
    kept=kept_export,
    noun=f"{MEDIUM}s",
)

"""A ZIP of results as a job: free of charge, made by a task, kept for a day."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.jobs.job import Artefacts, Job, Request
from shared.people.shelves import ARCHIVES_PER_DAY, count_archive, return_archive
from shared.people.users import User

MEDIUM = "archive"
"""The name of this kind in logs and metrics."""
RESULTS_MAX = 100
BYTES_MAX = 250_000_000
"""Of one ZIP; what does not fit comes in the next one."""
COST_USD_MICROS = 35_000
"""What one may cost us, in millionths of a US dollar: $0.02 a GB to read from the cold class, $0.12 to send out of the
cloud. It is booked against the caps for everybody; the day's number bounds it for one person."""
KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class ArchiveRequest(Request):
    """Which results to pack."""

    selection: str
    """Which results, as `write_selection` writes it."""
    name: str
    """What the person calls them."""
    after: str = ""
    """The place, as `write_cursor` writes it, after which it begins; empty: with the newest."""
    album: int = 0
    """How many results one request became, if only those are packed; `after` is the place of one of them then."""
    day: str = ""
    """The UTC day whose allowance it uses, as YYYY-MM-DD."""
    only: str = ""
    """The job of the one video whose file is sent as it is, instead of a ZIP."""

    def kept(self) -> timedelta:
        """How long its job is kept."""
        return KEPT

    def facts(self) -> dict[str, Any]:
        """What the log says of it."""
        return {"medium": MEDIUM}

    def is_offered(self, user: User) -> bool:
        """Whether the person may have another one today."""
        return user.gallery.archives_day != self.day or user.gallery.archives < ARCHIVES_PER_DAY

    def taken(self, user: User) -> User:
        """The person after this request, which counts against the day."""
        return replace(user, gallery=count_archive(user.gallery, self.day))

    def returned(self, user: User) -> User:
        """The person after it ended without a file."""
        return replace(user, gallery=return_archive(user.gallery, self.day))


@dataclass(frozen=True, slots=True)
class StoredArchive:
    """The file to send."""

    blob: str
    size_bytes: int
    filename: str
    count: int
    """How many results it holds."""
    missing: int = 0
    """How many have no file any more."""
    following: str = ""
    """The place after which the next part begins; empty: this was the last."""


@dataclass(frozen=True, slots=True)
class ArchiveArtefacts(Artefacts):
    """The results so far."""

    archive: StoredArchive | None = None


def day_of(now: datetime) -> str:
    """The UTC day, as YYYY-MM-DD."""
    return now.astimezone(UTC).date().isoformat()


def is_archive(job: Job) -> bool:
    """Whether the job is a ZIP; the functions below require this."""
    return isinstance(job.request, ArchiveRequest)


def archive_request(job: Job) -> ArchiveRequest:
    """The request of a ZIP."""
    assert isinstance(job.request, ArchiveRequest)
    return job.request


def archive_of(job: Job) -> StoredArchive | None:
    """The file of a ZIP, once there is one."""
    assert isinstance(job.artefacts, ArchiveArtefacts)
    return job.artefacts.archive


def with_archive(job: Job, archive: StoredArchive) -> Job:
    """The job with this file."""
    return replace(job, artefacts=ArchiveArtefacts(archive))


def archive_prefix(job: Job) -> str:
    """The prefix of its files' names; the bucket deletes them after a day."""
    return f"archives/{job.id}/"

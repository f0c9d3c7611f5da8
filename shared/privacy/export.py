"""All data of a person as ZIP files: a free job, made part by part, kept for a day. Pure."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from shared.gallery.archive import BYTES_MAX, COST_USD_MICROS, KEPT, archive_prefix
from shared.jobs.job import Artefacts, Job, Request
from shared.people.users import User

MEDIUM = "export"
"""The name of this kind in logs and metrics."""
TRIED_FOR = timedelta(hours=6)
"""A person with 5,000 results has some forty parts, each made within two minutes."""
PART_BYTES_MAX = BYTES_MAX
"""What one visit of the function packs within its time."""


@dataclass(frozen=True, slots=True)
class ExportRequest(Request):
    """Everything that is stored about the person who asks."""

    day: str = ""
    """The UTC day whose allowance it uses, as YYYY-MM-DD."""

    def kept(self) -> timedelta:
        """How long its job is kept."""
        return KEPT

    def tried_for(self) -> timedelta:
        """How long all parts together may take."""
        return TRIED_FOR

    def facts(self) -> dict[str, Any]:
        """What the log says of it."""
        return {"medium": MEDIUM}

    def is_offered(self, user: User) -> bool:
        """Whether the person has not had one today."""
        return user.exported_day != self.day

    def taken(self, user: User) -> User:
        """The person after this request, which counts against the day."""
        return replace(user, exported_day=self.day)

    def returned(self, user: User) -> User:
        """The person after it ended without files."""
        return replace(user, exported_day="") if user.exported_day == self.day else user


@dataclass(frozen=True, slots=True)
class Part:
    """One ZIP file in the bucket."""

    blob: str
    size_bytes: int
    count: int
    """How many files of the person it holds; 0: it holds their documents."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What is packed so far. Whoever goes on begins behind it."""

    parts: tuple[Part, ...] = ()
    """The first has the documents, the others have files."""
    passed: str = ""
    """The last job whose file was packed or looked for; empty: none yet."""
    missing: int = 0
    """How many files the bucket does not have any more."""
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class ExportArtefacts(Artefacts):
    """The parts so far."""

    export: Progress = Progress()


def is_export(job: Job) -> bool:
    """Whether the job is an export; the functions below require this."""
    return isinstance(job.request, ExportRequest)


def progress_of(job: Job) -> Progress:
    """What is packed so far."""
    assert isinstance(job.artefacts, ExportArtefacts)
    return job.artefacts.export


def with_progress(job: Job, progress: Progress) -> Job:
    """The job with this progress."""
    return replace(job, artefacts=ExportArtefacts(progress))


def cost_of_last(progress: Progress) -> int:
    """What the newest part may cost us, in millionths of a US dollar: mostly the download of its bytes."""
    size_bytes = progress.parts[-1].size_bytes if progress.parts else 0
    return max(1, COST_USD_MICROS * size_bytes // PART_BYTES_MAX)


def part_name(job: Job) -> str:
    """The name of the part that this attempt packs: another attempt at the same part has another fence."""
    return f"{archive_prefix(job)}{len(progress_of(job).parts) + 1}-{job.fence}.zip"


def filename_of(job: Job, number: int) -> str:
    """Under which name a part is downloaded."""
    return f"nanobanana-{job.created_at:%Y-%m-%d}-{number}.zip"

"""The engine's interfaces: a kind says how to do its work, a surface how to show a job.

    engine ── kinds[job.kind] ──▶ make, recover, deliver …        a table of `image`
    engine ── surfaces[job.surface] ──▶ show, tell the end …      a table of every process that has a messenger
    surface ── screens[job.kind] ──▶ the card, the caption        of the same processes

The tables are in `shared/kinds.py` and `shared/surfaces.py`. A job whose kind or surface is in no table comes from a
newer release; this release leaves it alone.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from shared.errors import MessengerError
from shared.jobs.job import Address, Job
from shared.jobs.open_jobs import StoredJob
from shared.people.users import User
from shared.ports import Media, Ports, Screen, StoredFile, Studio, Video, Write
from shared.providers.ladder import Rung

S = TypeVar("S", bound=Studio)
"""The extra ports of the process that does this kind of work."""
Step = Callable[[Ports, S, StoredJob], Awaitable[None]]
"""A step for a job that this worker holds. Raises LeaseLostError, UnavailableError."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[S]):
    """The functions by which the engine moves jobs of one kind."""

    rungs: Callable[[S, Job], tuple[Rung, ...]]
    """The models that may be asked, the wanted one first; while the next one is unavailable, the job waits."""
    make: Step[S]
    """Ask the model and handle the outcome."""
    recover: Callable[[Ports, S, StoredJob], Awaitable[bool]]
    """Continue with a result that an earlier worker stored; returns whether there is one."""
    deliver: Step[S]
    """Show the stored result and capture its price."""
    mend: Step[S]
    """Repair a finished job; no worker holds it."""
    purge: Callable[[Ports, StoredJob], Awaitable[None]]
    """Remove the files of a deleted result; idempotent."""
    poll: Step[S] | None = None
    """Poll the operation that the job waits for; None if the kind has no long operations."""
    look: Step[S] | None = None
    """Find out whether the provider has begun, after the process died while asking. Without it the job is given up at
    our cost: the provider is never asked a second time.
    """


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture to show, under the caption of its kind."""

    file: Media


@dataclass(frozen=True, slots=True)
class Words:
    """Messages to show one after another; the first replaces the card."""

    screens: tuple[Screen, ...]
    files: tuple[Media, ...] = ()
    """Files to send after the messages, each in a message of its own."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice message with the caption of its kind. It needs a new message, because no edit can create one."""

    file: Media
    seconds: int


@dataclass(frozen=True, slots=True)
class Document:
    """A file in the bucket to show as it is, with the caption of its kind."""

    file: StoredFile
    filename: str


@dataclass(frozen=True, slots=True)
class ShownCopy:
    """A smaller copy of a video, and the message after it that leads to the original."""

    video: Video
    original: Screen


Shown = Photo | Words | Voice | Video | ShownCopy | Document
"""The forms of a result that a surface can show."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The confirmation that a result was shown."""

    file_id: str = ""
    """The surface's id of the file that it shows now; empty if it gives none."""
    message_id: int = 0
    """The new message; 0 if an existing one was edited."""


class Surface(Protocol):
    """A place where jobs are requested, followed and delivered."""

    address: type[Address]
    """The type of its jobs' address."""
    sends_files: bool
    """Whether the original file can be sent in addition."""

    def has_place(self, job: Job) -> bool:
        """Whether the job has a place where showing is idempotent."""
        ...

    def note_end(self, job: Job, user: User, now: datetime) -> tuple[Write, ...]:
        """What else the commit writes in which a job of this person is settled, so that its end is told later."""
        ...

    async def prepare(self, ports: Ports, held: StoredJob) -> tuple[StoredJob, MessengerError | None]:
        """Make sure that a held job has a place where its result can be shown.

        Returns the changed job, and the error if there is no place. Raises LeaseLostError, UnavailableError,
        MessengerErrors.
        """
        ...

    async def show(self, ports: Ports, job: Job) -> None:
        """Update the card, if there is one. Raises MessengerErrors."""
        ...

    async def show_life(self, ports: Ports, job: Job, *, is_due: bool) -> bool:
        """Show that the work continues and, if `is_due`, the card's clock; returns False to get no more calls."""
        ...

    async def tell_end(self, ports: Ports, held: StoredJob) -> StoredJob:
        """Announce the end of a held job without a result; returns the changed job. Idempotent.

        Raises LeaseLostError, UnavailableError, MessengerErrors.
        """
        ...

    async def deliver(
        self, ports: Ports, held: StoredJob, shown: Shown, left: int
    ) -> tuple[StoredJob, Receipt | MessengerError | None]:
        """Show a held job's result to a person with so many credits left. Idempotent: it is shown once.

        Returns the changed job, with the receipt; with the failure if the result can never be shown; or with None if
        the surface keeps the result for its owner and has released the job. Raises LeaseLostError,
        UnavailableError, MessengerErrors.
        """
        ...

    async def tell_done(self, ports: Ports, job: Job) -> None:
        """Mark the request of a delivered job as done, if the surface has a mark. Never raises, and takes 2 s at most.

        May be omitted by a worker that dies.
        """
        ...

    async def ring(self, ports: Ports, job: Job) -> None:
        """Announce a result that took long; at most once. Raises MessengerErrors."""
        ...

    async def redraw_end(self, ports: Ports, job_id: str) -> bool:
        """Draw a job's end again, in case a stalled worker overwrote it; returns False if that is impossible now.

        Raises UnavailableError.
        """
        ...


def is_known(ports: Ports, job: Job) -> bool:
    """Whether this release has the job's kind and surface in its tables, so that it can read and show the job.

    Otherwise a newer release continues the job. The request may still name an unknown model: `Request.is_known`.
    """
    return job.kind in ports.screens and job.surface in ports.surfaces


def surface_of(ports: Ports, job: Job) -> Surface:
    """The surface of this job."""
    return ports.surfaces[job.surface]

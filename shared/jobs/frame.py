"""What the engine needs from others: from a kind of work, how to do it; from a surface, how to show a job.

    engine ── kinds[job.kind] ──▶ make, recover, deliver …        a table of `image`
    engine ── surfaces[job.surface] ──▶ show, tell the end …      a table of every process that has a messenger
    surface ── screens[job.kind] ──▶ the card, the caption        of the same processes

The tables stand in `shared/kinds.py` and `shared/surfaces.py`. A job whose kind or surface is in
no table comes from a newer release; this release leaves it alone.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from shared.errors import MessengerError
from shared.jobs.job import Address, Job
from shared.jobs.open_jobs import StoredJob
from shared.ports import Media, Ports, Screen, Studio, Video
from shared.providers.ladder import Rung

S = TypeVar("S", bound=Studio)
"""What the process that does this kind of work has of its own."""
Step = Callable[[Ports, S, StoredJob], Awaitable[None]]
"""Something done for a job that this worker holds. Raises LeaseLostError, UnavailableError."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[S]):
    """A kind of work, as the engine moves it."""

    rungs: Callable[[S, Job], tuple[Rung, ...]]
    """The models that may be asked, the wanted one first: while the next of them is away the job waits."""
    make: Step[S]
    """Ask for what is wanted, and go on with what comes of it."""
    recover: Callable[[Ports, S, StoredJob], Awaitable[bool]]
    """Go on with what an earlier worker stored, if there is something."""
    deliver: Step[S]
    """Show what is stored, and take the money."""
    mend: Step[S]
    """What a job that has ended may still need; it is nobody's."""
    purge: Callable[[Ports, StoredJob], Awaitable[None]]
    """Remove the files of what was deleted; may be repeated."""
    poll: Step[S] | None = None
    """Ask the provider how far the operation is that the job waits for; None where no job of this kind waits so."""
    look: Step[S] | None = None
    """Find out whether a provider began that was asked when the process died. Without it the job is given up, on us:
    it is never asked to begin a second time.
    """


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture to show, under the caption of its kind."""

    file: Media


@dataclass(frozen=True, slots=True)
class Words:
    """Messages to show one after another, the first on the card."""

    screens: tuple[Screen, ...]
    files: tuple[Media, ...] = ()
    """After them, each in a message of its own."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Sound to play, under the caption of its kind: a message of its own, which no edit can make."""

    file: Media
    seconds: int


Shown = Photo | Words | Voice | Video
"""What a surface shows of a result."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a result was shown."""

    file_id: str = ""
    """What the surface calls the file that it shows now; empty where it does not say."""
    message_id: int = 0
    """The message that was sent for it; 0 where what was there already was edited."""


class Surface(Protocol):
    """A place where jobs are asked for, followed and delivered."""

    address: type[Address]
    """Where its jobs stand, as they keep it."""
    sends_files: bool
    """Whether the file itself can be sent beside what is shown."""

    def has_place(self, job: Job) -> bool:
        """Whether the job has a place where showing something can be repeated: the second time changes nothing."""
        ...

    async def prepare(self, ports: Ports, held: StoredJob) -> tuple[StoredJob, MessengerError | None]:
        """Have a place for a held job, so that its result can be shown there.

        The job as it now is, and why there is no such place. Raises LeaseLostError, UnavailableError, MessengerErrors.
        """
        ...

    async def show(self, ports: Ports, job: Job) -> None:
        """Bring a card up to date, where there is one. Raises MessengerErrors."""
        ...

    async def show_life(self, ports: Ports, job: Job, *, is_due: bool) -> bool:
        """A sign that the work goes on, and with `is_due` the card's clock; False where no more should follow."""
        ...

    async def tell_end(self, ports: Ports, held: StoredJob) -> StoredJob:
        """Say what became of a held job that has no result; the job as it now is. May be repeated.

        Raises LeaseLostError, UnavailableError, MessengerErrors.
        """
        ...

    async def deliver(
        self, ports: Ports, held: StoredJob, shown: Shown, left: int
    ) -> tuple[StoredJob, Receipt | MessengerError | None]:
        """Show a held job's result, to a person with so many credits left. May be repeated: it is shown once.

        The job as it now is, and the receipt; why nobody will ever take it; or None where the surface keeps it for its
        owner and has let go of the job. Raises LeaseLostError, UnavailableError, MessengerErrors.
        """
        ...

    async def ring(self, ports: Ports, job: Job) -> None:
        """Say that what took long is there; at most once. Raises MessengerErrors."""
        ...

    async def redraw_end(self, ports: Ports, job_id: str) -> bool:
        """Show a job's end once more, which a stalled worker may have drawn over; False where it cannot be shown now.

        Raises UnavailableError.
        """
        ...


def is_known(ports: Ports, job: Job) -> bool:
    """Whether this release has the job's kind and surface in its tables: its parts can be read, and it can be shown.

    Else it is a newer release's, which goes on with it. What the request names may still be unknown here:
    `Request.is_known`.
    """
    return job.kind in ports.screens and job.surface in ports.surfaces


def surface_of(ports: Ports, job: Job) -> Surface:
    """Where this job is shown."""
    return ports.surfaces[job.surface]

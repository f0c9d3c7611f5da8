"""Updates the elapsed time on a card in a private chat. Optional: failures are ignored."""

from contextlib import suppress

from shared.errors import MessengerError
from shared.jobs.frame import surface_of
from shared.jobs.job import Job
from shared.ports import Ports


async def show_progress(ports: Ports, job: Job) -> None:
    """Move the card's clock."""
    with suppress(MessengerError):
        await surface_of(ports, job).show_life(ports, job, is_due=True)

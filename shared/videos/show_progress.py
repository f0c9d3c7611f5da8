"""A sign on the card that the work goes on, where somebody alone sees it. It is a courtesy: nothing hangs on it."""

from contextlib import suppress

from shared.errors import MessengerError
from shared.jobs.frame import surface_of
from shared.jobs.job import Job
from shared.ports import Ports


async def show_progress(ports: Ports, job: Job) -> None:
    """Move the card's clock."""
    with suppress(MessengerError):
        await surface_of(ports, job).show_life(ports, job, is_due=True)

"""The job behind a button that only the job's owner may press."""

from collections.abc import Callable

from shared.hash_ids import is_id
from shared.jobs.job import Job, is_emptied
from shared.jobs.open_jobs import StoredJob, open_job
from shared.ports import Ports
from shared.telegram.taps import toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit


async def find_pressed_job(
    ports: Ports, visit: Visit, tap: Tap, job_id: str, fits: Callable[[Job], bool]
) -> StoredJob | None:
    """The job with this id; None after a toast if it is another person's, is emptied, or does not fit the button.

    Raises UnavailableError.
    """
    opened = await open_job(ports, job_id) if is_id(job_id) else None
    if opened is None or is_emptied(opened.job) or not fits(opened.job):
        await toast(ports, visit, tap, "toast-expired")
    elif opened.job.user_id != tap.sender.id:
        await toast(ports, visit, tap, "not-yours")
    else:
        return opened
    return None

"""The jobs of the batch behind a button that only its requester may press."""

from shared.hash_ids import is_id
from shared.jobs.accept_request import find_accepted
from shared.jobs.open_jobs import StoredJob
from shared.ports import Ports
from shared.telegram.taps import toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit


async def find_batch(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> tuple[StoredJob, ...] | None:
    """The batch that the button's first argument names; None after a toast. Raises UnavailableError."""
    intent = arguments[0] if arguments and is_id(arguments[0]) else ""
    accepted = await find_accepted(ports, intent) if intent else None
    if accepted is None:
        await toast(ports, visit, tap, "toast-expired")
    elif accepted.jobs[0].job.user_id != tap.sender.id:
        await toast(ports, visit, tap, "not-yours")
    else:
        return accepted.jobs
    return None

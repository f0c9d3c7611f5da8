"""The task that has a release's outbox sent."""

import json

from shared.errors import UnusableUpdateError
from shared.releases.release import is_release_id
from shared.task import Task, TaskQueue

SEND_PATH = "/tasks/send"


async def publish_release(tasks: TaskQueue, id_: str) -> None:
    """Create the task for this release. Raises UnavailableError: it may have been created."""
    await tasks.enqueue(Task("releases", SEND_PATH, json.dumps({"release": id_}).encode()))


def read_published(body: bytes) -> str:
    """The release that a task is for. Raises UnusableUpdateError."""
    try:
        id_ = json.loads(body)["release"]
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        raise UnusableUpdateError("a task without a release") from error
    if not isinstance(id_, str) or not is_release_id(id_):
        raise UnusableUpdateError("a task with an impossible release")
    return id_

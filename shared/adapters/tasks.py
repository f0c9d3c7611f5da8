"""Tasks in Cloud Tasks, by its REST API.

The reference is
https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks/create; a test compares what is
sent here with what Google's library sends.
"""

import asyncio
import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from shared.adapters.google_rest import OK, GoogleRest
from shared.adapters.metadata_token import METADATA_HOST, MetadataToken
from shared.adapters.targets import Target, complete_headers
from shared.errors import UnavailableError
from shared.task import Task
from shared.usage import current_usage

CLOUD_HOST = "cloudtasks.googleapis.com"
CALL_SECONDS_MAX = 5.0
CHECK_SECONDS_MAX = 2.0
REASON_CHARACTERS_MAX = 300


class CloudTasks:
    """Implements TaskQueue.

    `targets` names the functions that tasks may be for. With `emulator_host` ("host:port") it talks to a local
    server, without TLS or a token. The connections belong to the event loop that uses them first, and must not
    exist before the server forks.
    """

    def __init__(
        self, targets: Mapping[str, Target], emulator_host: str = "", metadata_host: str = METADATA_HOST
    ) -> None:
        self._targets = targets
        self._api = GoogleRest(emulator_host or CLOUD_HOST, None if emulator_host else MetadataToken(metadata_host))

    async def enqueue(self, task: Task) -> None:
        """Return once the task is stored. Raises UnavailableError: it may be stored all the same, even twice."""
        target = self._targets[task.queue]
        content = json.dumps({"task": describe_task(task, target)}, separators=(",", ":")).encode()
        try:
            async with asyncio.timeout(CALL_SECONDS_MAX):
                answer = await self._api.post(f"/v2/{target.queue_of(task.lane)}/tasks", content)
        except TimeoutError:
            raise UnavailableError(f"Cloud Tasks: no answer within {CALL_SECONDS_MAX:g} s") from None
        except OSError as error:
            raise UnavailableError(f"Cloud Tasks: {error}") from error
        if answer.status != OK:
            reason = answer.body[:REASON_CHARACTERS_MAX].decode(errors="replace")
            raise UnavailableError(f"Cloud Tasks: status {answer.status}: {reason}")
        current_usage().tasks += 1

    async def check(self) -> None:
        """Return when the service can be reached; nothing is stored. Raises UnavailableError."""
        try:
            async with asyncio.timeout(CHECK_SECONDS_MAX):
                await self._api.connect()
        except OSError as error:
            raise UnavailableError(f"Cloud Tasks cannot be reached: {error}") from error

    async def close(self) -> None:
        """Hang up, in the loop that used it."""
        await self._api.close()


def describe_task(task: Task, target: Target) -> dict[str, Any]:
    """The `Task` as the API takes it. It gets no name: Cloud Tasks makes one up that spreads the load."""
    described: dict[str, Any] = {
        "httpRequest": {
            "url": target.url_of(task.path),
            "httpMethod": "POST",
            "headers": complete_headers(task.headers),
            "body": b64encode(task.body).decode("ascii"),
            "oidcToken": {"serviceAccountEmail": target.service_account, "audience": target.audience},
        },
        "dispatchDeadline": f"{target.deadline_seconds}s",
    }
    if task.not_before is not None:
        described["scheduleTime"] = task.not_before.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return described

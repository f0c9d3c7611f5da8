"""Tasks in Cloud Tasks, by its REST API.

The reference is
https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks/create; a test compares our
requests with those of Google's library.
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
from shared.telemetry.names import TRACE_HEADER
from shared.telemetry.record import Attributes, find_traceparent, open_span
from shared.usage import current_usage

CLOUD_HOST = "cloudtasks.googleapis.com"
CALL_SECONDS_MAX = 5.0
CHECK_SECONDS_MAX = 2.0
REASON_CHARACTERS_MAX = 300
_SYSTEM: Attributes = {"messaging.system": "gcp_cloud_tasks", "messaging.operation.type": "send"}


class CloudTasks:
    """Implements TaskQueue.

    `targets` are the functions for which tasks may be created. With `emulator_host` ("host:port") it calls a local
    server, without TLS or a token. The connections belong to the event loop that uses them first, and must not
    exist before the server forks.
    """

    def __init__(
        self, targets: Mapping[str, Target], emulator_host: str = "", metadata_host: str = METADATA_HOST
    ) -> None:
        self._targets = targets
        self._api = GoogleRest(emulator_host or CLOUD_HOST, None if emulator_host else MetadataToken(metadata_host))

    async def enqueue(self, task: Task) -> None:
        """Return once the task is stored. After an UnavailableError it may be stored too, even twice."""
        about = {**_SYSTEM, "messaging.destination.name": task.queue, "messaging.message.body.size": len(task.body)}
        with open_span(f"send {task.queue}", "producer", about):
            await self._create(task, self._targets[task.queue])
        current_usage().tasks += 1

    async def _create(self, task: Task, target: Target) -> None:
        """The task is called with the trace in which it is created."""
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

    async def check(self) -> None:
        """Check that the service can be reached, without storing anything. Raises UnavailableError."""
        try:
            async with asyncio.timeout(CHECK_SECONDS_MAX):
                await self._api.connect()
        except OSError as error:
            raise UnavailableError(f"Cloud Tasks cannot be reached: {error}") from error

    async def close(self) -> None:
        """Close the connections, in the loop that used them."""
        await self._api.close()


def describe_task(task: Task, target: Target) -> dict[str, Any]:
    """The task as JSON for the API. It has no name: Cloud Tasks generates one that spreads the load."""
    described: dict[str, Any] = {
        "httpRequest": {
            "url": target.url_of(task.path),
            "httpMethod": "POST",
            "headers": complete_headers(task.headers) | _name_trace(),
            "body": b64encode(task.body).decode("ascii"),
            "oidcToken": {"serviceAccountEmail": target.service_account, "audience": target.audience},
        },
        "dispatchDeadline": f"{target.deadline_seconds}s",
    }
    if task.not_before is not None:
        described["scheduleTime"] = task.not_before.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return described


def _name_trace() -> dict[str, str]:
    header = find_traceparent()
    return {TRACE_HEADER: header} if header else {}

"""Tasks in Cloud Tasks, by its REST API.

Google's library, gRPC and httpx would each cost more than the rest of a cold start of the webhook or of a request
(docs/decisions/0049-speed.md). The reference is
https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks/create; a test compares what is
sent here with what Google's library sends.
"""

import asyncio
import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from shared.adapters.http_connections import Answer, HttpConnections
from shared.adapters.metadata_token import METADATA_HOST, MetadataToken
from shared.adapters.targets import Target, complete_headers
from shared.errors import UnavailableError
from shared.task import Task
from shared.usage import current_usage

CLOUD_HOST, CLOUD_PORT = "cloudtasks.googleapis.com", 443
CALL_SECONDS_MAX = 5.0
CHECK_SECONDS_MAX = 2.0
OK, UNAUTHENTICATED = 200, 401
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
        self._token = None if emulator_host else MetadataToken(metadata_host)
        self._host = emulator_host or CLOUD_HOST
        host, _, port = self._host.partition(":")
        self._connections = HttpConnections(host, int(port or CLOUD_PORT), is_tls=not emulator_host)

    async def enqueue(self, task: Task) -> None:
        """Return once the task is stored. Raises UnavailableError: it may be stored all the same, even twice."""
        target = self._targets[task.queue]
        content = json.dumps({"task": describe_task(task, target)}, separators=(",", ":")).encode()
        try:
            async with asyncio.timeout(CALL_SECONDS_MAX):
                answer = await self._post(f"/v2/{target.queue_of(task.lane)}/tasks", content)
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
                await self._connections.connect()
        except OSError as error:
            raise UnavailableError(f"Cloud Tasks cannot be reached: {error}") from error

    async def close(self) -> None:
        """Hang up, in the loop that used it."""
        await self._connections.close()

    async def _post(self, path: str, content: bytes) -> Answer:
        """The answer; a token that the service refuses is renewed once."""
        if self._token is None:
            return await self._connections.send(self._write_request(path, "", content))
        token = await self._token.get()
        answer = await self._connections.send(self._write_request(path, token, content))
        if answer.status == UNAUTHENTICATED:
            self._token.forget(token)
            answer = await self._connections.send(self._write_request(path, await self._token.get(), content))
        return answer

    def _write_request(self, path: str, token: str, content: bytes) -> bytes:
        authorization = f"Authorization: Bearer {token}\r\n" if token else ""
        head = f"POST {path} HTTP/1.1\r\nHost: {self._host}\r\n{authorization}Content-Type: application/json\r\n"
        return f"{head}Content-Length: {len(content)}\r\n\r\n".encode("ascii") + content


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

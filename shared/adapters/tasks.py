"""Tasks in Cloud Tasks, by Google's own client. The webhook has `enqueue`, which starts faster."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import grpc.aio
from google.api_core.exceptions import GoogleAPIError
from google.auth.exceptions import GoogleAuthError
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcAsyncIOTransport

from shared.adapters.targets import Target, complete_headers
from shared.errors import UnavailableError
from shared.ports import Task
from shared.usage import current_usage

CALL_SECONDS_MAX = 5.0


class CloudTasks:
    """Implements TaskQueue.

    `targets` names the queues that tasks may be for. With `emulator_host` ("host:port") it talks to a local
    server, without TLS or credentials. The client belongs to the event loop that uses it first.
    """

    def __init__(self, targets: Mapping[str, Target], emulator_host: str = "") -> None:
        self._targets = targets
        self._emulator_host = emulator_host
        self._client: Any = None

    async def enqueue(self, task: Task) -> None:
        request = make_request(task, self._targets[task.queue])
        try:
            await self._connect().create_task(request, retry=None, timeout=CALL_SECONDS_MAX)
        except (GoogleAPIError, GoogleAuthError) as error:
            raise UnavailableError(f"Cloud Tasks: {error}") from error
        current_usage().tasks += 1

    async def close(self) -> None:
        """Hang up, in the loop that used it."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.transport.close()

    def _connect(self) -> Any:
        if self._client is None:
            transport: Any = None
            if self._emulator_host:
                transport = CloudTasksGrpcAsyncIOTransport(channel=grpc.aio.insecure_channel(self._emulator_host))
            self._client = tasks_v2.CloudTasksAsyncClient(transport=transport)
        return self._client


def make_request(task: Task, target: Target) -> tasks_v2.CreateTaskRequest:
    """The call that stores the task. It gets no name: Cloud Tasks makes one up that spreads the load."""
    message = tasks_v2.Task(
        http_request=tasks_v2.HttpRequest(
            url=target.url_of(task.path),
            http_method=tasks_v2.HttpMethod.POST,
            headers=complete_headers(task.headers),
            body=task.body,
            oidc_token=tasks_v2.OidcToken(service_account_email=target.service_account, audience=target.audience),
        ),
        dispatch_deadline=timedelta(seconds=target.deadline_seconds),
    )
    if task.not_before is not None:
        message.schedule_time = task.not_before
    return tasks_v2.CreateTaskRequest(parent=target.queue, task=message)

"""Cloud Scheduler's part: calls a function at a fixed interval, as a task that the Tasks server signs."""

import asyncio
import json
from collections.abc import Callable

import grpc.aio
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcAsyncIOTransport

CREATE_SECONDS_MAX = 5


class Scheduler:
    """Calls one function again and again. In the cloud Scheduler itself signs the call; here only Tasks has a key."""

    def __init__(self, tasks_address: str, queue: str, url: str, service_account: str) -> None:
        """`queue` is the full name of a queue that runs one task at a time; `url` is the function's."""
        self._channel = grpc.aio.insecure_channel(tasks_address)
        transport = CloudTasksGrpcAsyncIOTransport(channel=self._channel)
        self._client = tasks_v2.CloudTasksAsyncClient(transport=transport)
        self._queue, self._url = queue, url
        token = tasks_v2.OidcToken(service_account_email=service_account, audience=url)
        call = tasks_v2.HttpRequest(
            url=f"{url}/",
            http_method=tasks_v2.HttpMethod.POST,
            headers={"Content-Type": "application/json"},
            body=json.dumps({}).encode(),
            oidc_token=token,
        )
        self._task = tasks_v2.Task(http_request=call)

    async def call(self) -> None:
        """One call, soon."""
        await self._client.create_task(parent=self._queue, task=self._task, timeout=CREATE_SECONDS_MAX)

    async def run(self, seconds: float, report: Callable[[str], None]) -> None:
        """A call every `seconds` until cancelled; a failed call is reported and the next one tried."""
        while True:
            await asyncio.sleep(seconds)
            try:
                await self.call()
            except Exception as error:  # noqa: BLE001 — the Tasks server may be starting again
                report(f"{self._url} could not be called: {type(error).__name__}")

    async def close(self) -> None:
        """Free the channel."""
        await self._channel.close()

"""Stands in for Cloud Scheduler: calls a function at a fixed interval through a task, which the Tasks server signs."""

import asyncio
from base64 import b64encode
from collections.abc import Callable

import httpx

CREATE_SECONDS_MAX = 5


class Scheduler:
    """Calls one function again and again. In the cloud Scheduler itself signs the call; here only Tasks has a key."""

    def __init__(self, tasks_address: str, queue: str, url: str, service_account: str) -> None:
        """`queue` is the full name of a queue that runs one task at a time; `url` is the function's."""
        self._client = httpx.AsyncClient(trust_env=False, timeout=CREATE_SECONDS_MAX)
        self._tasks_url, self._url = f"http://{tasks_address}/v2/{queue}/tasks", url
        self._task = {
            "httpRequest": {
                "url": f"{url}/",
                "httpMethod": "POST",
                "headers": {"Content-Type": "application/json"},
                "body": b64encode(b"{}").decode(),
                "oidcToken": {"serviceAccountEmail": service_account, "audience": url},
            }
        }

    async def call(self) -> None:
        """One call, soon."""
        (await self._client.post(self._tasks_url, json={"task": self._task})).raise_for_status()

    async def run(self, seconds: float, report: Callable[[str], None]) -> None:
        """A call every `seconds` until cancelled; a failed call is reported and the next one tried."""
        while True:
            await asyncio.sleep(seconds)
            try:
                await self.call()
            except Exception as error:  # noqa: BLE001 — the Tasks server may be starting again
                report(f"{self._url} could not be called: {type(error).__name__}")

    async def close(self) -> None:
        """Close the connection."""
        await self._client.aclose()

"""Google's own client over its REST transport, which is synchronous, for code in an event loop."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from google.auth.credentials import AnonymousCredentials
from google.cloud.tasks_v2 import CloudTasksClient
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksRestTransport


class GoogleClient:
    """The same methods as CloudTasksClient, each run in a thread."""

    def __init__(self, client: CloudTasksClient) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        async def call(*arguments: Any, **fields: Any) -> Any:
            return await asyncio.to_thread(method, *arguments, retry=None, **fields)

        return call


@contextmanager
def open_google_client(address: str) -> Iterator[GoogleClient]:
    """A client of the server at "host:port"."""
    credentials: Any = AnonymousCredentials()  # type: ignore[no-untyped-call]  # the library has no types
    transport = CloudTasksRestTransport(host=address, credentials=credentials, url_scheme="http")
    with CloudTasksClient(transport=transport) as client:
        yield GoogleClient(client)

"""Gets a token as Cloud Tasks sends it, so that the bench can call a function as soon as it listens."""

import asyncio
from contextlib import suppress

import httpx

from infra.local.parts import list_settings
from infra.local.ports import HOST
from infra.local.system import System

SECONDS_MAX = 10


async def catch_token(system: System, function: str) -> str:
    """The Authorization header of a task for a function; its queue `sweep` must be running."""
    caught: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            pairs = (line.partition(": ") for line in head.split("\r\n"))
            caught.set_result(next(value for name, _, value in pairs if name.lower() == "authorization"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(take, HOST)
    async with server:
        port = server.sockets[0].getsockname()[1]
        await create_task(system, f"http://{HOST}:{port}/", system.urls[function])
        return await asyncio.wait_for(caught, SECONDS_MAX)


async def create_task(system: System, url: str, audience: str) -> None:
    """One task that calls this URL with a token for this audience."""
    options = system.options
    account = list_settings(options, "bot")["TASKS_SERVICE_ACCOUNT"]
    queue = f"projects/{options.project}/locations/{options.location}/queues/sweep"
    call = {"url": url, "oidcToken": {"serviceAccountEmail": account, "audience": audience}}
    async with httpx.AsyncClient(trust_env=False, timeout=SECONDS_MAX) as client:
        place = f"http://{system.urls['tasks']}/v2/{queue}/tasks"
        (await client.post(place, json={"task": {"httpRequest": call}})).raise_for_status()

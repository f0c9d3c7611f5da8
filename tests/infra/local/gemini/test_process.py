"""The local Gemini as a process of its own."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from infra.local.ports import HOST

ROOT = Path(__file__).parents[4]
BODY = {"contents": [{"parts": [{"text": "a lake"}]}]}
PATH = "/v1/models/gemini-nano-banana-2.1:generateContent"
KEY = {"x-goog-api-key": "test"}


async def start(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "infra.local.gemini", *arguments),
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def read_event(process: asyncio.subprocess.Process) -> dict[str, str]:
    assert process.stdout is not None
    event: dict[str, str] = json.loads(await asyncio.wait_for(process.stdout.readline(), 20))
    return event


@pytest.fixture
async def process() -> AsyncIterator[asyncio.subprocess.Process]:
    started = await start("--port=0", "--latency-seconds=0.1", "--noise", "--log")
    yield started
    if started.returncode is None:
        started.kill()
    await started.communicate()


async def test_ready_then_serving(process: asyncio.subprocess.Process) -> None:
    """It says where it listens, serves a call and logs it as one JSON line without the prompt."""
    ready = await read_event(process)
    assert ready["event"] == "ready"
    async with httpx.AsyncClient(base_url=ready["url"]) as http:
        assert (await http.get("/health")).status_code == 200
        assert (await http.post(PATH, json=BODY, headers=KEY)).status_code == 200
    called = await read_event(process)
    assert (called["event"], called["outcome"]) == ("model_called", "STOP")
    assert "lake" not in json.dumps(called)


async def test_sigterm_ends_it_within_a_second(process: asyncio.subprocess.Process) -> None:
    """SIGTERM ends the process at once, even with a call that would take a minute."""
    ready = await read_event(process)
    async with httpx.AsyncClient(base_url=ready["url"]) as http:
        await http.post("/control/faults", json={"kind": "slow", "seconds": 60})
        asking = asyncio.create_task(http.post(PATH, json=BODY, headers=KEY))
        async with asyncio.timeout(10):
            while not (await http.get("/control/calls")).json()["calls"]:
                await asyncio.wait({asking}, timeout=0.01)
        sent = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 5) == 0
        assert time.monotonic() - sent < 1
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await asking


async def test_taken_port_is_one_clear_line() -> None:
    """A taken port is one line with the cure, not a traceback."""
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        process = await start(f"--port={port}")
        _, said = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    assert str(port).encode() in said
    assert b"--port" in said
    assert b"Traceback" not in said

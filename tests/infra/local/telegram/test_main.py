"""The local Telegram as a process of its own."""

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from infra.local.ports import find_free_port

ROOT = Path(__file__).parents[4]


async def start(*options: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "infra.local.telegram",
        *options,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def read_line(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout is not None
    line: dict[str, Any] = json.loads(await asyncio.wait_for(process.stdout.readline(), 20))
    return line


async def test_process_says_when_it_is_ready_logs_and_ends_at_once() -> None:
    """It prints one ready line, a line per call with --log, and SIGTERM ends it within a second."""
    process = await start("--port", "0", "--token", "42:TEST-cli", "--username", "some_bot", "--log")
    try:
        ready = await read_line(process)
        assert (ready["ready"], ready["username"]) == (True, "some_bot")
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(f"{ready['base_url']}42:TEST-cli/getMe")
            assert answer.json()["result"]["id"] == 42
            logged = await read_line(process)
            assert (logged["kind"], logged["call"]["method"]) == ("call", "getMe")
            started = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 5) == 0
        assert time.monotonic() - started < 1
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_a_second_bot_has_its_own_page() -> None:
    """Both bots answer their own token alone, and the page of each leads to the other's and to what it was told."""
    first, second = find_free_port(), find_free_port()
    bots = ("--token", "42:TEST-cli", "--second-token", "43:TEST-cli", "--second-username", "second_bot")
    link = ("--link", "GitHub=http://127.0.0.1:1")
    process = await start("--port", str(first), f"--second-port={second}", *bots, *link)
    try:
        await read_line(process)
        async with httpx.AsyncClient(trust_env=False) as client:
            for port, bot, other in ((first, 42, second), (second, 43, first)):
                url = f"http://127.0.0.1:{port}"
                assert (await client.get(f"{url}/bot{bot}:TEST-cli/getMe")).json()["result"]["id"] == bot
                assert (await client.get(f"{url}/bot{85 - bot}:TEST-cli/getMe")).status_code == 401
                links = (await client.get(f"{url}/page/state")).json()["links"]
                assert [each["url"] for each in links] == [f"http://127.0.0.1:{other}", "http://127.0.0.1:1"]
    finally:
        process.terminate()
        await process.communicate()


async def test_taken_port_is_one_clear_line() -> None:
    """A port somebody has is named, without a traceback."""
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        process = await start("--port", str(port))
        _, written = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    assert str(port) in written.decode()
    assert "Traceback" not in written.decode()

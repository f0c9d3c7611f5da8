"""One child process: started in a group of its own, heard, checked for readiness, stopped without a rest."""

import asyncio
import json
import os
import shutil
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS_MAX = 30
STOP_SECONDS_MAX = 3
POLL_SECONDS = 0.05
LINE_BYTES_MAX = 1 << 20
LAST_LINES = 30


class StartError(RuntimeError):
    """A part did not come up; the message ends with the last lines it wrote."""


@dataclass(frozen=True)
class Part:
    """What is started, and how it shows that it is ready.

    `ready_url` answers 2xx to a GET; without one, the part prints a line that holds `"event": "ready"`.
    """

    name: str
    command: tuple[str, ...]
    port: int
    environment: Mapping[str, str] = field(default_factory=dict)
    ready_url: str | None = None
    title: str = ""


class Process:
    """The life of one part. `kill` and `start` may follow each other any number of times."""

    def __init__(self, part: Part, hear: Callable[[str, str], None]) -> None:
        """Every line the part writes goes to `hear(name, line)`."""
        self.part = part
        self.starts = 0
        self.started_at = 0.0
        self._hear = hear
        self._last_lines: deque[str] = deque(maxlen=LAST_LINES)
        self._said_ready = False
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """The process, and the group that holds all its children."""
        if self._process is None:
            raise RuntimeError(f"{self.part.name} was never started")
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start it; returns before it is ready."""
        self._said_ready = False
        self.starts += 1
        self.started_at = time.monotonic()
        self._process = await asyncio.create_subprocess_exec(
            *guard_command([*self.part.command]),
            cwd=ROOT,
            env=dict(self.part.environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        if self._process.stdout is not None:
            self._reader = asyncio.create_task(self._read_lines(self._process.stdout))

    async def wait_ready(self, client: httpx.AsyncClient, seconds_max: float = READY_SECONDS_MAX) -> float:
        """Wait until it serves; the seconds since its start. Raises StartError."""
        deadline = time.monotonic() + seconds_max
        while time.monotonic() < deadline:
            if not self.is_running:
                raise StartError(self._describe("ended while starting"))
            if await self._is_ready(client):
                return time.monotonic() - self.started_at
            await asyncio.sleep(POLL_SECONDS)
        raise StartError(self._describe(f"was not ready after {seconds_max:.0f} s"))

    async def _is_ready(self, client: httpx.AsyncClient) -> bool:
        if self.part.ready_url is None:
            return self._said_ready
        try:
            return (await client.get(self.part.ready_url)).is_success
        except httpx.HTTPError:
            return False

    async def wait_end(self) -> int:
        """Wait until the process has ended by itself or by `kill`; its exit code, -9 after SIGKILL."""
        if self._process is None:
            raise RuntimeError(f"{self.part.name} was never started")
        return await self._process.wait()

    def kill(self) -> None:
        """SIGKILL to the process and all its children, as a crash or a lost machine would end them."""
        self._signal(signal.SIGKILL)

    async def stop(self, seconds_max: float = STOP_SECONDS_MAX) -> None:
        """SIGTERM, and SIGKILL to whatever is left of the group after `seconds_max`."""
        if self._process is None:
            return
        self._signal(signal.SIGTERM)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), seconds_max)
        self._signal(signal.SIGKILL)
        await self._process.wait()
        if self._reader is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._reader, 1)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            # The group outlives its first process for as long as a child of that one lives.
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    async def _read_lines(self, stream: asyncio.StreamReader) -> None:
        rest = b""
        while chunk := await stream.read(1 << 16):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._take_line(line)
            if len(rest) > LINE_BYTES_MAX:
                self._take_line(rest)
                rest = b""
        if rest:
            self._take_line(rest)

    def _take_line(self, line: bytes) -> None:
        text = line.decode(errors="replace").rstrip("\r")
        self._last_lines.append(text)
        self._said_ready = self._said_ready or says_ready(text)
        self._hear(self.part.name, text)

    def _describe(self, what: str) -> str:
        said = "\n".join(f"    {line}" for line in self._last_lines)
        return f"{self.part.name} {what}" + (f"; it wrote:\n{said}" if said else " and wrote nothing")


def says_ready(line: str) -> bool:
    """Whether a line is the JSON object by which our servers say that they listen."""
    if not line.startswith("{") or '"ready"' not in line:
        return False
    try:
        said = json.loads(line)
    except ValueError:
        return False
    return said.get("event") == "ready" or said.get("ready") is True


@cache
def find_setpriv() -> str | None:
    """Linux's `setpriv`, which can tie a child's life to its parent's."""
    return shutil.which("setpriv") if sys.platform == "linux" else None


def guard_command(command: list[str]) -> list[str]:
    """The command, killed by the kernel if the process that started it dies without stopping it."""
    setpriv = find_setpriv()
    return [setpriv, "--pdeathsig", "KILL", "--", *command] if setpriv else command

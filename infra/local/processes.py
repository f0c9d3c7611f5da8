"""One child process: started in its own group, read, checked for readiness, stopped with all its children."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS_MAX = 30
STOP_SECONDS_MAX = 3
POLL_SECONDS = 0.05
LINE_BYTES_MAX = 1 << 20
LAST_LINES = 30
CHUNK_BYTES = 1 << 16


END_WITH_PARENT = "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 15); os.execvp(sys.argv[1], sys.argv[1:])"
"""Calls prctl(PR_SET_PDEATHSIG, SIGTERM), then execs the command in the same process."""


class StartError(RuntimeError):
    """A part did not come up; the message ends with the last lines it wrote."""


@dataclass(frozen=True)
class Part:
    """A part's command and its readiness check.

    `ready_url` answers 2xx to a GET; without one, the part prints a line that holds `"event": "ready"`.
    """

    name: str
    command: tuple[str, ...]
    port: int
    environment: Mapping[str, str] = field(default_factory=dict)
    ready_url: str | None = None
    title: str = ""


class Process:
    """The life of one part. `kill` and `start` may follow each other any number of times.

    It does not use asyncio's subprocess, which considers a process alive while any child keeps its output open, as
    gunicorn's workers do after their master was killed.
    """

    def __init__(self, part: Part, hear: Callable[[str, str], None]) -> None:
        """`hear(name, line)` is called for every line of output."""
        self.part = part
        self.starts = 0
        self.started_at = 0.0
        self._hear = hear
        self._last_lines: deque[str] = deque(maxlen=LAST_LINES)
        self._said_ready = False
        self._last_answer = "nothing"
        self._process: subprocess.Popen[bytes] | None = None
        self._output: Output | None = None

    @property
    def pid(self) -> int:
        """The process, and the group that holds all its children."""
        return self._get().pid

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    async def start(self) -> None:
        """Start it; returns before it is ready. Remaining processes of an earlier start are killed."""
        if self._process is not None:
            await self.stop(0)
        self._said_ready, self._last_answer = False, "nothing"
        self.starts += 1
        self.started_at = time.monotonic()
        self._process = subprocess.Popen(  # noqa: ASYNC220 — takes milliseconds; see the class
            guard_command([*self.part.command]),
            cwd=ROOT,
            env=dict(self.part.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._output = Output(self._process, self._take_line)

    async def wait_ready(self, client: httpx.AsyncClient, seconds_max: float = READY_SECONDS_MAX) -> float:
        """Wait until it serves; returns the seconds since its start. Raises StartError."""
        deadline = time.monotonic() + seconds_max
        while time.monotonic() < deadline:
            if not self.is_running:
                await self.stop(0)  # read its last output
                raise StartError(self.describe("ended while starting"))
            if await self._is_ready(client):
                return time.monotonic() - self.started_at
            await asyncio.sleep(POLL_SECONDS)
        raise StartError(self.describe(f"was not ready after {seconds_max:.0f} s"))

    async def _is_ready(self, client: httpx.AsyncClient) -> bool:
        if self.part.ready_url is None:
            return self._said_ready
        try:
            answer = await client.get(self.part.ready_url)
        except httpx.HTTPError as error:
            self._last_answer = repr(error)
            return False
        self._last_answer = str(answer.status_code)
        return answer.is_success

    async def wait_end(self) -> int:
        """Wait until the process has ended; returns its exit code, -9 after SIGKILL."""
        process = self._get()
        while (code := process.poll()) is None:  # noqa: ASYNC110 — a process has no event to wait on
            await asyncio.sleep(POLL_SECONDS)
        return code

    def kill(self) -> None:
        """SIGKILL to the process and all its children, as a crash or a lost machine would end them."""
        # The group outlives its first process for as long as a child of that one lives.
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    async def terminate(self, seconds_max: float) -> None:
        """Send SIGTERM as Cloud Run does, and after `seconds_max` SIGKILL to the rest of the group."""
        ended = self.pid  # meanwhile its keeper may start the next one
        with suppress(ProcessLookupError):
            os.killpg(ended, signal.SIGTERM)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.wait_end(), seconds_max)
        with suppress(ProcessLookupError):
            os.killpg(ended, signal.SIGKILL)

    async def stop(self, seconds_max: float = STOP_SECONDS_MAX) -> None:
        """End the whole group and read the last output; with 0 s it is killed at once."""
        if self._process is None:
            return
        if seconds_max:
            await self.terminate(seconds_max)
        self.kill()
        await self.wait_end()
        if self._output is not None:
            self._output.close()

    def _get(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError(f"{self.part.name} was never started")
        return self._process

    def _take_line(self, line: str) -> None:
        self._last_lines.append(line)
        self._said_ready = self._said_ready or says_ready(line)
        self._hear(self.part.name, line)

    def describe(self, what: str) -> str:
        """A sentence about it for an error: what it answered last when asked whether it serves, and its last lines."""
        said = "\n".join(f"    {line}" for line in self._last_lines)
        told = f"{self.part.name} {what}; it answered {self._last_answer}"
        return f"{told}, and wrote:\n{said}" if said else f"{told}, and wrote nothing"


class Output:
    """The output of a process, split into lines as it arrives."""

    def __init__(self, process: subprocess.Popen[bytes], take_line: Callable[[str], None]) -> None:
        """Needs a running event loop."""
        assert process.stdout is not None
        self._pipe = process.stdout
        self._take_line = take_line
        self._rest = b""
        self._loop = asyncio.get_running_loop()
        os.set_blocking(self._pipe.fileno(), False)
        self._loop.add_reader(self._pipe.fileno(), self._read)

    def _read(self) -> bool:
        """Read the available bytes; returns whether there may be more."""
        try:
            chunk = os.read(self._pipe.fileno(), CHUNK_BYTES)
        except BlockingIOError:
            return False
        if not chunk:
            self._end()
            return False
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > LINE_BYTES_MAX:
            lines, self._rest = [*lines, self._rest], b""
        for line in lines:
            self._take_line(line.decode(errors="replace").rstrip("\r"))
        return True

    def _end(self) -> None:
        self._loop.remove_reader(self._pipe.fileno())
        self._pipe.close()
        if self._rest:
            self._take_line(self._rest.decode(errors="replace"))

    def close(self) -> None:
        """Take the last lines of a process that has ended."""
        while not self._pipe.closed and self._read():
            pass
        if not self._pipe.closed:
            self._end()


def says_ready(line: str) -> bool:
    """Whether a line is the JSON object by which our servers say that they listen."""
    if not line.startswith("{") or '"ready"' not in line:
        return False
    try:
        said = json.loads(line)
    except ValueError:
        return False
    return said.get("event") == "ready" or said.get("ready") is True


def guard_command(command: list[str]) -> list[str]:
    """The command, wrapped so that Linux sends it SIGTERM if its parent process dies."""
    return [sys.executable, "-I", "-S", "-c", END_WITH_PARENT, *command] if sys.platform == "linux" else command

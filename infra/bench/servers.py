"""A server under test: pinned to one core, its output in a file, stopped with all its children."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.bench.machine import pin
from infra.local.parts import inherit_environment
from infra.local.ports import HOST
from infra.local.processes import ROOT, guard_command

LOGS = ROOT / ".run" / "bench-logs"
START_SECONDS_MAX = 30
STOP_SECONDS_MAX = 3
CONNECT_PAUSE_SECONDS = 0.0005


class ServerError(RuntimeError):
    """A server did not come up; the message ends with the last lines it wrote."""


@dataclass
class Server:
    """A process that listens on a port of the loopback address."""

    name: str
    command: Sequence[str]
    port: int
    core: int
    environment: Mapping[str, str] | None = None
    started_at: float = 0.0
    """Seconds since the epoch, just before exec."""
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns at once."""
        LOGS.mkdir(parents=True, exist_ok=True)
        environment = inherit_environment() | dict(self.environment or {})
        command = guard_command([*pin(self.core), *self.command])
        with self.log_path.open("wb") as log:
            self.started_at = time.time()
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def log_path(self) -> Path:
        return LOGS / f"{self.name}.log"

    @property
    def pid(self) -> int:
        """The first process. Raises RuntimeError before the start."""
        if self.process is None:
            raise RuntimeError(f"{self.name} was never started")
        return self.process.pid

    def connect(self) -> socket.socket:
        """A connection, as soon as the server takes one. Raises ServerError."""
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            if self.process is not None and self.process.poll() is not None:
                break
            with contextlib.suppress(ConnectionRefusedError):
                return socket.create_connection((HOST, self.port))
            time.sleep(CONNECT_PAUSE_SECONDS)
        raise ServerError(f"{self.name} does not listen; it wrote:\n{self.read_last_lines()}")

    def read_last_lines(self) -> str:
        """For an error."""
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-20:])

    def stop(self) -> None:
        """SIGTERM to the process and its children; SIGKILL to what is left."""
        if self.process is None:
            return
        self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS_MAX)
        self._signal(signal.SIGKILL)
        self.process.wait()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)


@contextlib.contextmanager
def run_server(server: Server) -> Iterator[Server]:
    """Run a server for the block; it listens when the block begins. Raises ServerError."""
    server.start()
    try:
        server.connect().close()
        yield server
    finally:
        server.stop()

"""What only the bench needs: the peers in an environment of their own, and Redis."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.bench.machine import OTHER_CORE
from infra.bench.servers import Server, run_server
from infra.local.ports import HOST, find_free_port
from infra.local.processes import ROOT
from infra.local.tools import MissingToolError, installer

PEERS = Path(__file__).parent / "peers"
PEERS_LOCK = PEERS / "requirements.txt"
PEERS_VENV = ROOT / ".run" / "bench-peers"
PEERS_BIN = PEERS_VENV / "bin"


def find_redis() -> str:
    """The program. Raises MissingToolError with the command that installs it."""
    found = shutil.which("redis-server")
    if found is None:
        raise MissingToolError("Redis", installer(apt="redis-server", brew="redis"))
    return found


@contextmanager
def run_redis() -> Iterator[str]:
    """A Redis in memory, without snapshots, as fast as it can be; gives its URL."""
    port = find_free_port()
    quick = ("--save", "", "--appendonly", "no")
    command = (find_redis(), "--port", str(port), "--bind", HOST, "--dir", "/", *quick)
    with run_server(Server("redis", command, port, OTHER_CORE)):
        yield f"redis://{HOST}:{port}/0"


def prepare_peers() -> None:
    """Make their environment, once per version of their list. Raises subprocess.CalledProcessError."""
    stamp = PEERS_VENV / ".installed"
    wanted = hashlib.sha256(PEERS_LOCK.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return
    print("Installing the peers into .run/bench-peers: once, about half a minute …", flush=True)
    uv = [sys.executable, "-m", "uv", "--quiet"]
    python = ["--python", str(PEERS_BIN / "python")]
    subprocess.run([*uv, "venv", "--clear", "--python", sys.executable, PEERS_VENV], check=True)
    subprocess.run([*uv, "pip", "install", *python, "--compile-bytecode", "-r", str(PEERS_LOCK)], check=True)
    stamp.write_text(wanted, encoding="ascii")


def list_peer_versions() -> dict[str, str]:
    """Package → version, as pinned, and Redis's own."""
    lines = [line for line in PEERS_LOCK.read_text(encoding="utf-8").splitlines() if "==" in line]
    said = subprocess.run([find_redis(), "--version"], capture_output=True, text=True, check=True).stdout
    redis = next(word.removeprefix("v=") for word in said.split() if word.startswith("v="))
    return {**dict(line.split("==") for line in lines), "redis-server": redis}

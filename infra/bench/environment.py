"""What only the bench needs: environments for the peers and for the functions, and Redis."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from infra.bench.machine import OTHER_CORE
from infra.bench.servers import Server, run_server
from infra.local.parts import FUNCTIONS_FRAMEWORK
from infra.local.ports import HOST, find_free_port
from infra.local.processes import ROOT
from infra.local.tools import MissingToolError, installer
from infra.setup import compiling_environment, install_command

PEERS = Path(__file__).parent / "peers"
PEERS_LOCK = PEERS / "requirements.txt"
PEERS_VENV = ROOT / ".run" / "bench-peers"
PEERS_BIN = PEERS_VENV / "bin"
RUNTIME_VENV = ROOT / ".run" / "bench-runtime"


def find_redis() -> str:
    """The path of redis-server. Raises MissingToolError with the command that installs it."""
    found = shutil.which("redis-server")
    if found is None:
        raise MissingToolError("Redis", installer(apt="redis-server", brew="redis"), is_optional=True)
    return found


@contextmanager
def run_redis() -> Iterator[str]:
    """Run Redis in memory without snapshots; yields its URL."""
    port = find_free_port()
    quick = ("--save", "", "--appendonly", "no")
    command = (find_redis(), "--port", str(port), "--bind", HOST, "--dir", "/", *quick)
    with run_server(Server("redis", command, port, OTHER_CORE)):
        yield f"redis://{HOST}:{port}/0"


def prepare_peers() -> None:
    """Install the peers; their list has no hashes. Raises subprocess.CalledProcessError."""
    uv = [sys.executable, "-m", "uv", "--quiet", "pip", "install", "--python", str(PEERS_BIN / "python")]
    make_environment(PEERS_VENV, PEERS_LOCK, [*uv, "--compile-bytecode", "-r", str(PEERS_LOCK)])


def prepare_runtime() -> None:
    """Install exactly the image's packages: some libraries import more if developers' tools are installed.

    Raises subprocess.CalledProcessError.
    """
    lock = ROOT / "requirements.txt"
    make_environment(RUNTIME_VENV, lock, install_command(RUNTIME_VENV / "bin" / "python", lock))


def make_environment(folder: Path, lock: Path, install: Sequence[str]) -> None:
    """A virtual environment with a lock's packages, bytecode compiled; made again when the lock has changed."""
    stamp, wanted = folder / ".installed", hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return
    print(f"Installing {lock.relative_to(ROOT)} into {folder.relative_to(ROOT)}: once …", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    subprocess.run(install, env=compiling_environment(), check=True)
    stamp.write_text(wanted, encoding="ascii")


def run_as_in_image(command: Sequence[str]) -> tuple[str, ...]:
    """A function's command with the image's packages in place of the developers'."""
    framework = str(RUNTIME_VENV / "bin" / "functions-framework")
    return tuple(framework if word == FUNCTIONS_FRAMEWORK else word for word in command)


def list_peer_versions() -> dict[str, str]:
    """Package → version, as pinned, and Redis's own."""
    lines = [line for line in PEERS_LOCK.read_text(encoding="utf-8").splitlines() if "==" in line]
    said = subprocess.run([find_redis(), "--version"], capture_output=True, text=True, check=True).stdout
    redis = next(word.removeprefix("v=") for word in said.split() if word.startswith("v="))
    return {**dict(line.split("==") for line in lines), "redis-server": redis}

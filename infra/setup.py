"""`make setup`: create the virtual environment exactly as locked. Standard library only: nothing is installed yet.

It is not in a package of infra/: the Makefile starts it by its path with the system's Python, before .venv exists, so
it must not import our modules. `install_command` is here too, because every lock is installed in the same way.

A stored fingerprint of the lock and of the Python shows that the work is done, so a second run takes no time. Of two
simultaneous runs the second waits for the first.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements-dev.txt"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".locked"
FINDER = ROOT / "infra" / "project_finder.py"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def main() -> int:
    """Make or refresh the environment, one process at a time; returns the exit code."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        return set_up()
    finally:
        os.close(folder)


def set_up() -> int:
    """Bring the environment to what the lock says; returns the exit code."""
    fingerprint = take_fingerprint()
    if read_stamp() == fingerprint:
        install_finder()
        return 0
    if cure := find_cure():
        print(f"Python's venv module is missing. Install it with:  {cure}", file=sys.stderr)
        return 2
    started = time.monotonic()
    print("Setting up .venv from the lock: once, about a minute …", flush=True)
    if not make_environment() or not install_lock():
        print("The set-up failed; the lines above say why. `make setup` tries again.", file=sys.stderr)
        return 1
    install_finder()
    STAMP.write_text(fingerprint, encoding="ascii")
    print(f"Set up in {time.monotonic() - started:.0f} s.", flush=True)
    return 0


def take_fingerprint() -> str:
    """The fingerprint that the environment has to match: of this Python and the lock."""
    return f"{VERSION} {hashlib.sha256(LOCK.read_bytes()).hexdigest()}"


def read_stamp() -> str:
    """The fingerprint of the finished environment; empty if there is none."""
    return STAMP.read_text(encoding="ascii") if STAMP.is_file() and PYTHON.exists() else ""


def find_cure() -> str:
    """The command that installs venv if the distribution has it in a separate package; otherwise empty."""
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return ""
    packager = "dnf" if shutil.which("dnf") else "apt-get"
    return f"sudo {packager} install -y python{VERSION}-venv"


def make_environment() -> bool:
    """Create a new, empty environment: leftover packages of an earlier lock would hide missing ones."""
    return subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=False).returncode == 0


def install_lock() -> bool:
    """Install exactly the locked files."""
    command = install_command(PYTHON, LOCK)
    return subprocess.run(command, env=compiling_environment(), check=False).returncode == 0


def install_finder() -> None:
    """Put infra/project_finder.py where Python runs it at each start, in an environment that is there already too."""
    folder = VENV / "lib" / f"python{VERSION}" / "site-packages"
    source = FINDER.read_text(encoding="utf-8")
    for path, text in ((folder / FINDER.name, source), (folder / f"{FINDER.stem}.pth", f"import {FINDER.stem}\n")):
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def install_command(python: Path, lock: Path, *options: str) -> list[str]:
    """The command that installs a lock (also in the image): the files that it names, and nothing else.

    `--no-deps`: a lock is complete, which `make check` verifies. With dependencies, pip before 24 asks the index for
    the newest version of an extra that the lock pins without that extra, and then refuses it as not pinned.
    `--only-binary`: a build would download the newest build tools, which no lock pins.
    `-qq`: errors only, without pip's notes on package indexes.
    """
    pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    exact = ["--no-deps", "--require-hashes", "--only-binary=:all:"]
    return [*pip, *exact, *options, "-r", str(lock)]


def compiling_environment() -> dict[str, str]:
    """The environment for pip, with bytecode compilation, which quarters the start time of each process."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


if __name__ == "__main__":
    sys.exit(main())

"""`make setup`: the virtual environment, exactly as locked. Standard library only: nothing is installed yet.

Done work is recognised by a fingerprint of the lock and of the Python, so a second run takes no time. Two
runs at once wait for each other.
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
        return 0
    if cure := find_cure():
        print(f"Python's venv module is missing. Install it with:  {cure}", file=sys.stderr)
        return 2
    started = time.monotonic()
    print("Setting up .venv from the lock: once, about a minute …", flush=True)
    if not make_environment() or not install_lock():
        print("The set-up failed; the lines above say why. `make setup` tries again.", file=sys.stderr)
        return 1
    STAMP.write_text(fingerprint, encoding="ascii")
    print(f"Set up in {time.monotonic() - started:.0f} s.", flush=True)
    return 0


def take_fingerprint() -> str:
    """What the environment has to match: this Python and every byte of the lock."""
    return f"{VERSION} {hashlib.sha256(LOCK.read_bytes()).hexdigest()}"


def read_stamp() -> str:
    """The fingerprint of the finished environment, or nothing."""
    return STAMP.read_text(encoding="ascii") if STAMP.is_file() and PYTHON.exists() else ""


def find_cure() -> str:
    """The command that installs venv where the distribution splits it off, or nothing."""
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return ""
    packager = "dnf" if shutil.which("dnf") else "apt-get"
    return f"sudo {packager} install -y python{VERSION}-venv"


def make_environment() -> bool:
    """A new environment, unless a working one of the same Python is there."""
    if PYTHON.exists():
        probe = [str(PYTHON), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        found = subprocess.run(probe, capture_output=True, text=True, check=False).stdout.strip()
        if found == VERSION:
            return True
    return subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=False).returncode == 0


def install_lock() -> bool:
    """Install exactly the locked files; pip compiles their bytecode, which quarters each process's start."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    # `-qq`: without pip's remarks on package indexes, with its errors.
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run([*pip, "--require-hashes", "-r", str(LOCK)], env=environment, check=False)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())

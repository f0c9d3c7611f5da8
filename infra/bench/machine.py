"""The machine, its software, and how the bench assigns its cores."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

SERVER_CORE, OTHER_CORE = 0, 1
SOFTWARE = ("functions-framework", "gunicorn", "uvicorn", "uvloop", "httptools", "grpcio", "google-cloud-firestore")


def describe_machine() -> dict[str, Any]:
    """Size, kind and present load of this machine, and the versions that matter."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cpu": find_cpu_name(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in SOFTWARE},
    }


def find_cpu_name() -> str:
    """The processor's model name."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
            found = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown"
    return found


def pin(core: int) -> tuple[str, ...]:
    """A command prefix that pins to one core; empty if the system cannot (macOS, a single core)."""
    can = sys.platform == "linux" and shutil.which("taskset") and (os.cpu_count() or 1) > max(SERVER_CORE, OTHER_CORE)
    return ("taskset", "--cpu-list", str(core)) if can else ()


@contextmanager
def staying_on(core: int) -> Iterator[None]:
    """Pin this process, and children without a core of their own, to one core while the block runs."""
    if not pin(core):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)

"""Measures the CPU use of other processes: a run beside a busy neighbour says little."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psutil

QUIET_CORES_MAX = 0.1
"""Above this use by other processes, in cores, a run is repeated."""

Run = dict[str, Any]


class Noise:
    """CPU time of all other processes since `start`."""

    def __init__(self) -> None:
        self._at, self._others = time.monotonic(), self._read()

    def find_cores(self) -> float:
        """Average number of cores used by other processes since `start`; 0.0 if the system does not report it."""
        seconds = time.monotonic() - self._at
        return max(0.0, round((self._read() - self._others) / seconds, 3)) if seconds else 0.0

    @staticmethod
    def _read() -> float:
        times = psutil.cpu_times()
        idle = times.idle + getattr(times, "iowait", 0.0)
        return float(sum(times[:8]) - idle - read_own_seconds())


def read_own_seconds() -> float:
    """CPU seconds of this process and its descendants, including ended ones."""
    return read_tree_seconds(os.getpid())


def read_tree_seconds(pid: int) -> float:
    """CPU seconds of a process and its descendants, including ended ones."""
    total = 0.0
    with suppress(psutil.Error):
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with suppress(psutil.Error):
                total += sum(process.cpu_times()[:4])
    return total


class Patience:
    """Repeats disturbed runs while there is time."""

    def __init__(self, seconds: float) -> None:
        """`seconds`: the time limit for all repetitions together."""
        self._left = seconds

    def run(self, measure: Callable[[], Run]) -> Run:
        """The least disturbed of the runs, by their `others_cores`."""
        best = measure()
        while best["others_cores"] > QUIET_CORES_MAX and self._left > 0:
            started = time.monotonic()
            best = min(best, measure(), key=lambda run: float(run["others_cores"]))
            self._left -= time.monotonic() - started
        return best

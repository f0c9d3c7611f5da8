"""Running the README's commands as on a machine with only Python, git and make.

    python3 -m infra.checks.bare run chromium    # `make run`: until its page answers, then Ctrl-C
    python3 -m infra.checks.bare test chromium   # `make test`

PATH is a folder with links to the basic programs of every system, and to the programs named after the command: those
that are usually downloaded but that this machine cannot download. Standard library only: .ci/run starts this before
anything is installed. The exit code is the command's; for `run` it is 1 if the page did not answer.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

ROOT = Path(__file__).resolve().parents[2]
BASICS = (
    *("awk", "basename", "bash", "cat", "chmod", "cp", "cut", "date", "dirname", "env", "expr", "false", "find"),
    *("grep", "gzip", "head", "id", "kill", "ln", "ls", "mkdir", "mktemp", "mv", "nproc", "printf", "ps", "readlink"),
    *("realpath", "rm", "rmdir", "sed", "setsid", "sh", "sleep", "sort", "tail", "tar", "tee", "test", "touch", "tr"),
    *("true", "uname", "uniq", "unzip", "wc", "which", "xargs"),
)
ASKED_FOR = ("git", "make")
KEPT = ("CI", "HOME", "LANG", "TERM", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
KEPT_PREFIXES = ("NANOBANANA_", "PIP_", "SSL_CERT_", "XDG_")
"""Variables with this machine's settings for network and folders, which are kept."""
OPEN = re.compile(r"Open\s+(http://\S+)")
STUCK_SECONDS = 600
PROMISED_SECONDS = {"run": 240, "test": 1800}
"""The promised time on two cores, from a fresh clone."""


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    verb, *also = arguments
    started = time.monotonic()
    with bare_environment(also) as environment:
        if verb == "run":
            code = run_until_it_answers(["make", "run"], environment)
        else:
            code = subprocess.run(["make", verb], cwd=ROOT, env=environment, check=False).returncode
    seconds = time.monotonic() - started
    print(f"make {verb} on a bare machine: {seconds:.0f} s, promised are {PROMISED_SECONDS[verb]}", flush=True)
    return code


@contextmanager
def bare_environment(also: Sequence[str]) -> Iterator[dict[str, str]]:
    """The environment of a process that finds only the basic programs, the README's requirements, and `also`."""
    kept = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith(KEPT_PREFIXES)}
    with tempfile.TemporaryDirectory() as folder:
        for name in (*BASICS, *ASKED_FOR, *also):
            if found := shutil.which(name):
                (Path(folder) / name).symlink_to(found)
        python = Path(folder) / "python3"
        # Not a link: a virtual environment would remember the place of the link, which is gone tomorrow.
        python.write_text(f'#!/bin/sh\nexec "{sys._base_executable}" "$@"\n', encoding="utf-8")  # type: ignore[attr-defined]  # noqa: SLF001
        python.chmod(0o755)
        yield kept | {"PATH": folder}


def run_until_it_answers(command: Sequence[str], environment: dict[str, str]) -> int:
    """Start, wait for the printed URL, open it, stop with Ctrl-C; returns 0 if all of that succeeded."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    stuck = Timer(STUCK_SECONDS, os.killpg, (process.pid, signal.SIGKILL))
    stuck.start()
    has_answered = False
    try:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            if found := OPEN.search(line):
                has_answered = answers(found[1])
                os.killpg(process.pid, signal.SIGINT)
    finally:
        process.wait()
        stuck.cancel()
    if not has_answered:
        print("The system did not print an address that answers.", file=sys.stderr)
    return 0 if has_answered else 1


def answers(url: str) -> bool:
    """Whether a page answers."""
    try:
        with urllib.request.urlopen(url, timeout=30) as page:  # noqa: S310 — this machine's
            return bool(page.read())
    except OSError as error:
        print(f"{url}: {error}", file=sys.stderr)
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The output of a check: one line per finding on standard output, exit code 1 if there is any."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
NOT_RUN = "did not run: "
"""The prefix of a note that does not make a check fail."""


def exit_with(findings: Iterable[str]) -> NoReturn:
    """Print the findings and end the process: 0 without any, 1 with."""
    found = list(findings)
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(1 if found else 0)


def list_files(root: Path = ROOT) -> list[Path]:
    """All files that git tracks or would track, relative to `root`, without deleted ones."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    names = sorted({name for name in listed.split("\0") if name})
    return [Path(name) for name in names if (root / name).is_file()]

"""`make doctor`: which programs outside the lock files this machine has, and how to install the others.

`make run` and `make test` fetch the first three themselves; the commands are for a machine where they cannot.
"""

import os
import shlex
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from infra.local.tools import (
    MissingToolError,
    find_chromium,
    find_firestore_jar,
    find_java,
    installer,
    terraform_cure,
)

NEEDS: tuple[tuple[str, str, Callable[[], Path]], ...] = (
    ("Java", "make run, make test", find_java),
    ("Google's Firestore emulator", "make run, make test", find_firestore_jar),
    ("Chromium or Chrome", "make test (the browser tests)", find_chromium),
)
WIDTH = 28


def find_terraform() -> Path:
    """The program that `TF` names, or `terraform` on PATH. Raises MissingToolError."""
    return _find(shlex.split(os.environ.get("TF") or "terraform")[0], "Terraform", terraform_cure())


def find_docker() -> Path:
    """The client; whether its daemon runs is not checked. Raises MissingToolError."""
    return _find(
        "docker",
        "Docker",
        installer(apt="docker.io docker-buildx", brew="--cask docker", dnf="moby-engine docker-buildx"),
    )


def _find(program: str, name: str, cure: str) -> Path:
    if found := shutil.which(program):
        return Path(found)
    raise MissingToolError(name, cure)


FOR_THE_CLOUD: tuple[tuple[str, str, Callable[[], Path]], ...] = (
    ("Terraform", "make plan, make apply (only if you set up a cloud)", find_terraform),
    ("Docker", "building the image (likewise)", find_docker),
)


def main() -> int:
    """Print the findings; 1 when something is missing that `make run` or `make test` needs."""
    version = sys.version.split()[0]
    print(f"  ✓ {'Python ' + version:<{WIDTH}} {sys.executable}")
    missing = [name for name, purpose, find in NEEDS if not show(name, purpose, find, "✗")]
    for name, purpose, find in FOR_THE_CLOUD:
        show(name, purpose, find, "–")
    return 1 if missing else 0


def show(name: str, purpose: str, find: Callable[[], Path], mark: str) -> bool:
    """Print one line about a program; returns whether it was found."""
    try:
        print(f"  ✓ {name:<{WIDTH}} {find()}")
    except MissingToolError as error:
        print(f"  {mark} {name:<{WIDTH}} for {purpose}; install it with:\n      {error.cure}")
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())

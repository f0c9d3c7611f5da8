"""The commit that is checked out, and whether the image's files are really those of it."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from infra.deploy.errors import DeployError, RefusedError

BUILT_FROM = ("functions", "shared", "requirements.txt", "infra/image")
"""What enters the image, or says how. Beside it a workflow may leave files of its own, such as its credentials."""


@dataclass(frozen=True)
class Checkout:
    """What an image is built from."""

    commit: str
    tree: str
    """The hash of all files: the same for every commit that has the same files."""
    version: str
    """`git describe`: the last tag, how far behind it is, the commit; only the commit where there is no tag."""


def read_checkout(folder: Path) -> Checkout:
    """Raises RefusedError for a checkout whose files are not those of its commit."""
    changed = git(folder, "status", "--porcelain", "--", *BUILT_FROM)
    if changed:
        raise RefusedError(f"not committed: {', '.join(line[3:] for line in changed.splitlines()[:5])}")
    return Checkout(
        commit=git(folder, "rev-parse", "HEAD"),
        tree=git(folder, "rev-parse", "HEAD^{tree}"),
        version=git(folder, "describe", "--tags", "--always"),
    )


def git(folder: Path, *arguments: str) -> str:
    """What git says of a checkout, without the white space around it. Raises DeployError."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    except OSError as error:
        raise DeployError(f"git: {error.strerror}") from error
    if done.returncode:
        raise DeployError(f"git {arguments[0]}: {done.stderr.strip()[-200:]}")
    return done.stdout.strip()

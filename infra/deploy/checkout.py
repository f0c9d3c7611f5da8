"""The checked-out commit, and whether the image's files are unchanged since it."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from infra.deploy.errors import DeployError, RefusedError

BUILT_FROM = ("functions", "shared", "requirements.txt", "infra/image")
"""The files of the image and of its build. A workflow may create other files beside them, such as credentials."""


@dataclass(frozen=True)
class Checkout:
    """The source of an image."""

    commit: str
    tree: str
    """The hash of all files, equal for commits with equal files."""
    version: str
    """`git describe`: the last tag, the number of commits since, the commit; only the commit if there is no tag."""
    committed_seconds: str
    """When the commit was made, in seconds since 1970."""


def read_checkout(folder: Path) -> Checkout:
    """Read the checkout. Raises RefusedError if its files differ from its commit."""
    changed = git(folder, "status", "--porcelain", "--", *BUILT_FROM)
    if changed:
        raise RefusedError(f"not committed: {', '.join(line[3:] for line in changed.splitlines()[:5])}")
    return Checkout(
        commit=git(folder, "rev-parse", "HEAD"),
        tree=git(folder, "rev-parse", "HEAD^{tree}"),
        version=git(folder, "describe", "--tags", "--always"),
        committed_seconds=git(folder, "show", "--no-patch", "--format=%ct", "HEAD"),
    )


def git(folder: Path, *arguments: str) -> str:
    """The output of a git command, stripped. Raises DeployError."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    except OSError as error:
        raise DeployError(f"git: {error.strerror}") from error
    if done.returncode:
        raise DeployError(f"git {arguments[0]}: {done.stderr.strip()[-200:]}")
    return done.stdout.strip()

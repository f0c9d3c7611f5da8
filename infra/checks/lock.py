"""Checking that each lock is complete, and that every package in it is pinned and hashed, without URLs or paths.

Locks are installed without resolving dependencies (infra/setup.py), so a missing package would fail at run time.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra.checks.findings import ROOT, exit_with

ADDRESS = re.compile(
    r"[a-z][a-z+]*://|^\s*-(?:i|f|-index|-extra-index|-find-links|-trusted-host)|\bfile:", re.IGNORECASE
)
LOCAL_PATH = re.compile(r"(?:^|[\s=@\"'])(?:~?/|\.\.?/|[A-Za-z]:\\)")
PINNED = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]]+\])?==[^\s;\\]+(?:\s*;.+?)?\s*\\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
INSTALLED = ("requirements.txt", "requirements-dev.txt")
"""The locks whose packages are installed here, so that their requirements can be read."""

Requires = Callable[[str], list[str] | None]
"""The requirements in a package's metadata, one per line."""


def find_lock_faults(name: str, text: str) -> Iterator[str]:
    """One line per address, local path or unpinned line of a compiled requirements file."""
    for number, line in enumerate(text.splitlines(), start=1):
        if ADDRESS.search(line) or LOCAL_PATH.search(line):
            yield f"{name}:{number}: an address or a path does not belong in a lock"
        elif not (line.lstrip().startswith("#") or not line or PINNED.match(line) or HASH.match(line)):
            yield f"{name}:{number}: neither `package==version` nor a sha256 hash"


def find_all_faults(root: Path) -> Iterator[str]:
    """The faults of every lock, and packages whose tested version differs from the deployed one."""
    locks = {path.name: path.read_text(encoding="utf-8") for path in sorted(root.glob("requirements*.txt"))}
    for name, text in locks.items():
        yield from find_lock_faults(name, text)
    runtime, development = (
        set(re.findall(r"^[a-z0-9][^\s;\\]*==[^\s;\\]+", locks[name], re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    for pin in sorted(runtime - development):
        yield f"requirements-dev.txt: lacks {pin} of requirements.txt: what is tested must be what runs"


def find_gaps(name: str, text: str, source: str, requires_of: Requires = requires) -> Iterator[str]:
    """One line per requirement that the lock lacks or pins in another version.

    Requirements are those of `source`, the text of the file it was compiled from, and of every locked package, extras
    included. For this Python and system; the same tool resolves the lock for the others at the same time.
    """
    pins = [Requirement(line.rstrip("\\ ")) for line in text.splitlines() if PINNED.match(line)]
    versions = {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in pins if applies(pin, "")}
    lines = [line for line in source.splitlines() if line and not line.startswith(("#", "-"))]
    needs = deque(("its source", Requirement(line)) for line in lines)
    needs.extend(need for package in versions for need in list_needs(package, "", requires_of))
    followed: set[tuple[str, str]] = set()
    while needs:
        package, needed = needs.popleft()
        other = canonicalize_name(needed.name)
        if other not in versions or not needed.specifier.contains(versions[other], prereleases=True):
            yield f"{name}: {package} needs {needed}, and {versions.get(other, 'nothing')} is locked"
            continue
        for extra in needed.extras - {each for locked, each in followed if locked == other}:
            followed.add((other, extra))
            needs.extend(list_needs(other, extra, requires_of))


def list_needs(package: str, extra: str, requires_of: Requires) -> Iterator[tuple[str, Requirement]]:
    """The requirements of a package with an extra on this system; each with the package's name."""
    for needed in map(Requirement, requires_of(package) or []):
        if applies(needed, extra):
            yield package, needed


def find_all_gaps(root: Path) -> Iterator[str]:
    """The gaps of the locks whose packages are installed here."""
    for lock in (root / name for name in INSTALLED):
        source = lock.with_suffix(".in").read_text(encoding="utf-8")
        yield from find_gaps(lock.name, lock.read_text(encoding="utf-8"), source)


def applies(requirement: Requirement, extra: str) -> bool:
    """Whether a requirement applies on this system, for a package with this extra."""
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


if __name__ == "__main__":
    exit_with([*find_all_faults(ROOT), *find_all_gaps(ROOT)])

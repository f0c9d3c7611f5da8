"""Each lock names packages and hashes: no address, no path, and everything in it is pinned and hashed."""

import re
from collections.abc import Iterator
from pathlib import Path

from infra.checks.findings import ROOT, exit_with

ADDRESS = re.compile(
    r"[a-z][a-z+]*://|^\s*-(?:i|f|-index|-extra-index|-find-links|-trusted-host)|\bfile:", re.IGNORECASE
)
LOCAL_PATH = re.compile(r"(?:^|[\s=@\"'])(?:~?/|\.\.?/|[A-Za-z]:\\)")
PINNED = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]]+\])?==[^\s;\\]+(?:\s*;.+?)?\s*\\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def find_lock_faults(name: str, text: str) -> Iterator[str]:
    """One line per address, local path or unpinned line of a compiled requirements file."""
    for number, line in enumerate(text.splitlines(), start=1):
        if ADDRESS.search(line) or LOCAL_PATH.search(line):
            yield f"{name}:{number}: an address or a path does not belong in a lock"
        elif not (line.lstrip().startswith("#") or not line or PINNED.match(line) or HASH.match(line)):
            yield f"{name}:{number}: neither `package==version` nor a sha256 hash"


def find_all_faults(root: Path) -> Iterator[str]:
    """The faults of every lock, and a package that is tested in another version than the one that runs."""
    locks = {path.name: path.read_text(encoding="utf-8") for path in sorted(root.glob("requirements*.txt"))}
    for name, text in locks.items():
        yield from find_lock_faults(name, text)
    runtime, development = (
        set(re.findall(r"^[a-z0-9][^\s;\\]*==[^\s;\\]+", locks[name], re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    for pin in sorted(runtime - development):
        yield f"requirements-dev.txt: lacks {pin} of requirements.txt: what is tested must be what runs"


if __name__ == "__main__":
    exit_with(find_all_faults(ROOT))

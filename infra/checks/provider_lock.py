"""Whether each environment has Terraform's lock file, with hashes for every platform that people and workflows use.

The hashes come from the provider registry, so a machine without it can neither make nor verify the file: there its
absence is a note. In CI, where the registry was reachable, it is a finding.
"""

import re
from collections.abc import Iterator
from pathlib import Path

LOCK = ".terraform.lock.hcl"
CURE = "`make lock-providers` or the workflow renew-lock"
PLATFORMS = 4
"""Linux and macOS, on x86 and ARM: `PLATFORMS` in the Makefile. A lock does not say of which platform a hash is."""
PROVIDER = re.compile(r'^provider "([^"]+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
HASH = re.compile(r'"h1:[^"]+"')


def find_unlocked(environments: list[Path]) -> list[str]:
    """The names of the folders without a lock file, such as `environments/dev`."""
    return [f"{folder.parent.name}/{folder.name}" for folder in environments if not (folder / LOCK).is_file()]


def find_lock_faults(folder: Path) -> Iterator[str]:
    """One line per provider in an environment's lock file that lacks platforms; none if there is no file."""
    lock = folder / LOCK
    if not lock.is_file():
        return
    providers = PROVIDER.findall(lock.read_text(encoding="utf-8"))
    if not providers:
        yield f"{LOCK} locks no provider: {CURE}"
    for name, text in providers:
        if (found := len(set(HASH.findall(text)))) < PLATFORMS:
            yield f"{LOCK}: {name} has hashes for {found} of {PLATFORMS} platforms: {CURE}"

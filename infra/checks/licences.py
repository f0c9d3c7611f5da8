"""Checking that every installed package has the MIT licence or a similarly permissive one."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator

from infra.checks.findings import exit_with

ALLOWED = re.compile(
    r"MIT\b|Apache|(0|3-Clause )?BSD|ISC|PSF|Python Software Foundation|Python-2\.0|MPL|Mozilla Public"
    r"|(The )?Unlicense|HPND|DFSG approved|Zlib|CC0|CNRI-Python",
    re.IGNORECASE,
)
# Reviewed by hand, with reasons.
EXCEPTIONS = {
    "python-telegram-bot": "LGPL-3.0-only",  # used unmodified, as a library that anyone may replace
    # The same; its wheels hold libheif and libde265 (LGPL-3.0) and no x265 (GPL): docs/decisions/0010.
    "pi-heif-decoder": "GNU Lesser General Public License v3 (LGPLv3)",
    "axe-playwright-python": "UNKNOWN",  # its metadata names none; its LICENSE file is MIT's, its axe-core has the MPL
    "fal_client": "UNKNOWN",  # its metadata names none; its LICENSE file is Apache 2.0
    "sigstore-models": "UNKNOWN",  # its metadata names none; its LICENSE file is MIT's
    "pyromark": "UNKNOWN",  # its metadata names none; its LICENSE file is MIT's, its crates are MIT, Apache, Zlib
}


def find_licence_faults(packages: list[dict[str, str]]) -> Iterator[str]:
    """One line per package whose licence is neither allowed nor a reviewed exception.

    `packages` is pip-licenses' JSON: a Name, a Version and a License each.
    """
    for package in packages:
        name, licence = package["Name"], package["License"]
        if EXCEPTIONS.get(name) != licence and not is_allowed(licence):
            yield f"{name} {package['Version']}: licence “{licence}” is not in infra/checks/licences.py"


def is_allowed(licence: str) -> bool:
    """Whether all parts joined by AND or `;`, or at least one part joined by OR, are allowed."""
    everything = re.split(r";|\bAND\b", licence)
    return all(any(ALLOWED.match(part.strip(" ()")) for part in re.split(r"\bOR\b", one)) for one in everything)


def list_packages() -> list[dict[str, str]]:
    """Name, version and licence of the packages installed for this Python."""
    command = [sys.executable, "-m", "piplicenses", "--from=mixed", "--format=json"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    packages: list[dict[str, str]] = json.loads(listed)
    return packages


if __name__ == "__main__":
    exit_with(find_licence_faults(list_packages()))

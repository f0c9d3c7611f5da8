"""`make doctor`: what this machine has of what pip cannot install, and what would install the rest."""

import sys
from collections.abc import Callable
from pathlib import Path

from infra.local.tools import MissingToolError, find_chromium, find_firestore_jar, find_java

NEEDS: tuple[tuple[str, str, Callable[[], Path]], ...] = (
    ("Java", "make run, make test", find_java),
    ("Google's Firestore emulator", "make run, make test", find_firestore_jar),
    ("Chromium or Chrome", "make test (the browser tests)", find_chromium),
)
WIDTH = 28


def main() -> int:
    """Print the findings; 1 when something is missing."""
    version = sys.version.split()[0]
    print(f"  ✓ {'Python ' + version:<{WIDTH}} {sys.executable}")
    missing = 0
    for name, purpose, find in NEEDS:
        try:
            print(f"  ✓ {name:<{WIDTH}} {find()}")
        except MissingToolError as error:
            missing += 1
            print(f"  ✗ {name:<{WIDTH}} for {purpose}; install it with:\n      {error.cure}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())

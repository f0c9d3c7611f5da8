"""The list of promises names tests that exist."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
NAMED = re.findall(r"`([a-z0-9_/]+\.py)::(test_[a-z0-9_]+)`", (TESTS.parent / "docs/promises.md").read_text("utf-8"))


def test_promises_are_kept_by_tests_that_exist() -> None:
    """A promise whose test was renamed or removed is noticed."""
    missing = [f"{path}::{name}" for path, name in NAMED if not _has_test(TESTS / path, name)]
    assert len(NAMED) > 50
    assert missing == []


def _has_test(path: Path, name: str) -> bool:
    return path.is_file() and re.search(rf"def {name}\b", path.read_text("utf-8")) is not None

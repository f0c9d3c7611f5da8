"""The list of promises names tests that exist, and each threat names one."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
NAMED = re.findall(r"`([a-z0-9_/]+\.py)::(test_[a-z0-9_]+)`", (TESTS.parent / "docs/promises.md").read_text("utf-8"))


def test_promises_are_kept_by_tests_that_exist() -> None:
    """A promise whose test was renamed or removed is noticed."""
    missing = [f"{path}::{name}" for path, name in NAMED if not _has_test(TESTS / path, name)]
    assert len(NAMED) > 50
    assert missing == []


def test_each_threat_has_its_test() -> None:
    """A threat without a test is a hope: the last cell of each row names one (test_documents.py looks for the file)."""
    text = (TESTS.parent / "docs/security.md").read_text("utf-8")
    section = text.partition("## Threats and answers")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 30
    assert [row[0] for row in rows if len(row) != 3 or "/test_" not in row[2]] == []


def _has_test(path: Path, name: str) -> bool:
    return path.is_file() and re.search(rf"def {name}\b", path.read_text("utf-8")) is not None


def test_what_is_kept_is_told() -> None:
    """Each collection that the code names stands in the table of what is kept, and nothing else does."""
    section = (TESTS.parent / "docs/security.md").read_text("utf-8").partition("## What is kept")[2]
    told = set(re.findall(r"`([a-z_]+)`", "".join(re.findall(r"\| [^|]*?(Firestore [^|]+)\|", section))))
    code = "".join(path.read_text("utf-8") for path in (TESTS.parent / "shared").rglob("*.py"))
    assert told == set(re.findall(r'\b(?:Key|Query)\(\s*"([a-z_]+)"', code))

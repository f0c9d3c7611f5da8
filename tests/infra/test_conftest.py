"""What a run says about tests that could not run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SKIPPING = """
import pytest
from infra.local.tools import MissingToolError
from tests.conftest import require
def find(): raise MissingToolError({tool!r}, "sudo apt-get install -y {tool}", is_optional={is_optional})
@pytest.fixture
def tool(): require(find)
def test_one(tool): ...
def test_two(tool): ...
def test_three(): ...
"""


def run_pytest(folder: Path, *, ci: bool, tool: str, is_optional: bool) -> subprocess.CompletedProcess[str]:
    (folder / "test_example.py").write_text(SKIPPING.format(tool=tool, is_optional=is_optional), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", "-q"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "CI": "true" if ci else ""}
    return subprocess.run(  # noqa: S603 — our own command
        [*command, str(folder)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_missing_tool_is_listed_with_its_cure(tmp_path: Path) -> None:
    """On a developer's machine the run passes and says in one line what to install for which number of tests."""
    done = run_pytest(tmp_path, ci=False, tool="java", is_optional=False)
    assert done.returncode == pytest.ExitCode.OK, done.stdout
    assert "   2 tests for want of java. Install it with:  sudo apt-get install -y java\n" in done.stdout


def test_missing_tool_fails_in_ci(tmp_path: Path) -> None:
    """With CI=true what could have been fetched must be there: the skipped tests fail."""
    done = run_pytest(tmp_path, ci=True, tool="java", is_optional=False)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout
    assert "apt-get install -y java" in done.stdout


def test_missing_optional_tool_is_one_line_in_ci(tmp_path: Path) -> None:
    """What nothing fetches may be missing with CI=true as well; the summary has a line on it."""
    done = run_pytest(tmp_path, ci=True, tool="terraform", is_optional=True)
    assert done.returncode == pytest.ExitCode.OK, done.stdout
    assert done.stdout.count("   2 tests for want of terraform (optional). Install it with:  sudo apt-get") == 1

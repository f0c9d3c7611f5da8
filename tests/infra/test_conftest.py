"""What a run says about tests that could not run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SKIPPING = """
import pytest
@pytest.fixture
def tool(): pytest.skip("needs Java: sudo apt-get install -y default-jre-headless")
def test_one(tool): ...
def test_two(tool): ...
def test_three(): ...
"""


def run_pytest(folder: Path, *, ci: bool) -> subprocess.CompletedProcess[str]:
    (folder / "test_example.py").write_text(SKIPPING, encoding="utf-8")
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
    """On a developer's machine the run passes and says what to install for which number of tests."""
    done = run_pytest(tmp_path, ci=False)
    assert done.returncode == pytest.ExitCode.OK, done.stdout
    assert "2 tests for want of Java" in done.stdout
    assert "sudo apt-get install -y default-jre-headless" in done.stdout


def test_missing_tool_fails_in_ci(tmp_path: Path) -> None:
    """With CI=true nothing may be left out: the skipped tests fail."""
    done = run_pytest(tmp_path, ci=True)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout
    assert "default-jre-headless" in done.stdout

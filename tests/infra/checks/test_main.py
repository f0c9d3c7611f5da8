"""The runner behind `make check`."""

import sys
from pathlib import Path

import pytest

from infra.checks.__main__ import Check, list_checks, main

PASSING = Check("good", (sys.executable, "-c", "print('fine')"))
FAILING = Check("bad", (sys.executable, "-c", "print('a finding'); raise SystemExit(1)"))


def test_all_passing_is_exit_code_0(capsys: pytest.CaptureFixture[str]) -> None:
    """Passing checks are rows with a tick, and their output stays unsaid."""
    assert main([PASSING]) == 0
    shown = capsys.readouterr().out
    assert "✓ good" in shown
    assert "fine" not in shown


def test_one_failure_is_exit_code_1_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """A failed check keeps the others running and shows what it wrote."""
    assert main([FAILING, PASSING]) == 1
    shown = capsys.readouterr().out
    assert "✗ bad" in shown
    assert "✓ good" in shown
    assert "a finding" in shown


def test_every_entry_point_is_type_checked(tmp_path: Path) -> None:
    """Function entry points, which mypy would not discover, are handed to it by name."""
    folder = tmp_path / "functions" / "image"
    folder.mkdir(parents=True)
    (folder / "main.py").touch()
    [types] = [check for check in list_checks(tmp_path) if check.name.startswith("types")]
    assert "functions/image/main.py" in types.command


def test_light_is_what_staging_waits_for() -> None:
    """Lint, types, imports, secrets and workflows; what takes long or seldom fails is for main."""
    light = [check.name for check in list_checks() if check.is_light]
    assert [
        word for word in ("types", "imports", "secrets", "lint", "workflows") if not any(word in name for name in light)
    ] == []
    assert len(light) < len(list_checks())


def test_what_was_left_out_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """A check that passes but could not do everything is heard."""
    note = "did not run: the other half, for want of a tool"
    assert main([Check("half", (sys.executable, "-c", f"print({note!r})"))]) == 0
    assert note in capsys.readouterr().out

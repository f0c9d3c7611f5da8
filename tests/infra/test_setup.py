"""`make setup`, and the list of verbs."""

import importlib.util
import os
import re
import subprocess
from pathlib import Path

import pytest

from infra import setup

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project with a lock, where a set-up would have everything to do."""
    (tmp_path / "requirements-dev.txt").write_text("# nothing\n", encoding="ascii")
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "LOCK", tmp_path / "requirements-dev.txt")
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(setup, "STAMP", tmp_path / ".venv" / ".locked")
    return tmp_path


def test_environment_is_made_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first run makes a working Python, the second finds it and says nothing."""
    assert setup.main() == 0
    assert "Set up in" in capsys.readouterr().out
    version = subprocess.run([project / ".venv" / "bin" / "python", "-V"], check=True, capture_output=True)  # noqa: S603
    assert version.stdout.decode().split()[1].startswith(setup.VERSION)
    assert setup.main() == 0
    assert capsys.readouterr().out == ""


def test_changed_lock_asks_for_a_new_set_up(project: Path) -> None:
    """Every byte of the lock counts, its date does not."""
    before = setup.take_fingerprint()
    os.utime(project / "requirements-dev.txt", (0, 0))
    assert setup.take_fingerprint() == before
    (project / "requirements-dev.txt").write_text("# something\n", encoding="ascii")
    assert setup.take_fingerprint() != before


def test_missing_venv_module_has_one_command(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the distribution splits venv off, the package to install is named."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert setup.main() == 2
    assert f"python{setup.VERSION}-venv" in capsys.readouterr().err


def test_failed_installation_is_tried_again(project: Path) -> None:
    """A set-up that failed leaves no stamp behind."""
    (project / "requirements-dev.txt").write_text("no such requirement\n", encoding="ascii")
    assert setup.main() == 1
    assert setup.read_stamp() == ""


def test_only_our_packages_are_found_in_safe_mode(project: Path) -> None:
    """A module at the root cannot stand in for another one, also in an environment that was made before the finder."""
    setup.main()
    finder = next((project / ".venv").glob("lib/python*/site-packages/project_finder.py"))
    finder.unlink()
    setup.main()
    for package in ("infra", "shared"):
        (project / package).mkdir()
        (project / package / "__init__.py").touch()
    (project / "json").mkdir()
    (project / "json/__init__.py").write_text("raise SystemExit('shadowed')")
    (project / "sitecustomize.py").write_text("raise SystemExit('customized')")
    python = [
        str(project / ".venv/bin/python"),
        "-c",
        "import infra, shared, json; print(infra.__file__); import sitecustom",
    ]
    done = subprocess.run(  # noqa: S603 — the interpreter that was just made
        python, cwd=project, env={"PYTHONSAFEPATH": "1"}, check=False, capture_output=True, text=True
    )
    assert done.stdout == f"{project}/infra/__init__.py\n"
    assert "No module named 'sitecustom'" in done.stderr
    unsafe = subprocess.run(python, cwd=project, env={}, check=False, capture_output=True, text=True)  # noqa: S603
    assert "shadowed" in unsafe.stderr


def test_help_lists_every_verb() -> None:
    """`make help` tells of each verb that the Makefile declares."""
    declared = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    listed = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S607
    assert declared == set(re.findall(r"make \x1b\[36m([a-z-]+)", listed))
    assert {"setup", "run", "test", "test-long", "check", "simulate", "bench", "lock", "audit", "clean"} <= declared


def test_makefile_says_what_is_missing(tmp_path: Path) -> None:
    """Without a Python that is new enough, the one line names the command that installs it."""
    for name in ("bash", "env"):
        (tmp_path / name).symlink_to(f"/bin/{name}" if Path(f"/bin/{name}").exists() else f"/usr/bin/{name}")
    make = [str(Path("/usr/bin/make")), "-f", str(ROOT / "Makefile"), "setup"]
    done = subprocess.run(make, cwd=ROOT, env={"PATH": str(tmp_path)}, check=False, capture_output=True, text=True)  # noqa: S603
    assert done.returncode != 0
    assert "Python 3.11 or newer is missing. Install it with:  sudo apt-get install -y python3" in done.stderr


def test_ci_leaves_nothing_out() -> None:
    """`.ci/run` is executable, forbids skipping, runs the checks, and both commands of the README on a bare PATH."""
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    text = script.read_text(encoding="utf-8")
    assert "export CI=true" in text
    commands = set(re.findall(r"^(?:make|python3 -m infra.checks.bare) \w+", text, re.MULTILINE))
    assert {"make check", "python3 -m infra.checks.bare run", "python3 -m infra.checks.bare test"} <= commands

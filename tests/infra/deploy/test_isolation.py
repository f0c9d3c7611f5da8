"""A verb imports nothing that lies at the repository's root, where everybody may put something."""

import os
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest

from infra import setup

ROOT = Path(__file__).parents[3]
VERB = ("-m", "infra.deploy", "check-setup", "--help")
SHADOWS = ("httpx", "json", "sitecustomize", "google")
"""A library, a module of Python's own, what Python runs at its start, and a package of many parts."""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with an environment as the set-up makes it, and packages that a feature branch has put at the root."""
    venv.create(tmp_path / ".venv", with_pip=False)
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    setup.install_finder()
    packages = next((tmp_path / ".venv").glob("lib/python*/site-packages"))
    (packages / "real.pth").write_text(sysconfig.get_paths()["purelib"])
    for name in ("infra", "shared", "terraform"):
        (tmp_path / name).symlink_to(ROOT / name)
    for name in SHADOWS:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"raise SystemExit('{name} of the root ran')")
    return tmp_path


def run(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A verb in the checkout, as a workflow runs it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    python = str(checkout / ".venv/bin/python")
    return subprocess.run(  # noqa: S603 — the interpreter that was just made
        [python, *arguments], cwd=checkout, env=kept | environment, check=False, capture_output=True, text=True
    )


def test_what_lies_at_the_root_is_not_imported(checkout: Path) -> None:
    """The insider's package named like a library merges by itself, and then runs with no identity."""
    done = run(checkout, *VERB, PYTHONSAFEPATH="1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "usage: python -m infra.deploy check-setup" in done.stdout


@pytest.mark.parametrize("environment", [{}, {"PYTHONPATH": "."}])
def test_without_safe_mode_it_would_be(checkout: Path, environment: dict[str, str]) -> None:
    """The play is a real one: this is what workflows and the Makefile did before."""
    assert "of the root ran" in run(checkout, *VERB, **environment).stderr


def test_nothing_else_of_the_checkout_is_found(checkout: Path) -> None:
    """Also not under a name that no library has, and an installed package wins over a folder of ours."""
    (checkout / "stranger").mkdir()
    (checkout / "stranger/__init__.py").touch()
    done = run(checkout, "-c", "import infra.deploy, shared.errors, stranger", PYTHONSAFEPATH="1")
    assert "No module named 'stranger'" in done.stderr


def test_the_makefile_delivers_in_safe_mode() -> None:
    """Also where a person runs it, whose login may more than any job."""
    found = subprocess.run(
        ["make", "--dry-run", "rollback", "ENV=staging"],  # noqa: S607
        cwd=ROOT,
        env={**os.environ, "MAKEFLAGS": ""},
        check=True,
        capture_output=True,
        text=True,
    )
    assert "env -u PYTHONPATH PYTHONSAFEPATH=1 .venv/bin/python -m infra.deploy rollback" in found.stdout

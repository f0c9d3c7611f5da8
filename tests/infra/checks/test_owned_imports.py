"""Everything of the project that verbs of delivery import has owners."""

from pathlib import Path

import pytest

from infra.checks.findings import ROOT
from infra.checks.owned_imports import find_import_faults, find_reached
from infra.deploy.branches import OWNED_PATHS, is_owned


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A verb that imports a module of an owned room."""
    files = {
        "infra/deploy/verbs/go.py": "from shared.people import users",
        "shared/__init__.py": "",
        "shared/people/__init__.py": "",
        "shared/people/users.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import shared.bot.router",
        "shared/bot/router.py": "",
        "shared/bot/menu.py": "import shared.bot.router",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def list_unowned(root: Path) -> list[str]:
    return [line for line in find_import_faults(root) if "so delivery runs it" in line]


def test_all_that_delivery_runs_has_owners() -> None:
    """In this repository; what nothing imports any more is taken off the list."""
    assert list(find_import_faults(ROOT)) == []
    assert len(find_reached(ROOT)) > 100


@pytest.mark.parametrize("line", ["import shared.bot.menu", "def run():\n    from shared.bot import menu"])
def test_a_new_import_is_found_through_others(project: Path, line: str) -> None:
    """An owned module that imports another one, at once or later, takes all behind it along; types are not imported."""
    assert list_unowned(project) == []
    (project / "shared/people/users.py").write_text(line)
    assert [each.partition(":")[0] for each in list_unowned(project)] == ["shared/bot/menu.py", "shared/bot/router.py"]


def test_a_pattern_without_use_is_found(project: Path) -> None:
    """A list that only grows would have owners look at what concerns them no more."""
    assert "OWNED_PATHS: delivery imports nothing of /shared/codec.py" in list(find_import_faults(project))


@pytest.mark.parametrize(
    "path",
    [
        "httpx.py",
        "GNUmakefile",
        ".venv/bin/python",
        "shared/codec.py",
        "shared/codec/__init__.py",
        "shared/codec.abi3.so",
        "shared/__pycache__/codec.cpython-313.pyc",
        "shared/pictures/__pycache__/draft.cpython-313.pyc",
        "shared/people/users.py",
        "infra/deploy/errors.py",
    ],
)
def test_what_python_or_make_would_take_instead_has_owners_too(path: str) -> None:
    """A package, a compiled library or bytecode of a module's name, and files at the root that tools prefer to ours."""
    assert is_owned(path)


@pytest.mark.parametrize(
    "path", ["README.md", "CHANGELOG.md", "docs/httpx.py", "shared/codecs.py", "shared/texts/en.ftl", "tests/x.py"]
)
def test_other_work_merges_by_itself(path: str) -> None:
    """What delivery neither runs nor reads has no owners, as far as this list goes."""
    assert not is_owned(path)


def test_the_template_names_all() -> None:
    """CODEOWNERS has a line for each pattern, in this order: of several lines that fit, GitHub takes the last."""
    text = (ROOT / ".github/CODEOWNERS").read_text(encoding="utf-8")
    rows = [line.split()[1] for line in text.splitlines() if line.endswith("@OWNER")]
    assert rows == list(OWNED_PATHS)

"""A copy of what the contract of the workflows reads, for faults to be planted in."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.checks.findings import ROOT
from infra.checks.workflows.__main__ import find_workflow_faults

READ = (".github", "Makefile", "docs/delivery.md", "terraform/modules/pipeline", "infra/deploy/verbs")
Plant = Callable[[str, str, str], list[str]]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name in READ:
        source, copy = ROOT / name, tmp_path / name
        if source.is_dir():
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy)
    return tmp_path


@pytest.fixture(scope="session")
def faults_before() -> set[str]:
    return set(find_workflow_faults(ROOT))


@pytest.fixture
def plant(repository: Path, faults_before: set[str]) -> Plant:
    """Replace text in one file of the copy; the findings that were not there before."""

    def replace(name: str, old: str, new: str) -> list[str]:
        path = repository / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} has no {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return [fault for fault in find_workflow_faults(repository) if fault not in faults_before]

    return replace

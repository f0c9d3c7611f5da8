"""The allow-lists of imports."""

from pathlib import Path

import pytest

from infra.checks.findings import ROOT
from infra.checks.imports import find_forbidden_imports, find_impure_rules, list_imports


def check(tmp_path: Path, name: str, source: str) -> list[str]:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    return list(find_forbidden_imports(tmp_path))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("shared/jobs/job.py", "from shared import settings\n"),
        ("shared/jobs/job.py", "import pydantic\n"),
        ("shared/jobs/job.py", "def f() -> None:\n    import httpx\n"),
        ("shared/jobs/job.py", "from . import ledger\n"),
        ("shared/pictures/accept.py", "from shared.adapters import firestore\n"),
        ("shared/pictures/accept.py", "from shared import adapters\n"),
        ("shared/bot/menu.py", "from telegram import Bot\n"),
        ("shared/settings.py", "import google.cloud.firestore\n"),
        ("functions/bot/main.py", "import telegram\n"),
        ("infra/setup.py", "from infra.local import tools\n"),
        ("infra/bench/load.py", "from tests import world\n"),
    ],
)
def test_forbidden_import_is_found(tmp_path: Path, name: str, source: str) -> None:
    """An import that a folder's rule does not name is one finding with its line."""
    line = source.count("\n")
    [finding] = check(tmp_path, name, source)
    assert finding.startswith(f"{name}:{line}: ")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        (
            "shared/jobs/job.py",
            "import json\nfrom dataclasses import dataclass\nfrom shared.credits import ledger\n",
        ),
        ("shared/pictures/accept.py", "from shared.jobs.job import Job\nfrom shared.ports import Store\n"),
        ("shared/adapters/firestore.py", "from google.cloud import firestore\nimport grpc\n"),
        ("shared/http.py", "import jwt\nfrom starlette.requests import Request\n"),
        ("functions/bot/main.py", "import functions_framework.aio\nfrom shared.pictures import accept\n"),
        ("infra/setup.py", "import subprocess\n"),
        ("infra/deploy/webhook.py", "import google.auth\nfrom shared.settings import load\n"),
    ],
)
def test_allowed_import_passes(tmp_path: Path, name: str, source: str) -> None:
    """What the layout allows is no finding."""
    assert check(tmp_path, name, source) == []


def test_prefix_of_a_name_is_not_the_name(tmp_path: Path) -> None:
    """A library whose name only begins like an allowed one is refused."""
    assert check(tmp_path, "functions/bot/main.py", "import shared_secrets\n")


def test_imports_are_listed_with_their_line() -> None:
    """`from a import b` counts as `a.b`, wherever it stands."""
    source = "import a.b\n\nclass C:\n    from d import e, f\n"
    assert list(list_imports(source)) == [(1, "a.b"), (4, "d.e"), (4, "d.f")]


def test_this_repository_passes() -> None:
    """The project keeps its own rule."""
    assert list(find_forbidden_imports(ROOT)) == []


def test_a_rule_that_leans_on_io_is_found(tmp_path: Path) -> None:
    """A module without a coroutine may not import one that has some; the reverse is how rooms are made."""
    check(tmp_path, "shared/jobs/open_jobs.py", "from shared.jobs import job\n\nasync def open_job() -> None: ...\n")
    check(tmp_path, "shared/jobs/job.py", "from shared.jobs.open_jobs import open_job\n")
    [finding] = find_impure_rules(tmp_path)
    assert finding.startswith("shared/jobs/job.py:1: ")

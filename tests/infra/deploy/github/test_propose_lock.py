"""propose-lock: a renewed lock becomes a pull request."""

import subprocess
from pathlib import Path

import pytest

from tests.infra.deploy.github.conftest import Desk

BEFORE = "google-genai==3.4.0 \\\n    --hash=sha256:00\nold==1 ; sys_platform == 'win32' \\\n    --hash=sha256:01\n"
AFTER = "google-genai==3.6.1 \\\n    --hash=sha256:02\nyoung==2 \\\n    --hash=sha256:03\n"
NAMES = ("requirements.txt", "requirements-dev.txt")


@pytest.fixture
def checkout(tmp_path: Path, desk: Desk) -> Path:
    """A checkout of staging where both locks are committed."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    write(folder, BEFORE)
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=folder, check=True)  # noqa: S603, S607 — our own command
    desk.github.commit("staging", "Lock", dict.fromkeys(NAMES, BEFORE))
    return folder


def write(folder: Path, text: str) -> None:
    for name in NAMES:
        (folder / name).write_text(text, encoding="utf-8")


def propose(desk: Desk, checkout: Path, *more: str) -> int:
    return desk.run("propose-lock", "--folder", str(checkout), *more)


def test_what_is_newer_becomes_a_draft(desk: Desk, checkout: Path) -> None:
    """The renewed files are one commit on staging's, and a person has to agree: the pull request is a draft."""
    write(checkout, AFTER)
    assert propose(desk, checkout) == 0
    (pull,) = desk.github.open_pulls()
    assert (pull.base, pull.draft) == ("staging", True)
    assert pull.head.startswith("renew/lock-")
    commit = desk.github.branch(pull.head)
    assert commit.parents == (desk.github.branch("staging").sha,)
    assert {name: commit.files[name] for name in NAMES} == dict.fromkeys(NAMES, AFTER)
    assert commit.files["README.md"] == "NanoBanana"
    for change in ("google-genai 3.4.0 → 3.6.1", "old 1 → (gone)", "young (new) → 2"):
        assert pull.body.count(f"- {change}\n") == 1
    assert desk.outputs["number"] == str(pull.number)


def test_a_lock_that_is_the_newest_proposes_nothing(desk: Desk, checkout: Path) -> None:
    """No change, no branch, no pull request."""
    assert propose(desk, checkout) == 0
    assert "nothing is newer" in desk.words
    assert desk.github.open_pulls() == []


def test_a_second_run_in_the_month_finds_the_first(desk: Desk, checkout: Path) -> None:
    """What a person did on the branch since stays, and there is one pull request."""
    write(checkout, AFTER)
    propose(desk, checkout)
    (pull,) = desk.github.open_pulls()
    theirs = desk.github.commit(pull.head, "Hold google-genai back", {"requirements.txt": BEFORE})
    assert propose(desk, checkout) == 0
    assert [each.number for each in desk.github.open_pulls()] == [pull.number]
    assert desk.github.branch(pull.head).sha == theirs.sha


def test_a_dry_run_changes_nothing(desk: Desk, checkout: Path) -> None:
    """It says which versions would change, and makes no branch."""
    write(checkout, AFTER)
    assert propose(desk, checkout, "--dry-run") == 0
    assert "google-genai 3.4.0 → 3.6.1" in desk.words
    assert desk.github.open_pulls() == []


def test_a_new_lock_of_the_provider_is_proposed_too(desk: Desk, checkout: Path) -> None:
    """Terraform's lock file is new in the repository at first; its version is named like a package's."""
    folder = checkout / "terraform/environments/dev"
    folder.mkdir(parents=True)
    lock = 'provider "registry.terraform.io/hashicorp/google" {\n  version     = "8.7.0"\n}\n'
    (folder / ".terraform.lock.hcl").write_text(lock, encoding="utf-8")
    assert propose(desk, checkout) == 0
    (pull,) = desk.github.open_pulls()
    assert "- hashicorp/google (new) → 8.7.0\n" in pull.body
    assert desk.github.branch(pull.head).files["terraform/environments/dev/.terraform.lock.hcl"] == lock

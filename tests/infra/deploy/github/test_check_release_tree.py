"""check-release-tree: only what was tested goes to production."""

import pytest

from tests.cloud.github.errors import Refusal
from tests.infra.deploy.github.conftest import Desk

DIGEST = "sha256:" + "ab" * 32


def release(desk: Desk) -> str:
    """Merge a release as a person does; gives the merge's commit."""
    desk.land("feature/voice")
    assert desk.run("create-release-pr", "--digest", DIGEST) == 0
    number = int(desk.outputs["number"])
    desk.github.check("staging", "light check", "full check")
    desk.github.approve(number)
    return desk.github.merge(number).sha


def check(desk: Desk, commit: str, tree: str, *more: str) -> int:
    return desk.run("check-release-tree", "--commit", commit, "--tree", tree, "--digest", DIGEST, *more)


def test_the_tested_tree_passes_with_its_version(guarded: Desk) -> None:
    """A merge commit is a new commit with the very files that were tested; days later the release keeps its name."""
    commit = release(guarded)
    guarded.clock.advance(200_000)
    tested = guarded.github.branch("staging").tree
    assert check(guarded, commit, tested) == 0
    assert guarded.outputs == {"digest": DIGEST, "tree": tested, "version": "v2026.1.2.1"}


def test_another_tree_is_refused(guarded: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """An image built from other files does not go out, and no digest is handed on."""
    other = guarded.github.branch("main").tree
    commit = release(guarded)
    assert check(guarded, commit, other) == 1
    assert "was built from" in capsys.readouterr().err
    assert guarded.outputs == {}


def test_a_release_that_staging_never_tested_is_refused(guarded: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """The right tree, but its image did not exist before the merge: something else than the tested work was merged."""
    commit = release(guarded)
    tree = guarded.github.branch("main").tree
    assert check(guarded, commit, tree, "--built", "true") == 1
    assert "built only now" in capsys.readouterr().err
    assert check(guarded, commit, tree, "--built", "false") == 0


def test_what_no_pull_request_brought_is_refused(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A push straight to main, where nothing protects it, does not reach production either."""
    commit = desk.github.commit("main", "Just this once", {"app/money.py": "0"})
    assert check(desk, commit.sha, commit.tree) == 1
    assert "no pull request" in capsys.readouterr().err


def test_other_work_goes_to_staging_first(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A feature merged into main is neither a release nor a hotfix."""
    desk.github.commit("feature/voice", "Listen", {"app/voice.py": "1"}, base="main")
    assert desk.run("open-pr", "--branch", "feature/voice", "--base", "main") == 0
    commit = desk.github.merge(int(desk.outputs["number"]))
    assert check(desk, commit.sha, commit.tree, "--built", "true") == 1
    assert "neither staging nor a hotfix" in capsys.readouterr().err


def test_a_commit_that_is_not_on_main_is_refused(guarded: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """The right files are not enough: a person has to have merged them."""
    guarded.land("feature/voice")
    commit = guarded.github.branch("staging")
    assert check(guarded, commit.sha, commit.tree) == 1
    assert "not on main" in capsys.readouterr().err


def test_a_hotfix_takes_the_next_version(guarded: Desk) -> None:
    """What no release's title names is named by the day."""
    guarded.github.commit("hotfix/money", "Count right", {"app/money.py": "1"}, base="main")
    guarded.run("open-pr", "--branch", "hotfix/money")
    guarded.github.check("hotfix/money", "light check", "full check")
    guarded.github.approve(1)
    commit = guarded.github.merge(1)
    assert check(guarded, commit.sha, commit.tree, "--built", "true") == 0
    assert guarded.outputs["version"] == "v2026.1.2.1"


def test_an_unapproved_release_cannot_be_merged(guarded: Desk) -> None:
    """The rules the verb set hold a release until two people agree and every check is green."""
    guarded.land("feature/voice")
    guarded.run("create-release-pr", "--digest", DIGEST)
    number = int(guarded.outputs["number"])
    guarded.github.check("staging", "light check", "full check")
    with pytest.raises(Refusal, match="rule violations"):
        guarded.github.merge(number)
    guarded.github.approve(number, "delivery[bot]", "ada")
    with pytest.raises(Refusal, match="rule violations"):
        guarded.github.merge(number)
    guarded.github.approve(number, "grace")
    assert guarded.github.merge(number).tree == guarded.github.branch("staging").tree

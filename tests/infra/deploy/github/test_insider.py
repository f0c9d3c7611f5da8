"""One person who may push tries to reach production alone: each way is refused, by GitHub's rules or by a verb.

What is refused for the image, whose origin has to be proven, stands in `tests/infra/deploy/test_origin.py`.
"""

from collections.abc import Callable

import pytest

from infra.deploy.auto_merge import OWNED_MARK
from tests.cloud.github import Actor
from tests.cloud.github.errors import Refusal
from tests.cloud.github.state import Check
from tests.infra.deploy.github.conftest import Desk
from tests.infra.deploy.github.test_check_release_tree import DIGEST, check, release
from tests.infra.deploy.github.test_enable_auto_merge import enable

ADA = Actor("ada", {"contents": "write"})
OWNERS = {".github/CODEOWNERS": "/.github/ @grace @ada\n/infra/ @grace @ada\n"}
CHANGED = {".github/workflows/ci.yml": "light check: true"}


@pytest.fixture
def owned(guarded: Desk) -> Desk:
    """Rules are in force, and both people own what builds and deploys."""
    for branch in ("main", "staging"):
        guarded.github.commit(branch, "Name the owners", OWNERS)
    return guarded


def open_hotfix(desk: Desk) -> int:
    desk.github.commit("hotfix/money", "Count right", {"app/money.py": "1"}, base="main")
    assert desk.run("open-pr", "--branch", "hotfix/money") == 0
    desk.github.check("hotfix/money", "light check", "full check")
    return int(desk.outputs["number"])


def open_release(desk: Desk) -> int:
    desk.land("feature/voice")
    assert desk.run("create-release-pr", "--digest", DIGEST) == 0
    desk.github.check("staging", "light check", "full check")
    return int(desk.outputs["number"])


def refuse_merge(desk: Desk, number: int) -> None:
    with pytest.raises(Refusal, match="rule violations"):
        desk.github.merge(number, login="ada")
    assert desk.github.pull(number).merged_at is None


@pytest.mark.parametrize("open_pull", [open_hotfix, open_release])
def test_nobody_approves_alone(guarded: Desk, open_pull: Callable[[Desk], int]) -> None:
    """The App opens pull requests, so GitHub counts the author's approval: it is one of two, for any way to main."""
    number = open_pull(guarded)
    guarded.github.approve(number, "ada")
    refuse_merge(guarded, number)
    guarded.github.approve(number, "delivery[bot]")
    refuse_merge(guarded, number)
    guarded.github.approve(number, "grace")
    assert guarded.github.merge(number, login="ada")


def test_what_is_pushed_after_the_approvals_is_not_approved(guarded: Desk) -> None:
    """Two people agreed to other work: their approvals fall, and the second one has to come from somebody else."""
    number = open_hotfix(guarded)
    guarded.github.approve(number, "ada", "grace")
    guarded.github.commit("hotfix/money", "And this", {"app/money.py": "2"})
    guarded.github.check("hotfix/money", "light check", "full check")
    refuse_merge(guarded, number)
    guarded.github.approve(number, "ada")
    refuse_merge(guarded, number)


def test_a_changed_workflow_waits_for_another_person(owned: Desk) -> None:
    """What builds and deploys never merges by itself into staging, also where its checks, which it wrote, are green."""
    number = owned.open_pull("feature/voice", CHANGED)
    owned.github.check("feature/voice", "light check")
    assert enable(owned, number) == "owned"
    assert enable(owned, number) == "owned"
    (comment,) = owned.github.state.comments[number]
    assert OWNED_MARK in comment["body"]
    assert "`.github/workflows/ci.yml`" in comment["body"]
    refuse_merge(owned, number)
    owned.github.approve(number, "grace")
    assert owned.github.merge(number, "squash", login="ada")


@pytest.mark.parametrize(
    "files",
    [
        {"infra/image/Dockerfile": "FROM elsewhere"},
        {"requirements-dev.txt": "evil==1"},
        {"terraform/environments/production/main.tf": "locals {}"},
        {"pyproject.toml": "[tool]"},
        {".ci/run": "true"},
        {"httpx.py": "import os"},
        {"GNUmakefile": "setup:"},
        {".venv/bin/python": "#!/bin/sh"},
        {"shared/codec/__init__.py": "import os"},
        {"shared/__pycache__/codec.cpython-313.pyc": "bytes"},
    ],
)
def test_nor_does_what_delivery_is_made_of(guarded: Desk, files: dict[str, str]) -> None:
    """Every path of the table, also where nobody was named as its owner, and what tools would take in its place."""
    assert enable(guarded, guarded.open_pull("feature/voice", files)) == "owned"


def test_a_file_that_is_moved_away_counts_too(owned: Desk) -> None:
    """GitHub names a renamed file by its new place: its earlier one is looked at as well."""
    owned.github.commit("staging", "Build", {"infra/build.py": "build"})
    number = owned.open_pull("feature/voice", {"infra/build.py": "", "shared/build.py": "build"})
    assert enable(owned, number) == "owned"


def test_a_harmless_push_arms_nothing_for_the_next(owned: Desk) -> None:
    """Auto-merge outlives later pushes: it is taken back when one of them changes a workflow, before any check ends."""
    number = owned.open_pull("feature/voice")
    assert enable(owned, number) == "enabled"
    owned.github.commit("feature/voice", "And this", CHANGED)
    owned.github.check("feature/voice", "light check")
    assert owned.github.pull(number).merged_at is None  # GitHub waits for an owner, whoever was faster
    assert enable(owned, number) == "owned"
    assert owned.github.pull(number).auto_merge is None


def test_a_check_of_another_name_or_app_is_not_the_check(guarded: Desk) -> None:
    """A renamed job leaves the required check missing, and another App cannot stand in for Actions."""
    number = guarded.open_pull("feature/voice")
    enable(guarded, number)
    guarded.github.check("feature/voice", "quick check")
    sha = guarded.github.branch("feature/voice").sha
    guarded.github.state.checks[sha].append(Check("light check", "success", app_id=666))
    guarded.github.check("feature/voice", "quick check")
    assert guarded.github.pull(number).merged_at is None


def test_a_tag_of_a_release_is_not_made_by_hand(guarded: Desk) -> None:
    """A version that nobody released would be in the notes and the numbers of those to come."""
    state, tip = guarded.github.state, guarded.github.branch("main").sha
    for actor in (ADA, Actor("github-actions[bot]", {"contents": "write"}, 15368)):
        with pytest.raises(Refusal, match="creations being restricted"):
            state.set_branch("tags/v2026.1.2.9", tip, actor)
    assert guarded.run("tag-release", "--digest", DIGEST, "--commit", tip, "--version", "v2026.1.2.9") == 0


def test_a_tag_of_a_release_does_not_move(guarded: Desk) -> None:
    """Not by its maker either."""
    commit = release(guarded)
    assert guarded.run("tag-release", "--digest", DIGEST, "--commit", commit) == 0
    other = guarded.github.commit("feature/evil", "Evil", {"evil.py": "1"})
    for actor in (ADA, Actor("delivery[bot]", {"contents": "write"}, 4242)):
        with pytest.raises(Refusal, match="rule violations"):
            guarded.github.state.move("tags/v2026.1.2.1", other.sha, actor, force=True)


def test_an_edited_title_names_no_day_to_come(guarded: Desk) -> None:
    """The version in a release's title counts only up to today: a later one would stand before all others for ever."""
    number = open_release(guarded)
    guarded.github.pull(number).title = "Release v2099.12.31.1"
    guarded.github.pull(number).body = f"Image `sha256:{'e' * 64}`"
    guarded.github.approve(number)
    commit = guarded.github.merge(number)
    assert check(guarded, commit.sha, commit.tree) == 0
    assert guarded.outputs == {"digest": DIGEST, "tree": commit.tree, "version": "v2026.1.2.1"}


def test_an_edited_base_is_not_a_release(guarded: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Work for staging that was led to main instead: two people have to agree, and then it is still refused."""
    number = guarded.open_pull("feature/voice")
    guarded.github.pull(number).base = "main"
    guarded.github.check("feature/voice", "light check", "full check")
    guarded.github.approve(number, "ada")
    refuse_merge(guarded, number)
    guarded.github.approve(number, "grace")
    commit = guarded.github.merge(number)
    assert check(guarded, commit.sha, commit.tree) == 1
    assert "neither staging nor a hotfix" in capsys.readouterr().err


def test_the_branch_that_brings_main_back_has_no_rights_of_its_own(owned: Desk) -> None:
    """Anybody may push under the name of the robot's branch: what it changes of the pipeline waits as everywhere."""
    owned.github.commit("sync/main-to-staging", "Bring main back", CHANGED)
    assert owned.run("open-pr", "--branch", "sync/main-to-staging", "--base", "staging") == 0
    number = int(owned.outputs["number"])
    owned.github.check("sync/main-to-staging", "light check")
    assert enable(owned, number) == "owned"
    refuse_merge(owned, number)


def test_a_hotfix_of_the_pipeline_waits_on_its_way_back(owned: Desk) -> None:
    """Bringing it to staging is a change of the pipeline there, so people are told that it waits for one of them."""
    owned.land("feature/voice")
    owned.github.commit("hotfix/build", "Build again", {"infra/build.py": "1"}, base="main")
    owned.run("open-pr", "--branch", "hotfix/build")
    number = int(owned.outputs["number"])
    owned.github.check("hotfix/build", "light check", "full check")
    owned.github.approve(number)
    owned.github.merge(number)
    assert owned.run("sync-back") == 0
    assert owned.outputs["result"] == "owned"


@pytest.mark.parametrize("branch", ["staging", "hotfix/money"])
def test_a_branch_of_a_fork_is_not_ours_by_its_name(
    guarded: Desk, capsys: pytest.CaptureFixture[str], branch: str
) -> None:
    """A fork's `staging` is no release and its `hotfix/…` no hotfix, whoever agreed to merge it."""
    made = guarded.github.commit(f"theirs/{branch}", "From outside", {"app/theirs.py": "1"})
    pull = guarded.github.open_from_fork(f"theirs/{branch}", base="main")
    pull.head, pull.head_sha = branch, made.sha
    guarded.github.check(made.sha, "light check", "full check")
    guarded.github.approve(pull.number)
    commit = guarded.github.merge(pull.number)
    assert check(guarded, commit.sha, commit.tree) == 1
    assert "another repository" in capsys.readouterr().err


def test_a_tag_with_the_branchs_name_is_not_the_branch(guarded: Desk) -> None:
    """`main` is asked for by its commit, so that what a tag of that name has is not taken for merged work."""
    guarded.land("feature/voice")
    commit = guarded.github.branch("staging")
    guarded.github.state.git.refs["tags/main"] = commit.sha
    assert check(guarded, commit.sha, commit.tree) == 1
    assert not any("/compare/main..." in call.path for call in guarded.github.calls)

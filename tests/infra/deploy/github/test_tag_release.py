"""tag-release: a name for what held in production."""

import pytest

from tests.infra.deploy.github.conftest import Desk
from tests.infra.deploy.github.test_check_release_tree import DIGEST, release
from tests.infra.deploy.github.test_sync_back import push_hotfix

TAG = ("tag-release", "--digest", DIGEST)


def tag(desk: Desk, commit: str, *more: str) -> int:
    return desk.run(*TAG, "--commit", commit, *more)


def test_the_release_gets_an_annotated_tag_and_notes(guarded: Desk) -> None:
    """The tag is an object with the notes in it, on the merged commit; GitHub shows the same notes."""
    commit = release(guarded)
    assert tag(guarded, commit) == 0
    git = guarded.github.state.git
    annotated = git.tags[git.refs["tags/v2026.1.2.1"]]
    assert (annotated.commit, "Work on feature/voice (#1)" in annotated.message) == (commit, True)
    shown = guarded.github.state.releases["v2026.1.2.1"]
    assert DIGEST in shown["body"]
    assert "Release v2026" not in shown["body"]
    assert guarded.outputs["version"] == "v2026.1.2.1"
    assert guarded.outputs["url"].endswith("v2026.1.2.1")


def test_notes_begin_after_the_release_before(guarded: Desk) -> None:
    """The second release of a day tells what the first had not, and has the next number."""
    tag(guarded, release(guarded))
    guarded.run("sync-back")
    guarded.land("fix/money", message="Count right")
    guarded.run("create-release-pr", "--digest", DIGEST)
    number = int(guarded.outputs["number"])
    guarded.github.check("staging", "light check", "full check")
    guarded.github.approve(number)
    assert tag(guarded, guarded.github.merge(number).sha) == 0
    body = guarded.github.state.releases["v2026.1.2.2"]["body"]
    assert "Count right" in body
    assert "feature/voice" not in body


def test_a_hotfix_is_told_once(guarded: Desk) -> None:
    """It is merged with its commits, not squashed: the notes have its pull request and not each commit as well."""
    tag(guarded, release(guarded))
    push_hotfix(guarded, {"app/money.py": "1"})
    assert tag(guarded, guarded.github.branch("main").sha) == 0
    body = guarded.github.state.releases["v2026.1.2.2"]["body"]
    assert body.startswith("### Fixed\n\n- Count right (#3)\n\nImage")


def test_tagging_twice_changes_nothing(guarded: Desk) -> None:
    """Also on another day: the commit has its name."""
    commit = release(guarded)
    tag(guarded, commit)
    guarded.github.calls.clear()
    guarded.clock.advance(100_000)
    assert tag(guarded, commit) == 0
    assert guarded.github.changes() == []
    assert guarded.outputs["version"] == "v2026.1.2.1"


def test_a_tag_never_moves(guarded: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A version that names another commit is refused, and stays where it is."""
    commit = release(guarded)
    tag(guarded, commit)
    other = guarded.github.branch("staging").sha
    assert tag(guarded, other, "--version", "v2026.1.2.1") == 1
    assert "never moves" in capsys.readouterr().err
    git = guarded.github.state.git
    assert git.tags[git.refs["tags/v2026.1.2.1"]].commit == commit


@pytest.mark.parametrize("lost", range(3))
def test_any_lost_answer_leaves_one_tag_and_one_release(guarded: Desk, lost: int) -> None:
    """Whichever of the three changes is not answered, running the verb again ends with exactly one of each."""
    commit = release(guarded)
    seen: list[str] = []

    def lose(what: str) -> None:
        seen.append(what)
        if len(seen) == lost + 1:
            guarded.github.faults.lose_answers()

    guarded.github.faults.before_change = lose
    tag(guarded, commit)
    assert tag(guarded, commit) == 0
    names = [ref for ref in guarded.github.state.git.refs if ref.startswith("tags/")]
    assert names == ["tags/v2026.1.2.1"]
    assert list(guarded.github.state.releases) == ["v2026.1.2.1"]


def test_a_tag_without_its_release_is_completed(guarded: Desk) -> None:
    """The job died between the two: the next run publishes the notes."""
    commit = release(guarded)
    tag(guarded, commit)
    guarded.github.state.releases.clear()
    assert tag(guarded, commit) == 0
    assert list(guarded.github.state.releases) == ["v2026.1.2.1"]


def test_a_version_is_a_version(guarded: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Anything else is no name for a release."""
    assert tag(guarded, guarded.github.branch("main").sha, "--version", "latest") == 1
    assert "no version" in capsys.readouterr().err


def test_a_dry_run_tags_nothing(guarded: Desk) -> None:
    """It says what it would make."""
    commit = release(guarded)
    guarded.github.calls.clear()
    assert tag(guarded, commit, "--dry-run") == 0
    assert "refs/tags/v2026.1.2.1" in guarded.words
    assert guarded.github.changes() == []

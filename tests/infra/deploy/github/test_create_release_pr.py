"""create-release-pr: what staging runs is offered to production."""

import pytest

from tests.infra.deploy.github.conftest import Desk

DIGEST = "sha256:" + "ab" * 32
OTHER_DIGEST = "sha256:" + "cd" * 32
CREATE = ("create-release-pr", "--digest", DIGEST)


def test_notes_are_grouped_and_the_image_is_named(guarded: Desk) -> None:
    """People read what is new and what is fixed, and which image and tree they would let go."""
    guarded.land("feature/voice", message="Listen to voice notes")
    guarded.land("fix/money", message="Count credits right")
    guarded.land("feature/again", message="Again without typing")
    assert guarded.run(*CREATE, "--tree", guarded.github.branch("staging").tree) == 0
    pull = guarded.github.pull(4)
    assert (pull.head, pull.base, pull.title) == ("staging", "main", "Release v2026.1.2.1")
    new, fixed = pull.body.split("### Fixed")
    assert new.startswith("### New\n\n- Listen to voice notes (#1)\n- Again without typing (#3)\n")
    assert "- Count credits right (#2)" in fixed
    assert DIGEST in pull.body
    assert guarded.github.branch("staging").tree in pull.body
    assert guarded.outputs["version"] == "v2026.1.2.1"
    assert guarded.outputs["number"] == "4"


def test_the_open_one_is_updated_and_keeps_its_version(guarded: Desk) -> None:
    """There is one release in preparation; days later it has more changes, a newer image and the same name."""
    guarded.land("feature/voice", message="Listen")
    guarded.run(*CREATE)
    guarded.land("fix/money", message="Count")
    guarded.clock.advance(200_000)
    assert guarded.run("create-release-pr", "--digest", OTHER_DIGEST) == 0
    (pull,) = guarded.github.open_pulls()
    assert pull.title == "Release v2026.1.2.1"
    assert "Listen" in pull.body
    assert "Count" in pull.body
    assert OTHER_DIGEST in pull.body
    assert DIGEST not in pull.body
    guarded.github.calls.clear()
    assert guarded.run("create-release-pr", "--digest", OTHER_DIGEST) == 0
    assert guarded.github.changes() == []


def test_the_same_again_changes_nothing(guarded: Desk) -> None:
    """Run twice it asks GitHub for nothing the second time."""
    guarded.land("feature/voice")
    guarded.run(*CREATE)
    guarded.run(*CREATE)
    guarded.github.calls.clear()
    assert guarded.run(*CREATE) == 0
    assert guarded.github.changes() == []


def test_nothing_to_release_is_refused(guarded: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """No empty releases: neither without commits nor with commits that change no file."""
    assert guarded.run(*CREATE) == 1
    assert "nothing to release" in capsys.readouterr().err
    guarded.github.commit("staging", "Do", {"a.py": "1"})
    guarded.github.commit("staging", "Undo", {"a.py": ""})
    assert guarded.run(*CREATE) == 1
    assert "same files" in capsys.readouterr().err
    assert guarded.github.state.pulls == {}


def test_another_tree_than_the_tested_one_is_refused(guarded: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Staging has moved on since the image was built: the image is not what would be merged."""
    tested = guarded.github.branch("staging").tree
    guarded.land("feature/voice")
    assert guarded.run(*CREATE, "--tree", tested) == 1
    assert "deploy it first" in capsys.readouterr().err


def test_a_main_that_is_ahead_has_to_come_back_first(guarded: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """With a hotfix only main has, the merged tree would be one nobody tested."""
    guarded.land("feature/voice")
    guarded.github.commit("main", "Urgent", {"urgent.py": "1"})
    assert guarded.run(*CREATE) == 1
    assert "sync-back" in capsys.readouterr().err


def test_titles_are_text(guarded: Desk) -> None:
    """A title can neither call people, nor forge a heading, nor hide the image behind a comment."""
    guarded.land("feature/voice", message="Thank @grace <!-- `x` [a](b) # | * (#7)")
    guarded.run(*CREATE)
    (pull,) = guarded.github.open_pulls()
    line = next(line for line in pull.body.splitlines() if "Thank" in line)
    assert line == r"- Thank @<!-- -->grace \<!-- \`x\` \[a\](b) \# \| \* (#1)"


def test_what_came_without_a_pull_request_is_listed_too(guarded: Desk) -> None:
    """Notes hide nothing: a commit pushed straight to staging is named by its hash."""
    made = guarded.github.commit("staging", "By hand\n\nwhy", {"hand.py": "1"})
    guarded.run(*CREATE)
    (pull,) = guarded.github.open_pulls()
    assert f"### Other\n\n- By hand ({made.sha[:10]})" in pull.body


def test_many_pages_are_read_to_the_end(guarded: Desk) -> None:
    """The notes are whole when GitHub gives two entries a page."""
    for number in range(5):
        guarded.land(f"feature/part-{number}", message=f"Part {number}")
    guarded.github.page_size_max = 2
    guarded.run(*CREATE)
    (pull,) = guarded.github.open_pulls()
    assert [f"Part {number} (#{number + 1})" in pull.body for number in range(5)] == [True] * 5


def test_a_lost_answer_leaves_one_release(guarded: Desk) -> None:
    """The pull request was made and nobody was told: it is found."""
    guarded.land("feature/voice")
    guarded.github.faults.lose_answers()
    assert guarded.run(*CREATE) == 0
    assert len(guarded.github.open_pulls()) == 1


def test_a_tag_is_no_digest(guarded: Desk) -> None:
    """An image by a name that can move is not taken at all."""
    with pytest.raises(SystemExit):
        guarded.run("create-release-pr", "--digest", "registry/nanobanana:latest")

"""open-pr: the pull request of a pushed branch."""

import pytest

from infra.deploy.verbs.open_pr import choose_title
from tests.infra.deploy.github.conftest import Desk


@pytest.mark.parametrize(
    ("branch", "base"), [("feature/voice", "staging"), ("fix/a/b", "staging"), ("hotfix/money", "main")]
)
def test_a_push_opens_a_pull_request_to_where_the_branch_leads(desk: Desk, branch: str, base: str) -> None:
    """Work goes to staging and an urgent repair to main, by the name of the branch that was pushed."""
    desk.github.commit(branch, "Listen to voice notes\n\nLong story", {"voice.py": "1"}, base=base)
    assert desk.run("open-pr", GITHUB_REF_NAME=branch) == 0
    (pull,) = desk.github.open_pulls()
    assert (pull.head, pull.base, pull.title, pull.draft) == (branch, base, "Listen to voice notes", False)
    assert desk.outputs["number"] == "1"
    assert desk.outputs["url"].endswith("/pull/1")


def test_a_second_push_finds_the_pull_request_there(desk: Desk) -> None:
    """Every push runs the verb: it opens one pull request, and hands on its number each time."""
    desk.open_pull("feature/voice")
    desk.github.commit("feature/voice", "More", {"more.py": "1"})
    assert desk.run("open-pr", "--branch", "feature/voice") == 0
    assert desk.outputs["number"] == "1"
    assert len(desk.github.state.pulls) == 1


def test_a_branch_that_differs_in_nothing_gets_none(desk: Desk) -> None:
    """No pull request without a change: neither for a new branch nor for one whose commits undo each other."""
    desk.github.state.git.refs["heads/feature/empty"] = desk.github.branch("staging").sha
    desk.github.commit("feature/undone", "Do", {"a.py": "1"})
    desk.github.commit("feature/undone", "Undo", {"a.py": ""})
    for branch in ("feature/empty", "feature/undone"):
        assert desk.run("open-pr", "--branch", branch) == 0
        assert "does not differ" in desk.words
    assert desk.github.state.pulls == {}
    assert desk.outputs == {}


def test_a_closed_one_is_opened_again_only_with_new_commits(desk: Desk) -> None:
    """A closed pull request stays closed; a new commit gets a new one."""
    number = desk.open_pull("feature/voice")
    desk.github.close(number)
    assert desk.run("open-pr", "--branch", "feature/voice") == 0
    assert "closed with these very commits" in desk.words
    assert desk.github.open_pulls() == []
    desk.github.commit("feature/voice", "Again, better", {"better.py": "1"})
    assert desk.run("open-pr", "--branch", "feature/voice") == 0
    assert [pull.number for pull in desk.github.open_pulls()] == [number + 1]


def test_a_merged_branch_that_is_pushed_again_unchanged_stays_merged(guarded: Desk) -> None:
    """After a squash a branch still has commits that staging has not: they are no new work."""
    number = guarded.open_pull("feature/voice")
    head = guarded.github.pull(number).head_sha
    guarded.run("enable-auto-merge", "--pull", str(number))
    guarded.github.check("feature/voice", "light check")
    guarded.land("feature/other")
    guarded.github.state.git.refs["heads/feature/voice"] = head
    assert guarded.run("open-pr", "--branch", "feature/voice") == 0
    assert guarded.github.open_pulls() == []


def test_unfinished_work_becomes_a_draft(desk: Desk) -> None:
    """A branch whose newest commit says it is unfinished is shown, and nothing merges it by itself."""
    desk.github.commit("feature/voice", "Hear", {"a.py": "1"})
    desk.github.commit("feature/voice", "wip: speak", {"b.py": "1"})
    assert desk.run("open-pr", "--branch", "feature/voice") == 0
    assert desk.github.pull(1).draft
    assert desk.run("enable-auto-merge", "--pull", "1") == 0
    assert desk.outputs == {"result": "draft"}


def test_a_title_without_words_comes_from_the_branch() -> None:
    """The first commit that says something names the work, else the branch does."""
    assert choose_title("feature/voice-notes_now", ["wip", "fixup! x"]) == "Voice notes now"
    assert choose_title("feature/voice", ["wip", "Listen"]) == "Listen"


def test_a_branch_that_is_gone_is_no_error(desk: Desk) -> None:
    """A push may be an old one: the branch was deleted before the job began."""
    assert desk.run("open-pr", "--branch", "feature/gone") == 0
    assert "gone" in desk.words


def test_other_branches_lead_nowhere(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A name outside the table is refused, not guessed at."""
    assert desk.run("open-pr", "--branch", "playground") == 1
    assert "feature/" in capsys.readouterr().err


def test_a_lost_answer_leaves_one_pull_request(desk: Desk) -> None:
    """The pull request was made and nobody was told: the verb looks, and finds it."""
    desk.github.commit("feature/voice", "Listen", {"voice.py": "1"})
    desk.github.faults.lose_answers()
    assert desk.run("open-pr", "--branch", "feature/voice") == 0
    assert desk.outputs["number"] == "1"
    assert len(desk.github.state.pulls) == 1


def test_a_dry_run_changes_nothing(desk: Desk) -> None:
    """It says what it would open."""
    desk.github.commit("feature/voice", "Listen", {"voice.py": "1"})
    assert desk.run("open-pr", "--branch", "feature/voice", "--dry-run") == 0
    assert "would POST /pulls" in desk.words
    assert desk.github.changes() == []


def test_only_the_apps_token_starts_workflows(desk: Desk) -> None:
    """A pull request opened with a job's own token would never be checked: no workflow starts on it."""
    desk.github.commit("feature/voice", "Listen", {"voice.py": "1"})
    desk.github.commit("feature/other", "Other", {"other.py": "1"})
    desk.github.take_events()
    assert desk.run("open-pr", "--branch", "feature/voice", token="job-TEST-token") == 0
    assert desk.github.take_events() == []
    assert desk.run("open-pr", "--branch", "feature/other") == 0
    assert [event.name for event in desk.github.take_events()] == ["pull_request.opened"]

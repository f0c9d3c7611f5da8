"""sync-back: main and staging stay related."""

from tests.cloud.github import Actor
from tests.infra.deploy.github.conftest import Desk
from tests.infra.deploy.github.test_check_release_tree import DIGEST, release

SYNC = "sync/main-to-staging"


def sync(desk: Desk, **environment: str) -> str:
    assert desk.run("sync-back", **environment) == 0
    return desk.outputs["result"]


def push_hotfix(desk: Desk, files: dict[str, str]) -> None:
    """An urgent repair is merged to main by a person."""
    desk.github.commit("hotfix/money", "Count right", files, base="main")
    desk.run("open-pr", "--branch", "hotfix/money")
    number = int(desk.outputs["number"])
    desk.github.check("hotfix/money", "light check", "full check")
    desk.github.approve(number)
    desk.github.merge(number)


def test_staging_follows_a_release(guarded: Desk) -> None:
    """After a release staging is moved forward to main: one and the same commit, twice nothing to do."""
    commit = release(guarded)
    guarded.github.take_events()
    assert sync(guarded) == "followed"
    assert guarded.github.branch("staging").sha == commit
    assert [event.subject for event in guarded.github.take_events()] == ["staging"]
    assert sync(guarded) == "nothing"


def test_staging_that_is_ahead_is_left_alone(guarded: Desk) -> None:
    """New work on staging needs nothing from main."""
    guarded.land("feature/voice")
    assert sync(guarded) == "nothing"


def test_a_hotfix_is_merged_into_work_that_went_on(guarded: Desk) -> None:
    """Both have moved: a pull request merges by itself, as a merge, so that the next release is possible."""
    guarded.land("feature/voice")
    push_hotfix(guarded, {"app/money.py": "1"})
    assert sync(guarded) == "enabled"
    assert sync(guarded) == "enabled"
    assert len(guarded.github.open_pulls()) == 1
    guarded.github.check(SYNC, "light check")
    merged = guarded.github.branch("staging")
    assert {"app/money.py", "feature/voice.py"} <= set(merged.files)
    assert guarded.github.branch("main").sha in merged.parents
    assert f"heads/{SYNC}" not in guarded.github.state.git.refs
    assert guarded.run("create-release-pr", "--digest", DIGEST) == 0
    (pull,) = guarded.github.open_pulls()
    assert "Bring main back" not in pull.body


def test_a_second_hotfix_joins_the_first(guarded: Desk) -> None:
    """The branch that waits is brought up to date instead of a second one."""
    guarded.land("feature/voice")
    push_hotfix(guarded, {"app/money.py": "1"})
    sync(guarded)
    push_hotfix(guarded, {"app/more.py": "1"})
    assert sync(guarded) == "enabled"
    (pull,) = guarded.github.open_pulls()
    assert "app/more.py" in guarded.github.branch(pull.head).files


def test_without_the_right_to_push_it_asks(guarded: Desk) -> None:
    """A token the rules do not let by opens a pull request instead; nothing is forced."""
    release(guarded)
    assert sync(guarded, GITHUB_TOKEN="job-TEST-token") == "enabled"
    assert "rule violations" in guarded.words
    assert [pull.head for pull in guarded.github.open_pulls()] == [SYNC]


def test_a_conflict_is_told_and_left_open(guarded: Desk) -> None:
    """People are told what is wrong; the pull request stays, and what they push there is not overwritten."""
    guarded.land("feature/money", {"app/money.py": "ours"})
    push_hotfix(guarded, {"app/money.py": "theirs"})
    assert sync(guarded) == "conflict"
    assert "main does not merge back into staging" in guarded.words
    (pull,) = guarded.github.open_pulls()
    assert len(guarded.github.state.comments[pull.number]) == 1
    theirs, git = guarded.github.branch("staging"), guarded.github.state.git
    settled = git.add({**theirs.files, "app/money.py": "both"}, (pull.head_sha, theirs.sha), "Settle")
    guarded.github.state.set_branch(f"heads/{SYNC}", settled.sha, Actor("ada", {}))
    assert sync(guarded) == "enabled"
    assert guarded.github.branch(SYNC).sha == settled.sha
    guarded.github.check(SYNC, "light check")
    assert guarded.github.branch("staging").files["app/money.py"] == "both"


def test_a_conflict_with_what_waits_there_is_told_by_the_pull_request(guarded: Desk) -> None:
    """A later hotfix that contradicts what somebody settled leaves their work as it is."""
    guarded.land("feature/money", {"app/money.py": "ours"})
    push_hotfix(guarded, {"app/money.py": "theirs"})
    sync(guarded)
    guarded.github.commit(SYNC, "Settle", {"app/money.py": "both"})
    before = guarded.github.branch(SYNC).sha
    push_hotfix(guarded, {"app/money.py": "otherwise"})
    sync(guarded)
    assert guarded.github.branch(SYNC).sha == before


def test_a_push_in_between_is_not_overwritten(guarded: Desk) -> None:
    """Staging moved while the verb looked: it is not forced, a pull request does it."""
    release(guarded)
    guarded.github.faults.before_change = lambda what: _push_once(guarded, what)
    assert sync(guarded) == "enabled"
    assert "app/late.py" in guarded.github.branch("staging").files


def test_a_lost_answer_is_a_move(guarded: Desk) -> None:
    """The branch was moved and nobody was told: that is looked up, no pull request is opened."""
    commit = release(guarded)
    guarded.github.faults.lose_answers()
    assert sync(guarded) == "followed"
    assert guarded.github.branch("staging").sha == commit
    assert guarded.github.open_pulls() == []


def test_a_dry_run_moves_nothing(guarded: Desk) -> None:
    """It says what it would move."""
    release(guarded)
    guarded.github.calls.clear()
    assert guarded.run("sync-back", "--dry-run") == 0
    assert "would PATCH /git/refs/heads/staging" in guarded.words
    assert guarded.github.changes() == []


def _push_once(desk: Desk, what: str) -> None:
    if what.startswith("PATCH"):
        desk.github.commit("staging", "Late", {"app/late.py": "1"})

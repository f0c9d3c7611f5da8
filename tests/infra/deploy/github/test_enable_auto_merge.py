"""enable-auto-merge: what is green and free of conflicts reaches staging by itself."""

import pytest

from infra.deploy.auto_merge import CONFLICT_MARK
from tests.cloud.github import Actor
from tests.infra.deploy.github.conftest import Desk


def enable(desk: Desk, number: int) -> str:
    assert desk.run("enable-auto-merge", "--pull", str(number)) == 0
    return desk.outputs["result"]


def test_a_green_pull_request_merges_by_itself(guarded: Desk) -> None:
    """It is armed while checks run, and GitHub squashes it when they are green; staging has the files."""
    number = guarded.open_pull("feature/voice", {"app/voice.py": "1"}, "Listen")
    assert enable(guarded, number) == "enabled"
    assert guarded.github.pull(number).merged_at is None
    guarded.github.check("feature/voice", "light check")
    merged = guarded.github.branch("staging")
    assert (merged.message, len(merged.parents), merged.files["app/voice.py"]) == ("Listen (#1)", 1, "1")
    assert "heads/feature/voice" not in guarded.github.state.git.refs


def test_a_red_check_merges_nothing(guarded: Desk) -> None:
    """Armed is not merged."""
    number = guarded.open_pull("feature/voice")
    enable(guarded, number)
    guarded.github.check("feature/voice", "light check", conclusion="failure")
    assert guarded.github.pull(number).merged_at is None


def test_arming_twice_asks_once(guarded: Desk) -> None:
    """The verb runs at every push: what is armed stays as it is."""
    number = guarded.open_pull("feature/voice")
    enable(guarded, number)
    guarded.github.calls.clear()
    assert enable(guarded, number) == "enabled"
    assert guarded.github.changes() == []


def test_what_waits_for_nothing_is_merged_at_once(guarded: Desk) -> None:
    """GitHub refuses auto-merge to a pull request that is ready: then it is merged, twice no more."""
    number = guarded.open_pull("feature/voice")
    guarded.github.check("feature/voice", "light check")
    assert enable(guarded, number) == "merged"
    assert guarded.github.pull(number).merged_at is not None
    guarded.github.calls.clear()
    assert enable(guarded, number) == "merged"
    assert guarded.github.changes() == []


def test_a_check_nobody_requires_does_not_hold_it(guarded: Desk) -> None:
    """GitHub calls it unstable and refuses auto-merge, too: what is required has passed, so it is merged."""
    number = guarded.open_pull("feature/voice")
    guarded.github.check("feature/voice", "light check")
    guarded.github.check("feature/voice", "preview", conclusion=None)
    assert enable(guarded, number) == "merged"


def test_an_unprotected_branch_takes_nothing_unchecked(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Without rules GitHub would merge at once, before any check: the verb refuses and says what to run."""
    desk.github.state.settings["allow_auto_merge"] = True
    desk.github.state.rulesets[1] = {"enforcement": "active", "rules": [{"type": "deletion"}], **_everywhere()}
    number = desk.open_pull("feature/voice")
    assert desk.run("enable-auto-merge", "--pull", str(number)) == 1
    assert "light check: run  protect-branches" in capsys.readouterr().err
    assert desk.github.pull(number).merged_at is None


def test_a_conflict_is_told_once_with_the_way_out(guarded: Desk) -> None:
    """The author reads what to type; later pushes add no second comment; settled, it is armed."""
    number = guarded.open_pull("feature/one", {"app/same.py": "one"})
    guarded.land("feature/two", {"app/same.py": "two"})
    assert enable(guarded, number) == "conflict"
    assert enable(guarded, number) == "conflict"
    (comment,) = guarded.github.state.comments[number]
    assert CONFLICT_MARK in comment["body"]
    assert "git merge origin/staging" in comment["body"]
    theirs, git = guarded.github.branch("staging"), guarded.github.state.git
    ours = guarded.github.branch("feature/one")
    settled = git.add({**theirs.files, "app/same.py": "both"}, (ours.sha, theirs.sha), "Settle")
    guarded.github.state.set_branch("heads/feature/one", settled.sha, _person())
    assert enable(guarded, number) == "enabled"


def test_a_fork_is_left_to_people(guarded: Desk) -> None:
    """Code from outside never merges by itself, also when its repository is gone."""
    pull = guarded.github.open_from_fork()
    assert enable(guarded, pull.number) == "foreign"
    assert pull.auto_merge is None


def test_what_dependabot_proposes_is_left_to_people(guarded: Desk) -> None:
    """A new version of a library is somebody else's code, also when all open ones are looked after."""
    number = guarded.open_pull("dependabot/pip/httpx", base="staging")
    guarded.github.pull(number).author = "dependabot[bot]"
    assert enable(guarded, number) == "dependency"
    guarded.run("enable-auto-merge", "--all")
    assert guarded.github.pull(number).auto_merge is None


def test_production_is_left_to_people(guarded: Desk) -> None:
    """What goes to main is merged by a person."""
    guarded.github.commit("hotfix/money", "Count right", {"app/money.py": "1"}, base="main")
    guarded.run("open-pr", "--branch", "hotfix/money")
    assert enable(guarded, 1) == "other base"


def test_a_closed_one_stays_closed(guarded: Desk) -> None:
    """Nothing is done to it."""
    number = guarded.open_pull("feature/voice")
    guarded.github.close(number)
    assert enable(guarded, number) == "closed"


def test_it_waits_until_github_has_made_up_its_mind(guarded: Desk) -> None:
    """`mergeable` is null at first: neither a conflict nor none."""
    guarded.github.state.unjudged_reads = 3
    number = guarded.open_pull("feature/voice")
    assert enable(guarded, number) == "enabled"
    assert guarded.clock.slept_seconds == [3.0] * 3


def test_it_does_not_wait_for_ever(guarded: Desk) -> None:
    """A GitHub that never says ends the job, not the hour."""
    guarded.github.state.unjudged_reads = 1000
    number = guarded.open_pull("feature/voice")
    assert guarded.run("enable-auto-merge", "--pull", str(number)) == 1
    assert sum(guarded.clock.slept_seconds) <= 60


@pytest.mark.parametrize("is_green", [False, True])
def test_a_lost_answer_is_looked_after(guarded: Desk, *, is_green: bool) -> None:
    """Armed or merged although the answer was lost: the verb looks before it complains."""
    number = guarded.open_pull("feature/voice")
    if is_green:
        guarded.github.check("feature/voice", "light check")
    guarded.github.faults.lose_answers()
    enable(guarded, number)
    pull = guarded.github.pull(number)
    assert bool(pull.auto_merge) != is_green
    assert bool(pull.merged_at) == is_green


def test_a_lost_answer_to_a_merge_is_a_merge(guarded: Desk) -> None:
    """The merge itself was made and its answer lost."""
    number = guarded.open_pull("feature/voice")
    guarded.github.check("feature/voice", "light check")
    guarded.github.faults.before_change = lambda what: (
        guarded.github.faults.lose_answers() if what.endswith("/merge") else None
    )
    assert enable(guarded, number) == "merged"
    assert guarded.github.pull(number).merged_at is not None


def test_all_looks_after_every_open_one(guarded: Desk) -> None:
    """A merge to staging may put others in conflict: each is told, and one that fails stops none."""
    first = guarded.open_pull("feature/one", {"app/same.py": "one"})
    second = guarded.open_pull("feature/two", {"app/two.py": "2"})
    guarded.land("feature/three", {"app/same.py": "three"})
    assert guarded.run("enable-auto-merge", "--all") == 0
    assert len(guarded.github.state.comments[first]) == 1
    assert guarded.github.pull(second).auto_merge is not None


def test_a_token_that_may_not_is_told_so(guarded: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """The line names GitHub's reason and not the token."""
    number = guarded.open_pull("feature/voice")
    assert guarded.run("enable-auto-merge", "--pull", str(number), token="read-TEST-token") == 1
    said = capsys.readouterr().err
    assert "Resource not accessible by integration" in said
    assert "read-TEST-token" not in said


def _everywhere() -> dict[str, object]:
    return {"conditions": {"ref_name": {"include": ["refs/heads/*"], "exclude": []}}, "bypass_actors": []}


def _person() -> Actor:
    return Actor("ada", {})

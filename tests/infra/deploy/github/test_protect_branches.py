"""protect-branches: GitHub insists on what the table says."""

import pytest

from infra.deploy.branches import BRANCHES, ENVIRONMENTS, find_branch
from tests.cloud.github import DELIVERY_APP_ID
from tests.cloud.github.errors import Refusal
from tests.cloud.github.state import ACTORS
from tests.infra.deploy.github.conftest import PROTECT, Desk


def protect(desk: Desk, *more: str) -> int:
    return desk.run(*PROTECT, *more)


def rules_of(desk: Desk, branch: str) -> dict[str, dict[str, object]]:
    return desk.github.state.rules_for(f"refs/heads/{branch}")


def test_a_bare_repository_becomes_as_the_table_says(desk: Desk) -> None:
    """Checks, approvals, merge methods and strictness of every protected branch are the table's."""
    assert protect(desk) == 0
    for branch in BRANCHES:
        rules = rules_of(desk, branch.name)
        assert {"deletion", "non_fast_forward"} <= set(rules)
        review, checks = rules["pull_request"], rules["required_status_checks"]
        assert review["required_approving_review_count"] == branch.approvals
        assert review["allowed_merge_methods"] == list(branch.merge_methods)
        assert checks["strict_required_status_checks_policy"] is branch.is_strict
        assert [each["context"] for each in checks["required_status_checks"]] == list(branch.checks)  # type: ignore[attr-defined]
    assert desk.github.state.settings["allow_auto_merge"] is True
    assert desk.github.state.job_permissions["default_workflow_permissions"] == "read"


def test_the_table_is_lenient_with_staging_and_strict_with_main() -> None:
    """Staging needs no person; production needs two, and the newest main in what is merged."""
    staging, main = find_branch("staging"), find_branch("main")
    assert (staging.approvals, main.approvals) == (0, 2)
    assert set(staging.checks) < set(main.checks)
    assert main.is_strict
    assert main.merge_methods == ("merge",)
    assert not main.lets_app_push


def test_only_the_app_moves_staging_and_nobody_moves_main(guarded: Desk) -> None:
    """A push past a pull request is turned away; the App may move staging, forward only."""
    state = guarded.github.state
    git, app, job = state.git, ACTORS["app-TEST-token"], ACTORS["job-TEST-token"]
    tip = guarded.github.branch("main")
    ahead = git.add({**tip.files, "a.py": "1"}, (tip.sha,), "Ahead")
    for ref, actor in (("heads/staging", job), ("heads/main", job), ("heads/main", app)):
        with pytest.raises(Refusal, match="rule violations"):
            state.move(ref, ahead.sha, actor)
    state.move("heads/staging", ahead.sha, app)
    with pytest.raises(Refusal, match="not a fast forward"):
        state.move("heads/staging", tip.sha, app)


def test_environments_say_who_may_deploy(guarded: Desk) -> None:
    """Production takes main only, and rights in it a person's word; nobody else's branch gets near."""
    environments, policies = guarded.github.state.environments, guarded.github.state.policies
    assert set(environments) == {environment.name for environment in ENVIRONMENTS}
    assert environments["production-infrastructure"]["reviewers"] == [{"type": "User", "id": 1002}]
    assert environments["staging-infrastructure"]["reviewers"] == []
    allowed = {name: {each["name"] for each in found.values()} for name, found in policies.items()}
    assert allowed["production"] == allowed["production-infrastructure"] == {"main"}
    assert "**/*" in allowed["dev"]
    assert not any("feature" in each for name, found in allowed.items() for each in found if name != "dev")


def test_a_second_run_changes_nothing(guarded: Desk) -> None:
    """What is as it should be is left alone, also when GitHub gives two entries a page."""
    guarded.github.page_size_max = 2
    assert protect(guarded, "--fail-on-drift") == 0
    assert guarded.github.changes() == []
    assert guarded.outputs == {"drift": "0"}


def test_drift_is_shown_and_repaired(guarded: Desk) -> None:
    """Whatever somebody changed by hand is named, found by exit code in a dry run, and put right by a real one."""
    state = guarded.github.state
    staging, main = (next(r for r in state.rulesets.values() if r["name"] == name) for name in ("staging", "main"))
    main["enforcement"] = "disabled"
    staging["rules"] = [rule for rule in staging["rules"] if rule["type"] != "deletion"]
    staging["bypass_actors"].append({"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"})
    state.settings["allow_rebase_merge"] = True
    state.environments["production-infrastructure"]["reviewers"] = []
    state.policies["production"][9] = {"id": 9, "name": "feature/*", "type": "branch"}
    state.policies["staging"].clear()
    assert protect(guarded, "--dry-run", "--fail-on-drift") == 1
    for words in (
        "ruleset main: enforcement is 'disabled', not 'active'",
        "ruleset staging: bypass_actors is 4242, 5, not 4242; rules is non_fast_forward",
        "settings: allow_rebase_merge is True, not False",
        "environment production-infrastructure: reviewers is empty, not 1002",
        "environment production: feature/* may deploy",
        "environment staging: main may not deploy",
    ):
        assert words in guarded.words
    assert guarded.github.changes() == []
    assert guarded.outputs == {"drift": "7"}
    assert protect(guarded) == 0
    assert protect(guarded, "--fail-on-drift") == 0


def test_a_loosened_check_is_drift(guarded: Desk) -> None:
    """A required check that anybody's app may now fulfil is noticed."""
    ruleset = next(each for each in guarded.github.state.rulesets.values() if each["name"] == "main")
    checks = next(rule for rule in ruleset["rules"] if rule["type"] == "required_status_checks")
    checks["parameters"]["required_status_checks"][0]["integration_id"] = None
    assert protect(guarded, "--dry-run", "--fail-on-drift") == 1
    assert "integration_id is None, not 15368" in guarded.words


def test_release_tags_cannot_move(guarded: Desk) -> None:
    """Not even the App moves a version to another commit."""
    app, git = ACTORS["app-TEST-token"], guarded.github.state.git
    first = guarded.github.branch("main")
    second = git.add(first.files, (first.sha,), "Next")
    git.refs["tags/v2026.1.2.1"] = first.sha
    with pytest.raises(Refusal, match="rule violations"):
        guarded.github.state.move("tags/v2026.1.2.1", second.sha, app, force=True)


def test_production_without_anybody_is_refused(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """No reviewer, no protection: nothing at all is set before somebody is named."""
    args = ("protect-branches", "--app-id", str(DELIVERY_APP_ID))
    assert desk.run(*args) == 1
    assert "--reviewers" in capsys.readouterr().err
    assert desk.github.changes() == []
    assert desk.run(*args, PRODUCTION_REVIEWERS="ada, acme/keepers") == 0
    reviewers = desk.github.state.environments["production-infrastructure"]["reviewers"]
    assert reviewers == [{"type": "User", "id": 1001}, {"type": "Team", "id": 2001}]


def test_an_unknown_reviewer_is_refused(desk: Desk) -> None:
    """A misspelled login is no reviewer."""
    assert desk.run(*PROTECT[:-1], "nobody") == 1
    assert desk.github.changes() == []


def test_a_token_that_may_not_is_told_so(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """The App of every day does not administrate."""
    assert desk.run(*PROTECT, token="app-TEST-token") == 1
    assert "Resource not accessible by integration" in capsys.readouterr().err


@pytest.mark.parametrize("lost", [1, 3, 9])
def test_a_lost_answer_is_mended_by_the_next_run(desk: Desk, lost: int) -> None:
    """Every change can be made again; a ruleset is not made twice."""
    seen: list[str] = []

    def lose(what: str) -> None:
        seen.append(what)
        if len(seen) == lost:
            desk.github.faults.lose_answers()

    desk.github.faults.before_change = lose
    assert protect(desk) == 1
    assert protect(desk) == 0
    names = [ruleset["name"] for ruleset in desk.github.state.rulesets.values()]
    assert sorted(names) == ["main", "new release tags", "release tags", "staging"]

"""Which workflow may report what: by its file, its branch and its environment, under GitHub's signature."""

from dataclasses import replace
from pathlib import Path

import pytest

from shared.releases.actor import ActorKind
from shared.releases.workflow import WORKFLOWS, Claims, identify_workflow

ROOT = Path(__file__).parents[3]
REPOSITORY = "team/bot"


def make_claims(file: str, ref: str, environment: str) -> Claims:
    path = f"{REPOSITORY}/.github/workflows/{file}@{ref}"
    return Claims(REPOSITORY, ref, path, "71", "hand", "900", "token-1", environment)


GOOD = make_claims("deploy-production.yml", "refs/heads/main", "production")


@pytest.mark.parametrize(
    ("file", "ref", "environment", "kind"),
    [
        ("build-release.yml", "refs/heads/staging", "staging", ActorKind.BUILD),
        ("build-release.yml", "refs/heads/main", "staging", ActorKind.BUILD),
        ("deploy-staging.yml", "refs/tags/v1.2.3", "staging", ActorKind.BUILD),
        ("deploy-production.yml", "refs/heads/main", "production", ActorKind.DEPLOY),
        ("rollback.yml", "refs/heads/main", "production", ActorKind.ROLLBACK),
        ("post-deploy-monitor.yml", "refs/heads/main", "production", ActorKind.MONITOR),
    ],
)
def test_our_workflows(file: str, ref: str, environment: str, kind: ActorKind) -> None:
    """Each file is one kind of actor; who began and in which run is in the token."""
    caller = identify_workflow(make_claims(file, ref, environment))
    assert caller.actor is not None
    actor = caller.actor
    assert (actor.kind, actor.id, actor.name, actor.github_id, caller.token_id) == (kind, "71", "hand", 900, "token-1")


@pytest.mark.parametrize(
    "claims",
    [
        make_claims("ci.yml", "refs/heads/main", "production"),
        make_claims("deploy-production.yml", "refs/heads/staging", "production"),
        make_claims("deploy-production.yml", "refs/tags/v1.0.0", "production"),
        make_claims("deploy-production.yml", "refs/heads/main", "staging"),
        make_claims("deploy-production.yml", "refs/heads/main", ""),
        make_claims("deploy-production.yml", "refs/pull/7/merge", "production"),
        make_claims("build-release.yml", "refs/heads/feature/x", "staging"),
        make_claims("build-release.yml", "refs/heads/staging2", "staging"),
        make_claims("build-release.yml", "refs/tags/latest", "staging"),
        make_claims("rollback.yml", "refs/heads/main", "staging"),
        make_claims("sub/../rollback.yml", "refs/heads/main", "production"),
        replace(GOOD, ref="refs/heads/feature/x"),
        replace(GOOD, job_workflow_ref=GOOD.job_workflow_ref.replace(REPOSITORY, "other/bot")),
        replace(GOOD, job_workflow_ref="deploy-production.yml"),
        replace(GOOD, actor_id="0"),
        replace(GOOD, actor_id="9" * 40),
        replace(GOOD, actor_id="²"),
        replace(GOOD, run_id=""),
        replace(GOOD, jti=""),
    ],
    ids=lambda claims: f"{claims.job_workflow_ref.rpartition('/')[2]}-{claims.environment}",
)
def test_nobody_else(claims: Claims) -> None:
    """Another file, branch, environment or repository, and claims that are none, are a stranger's."""
    good, caller = identify_workflow(GOOD), identify_workflow(claims)
    assert good.actor is not None
    assert caller.actor is not None
    assert (good.actor.kind, caller.actor.kind) == (ActorKind.DEPLOY, ActorKind.STRANGER)
    assert caller.actor.github_id == 0


@pytest.mark.parametrize("name", WORKFLOWS)
def test_the_files_are_there(name: str) -> None:
    """A workflow that is renamed is renamed here too, else it could report nothing."""
    text = (ROOT / ".github/workflows" / name).read_text("utf-8")
    assert "environment:" in text

"""Which workflow of ours a verified token of GitHub speaks for. Pure.

The claims: https://docs.github.com/en/actions/reference/security/oidc
"""

import re
from dataclasses import dataclass
from typing import Protocol

from shared.releases.actor import Account, Actor, ActorKind
from shared.releases.attempt import NAMES_MAX
from shared.releases.release_ports import Caller

_PLACE = "/.github/workflows/"
_NUMBER = re.compile(r"[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Claims:
    """What GitHub says of a job, under its signature. Everything is text, numbers too."""

    repository: str
    """Owner and name."""
    ref: str
    """What the run was started for: `refs/heads/main`."""
    job_workflow_ref: str
    """The file that has the job, `owner/name/.github/workflows/file.yml@ref`; the run may have begun in another."""
    run_id: str
    actor: str
    actor_id: str
    """Who started the run."""
    jti: str
    """Of this token alone."""
    environment: str = ""


class TokenReader(Protocol):
    """Verifies the tokens of GitHub's workflows."""

    async def read(self, authorization_header: str | None) -> Claims:
        """The claims of a token of our repository.

        Raises UnauthenticatedError without a valid token, ForbiddenError for another repository's, UnavailableError
        without GitHub's keys.
        """
        ...


@dataclass(frozen=True, slots=True)
class Workflow:
    """What one file of ours may report."""

    kind: ActorKind
    refs: tuple[str, ...]
    """The branches that it runs on, and the beginnings of tags."""
    environment: str
    """GitHub lets only the branches of its own list into it."""


_BUILT = ("refs/heads/staging", "refs/heads/main", "refs/tags/v")
_MAIN = ("refs/heads/main",)
WORKFLOWS = {
    "build-release.yml": Workflow(ActorKind.BUILD, _BUILT, "staging"),
    "deploy-staging.yml": Workflow(ActorKind.BUILD, _BUILT, "staging"),
    "deploy-production.yml": Workflow(ActorKind.DEPLOY, _MAIN, "production"),
    "rollback.yml": Workflow(ActorKind.ROLLBACK, _MAIN, "production"),
    "post-deploy-monitor.yml": Workflow(ActorKind.MONITOR, _MAIN, "production"),
    "nightly.yml": Workflow(ActorKind.MONITOR, _MAIN, "production"),  # it only reads, to compare
}
"""All others may report nothing."""
JOINING = "join-release-bot.yml"
"""Says which account has started it, and reports nothing."""


def identify_workflow(claims: Claims) -> Caller:
    """Who calls. A stranger: none of our workflows, or one that runs on another branch or in another environment.

    Both refs count: a branch of anybody may call a workflow of the main branch.
    """
    kind = _find_kind(claims)
    account = int(claims.actor_id) if _NUMBER.fullmatch(claims.actor_id) else 0
    if kind is None or not (account and _NUMBER.fullmatch(claims.run_id) and claims.jti):
        return Caller(Actor(ActorKind.STRANGER, claims.run_id[:NAMES_MAX], claims.actor))
    return Caller(Actor(kind, claims.run_id, claims.actor, github_id=account), token_id=claims.jti)


def find_joining(claims: Claims) -> Account | None:
    """The account that has started the workflow that joins it to a member; None: it is another workflow."""
    is_joining = _find_file(claims) == JOINING and claims.environment == "" and claims.ref in _MAIN
    is_account = _NUMBER.fullmatch(claims.actor_id) is not None
    ref = claims.job_workflow_ref.partition("@")[2]
    return Account(int(claims.actor_id), claims.actor) if is_joining and is_account and ref in _MAIN else None


def _find_kind(claims: Claims) -> ActorKind | None:
    workflow = WORKFLOWS.get(_find_file(claims))
    if workflow is None or claims.environment != workflow.environment:
        return None
    file_ref = claims.job_workflow_ref.partition("@")[2]
    is_ours = all(_is_allowed(ref, workflow) for ref in (file_ref, claims.ref))
    return workflow.kind if is_ours else None


def _find_file(claims: Claims) -> str:
    """The name of our workflow's file; empty for another repository's."""
    repository, _, name = claims.job_workflow_ref.partition("@")[0].partition(_PLACE)
    return name if repository == claims.repository else ""


def _is_allowed(ref: str, workflow: Workflow) -> bool:
    tags = tuple(each for each in workflow.refs if each.startswith("refs/tags/"))
    return ref in workflow.refs or (bool(tags) and ref.startswith(tags))

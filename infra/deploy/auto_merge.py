"""Enabling GitHub's auto-merge for a pull request."""

from typing import Any

from infra.deploy.branches import choose_merge_method, find_branch, is_owned
from infra.deploy.context import Context
from infra.deploy.errors import DeployError, RefusedError, UnreachableError
from infra.deploy.github import GitHub
from infra.deploy.pulls import comment_once

Json = dict[str, Any]
JUDGED_TRIES = 10
JUDGED_SECONDS = 3.0
"""The pause while GitHub computes whether a pull request merges cleanly: `mergeable` is null meanwhile."""
DEPENDABOT = "dependabot[bot]"
"""Its pull requests contain new code of third parties, so people review them."""
CONFLICT_MARK = "<!-- nanobanana: conflict -->"
CONFLICT_TEXT = """\
This branch conflicts with `{base}`, so it cannot merge by itself. In a checkout of this repository:

```
git fetch origin
git switch {head}
git merge origin/{base}
# settle the conflicts, then
git commit
git push
```

After that push it merges by itself when the checks are green.
"""
MUTATION = """\
mutation ($pull: ID!, $method: PullRequestMergeMethod!, $head: GitObjectID!) {
  enablePullRequestAutoMerge(input: {pullRequestId: $pull, mergeMethod: $method, expectedHeadOid: $head}) {
    pullRequest { number }
  }
}
"""
DISARM = """\
mutation ($pull: ID!) {
  disablePullRequestAutoMerge(input: {pullRequestId: $pull}) {
    pullRequest { number }
  }
}
"""
OWNED_MARK = "<!-- nanobanana: owned -->"
OWNED_TEXT = """\
This changes what builds, checks and deploys ({paths}), so it does not merge by itself: a code owner has to approve
it, and then a person merges it.
"""
PATHS_SHOWN_MAX = 5
FILES_MAX = 3000
"""GitHub lists no more files of a pull request."""
PASSED = {"success", "neutral", "skipped"}
"""Conclusions of a check with which GitHub allows the merge."""
WAITS_FOR_NOTHING = ("clean status", "unstable status", "has_hooks status")
"""GitHub's errors if auto-merge is refused because nothing is left to wait for; they name the current status."""


def enable_auto_merge(github: GitHub, context: Context, number: int) -> str:
    """Enable GitHub's auto-merge for a pull request, or merge it if nothing is left to wait for.

    Returns `enabled`, `merged`, or the reason against it: `closed`, `draft`, `foreign` (from a fork), `dependency`
    (Dependabot's), `other base`, `conflict`, `owned` (people merge what builds and deploys).
    Idempotent. Raises DeployError.
    """
    pull = wait_until_judged(github, context, number)
    reason = find_reason_against(github, pull)
    if reason:
        return reason
    if pull["mergeable"] is False:
        tell_conflict(github, pull)
        return "conflict"
    if owned := list_owned(github, number):
        leave_to_people(github, pull, owned)
        return "owned"
    if pull["auto_merge"]:
        return "enabled"
    try:
        arm(github, pull)
    except DeployError as error:
        if not any(status in str(error) for status in WAITS_FOR_NOTHING):
            raise
        merge_now(github, pull)
        return "merged"
    return "enabled"


def wait_until_judged(github: GitHub, context: Context, number: int) -> Json:
    """The pull request, once GitHub knows whether it merges. Raises UnreachableError if it never does."""
    for _ in range(JUDGED_TRIES):
        pull: Json = github.get(f"/pulls/{number}")
        if pull["mergeable"] is not None or pull["state"] != "open":
            return pull
        context.clock.sleep(JUDGED_SECONDS)
    raise UnreachableError(f"GitHub does not say whether pull request {number} merges cleanly")


def find_reason_against(github: GitHub, pull: Json) -> str:
    """The reason not to merge this pull request; empty if there is none."""
    if pull["state"] != "open":
        return "merged" if pull["merged"] else "closed"
    if pull["draft"]:
        return "draft"
    # The head repository is null when the fork was deleted.
    if (pull["head"]["repo"] or {}).get("full_name") != github.repository:
        return "foreign"
    if pull["user"]["login"] == DEPENDABOT:
        return "dependency"
    return "" if merges_without_people(pull["base"]["ref"]) else "other base"


def merges_without_people(base: str) -> bool:
    """Whether merges into this branch need no approval."""
    try:
        return find_branch(base).approvals == 0
    except RefusedError:
        return False


def list_owned(github: GitHub, number: int) -> list[str]:
    """The changed files that only people may merge, also under their earlier names; all, where GitHub lists not all."""
    files = list(github.pages(f"/pulls/{number}/files"))
    names = [str(name) for each in files for name in (each["filename"], each.get("previous_filename")) if name]
    return names if len(files) >= FILES_MAX else [name for name in names if is_owned(name)]


def leave_to_people(github: GitHub, pull: Json, owned: list[str]) -> None:
    """Take auto-merge back, which an earlier push may have had, and say once why."""
    if pull["auto_merge"]:
        github.mutate(DISARM, pull=pull["node_id"])
    paths = ", ".join(f"`{path}`" for path in owned[:PATHS_SHOWN_MAX])
    comment_once(github, pull["number"], OWNED_MARK, OWNED_TEXT.format(paths=paths))


def tell_conflict(github: GitHub, pull: Json) -> None:
    """Comment once how to resolve the conflict."""
    text = CONFLICT_TEXT.format(base=pull["base"]["ref"], head=pull["head"]["ref"])
    comment_once(github, pull["number"], CONFLICT_MARK, text)


def arm(github: GitHub, pull: Json) -> None:
    """Enable auto-merge for exactly the examined commit; retried if the response was lost."""
    method = choose_merge_method(pull["base"]["ref"], pull["head"]["ref"]).upper()
    asked = {"pull": pull["node_id"], "method": method, "head": pull["head"]["sha"]}
    try:
        github.mutate(MUTATION, **asked)
    except UnreachableError:
        if not is_settled(github, pull["number"]):
            github.mutate(MUTATION, **asked)


def merge_now(github: GitHub, pull: Json) -> None:
    """Merge a pull request that has nothing left to wait for.

    Raises RefusedError if its checks have not passed: on an unprotected branch GitHub waits for none.
    """
    number, sha = pull["number"], pull["head"]["sha"]
    missing = find_missing_checks(github, pull["base"]["ref"], sha)
    if missing:
        raise RefusedError(
            f"pull request {number} could be merged without {', '.join(missing)}: run  protect-branches  first"
        )
    method = choose_merge_method(pull["base"]["ref"], pull["head"]["ref"])
    try:
        github.change("PUT", f"/pulls/{number}/merge", {"sha": sha, "merge_method": method})
    except DeployError:
        if not is_settled(github, number):
            raise


def find_missing_checks(github: GitHub, base: str, commit: str) -> list[str]:
    """The required checks of `base` that have not passed on this commit."""
    runs = github.pages(f"/commits/{commit}/check-runs", key="check_runs", filter="latest")
    passed = {run["name"] for run in runs if run["conclusion"] in PASSED}
    return [name for name in find_branch(base).checks if name not in passed]


def is_settled(github: GitHub, number: int) -> bool:
    """Whether the pull request is merged or has auto-merge enabled; used after a lost response."""
    pull = github.get(f"/pulls/{number}")
    return bool(pull["merged"] or pull["auto_merge"])

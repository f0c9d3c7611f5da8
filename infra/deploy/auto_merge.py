"""Let GitHub merge a pull request by itself as soon as it may."""

from typing import Any

from infra.deploy.branches import choose_merge_method, find_branch
from infra.deploy.context import Context
from infra.deploy.errors import DeployError, RefusedError, UnreachableError
from infra.deploy.github import GitHub
from infra.deploy.pulls import comment_once

Json = dict[str, Any]
JUDGED_TRIES = 10
JUDGED_SECONDS = 3.0
"""GitHub works out in the background whether a pull request merges cleanly: `mergeable` is null meanwhile."""
DEPENDABOT = "dependabot[bot]"
"""What it proposes is somebody else's new code: people look at it."""
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
PASSED = {"success", "neutral", "skipped"}
"""Conclusions of a check with which GitHub lets a pull request merge."""
WAITS_FOR_NOTHING = ("clean status", "unstable status", "has_hooks status")
"""GitHub arms no auto-merge where nothing is left to wait for: it says the status it is in."""


def enable_auto_merge(github: GitHub, context: Context, number: int) -> str:
    """Arm the native auto-merge of a pull request, or merge it where nothing is left to wait for.

    Returns `enabled`, `merged`, or why not: `closed`, `draft`, `foreign` (from a fork), `dependency`
    (Dependabot's), `other base`, `conflict`.
    Safe to repeat. Raises DeployError.
    """
    pull = wait_until_judged(github, context, number)
    reason = find_reason_against(github, pull)
    if reason:
        return reason
    if pull["mergeable"] is False:
        tell_conflict(github, pull)
        return "conflict"
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
    """Why this pull request is left alone; empty when it is one of ours."""
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
    """Whether what goes to this branch needs nobody's approval."""
    try:
        return find_branch(base).approvals == 0
    except RefusedError:
        return False


def tell_conflict(github: GitHub, pull: Json) -> None:
    """Say once, in the pull request, how to settle the conflict."""
    text = CONFLICT_TEXT.format(base=pull["base"]["ref"], head=pull["head"]["ref"])
    comment_once(github, pull["number"], CONFLICT_MARK, text)


def arm(github: GitHub, pull: Json) -> None:
    """Switch the auto-merge on for exactly the commit that was looked at; asked again if the answer was lost."""
    method = choose_merge_method(pull["base"]["ref"], pull["head"]["ref"]).upper()
    asked = {"pull": pull["node_id"], "method": method, "head": pull["head"]["sha"]}
    try:
        github.mutate(MUTATION, **asked)
    except UnreachableError:
        if not is_settled(github, pull["number"]):
            github.mutate(MUTATION, **asked)


def merge_now(github: GitHub, pull: Json) -> None:
    """Merge what has nothing left to wait for.

    Raises RefusedError where the checks are not there: on an unprotected branch GitHub waits for none.
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
    """Names of the checks `base` asks for that have not passed on this commit."""
    runs = github.pages(f"/commits/{commit}/check-runs", key="check_runs", filter="latest")
    passed = {run["name"] for run in runs if run["conclusion"] in PASSED}
    return [name for name in find_branch(base).checks if name not in passed]


def is_settled(github: GitHub, number: int) -> bool:
    """Whether the pull request is merged or will be by itself: asked after an answer that was lost."""
    pull = github.get(f"/pulls/{number}")
    return bool(pull["merged"] or pull["auto_merge"])

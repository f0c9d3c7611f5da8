"""sync-back: merge main back into staging, so that they do not diverge."""

import argparse

from infra.deploy.auto_merge import enable_auto_merge
from infra.deploy.branches import MAIN, STAGING, SYNC
from infra.deploy.context import Context
from infra.deploy.errors import ConflictError, DeployError
from infra.deploy.github import GitHub, find_or_make
from infra.deploy.outputs import write_outputs
from infra.deploy.pulls import Draft, Json, compare, find_head, open_pull
from infra.deploy.telegram_notice import Notice, send_notice

HELP = "Let staging follow main; where it has moved on, open a pull request that merges by itself."
TITLE = "Bring main back to staging"
BODY = "`main` has commits that `staging` has not. It is merged, never squashed: only so the branches stay related."

TELLING = {
    "conflict": "Staging and main changed the same lines. Releases wait until somebody settles it.",
    "owned": "It changes what builds and deploys. Releases wait until a code owner approves it and somebody merges it.",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(args: argparse.Namespace, context: Context) -> int:
    """Writes the outputs `result` (nothing, followed, enabled, merged, owned, conflict) and `url` of a pull request."""
    with GitHub(context) as github:
        status = compare(github, STAGING, MAIN)["status"]
        if status in {"identical", "behind"}:
            return report(context, "nothing")
        if status == "ahead" and follow(github, context):
            return report(context, "followed")
        pull = request_merge(github)
        if pull is None:
            return 0
        result = enable_auto_merge(github, context, pull["number"])
        if result in TELLING:
            tell(context, pull, result)
    return report(context, result, pull["html_url"])


def report(context: Context, result: str, url: str = "") -> int:
    context.say(f"{MAIN} → {STAGING}: {result} {url}".strip())
    write_outputs(context, result=result, url=url)
    return 0


def follow(github: GitHub, context: Context) -> bool:
    """Fast-forward `staging` to `main`; returns False if GitHub refuses or a push came in between."""
    target = find_head(github, MAIN)
    try:
        github.change("PATCH", f"/git/refs/heads/{STAGING}", {"sha": target, "force": False})
    except DeployError as error:
        if find_head(github, STAGING) == target:
            return True
        context.say(f"{STAGING} does not simply follow: {error}")
        return False
    return True


def request_merge(github: GitHub) -> Json | None:
    """The pull request of a branch that contains `main`; None under `--dry-run`."""
    target = str(find_head(github, MAIN))
    body = {"ref": f"refs/heads/{SYNC}", "sha": target}
    made = find_or_make(
        lambda: find_head(github, SYNC),
        lambda: github.change("POST", "/git/refs", body) and target,
    )
    if made is not None and compare(github, SYNC, MAIN)["ahead_by"]:
        refresh(github)
    return open_pull(github, Draft(SYNC, STAGING, TITLE, BODY))


def refresh(github: GitHub) -> None:
    """Merge new commits of `main` into the branch, keeping the commits of a person who resolves conflicts there."""
    words = f"Merge {MAIN} into {SYNC}"
    try:
        github.change("POST", "/merges", {"base": SYNC, "head": MAIN, "commit_message": words})
    except ConflictError:
        return  # it conflicts with that person's commits, which the pull request shows


def tell(context: Context, pull: Json, result: str) -> None:
    send_notice(
        context,
        Notice(
            "main does not merge back into staging",
            result,
            details=(TELLING[result],),
            links={"Pull request": pull["html_url"]},
        ),
    )

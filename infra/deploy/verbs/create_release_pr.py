"""create-release-pr: open a pull request to release staging's version to production."""

import argparse

from infra.deploy.branches import MAIN, STAGING
from infra.deploy.context import Context
from infra.deploy.digests import read_digest
from infra.deploy.errors import RefusedError
from infra.deploy.github import GitHub
from infra.deploy.notes import collect_changes, write_notes
from infra.deploy.outputs import write_outputs
from infra.deploy.pulls import Draft, Json, compare, find_head, find_open_pull, open_pull, read_tree
from infra.deploy.versions import list_releases, list_taken, next_version, read_version, write_title

HELP = "Open or update the pull request from staging to main for the image that staging runs."
BODY = """\
{notes}

---
| | |
|---|---|
| version | `{version}` |
| image | `{digest}` |
| tree | `{tree}` |

This very image runs on staging. Merging sends it to production, which refuses it unless the merged tree is this one.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--digest", required=True, type=read_digest, help="the image staging runs, sha256:…")
    parser.add_argument("--tree", help="the tree it was built from; refused unless it is that of staging now")


def run(args: argparse.Namespace, context: Context) -> int:
    """Writes the outputs `number`, `url` and `version`."""
    with GitHub(context) as github:
        tree = require_releasable(github, args.tree)
        releases = list_releases(github)
        changes = collect_changes(github, next(iter(releases), MAIN), STAGING)
        pull = find_open_pull(github, STAGING, MAIN)
        version = choose_version(pull, list_taken(github, releases), context)
        body = BODY.format(
            notes=write_notes(changes) or "No listed change.", version=version, digest=args.digest, tree=tree
        )
        pull = open_or_update(github, pull, Draft(STAGING, MAIN, write_title(version), body))
    if pull is not None:
        context.say(f"{version}: {len(changes)} changes, {pull['html_url']}")
        write_outputs(context, number=pull["number"], url=pull["html_url"], version=version)
    return 0


def require_releasable(github: GitHub, tested_tree: str | None) -> str:
    """The tree that would be released. Raises RefusedError if it is not the tested one."""
    apart = compare(github, MAIN, STAGING)
    if apart["ahead_by"] == 0:
        raise RefusedError(f"nothing to release: {MAIN} has all that {STAGING} has")
    if apart["behind_by"]:
        raise RefusedError(f"{MAIN} has {apart['behind_by']} commits that {STAGING} has not: run  sync-back  first")
    head = find_head(github, STAGING)
    tree = read_tree(github, str(head))
    if tree == read_tree(github, str(find_head(github, MAIN))):
        raise RefusedError(f"nothing to release: {STAGING} and {MAIN} hold the same files")
    if tested_tree and tested_tree != tree:
        raise RefusedError(f"{STAGING} has moved on to tree {tree}, the image is of {tested_tree}: deploy it first")
    return tree


def choose_version(pull: Json | None, taken: list[str], context: Context) -> str:
    """The version of the open pull request, or else the next one."""
    named = read_version(pull["title"]) if pull else None
    if named and named not in taken:
        return named
    return next_version(taken, context.clock.now().date())


def open_or_update(github: GitHub, pull: Json | None, draft: Draft) -> Json | None:
    """Open the release pull request, or update its title and body."""
    pull = pull or open_pull(github, draft)
    wanted = {"title": draft.title, "body": draft.body}
    # GitHub returns a body with its own line ends.
    if pull is None or (pull["title"], (pull["body"] or "").replace("\r\n", "\n")) == (draft.title, draft.body):
        return pull
    updated: Json | None = github.change("PATCH", f"/pulls/{pull['number']}", wanted)
    return updated or pull

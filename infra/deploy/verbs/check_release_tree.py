"""check-release-tree: only files that were tested on staging may go to production."""

import argparse

from infra.deploy.branches import MAIN, STAGING, WORK_PREFIXES
from infra.deploy.context import Context
from infra.deploy.digests import read_digest
from infra.deploy.errors import RefusedError
from infra.deploy.github import GitHub
from infra.deploy.outputs import write_outputs
from infra.deploy.pulls import Json, compare, find_head, read_tree
from infra.deploy.versions import find_merged_pull, find_version, is_own, is_release

HELP = "Refuse an image unless it was built from the tree of the merged commit; print its digest and version."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--commit", help="the commit of main to release; default: GITHUB_SHA")
    parser.add_argument("--tree", required=True, help="the tree the image was built from, as check-origin proves it")
    parser.add_argument("--digest", required=True, type=read_digest, help="the image, sha256:…")
    parser.add_argument("--built", default="", help="`true`: the image was built after the merge, staging had none")


def run(args: argparse.Namespace, context: Context) -> int:
    """Writes the outputs `digest`, `tree` and `version`."""
    commit = args.commit or context.require("GITHUB_SHA")
    with GitHub(context) as github:
        tree = read_tree(github, commit)
        if tree != args.tree.strip():
            raise RefusedError(f"commit {commit[:10]} has tree {tree}, the image was built from {args.tree}")
        # By its commit: a tag may have the branch's name.
        if compare(github, str(find_head(github, MAIN)), commit)["ahead_by"]:
            raise RefusedError(f"commit {commit[:10]} is not on {MAIN}")
        refuse_stranger(find_merged_pull(github, commit), is_new=args.built == "true")
        version = find_version(github, context, commit)
    context.say(f"{version}: tree {tree} is what was tested as {args.digest}")
    write_outputs(context, digest=args.digest, tree=tree, version=version)
    return 0


def refuse_stranger(pull: Json | None, *, is_new: bool) -> None:
    """Raise RefusedError for a merge that is neither a tested release nor a hotfix.

    A hotfix has no image before it is merged; its first image is deployed to staging before production.
    """
    if pull is None:
        raise RefusedError(f"no pull request brought this commit to {MAIN}")
    head = pull["head"]["ref"]
    if not is_own(pull):
        raise RefusedError(f"{head} is a branch of another repository: somebody here has to push it")
    if not is_release(pull) and WORK_PREFIXES.get(head.partition("/")[0] + "/") != MAIN:
        raise RefusedError(f"{head} is neither {STAGING} nor a hotfix: it goes to {STAGING} first")
    if is_release(pull) and is_new:
        raise RefusedError(f"the merged tree is not one that {STAGING} had tested: its image was built only now")

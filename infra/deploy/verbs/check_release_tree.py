"""check-release-tree: only the very files that were tested on staging go to production."""

import argparse

from infra.deploy.branches import MAIN
from infra.deploy.context import Context
from infra.deploy.digests import read_digest
from infra.deploy.errors import RefusedError
from infra.deploy.github import GitHub
from infra.deploy.outputs import write_outputs
from infra.deploy.pulls import compare, read_tree
from infra.deploy.versions import find_version

HELP = "Refuse an image unless it was built from the tree of the merged commit; print its digest and version."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--commit", help="the commit of main to release; default: GITHUB_SHA")
    parser.add_argument("--tree", required=True, help="the tree the image was built from: its label")
    parser.add_argument("--digest", required=True, type=read_digest, help="the image, sha256:…")


def run(args: argparse.Namespace, context: Context) -> int:
    """Writes the outputs `digest`, `tree` and `version`."""
    commit = args.commit or context.require("GITHUB_SHA")
    with GitHub(context) as github:
        tree = read_tree(github, commit)
        if tree != args.tree.strip():
            raise RefusedError(f"commit {commit[:10]} has tree {tree}, the image was built from {args.tree}")
        if compare(github, MAIN, commit)["ahead_by"]:
            raise RefusedError(f"commit {commit[:10]} is not on {MAIN}")
        version = find_version(github, context, commit)
    context.say(f"{version}: tree {tree} is what was tested as {args.digest}")
    write_outputs(context, digest=args.digest, tree=tree, version=version)
    return 0

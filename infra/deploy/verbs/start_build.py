"""start-build: a tag asks for a release of what staging has."""

import argparse
from urllib.parse import quote

from infra.deploy.branches import STAGING
from infra.deploy.context import Context
from infra.deploy.errors import RefusedError
from infra.deploy.github import GitHub
from infra.deploy.pulls import find_head, read_tree

HELP = "Start build-release on the branch staging, if a tag names the files that it has."
WORKFLOW = "build-release.yml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tag", required=True, help="the tag that was pushed")


def run(args: argparse.Namespace, context: Context) -> int:
    """Raises RefusedError for a tag on other files: they go to staging by a pull request first."""
    with GitHub(context) as github:
        tagged = github.get(f"/git/ref/tags/{quote(args.tag, safe='')}")["object"]
        if tagged["type"] == "tag":  # an annotated one
            tagged = github.get(f"/git/tags/{tagged['sha']}")["object"]
        tree = read_tree(github, tagged["sha"])
        if tree != read_tree(github, str(find_head(github, STAGING))):
            raise RefusedError(f"{args.tag} is not what {STAGING} has now: tag its newest commit")
        github.change("POST", f"/actions/workflows/{WORKFLOW}/dispatches", {"ref": STAGING})
    context.say(f"{args.tag}: {WORKFLOW} started on {STAGING}")
    return 0

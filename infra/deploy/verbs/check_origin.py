"""check-origin: say what an image was built from, as its signature proves."""

import argparse

from infra.deploy.context import Context
from infra.deploy.digests import read_digest
from infra.deploy.environments import add_place_arguments, find_place, find_repository_id
from infra.deploy.github import GitHub
from infra.deploy.origin import find_origin
from infra.deploy.outputs import write_outputs
from infra.deploy.pulls import read_tree
from infra.deploy.registry import Repository

HELP = "Refuse an image that this repository's build has not signed; print the commit and the tree it was built from."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    parser.add_argument("--image", type=read_digest, required=True, help="the image, sha256:…")


def run(args: argparse.Namespace, context: Context) -> int:
    """Writes the outputs `commit` and `tree`. Raises DeployError."""
    place = find_place(args, context)
    origin = find_origin(Repository.of(place), args.image, find_repository_id(place.environment), context)
    with GitHub(context) as github:
        tree = read_tree(github, origin.commit)
    context.say(f"{args.image} was built from {origin.commit}, tree {tree}")
    write_outputs(context, commit=origin.commit, tree=tree)
    return 0

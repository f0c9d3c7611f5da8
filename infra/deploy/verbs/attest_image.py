"""attest-image: have Google let an image run in an environment, after verifying what built it."""

import argparse

from infra.deploy.assemble import load_checked
from infra.deploy.attestation import attest
from infra.deploy.context import Context
from infra.deploy.digests import read_digest
from infra.deploy.environments import (
    add_deployment_argument,
    add_place_arguments,
    find_place,
    find_repository_id,
)
from infra.deploy.origin import find_origin, refuse_other_tree
from infra.deploy.registry import Repository

HELP = "Attest an image that this repository's build has signed for a commit's files; Cloud Run refuses any other."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    add_deployment_argument(parser)
    parser.add_argument("--image", type=read_digest, required=True, help="the image, sha256:…")
    parser.add_argument("--commit", required=True, help="the commit from whose files it must be built")


def run(args: argparse.Namespace, context: Context) -> int:
    """Raises DeployError, RefusedError."""
    place = find_place(args, context)
    deployment = load_checked(args, place, context)
    repository_id = find_repository_id(place.environment)
    origin = find_origin(Repository.parse(deployment.registry), args.image, repository_id, context)
    refuse_other_tree(origin, args.commit, context)
    if attest(deployment, args.image, context):
        context.say(f"{args.image}, built from {origin.commit[:10]}, may run in {place.environment}")
    else:
        context.say(f"{args.image} is attested already")
    return 0

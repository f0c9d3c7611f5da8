"""smoke: check that the release that serves everybody is the expected one, alive and ready."""

import argparse

from infra.deploy.assemble import open_desk, refuse_mismatch
from infra.deploy.context import Context
from infra.deploy.deployment import load_deployment
from infra.deploy.digests import read_digest
from infra.deploy.environments import add_deployment_argument, add_place_arguments, find_place
from infra.deploy.errors import DeployError, RefusedError
from infra.deploy.probes import Prober

HELP = "Probe every function at its own address: /health, /ready, and /version for the digest."
WAIT_SECONDS_MAX = 900
"""Long enough for a rehearsal, which serves the previous release for a minute."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    add_deployment_argument(parser)
    parser.add_argument("--image", type=read_digest, help="digest that must be served; default: the stable release's")


def run(args: argparse.Namespace, context: Context) -> int:
    place = find_place(args, context)
    deployment = refuse_mismatch(load_deployment(context, place.project, args.deployment), place)
    desk, _, _ = open_desk(place, context)
    stable = desk.wait_until_free(WAIT_SECONDS_MAX).stable
    if stable is None:
        raise RefusedError("nothing was ever released here")
    if args.image and args.image != stable.digest:
        raise DeployError(f"stable is {stable.digest}, not {args.image}")
    problems = Prober(deployment, context).probe_stable(stable)
    if problems:
        raise DeployError("; ".join(problems))
    context.say(f"{place.environment} serves {stable.version} ({stable.tag})")
    return 0

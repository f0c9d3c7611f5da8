"""monitor: watch a release after its deployment."""

import argparse

from infra.deploy.assemble import open_desk, refuse_mismatch
from infra.deploy.context import Context
from infra.deploy.deployment import load_deployment
from infra.deploy.digests import read_digest
from infra.deploy.entries import EntriesReader
from infra.deploy.environments import add_deployment_argument, add_place_arguments, find_place
from infra.deploy.errors import RefusedError
from infra.deploy.watch import Watch

HELP = "Watch the new release's probes and log for a while; go back by traffic when it turns out bad."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    add_deployment_argument(parser)
    parser.add_argument("--image", type=read_digest, required=True, help="the digest that must be served")
    parser.add_argument("--minutes", type=float, default=15, help="how long to watch; default: %(default)s")


def run(args: argparse.Namespace, context: Context) -> int:
    place = find_place(args, context)
    deployment = refuse_mismatch(load_deployment(context, place.project, args.deployment), place)
    desk, arranger, _ = open_desk(place, context)
    stable = desk.read().stable
    if stable is None or stable.digest != args.image:
        raise RefusedError(f"{args.image} is not the stable release: there is nothing to watch")
    watch = Watch(deployment, desk, arranger, EntriesReader(place.project, context), context)
    return 0 if watch.run(stable, args.minutes) else 1

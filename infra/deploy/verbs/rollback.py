"""rollback: return to the last good release."""

import argparse

from infra.deploy.assemble import open_desk
from infra.deploy.context import Context
from infra.deploy.environments import add_place_arguments, find_place
from infra.deploy.go_back import go_back, leave_version
from infra.deploy.outputs import write_outputs
from infra.deploy.releases_api import SERVICE, read_version
from shared.releases.release import release_id

HELP = "Give all traffic back to the last good release, never to one that was rolled back before."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    parser.add_argument("--reason", default="by hand", help="kept in the record; default: %(default)s")
    parser.add_argument("--release", default="", help="the id or version of the release to leave; default: any")
    parser.add_argument("--to", default="", help="the version to go back to; default: the last good one")


def run(args: argparse.Namespace, context: Context) -> int:
    """Writes the output `release`: the id of what was left, which the log of this run is kept under."""
    place = find_place(args, context)
    desk, arranger, _ = open_desk(place, context)
    version = read_version(args.release)
    if version:
        leave_version(desk, arranger, context, place.environment, args.reason, version, args.to)
    else:
        record = go_back(desk, arranger, context, place.environment, args.reason, to=args.to)
        version = record.given_up[0].version if record.given_up else ""
    write_outputs(context, release=release_id(SERVICE, version) if version else "")
    return 0

"""rollback: return to the last good release."""

import argparse

from infra.deploy.assemble import open_desk
from infra.deploy.context import Context
from infra.deploy.digests import read_digest
from infra.deploy.environments import add_place_arguments, find_place
from infra.deploy.go_back import Way, go_back

HELP = "Give all traffic back to the last good release, never to one that was rolled back before."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    parser.add_argument("--leave-digest", type=_read, default="", help="only if this image is served; else do nothing")
    parser.add_argument("--to-digest", type=_read, default="", help="the good release to go to; default: the last one")
    parser.add_argument("--reason", default="by hand", help="kept in the record; default: %(default)s")


def run(args: argparse.Namespace, context: Context) -> int:
    place = find_place(args, context)
    desk, arranger, _ = open_desk(place, context)
    go_back(desk, arranger, context, place.environment, args.reason, way=Way(args.leave_digest, args.to_digest))
    return 0


def _read(text: str) -> str:
    """A digest, or nothing: a workflow that a person starts by hand leaves its inputs empty."""
    return read_digest(text) if text.strip() else ""

"""deploy: release at once, after probes: for environments without users, and by hand."""

import argparse

from infra.deploy.context import Context
from infra.deploy.release_verb import add_release_arguments, run_release

HELP = "Make revisions of an image, probe them, and give them all the traffic."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_release_arguments(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    return run_release(args, context, staged=False)

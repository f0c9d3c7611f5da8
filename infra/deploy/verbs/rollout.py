"""rollout: release stage by stage, judged at every tick; a second call continues where it stopped."""

import argparse

from infra.deploy.context import Context
from infra.deploy.release_verb import add_release_arguments, run_release

HELP = "Lead ever more chats to a release while it does as well as the stable one; give it up where it does not."
HURRY = 5.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_release_arguments(parser)
    parser.add_argument("--hurry", action="store_true", help="a hotfix: a fifth of the usual time at every stage")
    parser.add_argument("--unproven", action="store_true", help="go on although the candidate delivered nothing yet")


def run(args: argparse.Namespace, context: Context) -> int:
    return run_release(
        args, context, staged=True, resume=True, pace=HURRY if args.hurry else 1.0, unproven=args.unproven
    )

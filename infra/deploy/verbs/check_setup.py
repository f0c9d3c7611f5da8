"""check-setup: say what this repository lacks on GitHub before it can deliver."""

import argparse
from pathlib import Path

from infra.deploy.context import Context
from infra.deploy.environments import ROOT
from infra.deploy.github import GitHub
from infra.deploy.setup_faults import find_setup_faults

HELP = "Name all that is missing on GitHub (variables, environments, rules, the plan), each with what mends it."
NOT_SEEN = (
    "Not seen from here: whether the App is installed with its permissions, and whether the values are right. "
    "The first pull request shows that."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, default=ROOT, help="the checkout; default: this one")


def run(args: argparse.Namespace, context: Context) -> int:
    """Exit code 1 if anything is missing. Needs a token that may read the repository's settings, as an owner's does."""
    with GitHub(context) as github:
        faults = list(dict.fromkeys(find_setup_faults(github, args.folder)))
    for fault in faults:
        context.say(str(fault))
    context.say(f"{len(faults)} to mend" if faults else "all is there")
    context.say(NOT_SEEN)
    return 1 if faults else 0

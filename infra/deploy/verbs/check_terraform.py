"""check-terraform: whether an environment's Terraform has to run before a release of this checkout."""

import argparse

from infra.deploy.assemble import load_checked
from infra.deploy.context import Context
from infra.deploy.environments import add_deployment_argument, add_place_arguments, find_place
from infra.deploy.outputs import write_outputs
from infra.deploy.terraform_sources import hash_sources

HELP = "Say whether Terraform was applied with the files of this checkout."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    add_deployment_argument(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Writes the output `due`: `true` if it was applied with other files, or before it wrote down with which."""
    place = find_place(args, context)
    is_due = load_checked(args, place, context).sources != hash_sources(place.environment)
    context.say(f"{place.environment}: Terraform {'has to run' if is_due else 'was applied with these files'}")
    write_outputs(context, due=str(is_due).lower())
    return 0

"""remove-previews: take down the previews of branches that are gone."""

import argparse

from infra.deploy.assemble import open_desk, refuse_mismatch
from infra.deploy.cloud_run import drop_previews, list_other_previews
from infra.deploy.context import Context
from infra.deploy.deployment import load_deployment
from infra.deploy.environments import add_deployment_argument, add_place_arguments, find_place
from infra.deploy.errors import RefusedError
from infra.deploy.github import GitHub
from infra.deploy.previews import mark_branch

HELP = "Take the tags of previews from all services, but for branches that GitHub still has."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    add_deployment_argument(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Raises RefusedError if GitHub names no branch at all: that cannot be."""
    place = find_place(args, context)
    deployment = refuse_mismatch(load_deployment(context, place.project, args.deployment), place)
    with GitHub(context) as github:
        branches = [str(each["name"]) for each in github.pages("/branches")]
    if not branches:
        raise RefusedError("GitHub names no branches")
    kept = {mark_branch(branch) for branch in branches}
    _, _, cloud_run = open_desk(place, context)
    for function in deployment.functions.values():
        cloud_run.change_service(function.service, "without previews of branches that are gone", drop_previews(kept))
        cloud_run.wait_for_traffic(
            function.service, lambda found: not list_other_previews(found.traffic_statuses, kept)
        )
    return 0

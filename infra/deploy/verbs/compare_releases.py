"""compare-releases: whether the documents of releases say what really runs."""

import argparse
from collections.abc import Mapping

from infra.deploy.assemble import open_desk
from infra.deploy.cloud_run import CloudRun
from infra.deploy.context import Context
from infra.deploy.deployment import Deployment, load_deployment
from infra.deploy.desk import RECORD_SERVICE
from infra.deploy.environments import add_deployment_argument, add_place_arguments, find_place
from infra.deploy.github import GitHub
from infra.deploy.protection import find_rule_drift
from infra.deploy.releases_api import Json, ReleasesApi
from infra.deploy.telegram_notice import Notice, send_notice
from infra.deploy.verbs.check_agreement import find_address
from infra.deploy.verbs.notify import find_run
from shared.releases.find_differences import Place, Seen, find_differences

HELP = "Compare the histories, documents, rollout's record, traffic, tags and rules; tell people what differs."
PAGES = 4
"""The newest releases; what serves, moves and is tested is looked at besides."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    add_deployment_argument(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """1 if something differs. Raises DeployError if it cannot be seen."""
    place = find_place(args, context)
    deployment = load_deployment(context, place.project, args.deployment)
    if not deployment.asks_agreement:
        context.say("there is no release bot: release_bot is false in Terraform")
        return 0
    url = find_address(deployment, context)
    desk, _, cloud_run = open_desk(place, context)
    record = desk.read()
    api = ReleasesApi(url, context)
    environment = api.read_environment()
    releases = read_releases(api, environment)
    with GitHub(context) as github:
        tags = {str(each["name"]): str(each["commit"]["sha"]) for each in github.pages("/tags")}
        rules = find_rule_drift(github)
    seen = Seen(
        environment,
        releases,
        {each["id"]: api.list_events(each["id"]) for each in releases},
        record.stable.digest if record.stable else "",
        record.candidate.digest if record.candidate else "",
        frozenset(each.digest for each in record.given_up),
        read_traffic(cloud_run, deployment),
        tags,
        rules,
    )
    found = find_differences(seen, Place(place.project, place.region, url, RECORD_SERVICE))
    lines = [f"{each.words}: {each.command}" for each in found]
    for line in lines:
        context.say(line)
    if lines:
        words = f"{place.environment}: releases and what runs differ"
        send_notice(context, Notice(words, result="failure", details=tuple(lines), links=find_run(context)))
    return 1 if lines else 0


def read_releases(api: ReleasesApi, environment: Json) -> list[Json]:
    """The newest, and all that the environment names. Raises DeployError."""
    found = {each["id"]: each for each in api.list_newest(PAGES)}
    named = {*environment["live"].values(), *environment["candidate"].values(), environment["moving"]} - {""}
    return [*found.values(), *(api.read(id_) for id_ in sorted(named - set(found)))]


def read_traffic(cloud_run: CloudRun, deployment: Deployment) -> Mapping[str, Mapping[str, int]]:
    """By service: percent of the traffic by image. Raises DeployError."""
    traffic: dict[str, dict[str, int]] = {}
    for function in deployment.functions.values():
        shares = traffic.setdefault(function.service, {})
        for target in cloud_run.read_service(function.service).traffic_statuses:
            revision = cloud_run.read_revision(function.service, target.revision) if target.percent else None
            if revision is not None:
                digest = revision.containers[0].image.rpartition("@")[2]
                shares[digest] = shares.get(digest, 0) + target.percent
    return traffic

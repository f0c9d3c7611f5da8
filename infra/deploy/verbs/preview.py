"""preview: deploy a branch as tagged revisions without traffic."""

import argparse
from functools import partial

from infra.deploy.assemble import open_desk, refuse_mismatch
from infra.deploy.cloud_run import add_revision, is_tagged, tag_revision
from infra.deploy.context import Context
from infra.deploy.deployment import load_deployment
from infra.deploy.digests import read_digest
from infra.deploy.environments import add_deployment_argument, add_place_arguments, find_place
from infra.deploy.errors import DeployError, RefusedError
from infra.deploy.outputs import write_outputs
from infra.deploy.previews import name_preview
from infra.deploy.probes import Prober
from infra.deploy.revisions import make_release, make_template

HELP = "Make a branch's revisions under a tag of their own, without traffic, and probe them."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    add_deployment_argument(parser)
    parser.add_argument("--image", type=read_digest, required=True, help="the digest to show")
    parser.add_argument("--name", required=True, help="the branch")
    parser.add_argument("--author", default="", help="who pushed it; default: GITHUB_ACTOR")
    parser.add_argument("--commit", default="", help="what it was built from, for the record")


def run(args: argparse.Namespace, context: Context) -> int:
    place = find_place(args, context)
    if place.environment == "production":
        raise RefusedError("production has no previews")
    deployment = refuse_mismatch(load_deployment(context, place.project, args.deployment), place)
    _, _, cloud_run = open_desk(place, context)
    tag = name_preview(args.author or context.environment.get("GITHUB_ACTOR", ""), args.name)
    release = make_release(deployment, args.image, args.name, args.commit, context.clock.now())
    problems = []
    for function in deployment.functions.values():
        revision = f"{function.service}-{tag}-{release.id[:6]}"
        template = make_template(deployment, function, release, tag)
        if cloud_run.read_revision(function.service, revision) is None:
            cloud_run.change_service(function.service, f"preview {revision}", add_revision(revision, template, tag))
        cloud_run.wait_for_revision(function.service, revision)
        cloud_run.change_service(function.service, f"{tag} is {revision}", tag_revision(revision, tag))
        cloud_run.wait_for_traffic(function.service, partial(is_tagged, revision=revision, tag=tag))
        url = function.tag_url(tag)
        context.say(f"{function.name}: {url}")
        if not context.dry_run:
            problems.append(Prober(deployment, context).probe(function, url, release))
    write_outputs(context, tag=tag)
    if any(problems):
        raise DeployError("; ".join(filter(None, problems)))
    return 0

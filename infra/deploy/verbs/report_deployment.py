"""report-deployment: tell the API of releases how a deployment to production ended."""

import argparse

from infra.deploy.assemble import open_desk
from infra.deploy.context import Context
from infra.deploy.digests import read_digest
from infra.deploy.environments import add_place_arguments, find_place
from infra.deploy.errors import DeployError
from infra.deploy.record import Record
from infra.deploy.report_step import report_step
from shared.releases.release import Status

HELP = "Report a release as deployed, or, where its traffic is back, as failed. It never fails."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    parser.add_argument("--release", required=True, help="its id; empty: there is none, and nothing is reported")
    parser.add_argument("--image", required=True, type=read_digest, help="what was deployed")
    parser.add_argument("--rollout", default="", help="the result of the job that led the chats there")
    parser.add_argument("--watch", default="", help="the result of the job that looked after it")


def run(args: argparse.Namespace, context: Context) -> int:
    """Always 0. What the record does not say is not reported: the deadline tells people."""
    if not args.release:
        context.say("there is no release to report of")
        return 0
    if args.rollout == args.watch == "success":
        evidence = {"is_rollout_whole": True, "is_watch_passed": True}
        report_step(context, args.release, Status.DEPLOYED.value, evidence=evidence)
        return 0
    try:
        desk, _, _ = open_desk(find_place(args, context), context)
        record = desk.read()
    except DeployError as error:
        context.say(f"::warning::not reported: where the traffic is cannot be read: {error}")
        return 0
    phase = f"rollout {args.rollout or 'skipped'}, watch {args.watch or 'skipped'}"
    if is_left(record, args.image):
        evidence = {"is_traffic_back": True}
        report_step(context, args.release, Status.PRODUCTION_FAILED.value, phase=phase, evidence=evidence)
    else:
        context.say(f"{args.release} is still there: continue this run (re-run the failed jobs), or roll back")
    return 0


def is_left(record: Record, digest: str) -> bool:
    """Whether nobody meets the image: it neither serves nor is under way."""
    return all(each is None or each.digest != digest for each in (record.candidate, record.stable))

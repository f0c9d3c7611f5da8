"""report: tell the API of releases what a workflow has done."""

import argparse

from infra.deploy.context import Context
from infra.deploy.digests import read_digest
from infra.deploy.report_step import report_step
from shared.releases.release import Status

HELP = "Report a step of a release to Telegram's release bot. It never fails, and never waits for long."
SEEN = {
    "smoke": "is_smoke_passed",
    "way-back": "is_way_back_walked",
    "rollout": "is_rollout_whole",
    "watch": "is_watch_passed",
}
"""What the steps before have shown → the name in the evidence."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--release", required=True, help="its id; empty: there is none, and nothing is reported")
    parser.add_argument("--status", required=True, choices=[status.value for status in Status], help="where it is now")
    parser.add_argument("--phase", default="", help="what is done within the status, or where it failed")
    parser.add_argument("--image", type=read_digest, help="the digest that /version showed")
    parser.add_argument("--seen", action="append", default=[], choices=SEEN, help="what has passed; may be repeated")
    parser.add_argument("--reason", default="", help="why, for people")


def run(args: argparse.Namespace, context: Context) -> int:
    """Always 0."""
    evidence: dict[str, object] = {SEEN[each]: True for each in args.seen}
    if args.image:
        evidence["versions"] = [args.image]
    report_step(context, args.release, args.status, phase=args.phase, reason=args.reason, evidence=evidence)
    return 0

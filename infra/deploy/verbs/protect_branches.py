"""protect-branches: make GitHub enforce the rules in `infra/deploy/branches.py`."""

import argparse

from infra.deploy.context import Context
from infra.deploy.errors import RefusedError
from infra.deploy.github import GitHub
from infra.deploy.outputs import write_outputs
from infra.deploy.protection import plan_protection

HELP = "Set rulesets, environments and merge settings from one table; with --dry-run say how far they are from it."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--app-id", help="the delivery App, which moves staging forward; default: DELIVERY_APP_ID")
    parser.add_argument(
        "--reviewers",
        help="who agrees to changes of production's infrastructure, logins or org/team; default: PRODUCTION_REVIEWERS",
    )
    parser.add_argument("--fail-on-drift", action="store_true", help="exit code 1 where anything was not as it should")


def run(args: argparse.Namespace, context: Context) -> int:
    """Writes the output `drift`, the number of differences found. Needs a token with `administration: write`."""
    app_id = args.app_id or context.require("DELIVERY_APP_ID")
    if not app_id.isdigit():
        raise RefusedError("the App's id is a number")
    reviewers = (args.reviewers or context.environment.get("PRODUCTION_REVIEWERS", "")).replace(",", " ").split()
    with GitHub(context) as github:
        # All steps are planned before the first change, so a refusal leaves the repository unchanged.
        steps = list(plan_protection(github, int(app_id), reviewers))
        for step in steps:
            context.say(step.what)
            github.change(step.method, step.path, step.body)
    context.say(f"{len(steps)} differences" if steps else "as it should be")
    write_outputs(context, drift=len(steps))
    return 1 if steps and args.fail_on_drift else 0

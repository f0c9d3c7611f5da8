"""enable-auto-merge: pull requests without conflicts merge into staging automatically when green."""

import argparse

from infra.deploy.auto_merge import enable_auto_merge
from infra.deploy.branches import STAGING
from infra.deploy.context import Context
from infra.deploy.errors import DeployError
from infra.deploy.github import GitHub
from infra.deploy.outputs import write_outputs

HELP = "Arm GitHub's auto-merge of pull requests to staging; comment once on one that has conflicts."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--pull", type=int, help="the number of a pull request")
    which.add_argument("--all", action="store_true", help="every open one: a merge may have put others in conflict")


def run(args: argparse.Namespace, context: Context) -> int:
    """Writes the output `result`: see auto_merge.enable_auto_merge; with --all enabled or failed."""
    with GitHub(context) as github:
        if args.pull is not None:
            result = enable_auto_merge(github, context, args.pull)
            context.say(f"pull request {args.pull}: {result}")
            write_outputs(context, result=result)
            return 0
        pulls = [pull["number"] for pull in github.pages("/pulls", state="open", base=STAGING)]
        results = [try_one(github, context, number) for number in pulls]
    write_outputs(context, result="failed" if "failed" in results else "enabled")
    return 1 if "failed" in results else 0


def try_one(github: GitHub, context: Context, number: int) -> str:
    """The result for one of many pull requests; a failure does not stop the others."""
    try:
        result = enable_auto_merge(github, context, number)
    except DeployError as error:
        context.say(f"pull request {number}: {error}")
        return "failed"
    context.say(f"pull request {number}: {result}")
    return result

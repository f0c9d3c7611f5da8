"""keep-log: keep what this run has said, as the log of its release."""

import argparse

from infra.deploy.context import Context
from infra.deploy.environments import add_place_arguments, find_place
from infra.deploy.errors import ConflictError
from infra.deploy.github import GitHub
from infra.deploy.releases_api import read_version
from infra.deploy.run_logs import keep_log, name_log, read_logs

HELP = "Copy the log of this run's jobs to the bucket of logs, under the release's name."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_place_arguments(parser)
    parser.add_argument("--release", required=True, help="its id or version")
    parser.add_argument("--of", default="", choices=["", "rollback"], help="what it is; default: by the environment")


def run(args: argparse.Namespace, context: Context) -> int:
    """A log that is there is never written over: a later run's gets the run's number behind its name."""
    place = find_place(args, context)
    run_id, attempt = context.require("GITHUB_RUN_ID"), context.environment.get("GITHUB_RUN_ATTEMPT") or "1"
    with GitHub(context) as github:
        text = read_logs(github, run_id, attempt)
    name = name_log(read_version(args.release), args.of or place.environment)
    try:
        keep_log(context, place.project, name, text)
    except ConflictError:
        keep_log(context, place.project, f"{name.removesuffix('.log')}.{run_id}-{attempt}.log", text)
    return 0

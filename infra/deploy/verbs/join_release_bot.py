"""join-release-bot: join a member of the release bot to the account of GitHub that has started this job."""

import argparse

from infra.deploy.context import Context
from infra.deploy.releases_api import ReleasesApi

HELP = "Join the member of the release bot who has this code to the account that started this job."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--code", required=True, help="from the release bot: Settings, Join my GitHub account")


def run(args: argparse.Namespace, context: Context) -> int:
    """Raises DeployError: without RELEASES_URL, and for a code that is not, or no longer, good."""
    joined = ReleasesApi(context.require("RELEASES_URL"), context).join(args.code)
    context.say(f"joined to {joined.get('joined', 'this account')}; the release bot's settings show it")
    return 0

"""apply: Terraform under the deployer's lock, a release, and Telegram's webhook."""

import argparse

from infra.deploy.assemble import open_desk
from infra.deploy.context import Context
from infra.deploy.desk import Desk
from infra.deploy.environments import find_place
from infra.deploy.errors import MissingError
from infra.deploy.record import Record
from infra.deploy.release_verb import add_release_arguments, run_release
from infra.deploy.terraform_run import WAIT_SECONDS_MAX, run_locked, run_terraform
from infra.deploy.verbs import set_webhook

HELP = "terraform apply, then release the image (or the one that is live) with what it changed, then set the webhook."
PEOPLES = "production"
"""The environment with people in it: configuration reaches them stage by stage, as code does."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_release_arguments(parser)
    parser.add_argument("--no-webhook", action="store_true", help="leave what Telegram knows as it is")
    parser.add_argument("--at-once", action="store_true", help="no stages, in production too: an old secret is revoked")
    parser.add_argument("--only-terraform", action="store_true", help="leave what changed to the next rollout")
    parser.add_argument("--yes", action="store_true", help="do not ask before Terraform changes anything")


def run(args: argparse.Namespace, context: Context) -> int:
    place = find_place(args, context)
    desk, arranger, _ = open_desk(place, context)
    is_new = not _take(desk)
    if is_new:
        run_terraform(args.environment, context, lambda: True, ask=not args.yes)
    else:
        run_locked(args.environment, context, desk, arranger, ask=not args.yes)
    if args.only_terraform:
        context.say("Terraform has ended; a rollout takes what it changed to the chats")
        return 0
    if not args.image and (is_new or desk.read() == Record()):
        context.say("the services wait for their first image: apply again with IMAGE=sha256:…")
        return 0
    code = run_release(args, context, staged=place.environment == PEOPLES and not args.at_once)
    if code or args.no_webhook:
        return code
    return set_webhook.run(argparse.Namespace(**vars(args), url=None, replace=False), context)


def _take(desk: Desk) -> bool:
    """Take the deployer's lock; returns False if the service that stores it does not exist yet."""
    try:
        desk.wait_and_take(WAIT_SECONDS_MAX, applies=True)
    except MissingError:
        return False
    return True

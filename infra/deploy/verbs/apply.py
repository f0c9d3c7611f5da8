"""apply: Terraform under the deployer's lock, a release, and Telegram's webhook."""

import argparse
import shlex
import subprocess

from infra.deploy.assemble import open_desk
from infra.deploy.context import Context
from infra.deploy.desk import TERRAFORM_LEASE_SECONDS, Desk
from infra.deploy.environments import ROOT, find_place
from infra.deploy.errors import DeployError, MissingError
from infra.deploy.record import Record
from infra.deploy.release_verb import add_release_arguments, run_release
from infra.deploy.verbs import set_webhook

HELP = "terraform apply, then release the image (or the one that is live) with what it changed, then set the webhook."
WAIT_SECONDS_MAX = 3600


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_release_arguments(parser)
    parser.add_argument("--no-webhook", action="store_true", help="leave what Telegram knows as it is")
    parser.add_argument("--yes", action="store_true", help="do not ask before Terraform changes anything")


def run(args: argparse.Namespace, context: Context) -> int:
    place = find_place(args, context)
    desk, _, _ = open_desk(place, context)
    is_new = not _take(desk)
    try:
        run_terraform(args.environment, context, ask=not args.yes)
    finally:
        if not is_new:
            desk.release()
    if not args.image and (is_new or desk.read() == Record()):
        context.say("the services wait for their first image: apply again with IMAGE=sha256:…")
        return 0
    code = run_release(args, context, staged=False)
    if code or args.no_webhook:
        return code
    return set_webhook.run(argparse.Namespace(**vars(args), url=None, replace=False), context)


def run_terraform(environment: str, context: Context, *, ask: bool) -> None:
    """Run `init` and `apply`, or `plan` under --dry-run, with the program named by `TF`. Raises DeployError."""
    folder = ROOT / "terraform" / "environments" / environment
    program = shlex.split(context.environment.get("TF") or "terraform")
    last = ["plan"] if context.dry_run else ["apply", *([] if ask else ["-auto-approve"])]
    for arguments in (["init", "-input=false"], last):
        command = [*program, f"-chdir={folder}", *arguments]
        try:
            done = subprocess.run(command, check=False, env=dict(context.environment))
        except OSError as error:
            raise DeployError(f"{program[0]}: {error.strerror}; install Terraform or set TF") from error
        if done.returncode:
            raise DeployError(f"terraform {arguments[0]} ended with {done.returncode}")


def _take(desk: Desk) -> bool:
    """Take the deployer's lock; returns False if the service that stores it does not exist yet."""
    try:
        desk.wait_and_take(WAIT_SECONDS_MAX, seconds=TERRAFORM_LEASE_SECONDS)
    except MissingError:
        return False
    return True

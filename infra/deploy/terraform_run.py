"""Running Terraform under the deployer's lock, and arranging the traffic again if a rollback took the lock meanwhile.

Terraform's provider sends whole services as it read them, without an etag, so a write can undo a rollback. Nothing can
stop a write that was sent. Instead the record says while Terraform may write, and whoever ends last arranges the
traffic from the record: the rollback, which stays until then, or the apply.
"""

import shlex
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from infra.deploy.arrange import Arranger
from infra.deploy.context import Context
from infra.deploy.desk import Desk
from infra.deploy.environments import ROOT, find_root
from infra.deploy.errors import ConflictError, DeployError, UnreachableError

WAIT_SECONDS_MAX = 3600
POLL_SECONDS = 5.0
"""How often we look whether we still hold the lock."""
LOST = "somebody took the lock while Terraform ran, and the traffic follows the record: look what happened, apply again"


def run_locked(environment: str, context: Context, desk: Desk, arranger: Arranger, *, ask: bool) -> None:
    """Run Terraform while we hold the lock, which is taken already and released at the end.

    Raises DeployError; ConflictError if somebody took the lock meanwhile: Terraform was stopped, or had ended already.
    """
    try:
        run_terraform(environment, context, lambda: _still_holds(desk, context), ask=ask)
    finally:
        is_ours = desk.end_apply()
        if not is_ours:
            _arrange_again(desk, arranger)
    if not is_ours:
        raise ConflictError(LOST)


def run_terraform(environment: str, context: Context, may_go_on: Callable[[], bool], *, ask: bool) -> None:
    """Run `init` and `apply`, or `plan` under --dry-run, with the program named by `TF`. Raises DeployError."""
    folder = ROOT / find_root(environment).parent
    program = shlex.split(context.environment.get("TF") or "terraform")
    last = ["plan"] if context.dry_run else ["apply", *([] if ask else ["-auto-approve"])]
    for arguments in (["init", "-input=false"], last):
        code = _run_watched([*program, f"-chdir={folder}", *arguments], context, may_go_on)
        if code:
            raise DeployError(f"terraform {arguments[0]} ended with {code}")


def _run_watched(command: Sequence[str], context: Context, may_go_on: Callable[[], bool]) -> int:
    """Run a program to its end and return its exit code; ask it to stop when it may not go on.

    One interrupt lets Terraform end what it has begun and store its state; a second one would not.
    """
    try:
        process = subprocess.Popen(command, env=dict(context.environment))
    except OSError as error:
        raise DeployError(f"{Path(command[0]).name}: {error.strerror}; install Terraform or set TF") from error
    is_stopping = False
    while True:
        try:
            return process.wait(timeout=POLL_SECONDS)
        except subprocess.TimeoutExpired:
            if not may_go_on() and not is_stopping:
                is_stopping = True
                context.say("somebody took the lock: Terraform is asked to stop")
                process.send_signal(signal.SIGINT)
        except KeyboardInterrupt:
            is_stopping = True  # the terminal has interrupted Terraform too; it still ends what it has begun


def _still_holds(desk: Desk, context: Context) -> bool:
    """Whether the lock is still ours; unknown counts as yes, because our lease has not ended."""
    try:
        return desk.renew_apply()
    except UnreachableError as error:
        context.say(f"the record cannot be read: {error}")
        return True


def _arrange_again(desk: Desk, arranger: Arranger) -> None:
    """Undo what Terraform wrote after a rollback. A candidate began after Terraform ended, and is arranged already."""
    record = desk.wait_and_take(WAIT_SECONDS_MAX)
    if record.stable is not None and record.candidate is None:
        arranger.route(record)
    desk.release()

"""Shows broadcasts, and pauses, resumes or stops one where Telegram is out of reach. They are written with /broadcast.

    export GOOGLE_CLOUD_PROJECT=…
    python -m infra.operations.broadcasts list
    python -m infra.operations.broadcasts pause --id=BROADCAST --by=NAME
    python -m infra.operations.broadcasts resume --id=BROADCAST --by=NAME
    python -m infra.operations.broadcasts stop --id=BROADCAST --by=NAME

A pause or a stop takes effect within a second or two; a message that is on its way arrives. What was resumed goes on
within two minutes. With --local it works on the system that `make run` started, else on the project's database
FIRESTORE_DATABASE.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from google.auth.exceptions import GoogleAuthError

from infra.local.options import Options
from infra.operations.documents import name_local_documents
from infra.operations.login_token import LoginToken, tell_no_login
from shared.adapters.clock import SystemClock
from shared.adapters.firestore import FirestoreStore
from shared.broadcasts.broadcast import Broadcast, pause, resume, stop
from shared.broadcasts.change_broadcast import act_on_broadcast, list_broadcasts
from shared.errors import CallRefusedError, UnavailableError, UnusableChangeError
from shared.hash_ids import is_id
from shared.ports import Clock, Store
from shared.settings import load, read_database

ACTS = {"pause": pause, "resume": resume, "stop": stop}


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command works with."""

    store: Store
    clock: Clock


async def carry_out(desk: Desk, command: argparse.Namespace) -> list[str]:
    """The lines for the operator. Raises UnusableChangeError, UnavailableError."""
    if command.verb == "list":
        return [describe(each) for each in await list_broadcasts(desk)] or ["no broadcasts"]
    if not (is_id(command.id) and command.by):
        raise UnusableChangeError("--id=BROADCAST, as `list` shows it, and --by=YOUR-NAME")
    act = ACTS[command.verb]
    done, is_done = await act_on_broadcast(desk, command.id, lambda each, now: act(each, command.by, now))
    return [describe(done), "" if is_done else "  nothing is changed: its state allows none of that"]


def describe(broadcast: Broadcast) -> str:
    """One line for the operator."""
    done, words = broadcast.progress, " ".join(broadcast.content.text.split())[:40]
    counts = f"{done.sent} sent, {done.blocked} blocked, {done.refused} refused, {done.unclear} unclear"
    return f"{broadcast.id}  {broadcast.state}, {broadcast.people} people: {counts}  {words}"


def read_command(words: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Show broadcasts; pause, resume or stop one.")
    parser.add_argument("verb", choices=["list", *ACTS])
    parser.add_argument("--id", default="", help="which, as `list` shows it: --id=…")
    parser.add_argument("--by", default="", help="your name: it is kept")
    parser.add_argument("--local", action="store_true", help="in the system that `make run` started")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    command = read_command(words)
    if command.local:
        os.environ |= name_local_documents()
    project = Options().project if command.local else os.environ.get("GOOGLE_CLOUD_PROJECT")
    if not project:
        sys.exit("broadcasts: GOOGLE_CLOUD_PROJECT: not set")
    try:
        lines = asyncio.run(_run(project, load(read_database), command))
    except UnusableChangeError as error:
        sys.exit(f"broadcasts: nothing is changed: {error}")
    except GoogleAuthError as error:
        sys.exit(f"broadcasts: {tell_no_login(error)}")
    except (UnavailableError, CallRefusedError) as error:
        sys.exit(f"broadcasts: say it again: {' '.join(str(error).split())}")
    for line in filter(None, lines):
        print("".join(each if each.isprintable() else "?" for each in line))
    return 0


async def _run(project: str, database: str, command: argparse.Namespace) -> list[str]:
    store = FirestoreStore(project, database, LoginToken())
    try:
        return await carry_out(Desk(store, SystemClock()), command)
    finally:
        await store.close()


if __name__ == "__main__":
    sys.exit(main())

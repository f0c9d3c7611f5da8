"""Gives credits to a person, or takes some. One reference, such as a ticket's number, takes effect once.

    export GOOGLE_CLOUD_PROJECT=…
    python -m infra.operations.credits gift 501 20 --reference=launch-501 --reason="Thanks for the report"
    python -m infra.operations.credits give 501 4 --reference=ticket-77 --reason="A picture that never came"
    python -m infra.operations.credits take 501 4 --reference=ticket-78 --reason="Given twice"
    python -m infra.operations.credits gift 501 20 --reference=try --reason="To try it" --local

`gift` is a present, `give` and `take` correct a mistake. The person reads the reason in /balance: write it in your own
words, and quote nothing that people wrote. The command is idempotent: after an unclear failure, repeat it with the same
reference. With --local it changes the system that `make run` started, else the project's database FIRESTORE_DATABASE.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence

from google.auth.exceptions import GoogleAuthError

from infra.local.options import Options
from infra.operations.documents import name_local_documents, open_documents
from infra.operations.login_token import tell_no_login
from shared.adapters.clock import SystemClock
from shared.credits.ledger import Change, Operated, TransferKind
from shared.errors import CallRefusedError, UnavailableError, UnusableChangeError
from shared.people.change_credits import Changed, change_credits
from shared.settings import load, read_database


def read_change(arguments: argparse.Namespace) -> Change:
    """The change on the command line."""
    kind: Operated = TransferKind.GIFT if arguments.verb == "gift" else TransferKind.CORRECTION
    credit_count = -arguments.credits if arguments.verb == "take" else arguments.credits
    return Change(kind, arguments.user, credit_count, arguments.reference, arguments.reason)


def describe(change: Change, changed: Changed) -> str:
    """One line for the operator."""
    what = f"{change.kind} of {change.credits:+} credits to {change.user_id} ({change.reference})"
    return f"{what}: {'booked' if changed.is_new else 'was booked before'}; {changed.available} available now"


async def book(project: str, database: str, change: Change) -> Changed:
    """Book the change. Raises UnusableChangeError, UnavailableError, CallRefusedError, GoogleAuthError."""
    store = open_documents(project, database)
    try:
        return await change_credits(store, SystemClock(), change)
    finally:
        await store.close()


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Give or take a person's credits.")
    parser.add_argument("verb", choices=["gift", "give", "take"])
    parser.add_argument("user", type=int, help="the person's number at Telegram")
    parser.add_argument("credits", type=_read_credits)
    parser.add_argument("--reference", required=True, help="what names this change, once for all: a ticket's number")
    parser.add_argument("--reason", required=True, help="one line that the person reads")
    parser.add_argument("--local", action="store_true", help="in the system that `make run` started")
    arguments = parser.parse_args(words)
    if arguments.local:
        os.environ |= name_local_documents()
    project = Options().project if arguments.local else os.environ.get("GOOGLE_CLOUD_PROJECT")
    if not project:
        sys.exit("credits: GOOGLE_CLOUD_PROJECT: not set")
    change = read_change(arguments)
    try:
        changed = asyncio.run(book(project, load(read_database), change))
    except UnusableChangeError as error:
        sys.exit(f"credits: {error}")
    except GoogleAuthError as error:
        sys.exit(f"credits: {tell_no_login(error)}")
    except (UnavailableError, CallRefusedError) as error:
        sys.exit(f"credits: say it again, with the same reference: {' '.join(str(error).split())}")
    print(describe(change, changed))
    return 0


def _read_credits(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError("a whole number above zero")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())

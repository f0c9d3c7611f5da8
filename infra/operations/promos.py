"""Makes promo codes in bulk, or stops one. A batch has a name, and is made once.

    export GOOGLE_CLOUD_PROJECT=…
    python -m infra.operations.promos make launch --count 500 --credits 20 --until 2027-01-31
    python -m infra.operations.promos make new-year --word NEWYEAR --percent 30 --uses 1000 --until 2027-01-10
    python -m infra.operations.promos make welcome --count 50 --percent 20 --first-purchase --until 2027-06-30 --local
    python -m infra.operations.promos stop ABCDE-FGHJK

`make` prints one code a line. --credits gives credits at once; --percent adds to the next purchase. --uses says how
many people may use each code, by default one; 0 is any number, only with --percent. A code ends with the day --until,
in UTC. Repeat the command after an unclear failure: it makes what is missing and prints the same codes. With --local it
works on the system that `make run` started, else on the project's database FIRESTORE_DATABASE.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from google.auth.exceptions import GoogleAuthError

from infra.local.options import Options
from infra.operations.documents import name_local_documents
from infra.operations.login_token import LoginToken, tell_no_login
from shared.adapters.clock import SystemClock
from shared.adapters.firestore import FirestoreStore
from shared.adapters.ids import RandomIds
from shared.errors import CallRefusedError, UnavailableError, UnusableChangeError
from shared.growth.make_promos import PromoBatch, make_promos, stop_promo
from shared.growth.promo_code import show_code
from shared.settings import load, read_database


def read_batch(arguments: argparse.Namespace) -> PromoBatch:
    """The batch on the command line."""
    return PromoBatch(
        name=arguments.name,
        count=arguments.count,
        until=datetime.combine(arguments.until + timedelta(days=1), time(), UTC),
        credits=arguments.credits,
        percent=arguments.percent,
        is_for_first_purchase=arguments.first_purchase,
        uses_max=arguments.uses,
        word=arguments.word,
    )


async def carry_out(project: str, database: str, arguments: argparse.Namespace) -> list[str]:
    """What was done, in lines. Raises UnusableChangeError, UnavailableError, CallRefusedError, GoogleAuthError."""
    store = FirestoreStore(project, database, LoginToken())
    try:
        if arguments.verb == "stop":
            await stop_promo(store, arguments.name)
            return [f"{arguments.name}: stopped"]
        codes = await make_promos(store, SystemClock(), RandomIds(), read_batch(arguments))
        return [arguments.word] if arguments.word else [show_code(code) for code in codes]
    finally:
        await store.close()


def read_arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """What the operator typed; ends the process with a line about what is wrong."""
    parser = argparse.ArgumentParser(description="Make promo codes, or stop one.")
    parser.add_argument("verb", choices=["make", "stop"])
    parser.add_argument("name", help="the batch's name, or the code to stop")
    parser.add_argument("--count", type=int, default=1, help="how many codes; default: %(default)s")
    parser.add_argument("--credits", type=int, default=0)
    parser.add_argument("--percent", type=int, default=0, help="more credits with the next purchase")
    parser.add_argument("--first-purchase", action="store_true", help="only for people who have bought nothing yet")
    parser.add_argument("--uses", type=int, default=1, help="people for each code, 0: any number; default: %(default)s")
    parser.add_argument("--until", type=date.fromisoformat, help="the last day, such as 2027-01-31")
    parser.add_argument("--word", default="", help="the code itself, instead of random ones")
    parser.add_argument("--local", action="store_true", help="in the system that `make run` started")
    arguments = parser.parse_args(words)
    if arguments.verb == "make" and arguments.until is None:
        parser.error("make needs --until")
    return arguments


def main(words: Sequence[str] | None = None) -> int:
    arguments = read_arguments(words)
    if arguments.local:
        os.environ |= name_local_documents()
    project = Options().project if arguments.local else os.environ.get("GOOGLE_CLOUD_PROJECT")
    if not project:
        sys.exit("promos: GOOGLE_CLOUD_PROJECT: not set")
    try:
        lines = asyncio.run(carry_out(project, load(read_database), arguments))
    except UnusableChangeError as error:
        sys.exit(f"promos: {error}")
    except GoogleAuthError as error:
        sys.exit(f"promos: {tell_no_login(error)}")
    except (UnavailableError, CallRefusedError) as error:
        sys.exit(f"promos: say it again, on the same terms: {' '.join(str(error).split())}")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())

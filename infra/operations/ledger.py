"""Audits the books: adds up every account again from the stored documents.

    GOOGLE_CLOUD_PROJECT=… python -m infra.operations.ledger
    GOOGLE_CLOUD_PROJECT=… python -m infra.operations.ledger --database restored-0112

Without --database it reads the database that the functions use: FIRESTORE_DATABASE. It prints every violation, and ends
with 1 when there is one. It reads all users, jobs and transfers in pages, as they stood at one moment, so that a change
during the audit is not reported. It holds one person's books in memory at a time. The nightly workflow runs it; run it
by hand after a restore.
"""

import argparse
import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from google.auth.exceptions import GoogleAuthError
from google.cloud.firestore import AsyncClient, DocumentSnapshot

from infra.operations.login_token import tell_no_login
from shared.codec import decode
from shared.credits.ledger import Account, Transfer
from shared.credits.wallet import Wallet
from shared.jobs.audit import BookedJob, audit_person
from shared.jobs.audit_wallets import add_up_wallets, audit_wallets
from shared.jobs.gather_people import gather_people
from shared.settings import FIRESTORE_DATABASE, load, read_database

PAGE = 1_000
PAGE_SECONDS_MAX = 60.0
PERSON = {"users": "id", "jobs": "user_id", "transfers": "user_id"}
"""The field by which each collection is sorted by person; it needs an index."""


@asynccontextmanager
async def open_database(project: str, database: str = FIRESTORE_DATABASE) -> AsyncIterator[AsyncClient]:
    """A client that is closed at the end."""
    client = AsyncClient(project=project, database=database)
    try:
        yield client
    finally:
        await client._firestore_api.transport.close()  # noqa: SLF001 — it has no public way


class Books:
    """A consistent snapshot of a database, read in pages."""

    def __init__(self, client: AsyncClient, at: datetime) -> None:
        self._client = client
        self._at = at
        self.transfer_count = 0

    async def users(self) -> AsyncIterator[tuple[int, Account]]:
        """User ids and accounts, sorted by person."""
        async for fields in self._read("users", ["id", "account"]):
            yield fields["id"], decode(Account, fields.get("account", {}))

    async def jobs(self) -> AsyncIterator[BookedJob]:
        """Jobs, sorted by person."""
        async for fields in self._read("jobs", ["id", "user_id", "state", "request.price", "payer"]):
            yield decode(BookedJob, fields | fields["request"])

    async def transfers(self) -> AsyncIterator[Transfer]:
        """Transfers, sorted by person, without their notes."""
        names = ["id", "kind", "source", "target", "user_id", "credits", "at", "job_id", "account_id", "wallet_id"]
        async for fields in self._read("transfers", names):
            self.transfer_count += 1
            yield decode(Transfer, fields)

    async def wallets(self) -> list[Wallet]:
        """All groups' wallets."""
        found = self._client.collection("wallets").stream(timeout=PAGE_SECONDS_MAX, read_time=self._at)
        return [decode(Wallet, snapshot.to_dict() or {}) async for snapshot in found]

    async def _read(self, collection: str, names: list[str]) -> AsyncIterator[dict[str, Any]]:
        sorted_ = self._client.collection(collection).select(names).order_by(PERSON[collection]).order_by("__name__")
        search = sorted_.limit(PAGE)
        after: DocumentSnapshot[Any] | None = None
        while True:
            page = search if after is None else search.start_after(after)
            found = [each async for each in page.stream(timeout=PAGE_SECONDS_MAX, read_time=self._at)]
            for snapshot in found:
                yield snapshot.to_dict() or {}
            if len(found) < PAGE:
                return
            after = found[-1]


async def audit_books(client: AsyncClient, *, at_rest: bool = False) -> tuple[list[str], int]:
    """Every violation, and the number of transfers read.

    All reads use one snapshot of this moment by Firestore's clock, which Firestore keeps for an hour.
    """
    anything = await client.collection("users").document("0").get()
    books = Books(client, anything.read_time)
    problems: list[str] = []
    sums = Counter[str]()
    async for person in gather_people(books.users(), books.jobs(), books.transfers()):
        problems += audit_person(person, at_rest=at_rest)
        sums.update(add_up_wallets(person.transfers))
    problems += audit_wallets(await books.wallets(), sums)
    return problems, books.transfer_count


async def read_transfers(client: AsyncClient) -> list[Transfer]:
    """All transfers, at once in memory."""
    return [decode(Transfer, snapshot.to_dict() or {}) async for snapshot in client.collection("transfers").stream()]


async def _main(project: str, database: str) -> int:
    async with open_database(project, database) as client:
        problems, count = await audit_books(client)
    for problem in problems:
        print(json.dumps({"severity": "ERROR", "event": "ledger_mismatched", "message": problem}))
    print(f"{count} transfers, {len(problems)} violations")
    return int(bool(problems))


def main() -> int:
    parser = argparse.ArgumentParser(description="Add the books up again.")
    used = load(read_database)
    parser.add_argument("--database", default=used, help="such as one that was restored; default: %(default)s")
    database = parser.parse_args().database
    project = os.environ.get("GOOGLE_CLOUD_PROJECT")
    if not project:
        sys.exit("ledger: GOOGLE_CLOUD_PROJECT: not set")
    try:
        return asyncio.run(_main(project, database))
    except GoogleAuthError as error:
        sys.exit(f"ledger: {tell_no_login(error)}")


if __name__ == "__main__":
    sys.exit(main())

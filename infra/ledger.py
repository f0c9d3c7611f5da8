"""The books, added up again from the stored documents.

    GOOGLE_CLOUD_PROJECT=… python -m infra.ledger
    GOOGLE_CLOUD_PROJECT=… python -m infra.ledger --database restored-0112

Without --database it reads the one that the functions use: FIRESTORE_DATABASE. Prints every violation and ends with 1
when there is one. Reads all users, jobs and transfers: for the night, or for after a restore; while the bot works, jobs
that move during the reading may be reported once.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from google.auth.exceptions import GoogleAuthError
from google.cloud.firestore import AsyncClient

from shared.domain.audit import audit
from shared.domain.jobs import Job
from shared.domain.ledger import Transfer
from shared.domain.users import User
from shared.flows.documents import decode
from shared.settings import FIRESTORE_DATABASE, load, read_database

T = TypeVar("T")


@asynccontextmanager
async def open_database(project: str, database: str = FIRESTORE_DATABASE) -> AsyncIterator[AsyncClient]:
    """A connection that is hung up at the end."""
    client = AsyncClient(project=project, database=database)
    try:
        yield client
    finally:
        await client._firestore_api.transport.close()  # noqa: SLF001 — it has no public way


async def audit_books(client: AsyncClient, *, at_rest: bool = False) -> tuple[list[str], int]:
    """Every violation, and how many transfers were read."""
    users = await _read_all(client, "users", User)
    jobs = await _read_all(client, "jobs", Job)
    transfers = await read_transfers(client)
    return audit(users, jobs, transfers, at_rest=at_rest), len(transfers)


async def read_transfers(client: AsyncClient) -> list[Transfer]:
    """All of them."""
    return await _read_all(client, "transfers", Transfer)


async def _read_all(client: AsyncClient, collection: str, kind: type[T]) -> list[T]:
    found: list[T] = []
    async for snapshot in client.collection(collection).stream():
        fields: dict[str, Any] = snapshot.to_dict() or {}
        found.append(decode(kind, fields))
    return found


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
        sys.exit(f"ledger: no usable login (gcloud auth application-default login): {' '.join(str(error).split())}")


if __name__ == "__main__":
    sys.exit(main())

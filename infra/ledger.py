"""The books, added up again from the stored documents.

    GOOGLE_CLOUD_PROJECT=… python -m infra.ledger

Prints every violation and ends with 1 when there is one. Reads all users, jobs and transfers: for the night, or for
after a restore; while the bot works, jobs that move during the reading may be reported once.
"""

import asyncio
import json
import os
import sys
from typing import Any, TypeVar

from google.cloud.firestore import AsyncClient

from shared.domain.audit import audit
from shared.domain.jobs import Job
from shared.domain.ledger import Transfer
from shared.domain.users import User
from shared.flows.documents import decode

T = TypeVar("T")


async def audit_books(client: AsyncClient, *, at_rest: bool = False) -> tuple[list[str], int]:
    """Every violation, and how many transfers were read."""
    users = await _read_all(client, "users", User)
    jobs = await _read_all(client, "jobs", Job)
    transfers = await _read_all(client, "transfers", Transfer)
    return audit(users, jobs, transfers, at_rest=at_rest), len(transfers)


async def _read_all(client: AsyncClient, collection: str, kind: type[T]) -> list[T]:
    found: list[T] = []
    async for snapshot in client.collection(collection).stream():
        fields: dict[str, Any] = snapshot.to_dict() or {}
        found.append(decode(kind, fields))
    return found


async def _main(project: str) -> None:
    problems, count = await audit_books(AsyncClient(project=project))
    for problem in problems:
        print(json.dumps({"severity": "ERROR", "event": "ledger_mismatched", "message": problem}))
    print(f"{count} transfers, {len(problems)} violations")
    sys.exit(bool(problems))


if __name__ == "__main__":
    if not os.environ.get("GOOGLE_CLOUD_PROJECT"):
        sys.exit("ledger: GOOGLE_CLOUD_PROJECT: not set")
    asyncio.run(_main(os.environ["GOOGLE_CLOUD_PROJECT"]))

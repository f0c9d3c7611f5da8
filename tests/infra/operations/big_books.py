"""Adds up the books of many people out of a client that makes the documents up, page by page, and says what it took.

    python -m tests.infra.operations.big_books 100000

Each person has ten transfers and five jobs. Firestore's emulator would need hours for a million documents; this client
answers the one kind of query that `infra.operations.ledger` asks. Prints transfers, violations and the process's peak
in MiB.
"""

import asyncio
import resource
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from google.cloud.firestore import AsyncClient

from infra.bench.counts import make_past_job
from infra.operations import ledger
from shared.codec import encode
from shared.credits.ledger import Account, capture_hold, place_hold, welcome
from shared.jobs.job import JobState, hold_of

NOW = datetime(2026, 1, 2, tzinfo=UTC)
PER_PERSON = {"users": 1, "jobs": 5, "transfers": 10}
STATUS = Path("/proc/self/status")
KIB_PER_MIB = 1024
BYTES_PER_MIB = 1024**2

Fields = dict[str, Any]


def make_documents(collection: str, user_id: int) -> list[Fields]:
    """One person's documents: a gift, four delivered pictures, and one under way."""
    *done, last = jobs = [make_past_job(user_id, number) for number in range(PER_PERSON["jobs"])]
    account, gift = welcome(Account(), user_id, 1_000, NOW)
    transfers = [gift]
    for job in done:
        account, hold = place_hold(account, hold_of(job))
        account, capture = capture_hold(account, hold_of(job), NOW)
        transfers += [hold, capture]
    account, hold = place_hold(account, hold_of(last))
    transfers.append(hold)
    jobs = [*done, replace(last, state=JobState.MADE)]
    values: dict[str, list[Any]] = {
        "users": [{"id": user_id, "account": account}],
        "jobs": jobs,
        "transfers": transfers,
    }
    return [encode(value) for value in values[collection]]


@dataclass(frozen=True)
class Snapshot:
    """A made-up document and its place in the collection."""

    place: int
    fields: Fields
    read_time: datetime = NOW

    def to_dict(self) -> Fields:
        return self.fields


@dataclass(frozen=True)
class Client:
    """Answers as a client of Firestore would, for a collection or a query of it."""

    people: int
    name: str = ""
    size: int = 0
    start: int = 0

    def collection(self, name: str) -> "Client":
        return replace(self, name=name)

    def document(self, _id: str) -> "Client":
        return self

    async def get(self) -> Snapshot:
        return Snapshot(0, {})

    def select(self, _names: list[str]) -> "Client":
        return self

    def order_by(self, _name: str) -> "Client":
        return self

    def limit(self, size: int) -> "Client":
        return replace(self, size=size)

    def start_after(self, snapshot: Snapshot) -> "Client":
        return replace(self, start=snapshot.place + 1)

    async def stream(self, **_options: object) -> AsyncIterator[Snapshot]:
        if (each := PER_PERSON.get(self.name, 0)) == 0:  # nobody has a wallet
            return
        end = min(self.start + self.size, self.people * each)
        for user_id in range(self.start // each, -(-end // each)):
            for number, fields in enumerate(make_documents(self.name, user_id)):
                if self.start <= (place := user_id * each + number) < end:
                    yield Snapshot(place, fields)


def read_peak_mib() -> int:
    """The most memory this program has had: on Linux getrusage also counts the process that started it."""
    with suppress(FileNotFoundError):
        [line] = [line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) // KIB_PER_MIB
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (BYTES_PER_MIB if sys.platform == "darwin" else KIB_PER_MIB)


def main(people: int) -> None:
    violations, count = asyncio.run(ledger.audit_books(cast("AsyncClient", Client(people))))
    sys.stdout.write(f"{count} {len(violations)} {read_peak_mib()}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""Checks the books of many people in a store that makes the documents up, and says what it took.

    python -m tests.infra.operations.big_store 100000

Each person has ten transfers and five jobs. Prints the calls of `sweep`, the problems and the process's peak in MiB.
"""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from typing import cast

from shared.jobs.check_books import CONTROL, LAST_ID, check_books
from shared.ports import Create, Key, Query, Record, RepairPorts, TaskQueue, Version, Write
from tests.fakes.clock import FakeClock
from tests.infra.operations.big_books import PER_PERSON, make_documents, read_peak_mib

QUERIES_PER_SECOND = 10


class BigStore:
    """A Store with the documents of `people` persons, whose queries take time."""

    def __init__(self, people: int, clock: FakeClock) -> None:
        self._people, self._clock = people, clock
        self.control: Record | None = None

    async def read(self, keys: Sequence[Key]) -> list[Record | None]:
        return [self.control if key == CONTROL else None for key in keys]

    async def commit(self, writes: Sequence[Write]) -> list[Version]:
        [write] = writes
        assert write.key == CONTROL
        assert isinstance(write, Create) == (self.control is None)
        fields = write.fields if self.control is None else self.control.fields | write.fields
        self.control = Record(CONTROL, fields, object())
        return [self.control.version]

    async def find(self, query: Query) -> list[Record]:
        """The documents after a person's last one, or after the n-th of a person."""
        self._clock.advance(1 / QUERIES_PER_SECOND)
        if query.collection not in PER_PERSON:  # nobody has a wallet
            return []
        assert query.after is not None
        passed, last_id = query.after
        each = PER_PERSON[query.collection]
        start = (passed + 1) * each if last_id == LAST_ID else passed * each + int(last_id) + 1
        end = min(max(start, 0) + query.limit, self._people * each)
        found: list[Record] = []
        for user_id in range(max(start, 0) // each, -(-end // each)):
            for number, fields in enumerate(make_documents(query.collection, user_id)):
                if max(start, 0) <= user_id * each + number < end:
                    found.append(Record(Key(query.collection, str(number)), fields, 0))
        return found

    async def count(self, query: Query) -> int:
        return len(await self.find(query))


async def check(people: int) -> int:
    """The calls of `sweep` that it took."""
    clock = FakeClock()
    begun_at = clock.now()
    store, calls = BigStore(people, clock), 0
    while store.control is None or store.control.fields["due_at"] <= begun_at:
        await check_books(RepairPorts(store, cast("TaskQueue", None), clock), clock.now())
        calls += 1
    return calls


def main(people: int) -> None:
    with redirect_stdout(StringIO()) as said:
        calls = asyncio.run(check(people))
    sys.stdout.write(f"{calls} {said.getvalue().count('ledger_mismatched')} {read_peak_mib()}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))

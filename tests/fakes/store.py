"""A Store in memory that is as particular as Firestore."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from shared.errors import ConflictError
from shared.ports import Create, Delete, Fields, Increment, Key, Query, Record, Update, Version, Write
from shared.usage import current_usage

WRITES_MAX = 500
INTEGERS = range(-(2**63), 2**63)
PLAIN = frozenset({type(None), bool, float, bytes})
UNCHANGING = PLAIN | {str, int, datetime}
"""What a copy may share."""


class _Documents(dict[Key, Record]):
    """All documents, and those of each collection by their id."""

    def __init__(self) -> None:
        super().__init__()
        self.collections: defaultdict[str, dict[str, Record]] = defaultdict(dict)

    def __setitem__(self, key: Key, record: Record) -> None:
        super().__setitem__(key, record)
        self.collections[key.collection][key.id] = record

    def __delitem__(self, key: Key) -> None:
        super().__delitem__(key)
        del self.collections[key.collection][key.id]

    def clear(self) -> None:
        super().clear()
        self.collections.clear()


class FakeStore:
    """Implements Store. Every call happens at once: what is concurrent is between a flow's calls."""

    def __init__(self) -> None:
        self._documents = _Documents()
        self._commits = 0

    async def read(self, keys: Sequence[Key]) -> list[Record | None]:
        current_usage().store_reads += len(set(keys))
        found = map(self._documents.get, keys)
        return [None if record is None else _copy_record(record) for record in found]

    async def commit(self, writes: Sequence[Write]) -> list[Version]:
        check_writes(writes)
        for write in writes:
            self._check_precondition(write)
        self._commits += 1
        current_usage().store_writes += len(writes)
        return [self._apply(write) for write in writes]

    async def find(self, query: Query) -> list[Record]:
        matching = list(self._documents.collections[query.collection].values())
        # The range first: in a large collection it leaves the fewest, and `sweep` asks every few seconds.
        for field, op, wanted in sorted(query.where, key=lambda each: each[1] != "<="):
            matching = [r for r in matching if _has(r.fields, field) and _matches(_read(r.fields, field), op, wanted)]
        found = [_copy_record(record) for record in _leave_out(_sort(matching, query), query)[: query.limit]]
        current_usage().store_reads += max(len(found), 1)
        return found

    async def count(self, query: Query) -> int:
        usage = current_usage()
        before, found = usage.store_reads, await FakeStore.find(self, query)
        usage.store_reads = before + max(-(-len(found) // 1_000), 1)
        return len(found)

    def collection(self, name: str) -> dict[str, Fields]:
        """For tests: the documents of a collection by their id."""
        return {name: _copy_stored(record.fields) for name, record in self._documents.collections[name].items()}

    def _check_precondition(self, write: Write) -> None:
        current = self._documents.get(write.key)
        if isinstance(write, Create):
            if current is not None:
                raise ConflictError(f"{write.key} is there already")
        elif isinstance(write, Update | Delete) and (current is None or current.version != write.version):
            raise ConflictError(f"{write.key} has changed")

    def _apply(self, write: Write) -> Version:
        if isinstance(write, Delete):
            del self._documents[write.key]
            return self._commits
        fields = copy_value(write.fields)
        current = self._documents.get(write.key)
        if isinstance(write, Increment) and current is not None:
            fields = {name: current.fields.get(name, 0) + amount for name, amount in fields.items()}
        if current is None:
            record = Record(write.key, fields, self._commits)
        else:
            merged = current.fields | fields
            # As in Firestore, a write that changes nothing leaves the document at its version.
            record = Record(write.key, merged, current.version if merged == current.fields else self._commits)
        self._documents[write.key] = record
        return record.version


def check_writes(writes: Sequence[Write]) -> None:
    """Refuse what the adapter and its client refuse."""
    if len(writes) > WRITES_MAX:
        raise ValueError(f"a commit holds at most {WRITES_MAX} writes, not {len(writes)}")
    if len({write.key for write in writes}) < len(writes):
        raise ValueError("one commit writes a document twice")
    if not all(write.fields for write in writes if isinstance(write, Update)):
        raise ValueError("an update without fields")


def copy_value(value: Any, *, in_list: bool = False) -> Any:
    """A deep copy of what Firestore can store, in the types in which it comes back."""
    kind = type(value)
    if kind is str:
        value.encode()  # lone surrogates cannot be stored
        return value
    if kind in PLAIN or (isinstance(value, int) and value in INTEGERS):
        return value
    if isinstance(value, list | tuple) and not in_list:
        return [copy_value(item, in_list=True) for item in value]
    if isinstance(value, dict) and all(isinstance(name, str) and name for name in value):
        return {str(name): item if type(item) in PLAIN else copy_value(item) for name, item in value.items()}
    if isinstance(value, str):  # an enum's value is text
        return str(value.encode(), "utf-8")
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    raise TypeError(f"Firestore cannot store {value!r}" + (" in a list" if in_list else ""))


def _copy_stored(value: Any) -> Any:
    """A deep copy of what `copy_value` gave: nothing of it has to be checked again."""
    kind = type(value)
    if kind is dict:
        return {name: item if type(item) in UNCHANGING else _copy_stored(item) for name, item in value.items()}
    return [_copy_stored(item) for item in value] if kind is list else value


def _copy_record(record: Record) -> Record:
    return Record(record.key, _copy_stored(record.fields), record.version)


def _has(fields: Any, path: str) -> bool:
    """Whether there is a value at this path: "perks.invited_by" is a field of a map."""
    name, _, rest = path.partition(".")
    return isinstance(fields, dict) and name in fields and (not rest or _has(fields[name], rest))


def _read(fields: Any, path: str) -> Any:
    for name in path.split("."):
        fields = fields[name]
    return fields


def _matches(value: Any, op: str, wanted: Any) -> bool:
    if op == "array_contains":
        return isinstance(value, list) and any(_matches(item, "==", wanted) for item in value)
    if op == "in":
        return any(_matches(value, "==", each) for each in wanted)
    if type(value) is not type(wanted) and _rank(value) != _rank(wanted):
        return False  # values of different types are never equal, nor does a range reach across them
    return bool(value == wanted if op == "==" else value is not None and value <= wanted)


def _sort(records: list[Record], query: Query) -> list[Record]:
    """In the order asked for, else that of the range filter, and at last by id."""
    ranged = next((field for field, op, _ in query.where if op == "<="), None)
    field, direction = query.order_by or (ranged, "ASCENDING")
    if field is not None:
        records = [record for record in records if field in record.fields]

    def place(record: Record) -> tuple[Any, ...]:
        value = None if field is None else record.fields[field]
        return (_rank(value), 0 if value is None else value, record.key.id.encode())

    return sorted(records, key=place, reverse=direction == "DESCENDING")


def _leave_out(records: list[Record], query: Query) -> list[Record]:
    """Without those up to the place where the query begins."""
    if query.after is None or query.order_by is None:
        return records
    (value, document_id), (field, direction) = query.after, query.order_by
    start, is_down = (_rank(value), value, document_id.encode()), direction == "DESCENDING"

    def place(record: Record) -> tuple[Any, ...]:
        return _rank(record.fields[field]), record.fields[field], record.key.id.encode()

    return [record for record in records if (place(record) < start if is_down else place(record) > start)]


def _rank(value: Any) -> int:
    """Firestore's order of types."""
    kinds = (type(None), bool, int | float, datetime, str, bytes, list, dict)
    return next(rank for rank, kind in enumerate(kinds) if isinstance(value, kind))

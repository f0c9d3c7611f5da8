"""Documents in Firestore: plain reads, and commits that hold only if nobody wrote in between.

    reader A   read (v1) ───────────── commit at v1 ──▶ written, now v2
    reader B        read (v1) ───────────────────── commit at v1 ──▶ ConflictError: read again, decide again

Two traps of Firestore that callers must know:

- A commit whose answer was lost is an UnavailableError although it was written. It is never repeated here.
  Who repeats it gets a ConflictError because of its own first try, and learns by reading that all is done.
- An update that changes nothing leaves the document at its version, so it stops nobody. What is meant to
  fence others off must change a value.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TypeVar

from google.api_core import exceptions
from google.auth.exceptions import GoogleAuthError
from google.cloud.firestore import AsyncClient, AsyncWriteBatch, DocumentSnapshot
from google.cloud.firestore_v1.base_query import FieldFilter
from google.cloud.firestore_v1.transforms import Increment as Addition

from shared.errors import ConflictError, UnavailableError
from shared.ports import Create, Increment, Key, Query, Record, Version, Write
from shared.usage import current_usage

READ_SECONDS_MAX = 5.0
COMMIT_SECONDS_MAX = 10.0
WRITES_MAX = 500
"""Firestore takes more by now; nothing here should want to."""

CONFLICTS = (exceptions.AlreadyExists, exceptions.FailedPrecondition, exceptions.Aborted)
NO_DOCUMENT = "No document to update"
"""How the NotFound of a commit begins whose document is gone; any other means the project or the database."""
OUTAGES = (
    exceptions.ServiceUnavailable,
    exceptions.DeadlineExceeded,
    exceptions.InternalServerError,
    exceptions.Cancelled,
    exceptions.ResourceExhausted,
    exceptions.Aborted,  # of a read: a moment of contention
    exceptions.RetryError,
    exceptions.NotFound,  # of a database: a missing document is an answer, no error
    GoogleAuthError,
)
BROKEN_CONNECTION = (exceptions.ServiceUnavailable, exceptions.InternalServerError)

Answer = TypeVar("Answer")


class FirestoreStore:
    """Implements Store.

    The client belongs to the event loop that uses it first, and must not exist before the server forks. With
    FIRESTORE_EMULATOR_HOST set it talks to the emulator and needs no credentials.
    """

    def __init__(self, project: str, database: str = "(default)") -> None:
        self._project = project
        self._database = database
        self._client: AsyncClient | None = None

    async def read(self, keys: Sequence[Key]) -> list[Record | None]:
        if not keys:
            return []
        found = await _ask(lambda: self._get_all(set(keys)))
        current_usage().store_reads += len(set(keys))
        return [found.get(key) for key in keys]

    async def commit(self, writes: Sequence[Write]) -> list[Version]:
        if not writes:
            return []
        _check_writes(writes)
        batch = self._connect().batch()
        for write in writes:
            self._add_write(batch, write)
        try:
            results = await batch.commit(retry=None, timeout=COMMIT_SECONDS_MAX)
        except CONFLICTS as error:
            raise ConflictError(str(error)) from error
        except exceptions.NotFound as error:
            if error.message.startswith(NO_DOCUMENT):
                raise ConflictError(str(error)) from error
            raise UnavailableError(f"Firestore: {error}") from error
        except OUTAGES as error:
            raise UnavailableError(f"Firestore: {error}") from error
        current_usage().store_writes += len(writes)
        return [result.update_time for result in results]

    async def find(self, query: Query) -> list[Record]:
        found = await _ask(lambda: self._run_query(query))
        current_usage().store_reads += max(len(found), 1)
        return found

    async def close(self) -> None:
        """Hang up, in the loop that used it."""
        if self._client is not None:
            client, self._client = self._client, None
            await client._firestore_api.transport.close()  # noqa: SLF001 — it has no public way

    def _connect(self) -> AsyncClient:
        if self._client is None:
            self._client = AsyncClient(self._project, database=self._database)
        return self._client

    async def _get_all(self, keys: Iterable[Key]) -> dict[Key, Record]:
        client = self._connect()
        references = [client.collection(key.collection).document(key.id) for key in keys]
        answers = client.get_all(references, retry=None, timeout=READ_SECONDS_MAX)
        records = [_read_snapshot(snapshot) async for snapshot in answers if snapshot.exists]
        return {record.key: record for record in records}

    async def _run_query(self, query: Query) -> list[Record]:
        search: Any = self._connect().collection(query.collection).limit(query.limit)
        for field, op, value in query.where:
            search = search.where(filter=FieldFilter(field, op, value))
        if query.order_by is not None:
            search = search.order_by(query.order_by[0], direction=query.order_by[1])
        answers = search.stream(retry=None, timeout=READ_SECONDS_MAX)
        return [_read_snapshot(snapshot) async for snapshot in answers]

    def _add_write(self, batch: AsyncWriteBatch, write: Write) -> None:
        client = self._connect()
        reference = client.collection(write.key.collection).document(write.key.id)
        if isinstance(write, Create):
            batch.create(reference, write.fields)
        elif isinstance(write, Increment):
            batch.set(reference, {name: Addition(amount) for name, amount in write.fields.items()}, merge=True)
        else:
            batch.update(reference, write.fields, client.write_option(last_update_time=write.version))


def _check_writes(writes: Sequence[Write]) -> None:
    if len(writes) > WRITES_MAX:
        raise ValueError(f"a commit holds at most {WRITES_MAX} writes, not {len(writes)}")
    if len({write.key for write in writes}) < len(writes):
        raise ValueError("one commit writes a document twice")


async def _ask(call: Callable[[], Awaitable[Answer]]) -> Answer:
    """The answer of a read, which after a broken connection is tried once more."""
    try:
        with suppress(*BROKEN_CONNECTION):
            return await call()
        return await call()
    except OUTAGES as error:
        raise UnavailableError(f"Firestore: {error}") from error


def _read_snapshot(snapshot: DocumentSnapshot[Any]) -> Record:
    key = Key(snapshot.reference.parent.id, snapshot.id)
    return Record(key, _plain(snapshot.to_dict()), snapshot.update_time)


def _plain(value: Any) -> Any:
    """The value with the standard library's datetimes instead of the client's own kind."""
    if isinstance(value, datetime):
        return datetime.combine(value.date(), value.time(), UTC)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value

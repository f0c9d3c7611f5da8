"""Documents in Firestore: reads, and commits with optimistic concurrency.

    reader A   read (v1) ───────────── commit at v1 ──▶ written, now v2
    reader B        read (v1) ───────────────────── commit at v1 ──▶ ConflictError: read again, decide again

Two traps of Firestore that callers must know:

- A commit whose response was lost raises UnavailableError although it may be written. It is never retried here.
  A caller that retries it gets a ConflictError because of its own first try, and has to read to find out.
- An update that changes nothing keeps the document's version, so it causes no conflict for others. A fence has to
  change a value.

It speaks the REST API (https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases.documents):
Google's library is a fifth of a cold start of `bot`, and takes 0.8 ms of CPU a call instead of 0.1.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeVar

from shared.adapters.firestore_values import Json, read_fields, write_fields, write_path, write_value
from shared.adapters.google_rest import OK, GoogleRest, Token
from shared.adapters.http_connections import Answer
from shared.adapters.metadata_token import MetadataToken
from shared.errors import CallRefusedError, ConflictError, UnavailableError
from shared.ports import Create, Delete, Increment, Key, Query, Record, Update, Version, Write
from shared.telemetry.record import open_span
from shared.usage import current_usage

CLOUD_HOST = "firestore.googleapis.com"
EMULATOR_HOST = "FIRESTORE_EMULATOR_HOST"
READ_SECONDS_MAX = 5.0
COMMIT_SECONDS_MAX = 10.0
WRITES_MAX = 500
"""Firestore now allows more, but none of our commits should need more."""
COUNTED_AS_ONE_READ = 1_000
"""Index entries: https://firebase.google.com/docs/firestore/pricing#aggregation_queries"""
REASON_CHARACTERS_MAX = 300
REQUEST_TIMEOUT, TOO_MANY_REQUESTS, SERVER_ERRORS = 408, 429, 500
"""408: a front end closes a kept connection just as we use it."""

CONFLICTS = frozenset({"ALREADY_EXISTS", "FAILED_PRECONDITION", "ABORTED"})
NO_DOCUMENT = "No document to update"
"""The beginning of a commit's NOT_FOUND for a missing document; any other NOT_FOUND concerns project or database."""
OUTAGES = frozenset(
    {
        "UNAVAILABLE",
        "DEADLINE_EXCEEDED",
        "INTERNAL",
        "CANCELLED",
        "RESOURCE_EXHAUSTED",
        "UNAUTHENTICATED",
        "ABORTED",  # of a read: contention
        "NOT_FOUND",  # of the database; a missing document is not an error
    }
)
BROKEN_CONNECTION = frozenset({"UNAVAILABLE", "INTERNAL", ""})
_OPS = {"==": "EQUAL", "<=": "LESS_THAN_OR_EQUAL", "array_contains": "ARRAY_CONTAINS", "in": "IN"}

T = TypeVar("T")
_SYSTEM = {"db.system.name": "gcp.firestore"}


class FirestoreStore:
    """Implements Store.

    The connections belong to the event loop that uses them first, and must not exist before the server forks. With
    FIRESTORE_EMULATOR_HOST set it talks to the emulator and needs no token; otherwise it uses the metadata server's
    token, unless another is given.
    """

    def __init__(self, project: str, database: str = "(default)", token: Token | None = None) -> None:
        self._root = f"projects/{project}/databases/{database}/documents"
        self._token = token
        self._opened: GoogleRest | None = None

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
        asked = {"writes": [self._describe_write(write) for write in writes]}
        try:
            done = await self._call("commit", asked, COMMIT_SECONDS_MAX, once=True)
        except _FailedError as error:
            if error.status in CONFLICTS or error.reason.startswith(NO_DOCUMENT):
                raise ConflictError(str(error)) from error
            raise error.as_ours() from error
        current_usage().store_writes += len(writes)
        return [result.get("updateTime") for result in done["writeResults"]]

    async def find(self, query: Query) -> list[Record]:
        found = await _ask(lambda: self._run_query(query))
        current_usage().store_reads += max(len(found), 1)
        return found

    async def count(self, query: Query) -> int:
        counted = await _ask(lambda: self._run_count(query))
        current_usage().store_reads += max(-(-counted // COUNTED_AS_ONE_READ), 1)
        return counted

    async def close(self) -> None:
        """Close the connections, in the loop that used them."""
        if self._opened is not None:
            opened, self._opened = self._opened, None
            await opened.close()

    def _open(self) -> GoogleRest:
        if self._opened is None:
            emulator = os.environ.get(EMULATOR_HOST)
            token = None if emulator else self._token or MetadataToken()
            self._opened = GoogleRest(emulator or CLOUD_HOST, token)
        return self._opened

    async def _get_all(self, keys: Iterable[Key]) -> dict[Key, Record]:
        asked = {"documents": [self._name(key) for key in keys]}
        answers = await self._call("batchGet", asked, READ_SECONDS_MAX)
        records = [self._read_document(answer["found"]) for answer in answers if "found" in answer]
        return {record.key: record for record in records}

    async def _run_query(self, query: Query) -> list[Record]:
        described = _describe_query(query)
        if query.after is not None:
            value, document_id = query.after
            place = {"referenceValue": self._name(Key(query.collection, document_id))}
            described["startAt"] = {"values": [write_value(value), place], "before": False}
        answers = await self._call("runQuery", {"structuredQuery": described}, READ_SECONDS_MAX)
        return [self._read_document(answer["document"]) for answer in answers if "document" in answer]

    async def _run_count(self, query: Query) -> int:
        counting = {"structuredQuery": _describe_query(query), "aggregations": [{"alias": "n", "count": {}}]}
        answers = await self._call("runAggregationQuery", {"structuredAggregationQuery": counting}, READ_SECONDS_MAX)
        counts = [answer["result"]["aggregateFields"]["n"] for answer in answers if "result" in answer]
        return int(counts[0]["integerValue"])

    async def _call(self, method: str, asked: Json, seconds_max: float, *, once: bool = False) -> Any:
        """One call. Raises _FailedError; UnavailableError without a token; CallRefusedError for a lone surrogate."""
        try:
            content = json.dumps(asked, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        except ValueError as error:
            raise CallRefusedError(f"Firestore: {error}") from error
        try:
            with open_span(f"firestore {method}", "client", {**_SYSTEM, "db.operation.name": method}):
                async with asyncio.timeout(seconds_max):
                    answer = await self._open().post(f"/v1/{self._root}:{method}", content, once=once)
        except TimeoutError:
            raise _FailedError("DEADLINE_EXCEEDED", f"no answer within {seconds_max:g} s") from None
        except OSError as error:
            raise _FailedError("", str(error)) from error
        return _read_answer(answer)

    def _name(self, key: Key) -> str:
        return f"{self._root}/{key.collection}/{key.id}"

    def _read_document(self, document: Json) -> Record:
        collection, _, document_id = document["name"].removeprefix(f"{self._root}/").partition("/")
        return Record(Key(collection, document_id), read_fields(document), document["updateTime"])

    def _describe_write(self, write: Write) -> Json:
        name = self._name(write.key)
        if isinstance(write, Increment):
            steps = [{"fieldPath": write_path(field), "increment": write_value(n)} for field, n in write.fields.items()]
            return {"transform": {"document": name, "fieldTransforms": steps}}
        if isinstance(write, Delete):
            return {"delete": name, "currentDocument": {"updateTime": write.version}}
        described: Json = {"update": {"name": name, "fields": write_fields(write.fields)}}
        if isinstance(write, Create):
            return described | {"currentDocument": {"exists": False}}
        mask = {"fieldPaths": [write_path(field) for field in write.fields]}
        return described | {"updateMask": mask, "currentDocument": {"updateTime": write.version}}


class _FailedError(Exception):
    """A failed call; `status` is Google's code, empty if there was no response."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(f"{status} {reason}".strip())
        self.status = status
        self.reason = reason

    def as_ours(self) -> UnavailableError | CallRefusedError:
        """The error for a caller that expects no ConflictError."""
        is_outage = not self.status or self.status in OUTAGES
        return (UnavailableError if is_outage else CallRefusedError)(f"Firestore: {self}")


def _read_answer(answer: Answer) -> Any:
    """The JSON of a response. Raises _FailedError. A streamed response may fail after some of its parts."""
    try:
        body = json.loads(answer.body)
    except ValueError:
        body = None
    failed = next((part["error"] for part in (body if isinstance(body, list) else [body]) if _is_failed(part)), None)
    if failed is not None:
        raise _FailedError(str(failed.get("status", "")), str(failed.get("message", ""))[:REASON_CHARACTERS_MAX])
    if answer.status != OK or body is None:
        is_outage = answer.status in {OK, REQUEST_TIMEOUT, TOO_MANY_REQUESTS} or answer.status >= SERVER_ERRORS
        raise _FailedError("UNAVAILABLE" if is_outage else f"HTTP_{answer.status}", "an answer that is not the API's")
    return body


def _is_failed(part: Any) -> bool:
    return isinstance(part, dict) and isinstance(part.get("error"), dict)


def _describe_query(query: Query) -> Json:
    described: Json = {"from": [{"collectionId": query.collection}], "limit": query.limit}
    if query.where:
        filters = [_describe_filter(*condition) for condition in query.where]
        described["where"] = {"compositeFilter": {"op": "AND", "filters": filters}}
    if query.order_by is not None:
        field, direction = query.order_by
        fields = (write_path(field),) if query.after is None else (write_path(field), "__name__")
        described["orderBy"] = [{"field": {"fieldPath": path}, "direction": direction} for path in fields]
    return described


def _describe_filter(name: str, op: str, value: Any) -> Json:
    field = {"fieldPath": name}  # a path, as callers write it: "waiting.kind" is a field of a map
    if value is None:
        return {"unaryFilter": {"field": field, "op": "IS_NULL"}}
    return {"fieldFilter": {"field": field, "op": _OPS[op], "value": write_value(value)}}


def _check_writes(writes: Sequence[Write]) -> None:
    if len(writes) > WRITES_MAX:
        raise ValueError(f"a commit holds at most {WRITES_MAX} writes, not {len(writes)}")
    if len({write.key for write in writes}) < len(writes):
        raise ValueError("one commit writes a document twice")
    if any(isinstance(write, Update) and not write.fields for write in writes):
        raise ValueError("an update without fields")


async def _ask(call: Callable[[], Awaitable[T]]) -> T:
    """The response of a read, with one retry after a broken connection."""
    try:
        try:
            return await call()
        except _FailedError as error:
            if error.status not in BROKEN_CONNECTION:
                raise
        return await call()
    except _FailedError as error:
        raise error.as_ours() from error

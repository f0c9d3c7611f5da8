"""What only the real Store can meet: a Firestore that fails, hangs or is not there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import grpc
import pytest
from google.cloud.firestore_v1.types import BatchGetDocumentsResponse

from shared.adapters import firestore
from shared.adapters.firestore import FirestoreStore
from shared.errors import ConflictError, UnavailableError
from shared.ports import Create, Key, Query, Update, Write
from tests.contracts.grpc_server import Context, serve_grpc

SERVICE = "google.firestore.v1.Firestore"
ANNA = Key("users", "anna")
WRITES: list[Write] = [Create(ANNA, {}), Update(Key("users", "boris"), {"n": 1}, datetime(2026, 1, 2, tzinfo=UTC))]

NO_ANNA = BatchGetDocumentsResponse.serialize(
    BatchGetDocumentsResponse(missing="projects/test-project/databases/(default)/documents/users/anna")
)


class FailingFirestore:
    """Fails `failures` times with `code`, and then answers with `reply`, at first an empty message."""

    def __init__(self, code: grpc.StatusCode, failures: int = 1_000) -> None:
        self.code = code
        self.failures = failures
        self.calls = 0
        self.reply = b""

    async def answer(self, _: bytes, context: Context) -> bytes:
        self.calls += 1
        if self.calls <= self.failures:
            await context.abort(self.code, "on purpose")
        return self.reply


async def hang(_: bytes, __: Context) -> bytes:
    await asyncio.Event().wait()
    return b""


@asynccontextmanager
async def connected(address: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FirestoreStore]:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", address)
    store = FirestoreStore("test-project")
    try:
        yield store
    finally:
        await store.close()


@pytest.mark.parametrize("code", ["ALREADY_EXISTS", "FAILED_PRECONDITION", "ABORTED"])
async def test_failed_precondition_is_a_conflict(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every code that says "somebody was first" means: read again."""
    server = FailingFirestore(grpc.StatusCode[code])
    async with serve_grpc(SERVICE, "Commit", server.answer) as address, connected(address, monkeypatch) as store:
        with pytest.raises(ConflictError):
            await store.commit(WRITES)
    assert server.calls == 1


@pytest.mark.parametrize(
    "code", ["UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "CANCELLED", "RESOURCE_EXHAUSTED", "NOT_FOUND"]
)
async def test_commit_is_never_repeated(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it was written is unknown: the caller has to look, and nobody retries below.

    A NOT_FOUND that is not about a document is about the database: nobody was first, so nothing is decided anew.
    """
    server = FailingFirestore(grpc.StatusCode[code], failures=1)
    async with serve_grpc(SERVICE, "Commit", server.answer) as address, connected(address, monkeypatch) as store:
        with pytest.raises(UnavailableError):
            await store.commit(WRITES)
    assert server.calls == 1


@pytest.mark.parametrize("code", ["UNAVAILABLE", "INTERNAL"])
@pytest.mark.parametrize("method", ["BatchGetDocuments", "RunQuery"])
async def test_read_is_repeated_once(method: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that broke does not become an outage."""
    server = FailingFirestore(grpc.StatusCode[code], failures=1)
    if method == "BatchGetDocuments":
        server.reply = NO_ANNA
    async with (
        serve_grpc(SERVICE, method, server.answer, streams=True) as address,
        connected(address, monkeypatch) as store,
    ):
        if method == "BatchGetDocuments":
            assert await store.read([ANNA]) == [None]
        else:
            assert await store.find(Query("users", (), 1)) == []
    assert server.calls == 2


@pytest.mark.parametrize(
    ("code", "calls"), [("UNAVAILABLE", 2), ("DEADLINE_EXCEEDED", 1), ("ABORTED", 1), ("NOT_FOUND", 1)]
)
async def test_read_that_keeps_failing_is_an_outage(code: str, calls: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller learns of it soon."""
    server = FailingFirestore(grpc.StatusCode[code])
    async with (
        serve_grpc(SERVICE, "BatchGetDocuments", server.answer, streams=True) as address,
        connected(address, monkeypatch) as store,
    ):
        with pytest.raises(UnavailableError):
            await store.read([ANNA])
    assert server.calls == calls


@pytest.mark.parametrize("method", ["BatchGetDocuments", "RunQuery", "Commit"])
async def test_silence_has_a_limit(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Firestore that accepts calls and never answers is an outage after the time limit."""
    monkeypatch.setattr(firestore, "READ_SECONDS_MAX", 0.2)
    monkeypatch.setattr(firestore, "COMMIT_SECONDS_MAX", 0.2)
    async with (
        serve_grpc(SERVICE, method, hang, streams=method != "Commit") as address,
        connected(address, monkeypatch) as store,
    ):
        calls: dict[str, Callable[[], Awaitable[object]]] = {
            "BatchGetDocuments": lambda: store.read([ANNA]),
            "RunQuery": lambda: store.find(Query("users", (), 1)),
            "Commit": lambda: store.commit(WRITES),
        }
        with pytest.raises(UnavailableError):
            await asyncio.wait_for(calls[method](), 5)


async def test_nobody_there_is_an_outage(free_port: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused connection is reported at once."""
    async with connected(f"127.0.0.1:{free_port()}", monkeypatch) as store:
        with pytest.raises(UnavailableError):
            await store.read([ANNA])
        with pytest.raises(UnavailableError):
            await store.commit(WRITES)


async def test_missing_index_is_our_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """A query that Firestore refuses is neither a conflict nor an outage: coming again would not help."""
    server = FailingFirestore(grpc.StatusCode.FAILED_PRECONDITION)
    async with (
        serve_grpc(SERVICE, "RunQuery", server.answer, streams=True) as address,
        connected(address, monkeypatch) as store,
    ):
        with pytest.raises(Exception, match="on purpose") as caught:
            await store.find(Query("users", (), 1))
    assert not isinstance(caught.value, ConflictError | UnavailableError)

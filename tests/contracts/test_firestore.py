"""What only the real Store can meet: a Firestore that fails, hangs or is not there."""

import asyncio
import json
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from threading import Event
from typing import Any

import pytest
from google.cloud.firestore import AsyncClient

from shared.adapters import firestore, google_rest
from shared.adapters.firestore import FirestoreStore
from shared.adapters.firestore_values import read_value, write_value
from shared.adapters.http_connections import HttpConnections
from shared.codec import decode
from shared.credits.spending import STOP
from shared.errors import CallRefusedError, ConflictError, DocumentUnreadableError, UnavailableError
from shared.ports import Create, Key, Query, Update, Write
from tests.contracts.http_server import Reply, Request, Server, serve_http
from tests.contracts.test_store import NOON, read_one
from tests.security.stage import STALL

ANNA = Key("users", "anna")
WRITES: list[Write] = [Create(ANNA, {}), Update(Key("users", "boris"), {"n": 1}, "2026-01-02T00:00:00Z")]
NOBODY = b'[{"missing": "projects/test-project/databases/(default)/documents/users/anna"}]'
CODES = {
    "ALREADY_EXISTS": 409,
    "ABORTED": 409,
    "FAILED_PRECONDITION": 400,
    "NOT_FOUND": 404,
    "RESOURCE_EXHAUSTED": 429,
    "CANCELLED": 499,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
    "UNAUTHENTICATED": 401,
}


def refusal(code: str, message: str = "on purpose") -> Any:
    return {"error": {"code": CODES[code], "message": message, "status": code}}


class FailingFirestore:
    """Fails `failures` times with `code`, and then answers with `reply`."""

    def __init__(self, code: str, failures: int = 1_000, reply: bytes = b"[]") -> None:
        self.code = code
        self.failures = failures
        self.calls = 0
        self.reply = reply

    def answer(self, request: Request) -> Reply:
        self.calls += 1
        if self.calls > self.failures:
            return Reply(body=self.reply)
        body = refusal(self.code) if request.path.endswith(":commit") else [refusal(self.code)]
        return Reply(CODES[self.code], json.dumps(body).encode())


@asynccontextmanager
async def connected(address: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FirestoreStore]:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", address)
    store = FirestoreStore("test-project")
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def answering(
    answer: Callable[[Request], Reply], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[FirestoreStore, Server]]:
    with serve_http(answer) as server:
        async with connected(server.url.removeprefix("http://"), monkeypatch) as store:
            yield store, server


@pytest.mark.parametrize("code", ["ALREADY_EXISTS", "FAILED_PRECONDITION", "ABORTED"])
async def test_failed_precondition_is_a_conflict(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every code that says "somebody was first" means: read again."""
    server = FailingFirestore(code)
    async with answering(server.answer, monkeypatch) as (store, _):
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
    server = FailingFirestore(code, failures=1)
    async with answering(server.answer, monkeypatch) as (store, _):
        with pytest.raises(UnavailableError):
            await store.commit(WRITES)
    assert server.calls == 1


async def test_commit_is_not_repeated_when_a_kept_connection_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server may have written it before it hung up; a read on such a connection is repeated."""
    calls = list[str]()

    def answer(request: Request) -> Reply:
        calls.append(request.path.rpartition(":")[2])
        if len(calls) in {2, 4}:
            raise ConnectionAbortedError
        return Reply(body=NOBODY)

    async with answering(answer, monkeypatch) as (store, _):
        await store.read([ANNA])
        with pytest.raises(UnavailableError):
            await store.commit(WRITES)
        await store.read([ANNA])
        assert await store.read([ANNA]) == [None]
    assert calls == ["batchGet", "commit", "batchGet", "batchGet", "batchGet"]


@pytest.mark.parametrize("code", ["UNAVAILABLE", "INTERNAL"])
@pytest.mark.parametrize("method", ["batchGet", "runQuery"])
async def test_read_is_repeated_once(method: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that failed for a moment does not become an outage."""
    server = FailingFirestore(code, failures=1, reply=NOBODY if method == "batchGet" else b'[{"readTime": "x"}]')
    async with answering(server.answer, monkeypatch) as (store, _):
        if method == "batchGet":
            assert await store.read([ANNA]) == [None]
        else:
            assert await store.find(Query("users", (), 1)) == []
    assert server.calls == 2


@pytest.mark.parametrize(
    ("code", "calls"),
    [("UNAVAILABLE", 2), ("DEADLINE_EXCEEDED", 1), ("ABORTED", 1), ("NOT_FOUND", 1), ("UNAUTHENTICATED", 1)],
)
async def test_read_that_keeps_failing_is_an_outage(code: str, calls: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller learns of it soon."""
    server = FailingFirestore(code)
    async with answering(server.answer, monkeypatch) as (store, _):
        with pytest.raises(UnavailableError):
            await store.read([ANNA])
    assert server.calls == calls


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(502, b"<html>Bad Gateway</html>"), UnavailableError),
        (Reply(429, b""), UnavailableError),
        (Reply(408, b""), UnavailableError),
        (Reply(200, b"[{"), UnavailableError),
        (Reply(404, b"<html>Not Found</html>"), CallRefusedError),
        (Reply(200, json.dumps([{"missing": "users/anna"}, refusal("ABORTED")]).encode()), UnavailableError),
    ],
)
async def test_other_answers(reply: Reply, kind: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands between us and Firestore may answer in its own words, and an answer may fail half-way."""
    async with answering(lambda _: reply, monkeypatch) as (store, _):
        with pytest.raises(kind):
            await store.read([ANNA])


@pytest.mark.parametrize("method", ["batchGet", "runQuery", "commit"])
async def test_silence_has_a_limit(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Firestore that accepts calls and never answers is an outage after the time limit."""
    monkeypatch.setattr(firestore, "READ_SECONDS_MAX", 0.2)
    monkeypatch.setattr(firestore, "COMMIT_SECONDS_MAX", 0.2)
    over = Event()

    def hang(_: Request) -> Reply:
        over.wait(5)
        return Reply()

    async with answering(hang, monkeypatch) as (store, _):
        calls: dict[str, Callable[[], Awaitable[object]]] = {
            "batchGet": lambda: store.read([ANNA]),
            "runQuery": lambda: store.find(Query("users", (), 1)),
            "commit": lambda: store.commit(WRITES),
        }
        with pytest.raises(UnavailableError, match=f"^{STALL}"):
            await asyncio.wait_for(calls[method](), 5)
        over.set()


async def test_nobody_there_is_an_outage(free_port: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused connection is reported at once."""
    async with connected(f"127.0.0.1:{free_port()}", monkeypatch) as store:
        with pytest.raises(UnavailableError):
            await store.read([ANNA])
        with pytest.raises(UnavailableError):
            await store.commit(WRITES)


async def test_missing_index_is_our_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """A query that Firestore refuses is neither a conflict nor an outage: coming again would not help."""
    server = FailingFirestore("FAILED_PRECONDITION")
    async with answering(server.answer, monkeypatch) as (store, _):
        with pytest.raises(CallRefusedError, match="on purpose"):
            await store.find(Query("users", (), 1))


async def test_calls_carry_the_given_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an emulator each call has a token, and one that is refused is renewed once."""
    monkeypatch.delenv("FIRESTORE_EMULATOR_HOST", raising=False)
    numbers, seen = count(1), list[str]()

    class Tokens:
        async def get(self) -> str:
            return f"token-{next(numbers)}"

        def forget(self, token: str) -> None:
            seen.append(f"forgot {token}")

    def answer(request: Request) -> Reply:
        seen.append(request.headers["authorization"])
        return Reply(401) if len(seen) == 1 else Reply(body=NOBODY)

    with serve_http(answer) as server:
        host, _, port = server.url.removeprefix("http://").partition(":")
        connections = HttpConnections(host, int(port), is_tls=False)
        monkeypatch.setattr(google_rest, "HttpConnections", lambda *_, **__: connections)
        store = FirestoreStore("test-project", token=Tokens())
        assert await store.read([ANNA]) == [None]
        await store.close()
    assert seen == ["Bearer token-1", "forgot token-1", "Bearer token-2"]


@pytest.mark.emulator
async def test_reads_and_writes_as_googles_library(
    firestore_emulator: str, project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it wrote is read here with the same types, and the other way round: releases before this one used it."""
    fields = {"n": 1, "x": 1.5, "b": b"\xff", "at": NOON, "no": None, "yes": True, "l": [{"a": "ё"}], "m": {"16:9": []}}
    async with connected(firestore_emulator, monkeypatch) as _:
        store, library = FirestoreStore(project_id), AsyncClient(project_id)
        await library.collection("users").document("anna").create(fields)
        assert (await read_one(store, ANNA)).fields == fields
        await store.commit([Create(Key("users", "boris"), fields)])
        assert (await library.collection("users").document("boris").get()).to_dict() == fields
        await store.close()
        await library._firestore_api.transport.close()


async def test_a_value_of_a_kind_that_nobody_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody set by hand in the console is no reason to stop: it is of no type, and is written as it was."""
    place = {"geoPointValue": {"latitude": 1}}
    name = "projects/test-project/databases/(default)/documents/controls/spending"
    document = {"name": name, "fields": {"until": place, "day": {"integerValue": "1"}}, "updateTime": "then"}
    body = json.dumps([{"found": document}]).encode()
    async with answering(lambda _: Reply(body=body), monkeypatch) as (store, _):
        record = await read_one(store, STOP)
    assert record is not None
    assert record.fields["day"] == 1
    with pytest.raises(DocumentUnreadableError):
        decode(Until, record.fields)
    assert write_value(record.fields["until"]) == place


@dataclass(frozen=True)
class Until:
    """What a release expects there."""

    until: datetime


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan, 1e308])
def test_numbers_that_json_has_not(number: float) -> None:
    """What is written of any number is JSON, and is read as the same number."""
    written = json.loads(json.dumps(write_value(number), allow_nan=False))
    assert str(read_value(written)) == str(number)


async def test_half_of_a_character_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that cannot be encoded is our bug, and is never sent."""
    async with answering(lambda _: Reply(), monkeypatch) as (store, server):
        with pytest.raises(CallRefusedError):
            await store.commit([Create(ANNA, {"name": "\ud83d"})])
        assert server.requests == []

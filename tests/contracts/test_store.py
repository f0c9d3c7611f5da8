"""What every Store does: the fake, Firestore, and Firestore behind encryption."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.data_keys import DataKeys
from shared.adapters.encrypted_store import EncryptedStore
from shared.adapters.firestore import EMULATOR_HOST, FirestoreStore
from shared.adapters.key_file import KeyFile, make_key_file
from shared.errors import ConflictError, UnavailableError
from shared.ports import Create, Delete, Fields, Increment, Key, Op, Query, Record, Store, Update
from shared.usage import start_usage
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore

ANNA = Key("users", "anna")
BORIS = Key("users", "boris")
NOON = datetime(2026, 1, 2, 12, 0, 0, 123456, UTC)


HIDDEN = {"users": ("at", "list", "map", "copy", "a", "b", "d", "z")}
"""Of the tests' fields those that the encrypted store encrypts: none that is queried, increased or refused."""


@pytest.fixture(
    params=["fake", *(pytest.param(name, marks=pytest.mark.emulator) for name in ("firestore", "encrypted"))]
)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """The fake, the adapter in front of the emulator, and the one that encrypts before that."""
    if request.param == "fake":
        yield FakeStore()
        return
    request.getfixturevalue("monkeypatch").setenv(EMULATOR_HOST, request.getfixturevalue("firestore_emulator"))
    firestore = FirestoreStore(request.getfixturevalue("project_id"))
    make_key_file(tmp_path / "key")
    keys = DataKeys(firestore, FakeClock(), KeyFile(tmp_path / "key"))
    yield firestore if request.param == "firestore" else EncryptedStore(firestore, keys, encrypts=True, paths=HIDDEN)
    await firestore.close()


async def read_one(store: Store, key: Key) -> Record:
    (record,) = await store.read([key])
    assert record is not None
    return record


async def find_ids(store: Store, *where: tuple[str, Op, Any], **options: Any) -> list[str]:
    query = Query("users", where, **{"limit": 100, **options})
    return [record.key.id for record in await store.find(query)]


async def test_reads_in_the_order_asked(store: Store) -> None:
    """Records come in the order of their keys, None for what is missing, twice what is asked twice."""
    await store.commit([Create(ANNA, {"n": 1}), Create(BORIS, {"n": 2})])
    records = await store.read([BORIS, Key("users", "nobody"), ANNA, BORIS])
    assert [record and record.fields["n"] for record in records] == [2, None, 1, 2]
    assert [record and record.key for record in records] == [BORIS, None, ANNA, BORIS]


async def test_nothing_asked_nothing_done(store: Store) -> None:
    """An empty read and an empty commit answer with nothing."""
    assert await store.read([]) == []
    assert await store.commit([]) == []


async def test_collections_are_apart(store: Store) -> None:
    """The same id in another collection is another document."""
    await store.commit([Create(ANNA, {"n": 1}), Create(Key("jobs", "anna"), {"n": 2})])
    assert (await read_one(store, ANNA)).fields == {"n": 1}
    assert await find_ids(store) == ["anna"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"text": 'Рыжая 🦊 — "лиса"\n\x00\t', "empty": ""},
        {"none": None, "yes": True, "no": False},
        {"integer": 2**63 - 1, "negative": -(2**63), "float": 0.1, "whole": 2.0},
        {"at": NOON, "early": datetime(1970, 1, 1, tzinfo=UTC), "late": datetime(9999, 12, 31, tzinfo=UTC)},
        {"bytes": bytes(range(256)), "no_bytes": b""},
        {"list": [1, "a", None, {"at": NOON, "deep": [b"x"]}], "empty": []},
        {"map": {"16:9": 1, "a.b": {"`": [{}]}, "дом": NOON}, "empty": {}},
    ],
)
async def test_keeps_every_kind_of_value(store: Store, fields: Fields) -> None:
    """What is created is read back equal and of the same types, and so after an update."""
    (version,) = await store.commit([Create(ANNA, fields)])
    assert with_types((await read_one(store, ANNA)).fields) == with_types(fields)
    await store.commit([Update(ANNA, {"copy": fields}, version)])
    assert with_types((await read_one(store, ANNA)).fields) == with_types(fields | {"copy": fields})


def with_types(value: Any) -> Any:
    """The value with the type of each part beside it, as 2 == 2.0 and 1 == True."""
    if isinstance(value, dict):
        return {name: with_types(item) for name, item in value.items()}
    if isinstance(value, list):
        return [with_types(item) for item in value]
    return type(value), value


async def test_times_keep_their_instant(store: Store) -> None:
    """A time of another zone is the same instant in UTC."""
    moscow = datetime.fromisoformat("2026-01-02T15:00:00+03:00")
    await store.commit([Create(ANNA, {"at": moscow})])
    at = (await read_one(store, ANNA)).fields["at"]
    assert at == moscow
    assert at.utcoffset() == timedelta(0)


async def test_what_is_returned_belongs_to_the_caller(store: Store) -> None:
    """Neither the fields given nor those returned are tied to what is stored."""
    given: Fields = {"list": [1], "map": {"a": 1}}
    await store.commit([Create(ANNA, given)])
    given["list"].append(2)
    (await read_one(store, ANNA)).fields["map"]["a"] = 2
    (await store.find(Query("users", (), 1)))[0].fields["list"].append(3)
    assert (await read_one(store, ANNA)).fields == {"list": [1], "map": {"a": 1}}


@pytest.mark.parametrize("value", [[[1]], 2**63, object(), "\ud800"])
async def test_refuses_what_firestore_cannot_store(store: Store, value: object) -> None:
    """Nested lists, too large integers, strange objects and broken text raise, and nothing is written."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 — the client library's own kinds
        await store.commit([Create(ANNA, {"value": value}), Create(BORIS, {})])
    assert not isinstance(caught.value, ConflictError | UnavailableError)
    assert await store.read([ANNA, BORIS]) == [None, None]


async def test_creating_twice_conflicts(store: Store) -> None:
    """A commit that creates an existing document writes nothing."""
    await store.commit([Create(ANNA, {"n": 1})])
    with pytest.raises(ConflictError):
        await store.commit([Create(BORIS, {"n": 2}), Create(ANNA, {"n": 3})])
    records = await store.read([ANNA, BORIS])
    assert [record and record.fields for record in records] == [{"n": 1}, None]


async def test_stale_update_conflicts(store: Store) -> None:
    """An update at a version that has passed writes nothing, nor does the rest of its commit."""
    (first,) = await store.commit([Create(ANNA, {"n": 1})])
    await store.commit([Update(ANNA, {"n": 2}, first)])
    with pytest.raises(ConflictError):
        await store.commit([Create(BORIS, {}), Update(ANNA, {"n": 3}, first)])
    assert (await read_one(store, ANNA)).fields == {"n": 2}
    assert await store.read([BORIS]) == [None]


async def test_updating_what_is_missing_conflicts(store: Store) -> None:
    """An update never creates."""
    (version,) = await store.commit([Create(ANNA, {"n": 1})])
    with pytest.raises(ConflictError):
        await store.commit([Update(BORIS, {"n": 2}, version)])
    assert await store.read([BORIS]) == [None]


async def test_update_leaves_other_fields(store: Store) -> None:
    """Only the named fields change, and those change whole."""
    (version,) = await store.commit([Create(ANNA, {"a": {"x": 1, "y": 2}, "b": [1, 2], "c": "kept"})])
    await store.commit([Update(ANNA, {"a": {"z": 3}, "b": [], "d": None}, version)])
    assert (await read_one(store, ANNA)).fields == {"a": {"z": 3}, "b": [], "c": "kept", "d": None}


async def test_versions_chain_without_reading(store: Store) -> None:
    """A commit's versions, in its order, are those of a next commit and of a read."""
    anna, boris = await store.commit([Create(ANNA, {"n": 0}), Create(BORIS, {"n": 0})])
    for n in range(1, 4):
        boris, anna = await store.commit([Update(BORIS, {"n": n}, boris), Update(ANNA, {"n": -n}, anna)])
    record = await read_one(store, ANNA)
    assert (record.fields, record.version) == ({"n": -3}, anna)
    (found,) = await store.find(Query("users", (("n", "==", 3),), 1))
    assert (found.key, found.version) == (BORIS, boris)


async def test_update_that_changes_nothing_keeps_the_version(store: Store) -> None:
    """Firestore leaves such a document's version alone: it fences nobody off."""
    (first,) = await store.commit([Create(ANNA, {"n": 1, "at": NOON})])
    (second,) = await store.commit([Update(ANNA, {"n": 1, "at": NOON}, first)])
    assert second == first
    await store.commit([Update(ANNA, {"n": 2}, first)])
    assert (await read_one(store, ANNA)).fields["n"] == 2


async def test_increments_add_up(store: Store) -> None:
    """Additions need no version, create what is missing, leave other fields alone, and change the version."""
    await store.commit([Increment(ANNA, {"day": 5, "hour_17": 5})])
    before = await read_one(store, ANNA)
    (version,) = await store.commit([Increment(ANNA, {"day": 2, "hour_18": 2})])
    after = await read_one(store, ANNA)
    assert after.fields == {"day": 7, "hour_17": 5, "hour_18": 2}
    assert after.version == version
    with pytest.raises(ConflictError):
        await store.commit([Update(ANNA, {"hour_17": 1}, before.version)])


async def test_parallel_increments_all_count(store: Store) -> None:
    """Twenty that add to one document at once lose nothing."""
    await asyncio.gather(*(store.commit([Increment(ANNA, {"n": 3})]) for _ in range(20)))
    assert (await read_one(store, ANNA)).fields == {"n": 60}


async def test_increments_belong_to_their_commit(store: Store) -> None:
    """A conflicting commit adds nothing."""
    await store.commit([Create(BORIS, {})])
    with pytest.raises(ConflictError):
        await store.commit([Increment(ANNA, {"n": 1}), Create(BORIS, {})])
    assert await store.read([ANNA]) == [None]


async def test_deletes_what_was_read(store: Store) -> None:
    """A document is gone for reads and queries, only at the version that was read, only with its whole commit."""
    (old,) = await store.commit([Create(ANNA, {"n": 1})])
    (new,) = await store.commit([Update(ANNA, {"n": 2}, old)])
    with pytest.raises(ConflictError):
        await store.commit([Delete(ANNA, old)])
    await store.commit([Create(BORIS, {})])
    with pytest.raises(ConflictError):
        await store.commit([Delete(ANNA, new), Create(BORIS, {})])
    assert (await read_one(store, ANNA)).fields == {"n": 2}
    await store.commit([Delete(ANNA, new)])
    assert await store.read([ANNA]) == [None]
    assert await find_ids(store) == ["boris"]
    with pytest.raises(ConflictError):
        await store.commit([Delete(ANNA, new)])
    await store.commit([Create(ANNA, {"n": 3})])
    assert (await read_one(store, ANNA)).fields == {"n": 3}


async def test_one_document_twice_in_a_commit_is_a_mistake(store: Store) -> None:
    """Which of two writes would win is nothing to guess about."""
    with pytest.raises(ValueError, match="twice"):
        await store.commit([Create(ANNA, {}), Create(ANNA, {"n": 1})])


async def test_update_without_fields_is_a_mistake(store: Store) -> None:
    """It would say nothing."""
    (version,) = await store.commit([Create(ANNA, {})])
    with pytest.raises(ValueError, match=r"[Ee]mpty|without"):
        await store.commit([Update(ANNA, {}, version)])


async def test_commit_holds_500_writes(store: Store) -> None:
    """500 documents are written at once, 501 refused."""
    creates = [Create(Key("many", f"{n:03}"), {"n": n}) for n in range(501)]
    with pytest.raises(ValueError, match="at most 500"):
        await store.commit(creates)
    assert len(await store.commit(creates[:500])) == 500
    assert len(await store.find(Query("many", (), 1000))) == 500


async def test_parallel_changes_of_one_document_all_count(store: Store) -> None:
    """Eight writers that re-read after a conflict end with every one of their changes."""
    await store.commit([Create(ANNA, {"spent": 0})])

    async def spend(writer: int) -> int:
        conflicts = 0
        while True:
            record = await read_one(store, ANNA)
            spent = record.fields["spent"] + 1
            transfer = Create(Key("transfers", f"{writer}"), {"spent": spent})
            try:
                await store.commit([Update(ANNA, {"spent": spent}, record.version), transfer])
            except ConflictError:
                conflicts += 1
            else:
                return conflicts

    async with asyncio.timeout(60):
        await asyncio.gather(*(spend(writer) for writer in range(8)))
    assert (await read_one(store, ANNA)).fields == {"spent": 8}
    transfers = await store.find(Query("transfers", (), 100, ("spent", "ASCENDING")))
    assert [record.fields["spent"] for record in transfers] == list(range(1, 9))


async def test_create_wins_once(store: Store) -> None:
    """Of eight concurrent creations of one document, one succeeds."""
    answers = await asyncio.gather(*(store.commit([Create(ANNA, {"n": n})]) for n in range(8)), return_exceptions=True)
    assert sum(isinstance(answer, list) for answer in answers) == 1
    assert sum(isinstance(answer, ConflictError) for answer in answers) == 7


PEOPLE: dict[str, Fields] = {
    "a": {"city": "Riga", "age": 30, "tags": ["x", "y"], "due": NOON, "perks": {"invited_by": 7}},
    "b": {"city": "Riga", "age": 20, "tags": [], "due": NOON + timedelta(microseconds=1)},
    "c": {"city": "Oslo", "age": 20.5, "tags": ["y"], "due": None},
    "d": {"city": None, "age": True, "tags": "x"},
    "e": {"age": "20"},
}


@pytest.fixture
async def people(store: Store) -> Store:
    await store.commit([Create(Key("users", name), fields) for name, fields in reversed(PEOPLE.items())])
    return store


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ((), ["a", "b", "c", "d", "e"]),
        ((("city", "==", "Riga"),), ["a", "b"]),
        ((("city", "==", "riga"),), []),
        ((("city", "==", None),), ["d"]),
        ((("city", "==", "Riga"), ("age", "==", 20)), ["b"]),
        ((("age", "==", 30.0),), ["a"]),
        ((("age", "==", 1),), []),
        ((("age", "==", True),), ["d"]),
        ((("age", "<=", 25),), ["b", "c"]),
        ((("due", "<=", NOON),), ["a"]),
        ((("age", "in", (20, 25, 41)), ("due", "<=", NOON + timedelta(days=2))), ["b"]),
        ((("age", "in", (20, 30)), ("due", "<=", NOON + timedelta(days=2))), ["a", "b"]),
        ((("due", "<=", NOON + timedelta(days=1)),), ["a", "b"]),
        ((("city", "<=", "Riga"),), ["c", "a", "b"]),
        ((("tags", "array_contains", "y"),), ["a", "c"]),
        ((("tags", "array_contains", "x"),), ["a"]),
        ((("tags", "array_contains", "y"), ("city", "==", "Oslo")), ["c"]),
        ((("tags", "==", []),), ["b"]),
        ((("perks.invited_by", "==", 7),), ["a"]),
        ((("perks.invited_by", "==", 0),), []),
        ((("missing", "==", None),), []),
    ],
)
async def test_finds_what_matches(people: Store, where: tuple[tuple[str, Op, Any], ...], ids: list[str]) -> None:
    """Filters match values of their own type only, never None or what is missing, in the documented order."""
    assert await find_ids(people, *where) == ids


@pytest.mark.parametrize(
    ("order_by", "ids"),
    [
        (("city", "ASCENDING"), ["d", "c", "a", "b"]),
        (("city", "DESCENDING"), ["b", "a", "c", "d"]),
        (("age", "ASCENDING"), ["d", "b", "c", "a", "e"]),
        (("due", "DESCENDING"), ["b", "a", "c"]),
    ],
)
async def test_orders(people: Store, order_by: tuple[str, str], ids: list[str]) -> None:
    """None comes first, then types in Firestore's order; who lacks the field is left out; ids break ties."""
    assert await find_ids(people, order_by=order_by) == ids


async def test_filter_with_order_and_limit(people: Store) -> None:
    """The limit cuts what is filtered and ordered."""
    riga: tuple[str, Op, Any] = ("city", "==", "Riga")
    assert await find_ids(people, riga, order_by=("age", "ASCENDING"), limit=1) == ["b"]
    assert await find_ids(people, riga, order_by=("age", "DESCENDING"), limit=1) == ["a"]
    assert await find_ids(people, ("age", "<=", 100), order_by=("age", "DESCENDING"), limit=2) == ["a", "c"]


async def test_a_count_reads_no_document(people: Store) -> None:
    """As many as match, at most the limit, for the price of one read."""
    usage = start_usage()
    assert await people.count(Query("users", (("city", "==", "Riga"),), 100)) == 2
    assert await people.count(Query("users", (("age", "<=", 100),), 2, ("age", "DESCENDING"))) == 2
    assert await people.count(Query("users", (("city", "==", "Nowhere"),), 100)) == 0
    assert usage.store_reads == 3


@pytest.mark.parametrize(
    ("direction", "after", "ids"),
    [
        ("ASCENDING", ("Riga", "a"), ["b"]),
        ("ASCENDING", ("Oslo", "c"), ["a", "b"]),
        ("DESCENDING", ("Riga", "b"), ["a", "c"]),
        ("DESCENDING", ("Riga", "aa"), ["a", "c"]),
        ("DESCENDING", ("Oslo", "c"), []),
    ],
)
async def test_goes_on_after_a_document(people: Store, direction: str, after: tuple[str, str], ids: list[str]) -> None:
    """A page begins behind the last document of the one before, also among equal values, and if that one is gone."""
    cities: tuple[str, Op, Any] = ("city", "in", ("Riga", "Oslo"))
    assert await find_ids(people, cities, order_by=("city", direction), after=after, limit=2) == ids


async def test_goes_on_among_equals(store: Store) -> None:
    """A walk over equal values, up to a range's end, begins behind any id: nothing of a neighbour is in it."""
    owners = {"aa": 1, "ba": 2, "-b": 2, "_c": 2, "zd": 2, "be": 3}
    await store.commit([Create(Key("users", name), {"owner": owner}) for name, owner in owners.items()])
    walked, after = list[str](), "-"
    while page := await find_ids(store, ("owner", "<=", 2), order_by=("owner", "ASCENDING"), after=(2, after), limit=2):
        walked, after = [*walked, *page], page[-1]
    assert walked == ["-b", "_c", "ba", "zd"]


async def test_finds_what_was_just_written(store: Store) -> None:
    """A query sees every commit before it, and no value of before."""
    (version,) = await store.commit([Create(ANNA, {"state": "open"})])
    assert await find_ids(store, ("state", "==", "open")) == ["anna"]
    await store.commit([Update(ANNA, {"state": "closed"}, version)])
    assert await find_ids(store, ("state", "==", "open")) == []


async def test_counts_what_is_billed(store: Store) -> None:
    """Reads count missing documents and empty queries, writes count documents; failed commits do not."""
    usage = start_usage()
    await store.commit([Create(ANNA, {"n": 1}), Create(BORIS, {"n": 2})])
    await store.read([ANNA, ANNA, Key("users", "nobody")])
    await store.find(Query("users", (), 10))
    await store.find(Query("nothing", (), 10))
    with pytest.raises(ConflictError):
        await store.commit([Create(ANNA, {})])
    assert (usage.store_reads, usage.store_writes) == (2 + 2 + 1, 2)

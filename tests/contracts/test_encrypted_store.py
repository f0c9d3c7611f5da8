"""The store that encrypts words: over the fake, over Firestore, and while its keys are away."""

import asyncio
import json
from dataclasses import is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from google.cloud.firestore import AsyncClient

from infra.functions import FILE
from shared.adapters.data_keys import DataKeys, KeyWrapper
from shared.adapters.encrypted_fields import ENCRYPTED
from shared.adapters.encrypted_store import EncryptedStore
from shared.adapters.firestore import FirestoreStore
from shared.adapters.key_file import KeyFile, make_key_file
from shared.admin.audit_log import AuditEntry
from shared.admin.change_request import ChangeRequest
from shared.bot.answer_inline import StoredWords
from shared.conversations.conversation import Conversation
from shared.conversations.messages import Message
from shared.errors import UnavailableError
from shared.payments.card_order import CardOrder
from shared.payments.card_request import CardRequest
from shared.people.library import Prompt
from shared.people.users import User
from shared.pictures.draft import Draft
from shared.pictures.share import Share
from shared.ports import Create, Fields, Increment, Key, Query, Record, Update
from shared.rest.surface import ApiAddress
from shared.surfaces import SCREENS
from shared.usage import start_usage
from shared.wording.proposal import Proposal
from tests.contracts.test_store import NOON, read_one
from tests.fakes.clock import FakeClock
from tests.fakes.encrypted_store import FakeKeyWrapper
from tests.fakes.store import FakeStore

WORDS = "a quixotic fox"
TALK, OTHER_TALK = Key("conversations", "c1"), Key("conversations", "c2")
TURNS: Fields = {
    "user_id": 501,
    "title": WORDS,
    "summary": "",
    "turns": [{"text": WORDS, "at": NOON, "n": 1, "x": 0.5}],
}
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)


class Stage:
    """A database, and processes that use it."""

    def __init__(self) -> None:
        self.stored, self.wrapper, self.clock = FakeStore(), FakeKeyWrapper(), FakeClock()

    def start(self, *, encrypts: bool = True) -> EncryptedStore:
        """What one process has."""
        return EncryptedStore(self.stored, DataKeys(self.stored, self.clock, self.wrapper), encrypts=encrypts)

    async def look(self, key: Key) -> Record:
        """A document as a copy of the database shows it."""
        return await read_one(self.stored, key)


@pytest.fixture
def stage() -> Stage:
    return Stage()


async def test_words_are_hidden_and_the_rest_is_not(stage: Stage) -> None:
    """Words come back with their types, in reads and queries, and are nowhere in what is stored; empty ones stay."""
    store = stage.start()
    [version] = await store.commit([Create(TALK, TURNS)])
    shown = await stage.look(TALK)
    assert (shown.fields["user_id"], shown.fields["summary"]) == (501, "")
    assert "quixotic" not in repr(shown.fields)
    [found] = await store.find(Query("conversations", (("user_id", "==", 501),), 10))
    assert found == await read_one(store, TALK) == Record(TALK, TURNS, version)


async def test_update_of_one_field(stage: Stage) -> None:
    """A part is encrypted alone, a number that is increased is not touched, and what is given stays the caller's."""
    store, day = stage.start(), Key("spend", "day")
    [version] = await store.commit([Create(TALK, TURNS)])
    given: Fields = {"title": "another", "changed_at": NOON}
    await store.commit([Update(TALK, given, version), Increment(day, {"day": 2})])
    assert given == {"title": "another", "changed_at": NOON}
    assert (await read_one(store, TALK)).fields == TURNS | given
    assert (await read_one(store, day)).fields == {"day": 2}


async def test_paths_lead_into_maps(stage: Stage) -> None:
    """Within a map only the words are encrypted: what a job costs can be read without keys."""
    store, job = stage.start(), Key("jobs", "j1")
    request = {"price": 4, "prompt": WORDS, "manner": {"own": WORDS, "role": "own"}}
    await store.commit([Create(job, {"request": request, "sound": None})])
    shown = (await stage.look(job)).fields
    assert (shown["request"]["price"], shown["request"]["manner"]["role"]) == (4, "own")
    assert "quixotic" not in repr(shown)
    assert (await read_one(store, job)).fields == {"request": request, "sound": None}
    assert request["prompt"] == WORDS


async def test_same_words_are_the_same_ciphertext(stage: Stage) -> None:
    """An update that changes nothing keeps the version, as without encryption; equal words elsewhere look different."""
    store = stage.start()
    first, _ = await store.commit([Create(TALK, TURNS), Create(OTHER_TALK, TURNS)])
    [second] = await stage.start().commit([Update(TALK, TURNS, first)])
    assert second == first
    here, there = (await stage.look(TALK)).fields, (await stage.look(OTHER_TALK)).fields
    assert len({repr(each) for each in (here["title"], there["title"], here["turns"], there["turns"])}) == 4


@pytest.mark.parametrize(("place", "field"), [(OTHER_TALK, "title"), (TALK, "summary")])
async def test_moved_ciphertext_is_unreadable(stage: Stage, place: Key, field: str) -> None:
    """Who can write to the database cannot have one person's words shown as another's; and nothing else is lost."""
    store = stage.start()
    first, other = await store.commit([Create(TALK, TURNS), Create(OTHER_TALK, TURNS)])
    moved = (await stage.look(TALK)).fields["title"]
    await stage.stored.commit([Update(place, {field: moved}, first if place == TALK else other)])
    read = await read_one(store, place)
    assert read.fields == {**TURNS, field: moved}
    await store.commit([Update(place, read.fields, read.version)])
    assert (await stage.look(place)).fields[field] == moved


async def test_plain_text_and_ciphertext_side_by_side(stage: Stage) -> None:
    """A release that does not encrypt reads what another one encrypted, and the other one reads plain text."""
    old, new = stage.start(encrypts=False), stage.start()
    await old.commit([Create(TALK, TURNS)])
    await new.commit([Create(OTHER_TALK, TURNS)])
    assert (await stage.look(TALK)).fields == TURNS
    for store in (old, new):
        assert [record and record.fields for record in await store.read([TALK, OTHER_TALK, TALK])] == [TURNS] * 3


async def test_a_process_opens_a_key_once(stage: Stage) -> None:
    """The first writer makes the month's key; after it a process asks KMS once, however many need it at once."""
    await stage.start().commit([Create(TALK, TURNS)])
    assert stage.wrapper.calls == ["wrap", "unwrap", "unwrap"]
    stage.wrapper.calls.clear()
    usage, store = start_usage(), stage.start()
    await asyncio.gather(*(store.read([TALK]) for _ in range(20)))
    await store.commit([Create(OTHER_TALK, TURNS)])
    assert stage.wrapper.calls == ["unwrap"]
    assert usage.store_reads == 20 + 1
    assert list(stage.stored.collection("data_keys")) == ["2026-01"]


async def test_two_who_make_the_first_key(stage: Stage) -> None:
    """Both use the one that was stored first, and each reads the other's words."""
    one, two = stage.start(), stage.start()
    await asyncio.gather(one.commit([Create(TALK, TURNS)]), two.commit([Create(OTHER_TALK, TURNS)]))
    assert (await read_one(one, OTHER_TALK)).fields == (await read_one(two, TALK)).fields == TURNS


async def test_nothing_is_written_while_keys_are_away(stage: Stage) -> None:
    """An outage of KMS is one of the store: a commit writes nothing of it, and afterwards the same read works."""
    await stage.start().commit([Create(TALK, TURNS)])
    store, plain = stage.start(), Key("transfers", "t1")
    stage.wrapper.is_away = True
    for call in (store.commit([Create(plain, {"n": 1}), Create(OTHER_TALK, TURNS)]), store.read([TALK])):
        with pytest.raises(UnavailableError):
            await call
    assert await stage.stored.read([plain, OTHER_TALK]) == [None, None]
    await store.commit([Create(plain, {"n": 1}), Create(OTHER_TALK, {"user_id": 501, "title": ""})])
    stage.wrapper.is_away = False
    assert (await read_one(store, TALK)).fields == TURNS


async def test_a_month_that_begins_while_kms_is_away(stage: Stage) -> None:
    """A process goes on with the key that it knows, asks again after half a minute, and then uses the new one."""
    store = stage.start()
    [version] = await store.commit([Create(TALK, TURNS)])
    stage.wrapper.calls.clear()
    stage.wrapper.is_away = True
    stage.clock.set(DECEMBER)
    for title in ("one", "two"):
        [version] = await store.commit([Update(TALK, {"title": title}, version)])
    assert ((await stage.look(TALK)).fields["title"]["data_key"], stage.wrapper.calls) == ("2026-01", ["wrap"])
    stage.wrapper.is_away = False
    stage.clock.advance(30)
    await store.commit([Update(TALK, {"title": "three"}, version)])
    assert (await stage.look(TALK)).fields["title"]["data_key"] == "2026-12"
    assert (await read_one(stage.start(), TALK)).fields == TURNS | {"title": "three"}


async def test_a_lost_data_key_is_one_documents_trouble(stage: Stage) -> None:
    """What it encrypted cannot be read; a page with such a document has all others."""
    store = stage.start()
    [version] = await store.commit([Create(TALK, TURNS)])
    lost = {"data_key": "1999-01", "ciphertext": b"?"}
    await stage.stored.commit([Update(TALK, {"title": lost}, version)])
    await store.commit([Create(OTHER_TALK, TURNS)])
    broken, whole = await store.find(Query("conversations", (), 10))
    assert broken.fields == TURNS | {"title": lost}
    assert whole.fields == TURNS


@pytest.mark.parametrize("key_id", ["../users/501", "2026-1", 7])
async def test_a_strange_data_key_is_not_looked_for(stage: Stage, key_id: object) -> None:
    """What somebody wrote by hand leads to no other document, and is no reason to stop."""
    store, strange = stage.start(), {"data_key": key_id, "ciphertext": b"?"}
    await stage.stored.commit([Create(TALK, TURNS | {"title": strange})])
    usage = start_usage()
    assert (await read_one(store, TALK)).fields["title"] == strange
    assert usage.store_reads == 1


@pytest.mark.parametrize("path", ["title", "title.part"])
async def test_what_is_encrypted_is_not_queried(stage: Stage, path: str) -> None:
    """Such a query would find nothing, in silence."""
    where, order = Query("conversations", ((path, "==", WORDS),), 1), Query("conversations", (), 1, (path, "ASCENDING"))
    for query in (where, order):
        with pytest.raises(ValueError, match="encrypted"):
            await stage.start().find(query)


# --- the table -----------------------------------------------------------------------------------------------


def test_no_index_has_an_encrypted_field() -> None:
    """Every collection of the table has no index but the named ones, and none of these is of what is encrypted."""
    file = json.loads(FILE.with_name("firestore.indexes.json").read_text())
    named = {(each["collectionGroup"], field["fieldPath"]) for each in file["indexes"] for field in each["fields"]}
    named |= {(each["collectionGroup"], each["fieldPath"]) for each in file["fieldOverrides"]}
    assert {(collection, "*") for collection in ENCRYPTED} <= named
    for collection, path in named:
        assert not [each for each in ENCRYPTED.get(collection, ()) if f"{path}.".startswith(f"{each}.")]


JOB_PARTS: tuple[Any, ...] = (
    ApiAddress,
    *(part for each in SCREENS.values() for part in (each.request, each.artefacts)),
)
DOCUMENTS: dict[str, tuple[Any, ...]] = {
    "admin_requests": (ChangeRequest,),
    "audit_log": (AuditEntry,),
    "card_orders": (CardOrder,),
    "card_requests": (CardRequest,),
    "conversations": (Conversation,),
    "drafts": (Draft,),
    "messages": (Message,),
    "prompts": (Prompt,),
    "proposals": (Proposal,),
    "shares": (Share,),
    "users": (User,),
    "words": (StoredWords,),
}
BY_HAND = {"asked_orders", "inbox", "quarantine"}
"""Documents that no dataclass describes; `tests/unit/privacy/test_encrypted.py` meets them."""


def test_every_path_is_a_field() -> None:
    """A field that is renamed is renamed in the table too."""
    assert DOCUMENTS.keys() | BY_HAND | {"jobs"} == ENCRYPTED.keys()
    for collection, kinds in DOCUMENTS.items():
        assert [path for path in ENCRYPTED[collection] if not any(leads(kind, path) for kind in kinds)] == []
    requests = {path.removeprefix("request.") for path in ENCRYPTED["jobs"] if path.startswith("request.")}
    others = [path for path in ENCRYPTED["jobs"] if not path.startswith("request.") and path != "model_said"]
    assert [path for path in (*requests, *others) if not any(leads(kind, path) for kind in JOB_PARTS)] == []


def leads(kind: Any, path: str) -> bool:
    """Whether a document of this dataclass may have this path."""
    name, _, rest = path.partition(".")
    hint = get_type_hints(kind).get(name) if is_dataclass(kind) else None
    inner = next((each for each in (hint, *get_args(hint)) if is_dataclass(each)), None)
    return hint is not None and (not rest or (inner is not None and leads(inner, rest)))


# --- the real store --------------------------------------------------------------------------------------------


@pytest.fixture
def key_file(tmp_path: Path) -> KeyWrapper:
    make_key_file(tmp_path / "keys" / "key")
    return KeyFile(tmp_path / "keys" / "key")


@pytest.mark.emulator
async def test_a_copy_of_firestore_shows_no_words(
    firestore_emulator: str, project_id: str, monkeypatch: pytest.MonkeyPatch, key_file: KeyWrapper
) -> None:
    """Google's own library finds the planted words in no document of the database, and we find them in all."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    inner = FirestoreStore(project_id)
    store = EncryptedStore(inner, DataKeys(inner, FakeClock(), key_file), encrypts=True)
    planted = {Key(name, "d"): plant(paths) for name, paths in ENCRYPTED.items()}
    await store.commit([Create(key, fields) for key, fields in planted.items()])
    library = AsyncClient(project_id)
    shown = [each.to_dict() async for collection in library.collections() async for each in collection.stream()]
    assert len(shown) == len(planted) + 1
    assert "quixotic" not in repr(shown)
    assert [record and record.fields for record in await store.read(list(planted))] == list(planted.values())
    await library._firestore_api.transport.close()
    await store.close()


def plant(paths: tuple[str, ...]) -> Fields:
    """A document with words at each of these paths."""
    fields: Fields = {"user_id": 501}
    for path in paths:
        *maps, name = path.split(".")
        inner = fields
        for each in maps:
            inner = inner.setdefault(each, {})
        inner[name] = [WORDS, 1, NOON, {"ё": WORDS.encode()}]
    return fields

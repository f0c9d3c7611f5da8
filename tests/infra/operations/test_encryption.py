"""`make encryption`, and the commands that meet encrypted documents."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from google.auth.exceptions import GoogleAuthError

from infra.operations import credits as credits_verb
from infra.operations import encryption as verb
from infra.operations.documents import open_documents
from infra.operations.ledger import audit_books, open_database
from shared.adapters.encrypted_fields import ENCRYPTED, has_plain
from shared.adapters.firestore import FirestoreStore
from shared.adapters.key_file import KeyFile, make_key_file
from shared.codec import encode
from shared.credits.transfer_documents import create_transfer
from shared.errors import NanoBananaError, UnavailableError
from shared.people.talk import Fact, TalkSettings
from shared.people.user_documents import decode_user, user_key
from shared.people.users import new_user
from shared.ports import Create, Key, Query, Store, Update
from tests.contracts.test_store import NOON, read_one
from tests.fakes.encrypted_store import FakeKeyWrapper

FACTS = (Fact("my cat is quixotic", NOON),)
WORDS = [Key("words", f"w{number:03}") for number in range(verb.PAGE + 3)]
GIFT = ["gift", "501", "5", "--reference=t-1", "--reason=Thank you"]

pytestmark = pytest.mark.emulator


@pytest.fixture
async def project(firestore_emulator: str, project_id: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A project with plain documents of before, and a key."""
    make_key_file(tmp_path / "key")
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", project_id)
    monkeypatch.setenv("ENCRYPTION_KEY", str(tmp_path / "key"))
    user, transfer = new_user(501, NOON)
    user = replace(user, talk=TalkSettings(facts=FACTS))
    store = FirestoreStore(project_id)
    await store.commit([Create(user_key(501), encode(user)), create_transfer(transfer)])
    await store.commit([Create(key, {"user_id": 501, "words": f"quixotic {key.id}"}) for key in WORDS])
    await store.close()
    return project_id


async def count_plain(store: Store) -> int:
    """How many documents show words."""
    records = await store.read([*WORDS, user_key(501)])
    return sum(each is not None and has_plain(each.fields, ENCRYPTED[each.key.collection]) for each in records)


async def test_documents_of_before(
    project: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All pages are encrypted, a second time nothing is, the money adds up without keys, and the words are read.

    A command encrypts from when the functions do: until then the release before may come back, and cannot read it.
    """
    assert await asyncio.to_thread(credits_verb.main, [*GIFT[:3], "--reference=t-0", "--reason=Thanks"]) == 0
    plain = FirestoreStore(project)
    assert await count_plain(plain) == len(WORDS) + 1
    monkeypatch.setenv("ENCRYPT_FIELDS", "on")
    assert await asyncio.to_thread(verb.main, ["encrypt"]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == ["users: 1 encrypted", f"words: {len(WORDS)} encrypted"]
    assert await count_plain(plain) == 0
    before = await read_one(plain, WORDS[0])
    for words, said in ((["encrypt"], "Everything was encrypted."), (["rewrap"], "1 data keys are wrapped anew")):
        assert await asyncio.to_thread(verb.main, words) == 0
        assert capsys.readouterr().out.splitlines()[-1] == said
    assert await read_one(plain, WORDS[0]) == before
    async with open_database(project) as client:
        assert await audit_books(client, at_rest=True) == ([], 2)
    store = open_documents(project, "(default)")
    assert (await read_one(store, WORDS[0])).fields["words"] == "quixotic w000"
    assert await asyncio.to_thread(credits_verb.main, GIFT) == 0
    assert decode_user(await read_one(store, user_key(501))).talk.facts == FACTS
    assert await count_plain(plain) == 0
    await store.close()
    await plain.close()


async def test_a_document_that_changes_meanwhile(project: str, tmp_path: Path) -> None:
    """Whoever changes it was first: it is left alone, and found the next time."""
    store = FirestoreStore(project)

    class Hasty(KeyFile):
        async def wrap(self, content: bytes, name: str) -> bytes:
            await store.commit([Update(WORDS[0], {"words": "another"}, (await read_one(store, WORDS[0])).version)])
            return await super().wrap(content, name)

    async with open_database(project) as client:
        first = await verb.encrypt_documents(client, store, Hasty(tmp_path / "key"))
        second = await verb.encrypt_documents(client, store, KeyFile(tmp_path / "key"))
    assert (first["users"], first["words"], second["words"]) == (1, len(WORDS), 0)
    await store.close()


async def test_without_the_key(project: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A command that meets encrypted words says what it lacks, and changes nothing."""
    await asyncio.to_thread(verb.main, ["encrypt"])
    monkeypatch.delenv("ENCRYPTION_KEY")
    with pytest.raises(SystemExit, match=r"^credits: say it again.*ENCRYPTION_KEY is not set$"):
        await asyncio.to_thread(credits_verb.main, GIFT)
    with pytest.raises(SystemExit, match=r"^encryption: ENCRYPTION_KEY: not set$"):
        await asyncio.to_thread(verb.main, ["encrypt"])


async def test_a_key_that_is_damaged_while_it_is_wrapped(project: str) -> None:
    """The old wrapping stays."""
    await asyncio.to_thread(verb.main, ["encrypt"])
    store = FirestoreStore(project)

    class Broken(FakeKeyWrapper):
        answers = iter((b"one", b"two"))

        async def unwrap(self, wrapped: bytes, name: str) -> bytes:
            return next(self.answers)

    [before] = await store.find(Query("data_keys", (), 1))
    with pytest.raises(UnavailableError):
        await verb.rewrap_keys(store, Broken())
    assert await store.find(Query("data_keys", (), 1)) == [before]
    await store.close()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (UnavailableError("out"), "encryption: say it again: out"),
        (GoogleAuthError("who?"), "encryption: no usable login (gcloud auth application-default login): who?"),  # type: ignore[no-untyped-call]
    ],
)
async def test_failures_are_one_line(
    error: NanoBananaError | GoogleAuthError, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No operator meets a stack trace."""

    async def fail(*_: object) -> list[str]:
        raise error

    monkeypatch.setattr(verb, "carry_out", fail)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "p")
    monkeypatch.setenv("ENCRYPTION_KEY", "/key")
    with pytest.raises(SystemExit) as caught:
        await asyncio.to_thread(verb.main, ["rewrap"])
    assert caught.value.code == words

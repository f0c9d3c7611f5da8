"""`make credits`: what the operator types is booked once, and what cannot be is said in one line."""

import asyncio
import os
from datetime import UTC, datetime

import pytest

from infra.operations import credits as verb
from infra.operations import ledger
from shared.adapters.firestore import FirestoreStore
from shared.codec import encode
from shared.credits.ledger import Change
from shared.credits.transfer_documents import create_transfer
from shared.people.change_credits import Changed
from shared.people.user_documents import user_key
from shared.people.users import new_user
from shared.ports import Create

REASON = ["--reason=Thank you for the report"]


@pytest.fixture
async def project(firestore_emulator: str, project_id: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A project in which person 501 is known."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", project_id)
    user, transfer = new_user(501, datetime(2026, 1, 2, tzinfo=UTC))
    store = FirestoreStore(project_id)
    await store.commit([Create(user_key(501), encode(user)), create_transfer(transfer)])
    await store.close()
    return project_id


async def audit(project: str) -> tuple[list[str], int]:
    async with ledger.open_database(project) as client:
        return await ledger.audit_books(client, at_rest=True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["gift", "501", "5"], "gift of +5 credits to 501 (t-1): booked; 25 available now"),
        (["give", "501", "5"], "correction of +5 credits to 501 (t-1): booked; 25 available now"),
        (["take", "501", "5"], "correction of -5 credits to 501 (t-1): booked; 15 available now"),
    ],
)
async def test_a_change_is_booked_once(
    project: str, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Said twice with one reference, it is in the books once, and they balance."""
    for _ in range(2):
        assert await asyncio.to_thread(verb.main, [*words, "--reference=t-1", *REASON]) == 0
    assert capsys.readouterr().out.splitlines() == [said, said.replace("booked", "was booked before")]
    assert await audit(project) == ([], 2)


async def test_who_is_unknown_gets_nothing(project: str) -> None:
    """One line says why, and nothing is written."""
    with pytest.raises(SystemExit, match=r"^credits: nobody with the id 502 has been here$"):
        await asyncio.to_thread(verb.main, ["gift", "502", "5", "--reference=t-1", *REASON])
    assert await audit(project) == ([], 1)


def test_the_local_system_is_where_make_run_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """`--local` finds the emulator by the ports of `make run`, also where others were chosen."""
    asked: list[tuple[str, str]] = []

    async def book(project: str, _database: str, _change: Change) -> Changed:
        asked.append((project, os.environ["FIRESTORE_EMULATOR_HOST"]))
        return Changed(25, is_new=True)

    monkeypatch.setattr(verb, "book", book)
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "elsewhere:1")
    monkeypatch.setenv("NANOBANANA_PORT_BASE", "9100")
    assert verb.main(["gift", "501", "5", "--reference=t-1", *REASON, "--local"]) == 0
    assert asked == [("nanobanana-local", "127.0.0.1:9104")]


def test_without_a_project_it_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The missing setting is named."""
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT", raising=False)
    with pytest.raises(SystemExit, match=r"^credits: GOOGLE_CLOUD_PROJECT: not set$"):
        verb.main(["gift", "501", "5", "--reference=t-1", *REASON])


@pytest.mark.parametrize("credit_count", ["0", "-5", "many"])
def test_credits_are_a_whole_number_above_zero(credit_count: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The verb says the direction, the number how many."""
    with pytest.raises(SystemExit):
        verb.main(["give", "501", credit_count, "--reference=t-1", *REASON])
    assert "error" in capsys.readouterr().err

"""The audit of the books: in pages, at one moment, in little memory, and on a machine where nobody is logged in."""

import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.bench.counts import make_past_job
from infra.operations import ledger
from shared.adapters.firestore import FirestoreStore
from shared.codec import encode, update
from shared.credits.ledger import Account, capture_hold, place_hold, welcome
from shared.credits.spending import STOP
from shared.credits.transfer_documents import create_transfer
from shared.jobs import check_books
from shared.jobs.audit import PersonalBooks, audit_person
from shared.jobs.job import Job, JobState, hold_of
from shared.jobs.job_documents import create_job, job_key, update_job
from shared.people.links import account_id_of, name_account, telegram_link
from shared.people.user_documents import decode_user, user_key
from shared.people.users import User
from shared.ports import Create, RepairPorts, Update
from tests.fakes.clock import FakeClock
from tests.fakes.tasks import FakeTaskQueue

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 1, 2, tzinfo=UTC)
PEOPLE = (7, 12, 501)
"""Whose order as numbers is not that of their documents' names."""
MEMORY_MIB_MAX = 200


async def fill(store: FirestoreStore, user_id: int) -> Job:
    """A person with a delivered picture and one that is under way; the latter."""
    done, waiting = make_past_job(user_id, 1), replace(make_past_job(user_id, 2), state=JobState.MADE)
    account, gift = welcome(name_account(Account(), user_id), user_id, 20, NOW)
    account, hold = place_hold(account, hold_of(done))
    account, capture = capture_hold(account, hold_of(done), NOW)
    account, second = place_hold(account, hold_of(waiting))
    user = Create(user_key(user_id), encode(User(user_id, NOW, account)))
    transfers = map(create_transfer, (gift, hold, capture, second))
    await store.commit([user, create_job(done), create_job(waiting), *transfers])
    return waiting


async def deliver(store: FirestoreStore, job: Job) -> None:
    """What the function does at a picture's end: job, user and transfer in one commit."""
    stored_user, stored_job = await store.read([user_key(job.user_id), job_key(job.id)])
    assert stored_user is not None
    assert stored_job is not None
    user = decode_user(stored_user)
    account, capture = capture_hold(user.account, hold_of(job), NOW + timedelta(seconds=1))
    delivered = update_job(replace(job, state=JobState.DELIVERED), stored_job)
    await store.commit([update(stored_user, replace(user, account=account)), delivered, create_transfer(capture)])


@pytest.mark.parametrize("page", [1, 3, 4, 1_000])
async def test_what_moves_meanwhile_is_no_violation(
    firestore_emulator: str, project_id: str, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    """Jobs that end between two pages are seen as they were, whatever the pages' size; later the books are right."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    monkeypatch.setattr(ledger, "PAGE", page)
    store = FirestoreStore(project_id)
    waiting = [await fill(store, user_id) for user_id in PEOPLE]
    seen: list[int] = []
    read_users = ledger.Books.users

    def remember(books: PersonalBooks, *, at_rest: bool) -> list[str]:
        seen.append(books.user_id)
        return audit_person(books, at_rest=at_rest)

    async def read_and_move(books: ledger.Books) -> AsyncIterator[tuple[int, Account]]:
        async for found in read_users(books):
            if waiting:
                await deliver(store, waiting.pop())
            yield found

    monkeypatch.setattr(ledger, "audit_person", remember)
    monkeypatch.setattr(ledger.Books, "users", read_and_move)
    async with ledger.open_database(project_id) as client:
        assert await ledger.audit_books(client) == ([], 4 * len(PEOPLE))
        assert seen == sorted(PEOPLE)
        assert not waiting
        assert await ledger.audit_books(client, at_rest=True) == ([], 5 * len(PEOPLE))
    await store.close()


async def test_every_page_is_read(firestore_emulator: str, project_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transfer that is gone is missed, wherever the pages end."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    monkeypatch.setattr(ledger, "PAGE", 3)
    store = FirestoreStore(project_id)
    jobs = [await fill(store, user_id) for user_id in PEOPLE]
    await store.close()
    async with ledger.open_database(project_id) as client:
        await client.collection("transfers").document(f"hold:{jobs[-1].id}").delete()
        problems, count = await ledger.audit_books(client)
    assert count == 4 * len(PEOPLE) - 1
    assert problems == [
        "user 501: the balance is not what the transfers add up to",
        f"job {jobs[-1].id} is made, its transfers are []",
    ]


async def test_another_persons_account(
    firestore_emulator: str, project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transfer, a job and a user that name somebody else's account are found in what is stored."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    store = FirestoreStore(project_id)
    jobs = [await fill(store, user_id) for user_id in PEOPLE]
    await store.close()
    theirs = account_id_of(telegram_link(PEOPLE[1]))
    async with ledger.open_database(project_id) as client:
        await client.collection("transfers").document(f"hold:{jobs[0].id}").update({"account_id": theirs})
        await client.collection("jobs").document(jobs[0].id).update({"payer": theirs})
        await client.collection("users").document(str(PEOPLE[2])).update({"account.id": theirs})
        problems, _ = await ledger.audit_books(client)
    assert problems == [
        f"hold:{jobs[0].id}: of another account",
        f"job {jobs[0].id}: another account pays",
        f"user {PEOPLE[2]}: account '{theirs}' with the links ['telegram:{PEOPLE[2]}']",
    ]


def test_memory_stays_flat(is_long: bool) -> None:  # noqa: FBT001 — a fixture
    """A process that adds up a million transfers (by day: 40,000) out of pages of made-up documents stays small."""
    people = 100_000 if is_long else 4_000
    done = subprocess.run(  # noqa: S603 — our own module
        [sys.executable, "-m", "tests.infra.operations.big_books", str(people)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    count, violations, memory_mib = map(int, done.stdout.split())
    assert (count, violations) == (10 * people, 0)
    assert memory_mib <= MEMORY_MIB_MAX


@pytest.mark.parametrize("page", [1, 200])
async def test_nightly_check_on_firestore(
    firestore_emulator: str,
    project_id: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    page: int,
) -> None:
    """The check of `sweep` reads everybody's books from a real Firestore, names what is wrong, and stops all buying."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    monkeypatch.setattr(check_books, "PAGE", page)
    store, clock = FirestoreStore(project_id), FakeClock()
    ports = RepairPorts(store, FakeTaskQueue(), clock)
    for user_id in PEOPLE:
        await fill(store, user_id)
    await check_books.check_books(ports, clock.now())
    assert "ledger_mismatched" not in capsys.readouterr().out
    [user, stop] = await store.read([user_key(12), STOP])
    assert user is not None
    assert stop is None
    await store.commit([Update(user.key, {"account": user.fields["account"] | {"available": 1}}, user.version)])
    clock.advance(24 * 3600)
    await check_books.check_books(ports, clock.now())
    assert capsys.readouterr().out.count("user 12: the balance is not what the transfers add up to") == 1
    [stop] = await store.read([STOP])
    assert stop is not None
    assert stop.fields["books_wrong_since"] == clock.now()
    await store.close()


def test_memory_of_the_nightly_check_stays_flat(is_long: bool) -> None:  # noqa: FBT001 — a fixture
    """A process that checks a million transfers (by day: 20,000) over several calls of `sweep` stays small."""
    people = 100_000 if is_long else 2_000
    done = subprocess.run(  # noqa: S603 — our own module
        [sys.executable, "-m", "tests.infra.operations.big_store", str(people)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    calls, problems, memory_mib = map(int, done.stdout.split())
    assert (calls > people // 3_000, problems) == (True, 0)
    assert memory_mib <= MEMORY_MIB_MAX


def test_without_a_login_it_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No traceback: what is missing, and the command that cures it."""
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    for name, value in {"HOME": tmp_path, "CLOUDSDK_CONFIG": tmp_path, "NO_GCE_CHECK": "true"}.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "nanobanana-dev")
    monkeypatch.setattr("sys.argv", ["ledger"])
    with pytest.raises(
        SystemExit, match=r"^ledger: no usable login \(gcloud auth application-default login\): [^\n]+$"
    ):
        ledger.main()


async def test_state_of_a_newer_release(
    firestore_emulator: str, project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job in a state that only a newer release knows is judged by its transfers, and does not end the audit."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    store = FirestoreStore(project_id)
    job = await fill(store, PEOPLE[0])
    [record] = await store.read([job_key(job.id)])
    assert record is not None
    await store.commit([Update(record.key, {"state": "newer"}, record.version)])
    await store.close()
    async with ledger.open_database(project_id) as client:
        assert await ledger.audit_books(client) == ([], 4)

"""restore: a new database from a backup or a minute, with TTL policies, checked against the books."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from google.api_core.exceptions import NotFound
from google.cloud.firestore import AsyncClient, Client

from infra.deploy.__main__ import main
from infra.deploy.compare_books import Comparison, Verdict, check_books, compare_ledgers, describe
from infra.deploy.context import Context
from infra.deploy.firestore_admin import describe_progress, format_time, list_ttl_fields
from infra.operations import ledger
from shared.adapters.firestore import FirestoreStore
from shared.codec import encode
from shared.credits.ledger import Transfer
from shared.people.user_documents import user_key
from shared.people.users import User, new_user
from tests.cloud.clock import START, FakeClock
from tests.cloud.errors import CutError
from tests.cloud.firestore_admin import FirestoreAdminServer

ROOT = Path(__file__).parents[3]
NEW = "restored-2026-01-02"
MINUTE = "2026-01-02T02:00Z"
Books = list[tuple[User, Transfer]]
Fill = Callable[[str, Books], None]


def books(*user_ids: int, at: datetime = START) -> Books:
    """People with nothing but their welcome credits."""
    return [new_user(user_id, at) for user_id in user_ids]


@pytest.fixture
def fill(firestore_emulator: str, project_id: str, monkeypatch: pytest.MonkeyPatch) -> Fill:
    """Writes people and their transfers into a database of the emulator."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)

    def write(database: str, people: Books) -> None:
        client = Client(project=project_id, database=database)
        for user, transfer in people:
            client.collection("users").document(str(user.id)).set(encode(user))
            client.collection("transfers").document(transfer.id).set(encode(transfer))
        client._firestore_api.transport.close()

    return write


@pytest.fixture
def admin(project_id: str, fill: Fill) -> Iterator[FirestoreAdminServer]:
    """An Admin API whose restores hold the books of person 1, while the original has 1 and 2."""
    fill("(default)", books(1, 2))
    made: list[str] = []

    def fill_new(source: str, name: str) -> None:
        made.append(source)
        fill(name.rpartition("/")[2], books(1))

    with FirestoreAdminServer(project_id, START, fill_new) as running:
        yield running


class Operator:
    def __init__(self, admin: FirestoreAdminServer, *, dry_run: bool = False) -> None:
        self.lines: list[str] = []
        self.clock = FakeClock()
        self.project = admin.project.partition("/")[2]
        environment = {"FIRESTORE_ADMIN_API_URL": admin.url}
        self.context = Context(environment, dry_run=dry_run, clock=self.clock, say=self.lines.append)

    def restore(self, *arguments: str, database: str = NEW) -> int:
        place = ["--environment=production", f"--project={self.project}", "--region=europe-west1"]
        return main(["restore", *place, f"--database={database}", *arguments], self.context)

    @property
    def said(self) -> str:
        return "\n".join(self.lines)


def ttl_names(admin: FirestoreAdminServer, database: str = NEW) -> set[str]:
    base = f"{admin.project}/databases/{database}/collectionGroups"
    return {f"{base}/{group}/fields/{field}" for group, field in list_ttl_fields()}


# --- the whole way -----------------------------------------------------------------------------------------


def test_a_minute_is_copied_into_a_new_database(admin: FirestoreAdminServer) -> None:
    """A point in time becomes a new database; every TTL policy is on; what was booked since then is told."""
    operator = Operator(admin)
    assert operator.restore(f"--at={MINUTE}") == 0
    assert admin.changes[0] == ("POST", f"{admin.project}/databases:clone")
    assert set(admin.ttl) == ttl_names(admin)
    assert set(admin.masks) == {"ttlConfig"}, "the fields' indexes stay as they were restored"
    assert "processing: 50 %" in operator.said
    assert "ledger: 1 transfers, 0 violations" in operator.said
    assert "booked since then and not in it: 1 transfers of 1 people" in operator.said


def test_a_backup_becomes_a_new_database(admin: FirestoreAdminServer) -> None:
    """A backup is restored by its name, and nothing is switched over."""
    backup = admin.add_backup(START - timedelta(days=3))
    operator = Operator(admin)
    assert operator.restore(f"--backup={backup}") == 0
    assert admin.changes[0] == ("POST", f"{admin.project}/databases:restore")
    assert set(admin.ttl) == ttl_names(admin)
    assert admin.databases == {f"{admin.project}/databases/{name}" for name in ("(default)", NEW)}
    assert "docs/runbooks/restore.md" in operator.lines[-1]


def test_the_backups_are_listed(admin: FirestoreAdminServer) -> None:
    """Backups are shown with time, state and name, the newest first, and how far back a minute may be."""
    names = [admin.add_backup(START - timedelta(days=days)) for days in (7, 1)]
    admin.unreachable = ["projects/x/locations/us"]
    operator = Operator(admin)
    assert operator.restore("--list") == 0
    assert operator.lines[0].startswith("(default): any minute since 2025-12-26T03:04")
    assert "not all backups are listed" in operator.lines[1]
    assert [line.split()[-1] for line in operator.lines[2:]] == names[::-1]
    assert admin.changes == []


def test_dry_run_only_says(admin: FirestoreAdminServer) -> None:
    """Under --dry-run nothing is made, and every step is said."""
    operator = Operator(admin, dry_run=True)
    assert operator.restore(f"--at={MINUTE}", "--dry-run") == 0
    assert admin.changes == []
    assert "would POST" in operator.said
    assert operator.said.count("would be switched on") == len(list_ttl_fields())


def test_books_that_are_wrong_fail(admin: FirestoreAdminServer, fill: Fill) -> None:
    """A violation in what was restored is shown and ends with exit code 1."""
    user, transfer = books(3)[0]
    fill(NEW, [(replace(user, account=replace(user.account, available=user.account.available + 5)), transfer)])
    operator = Operator(admin)
    assert operator.restore(f"--at={MINUTE}") == 1
    assert "violations" in operator.said
    assert "3" in operator.said


def test_a_lost_original_is_no_obstacle(monkeypatch: pytest.MonkeyPatch, fill: Fill, project_id: str) -> None:
    """Where the original cannot be read any more, the restored books are checked all the same."""
    fill(NEW, books(1))
    opened = ledger.open_database

    def refuse_original(project: str, database: str) -> AbstractAsyncContextManager[AsyncClient]:
        if database == "(default)":
            raise NotFound("The database (default) does not exist")  # type: ignore[no-untyped-call]
        return opened(project, database)

    monkeypatch.setattr(ledger, "open_database", refuse_original)
    verdict = asyncio.run(check_books(project_id, "(default)", NEW))
    assert (verdict.count, verdict.violations, verdict.comparison) == (1, (), None)
    assert "nothing to compare with" in describe(verdict)[-1]


# --- refusals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--at=2025-12-20T03:00Z"], "goes back to"),
        (["--at=2026-01-02T03:05Z"], "not over yet"),
        ([f"--at={MINUTE}", "--source=other-one"], "there is no database other-one"),
        (["--backup=projects/p/locations/eur3/backups/none"], "does not exist"),
        (["--resume"], "no database restored-2026-01-02 was begun"),
    ],
)
def test_what_cannot_be_restored_is_refused(
    admin: FirestoreAdminServer, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    """Too early, too late, not there: the reason is said and nothing is made."""
    assert Operator(admin).restore(*arguments) == 1
    assert words in capsys.readouterr().err
    assert len(admin.databases) == 1


@pytest.mark.parametrize("name", ["(default)", "abc", "Restored", "1restored", "restored-", "a" * 64])
def test_a_name_must_be_new_and_well_formed(
    admin: FirestoreAdminServer, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """The original's name and what Firestore would refuse are refused before anything is asked."""
    assert Operator(admin).restore(f"--at={MINUTE}", database=name) == 1
    assert "not a new database's name" in capsys.readouterr().err
    assert admin.calls == []


def test_a_taken_name_is_refused(admin: FirestoreAdminServer, capsys: pytest.CaptureFixture[str]) -> None:
    """An existing database is never touched without --resume."""
    admin.databases.add(f"{admin.project}/databases/{NEW}")
    assert Operator(admin).restore(f"--at={MINUTE}") == 1
    assert "--resume" in capsys.readouterr().err
    assert admin.changes == []


@pytest.mark.parametrize("text", ["2026-01-02T02:00", "2026-01-02T02:00:30Z", "yesterday"])
def test_a_time_is_a_minute_with_a_zone(admin: FirestoreAdminServer, text: str) -> None:
    """A time without its zone would be somebody's own; seconds are not kept."""
    with pytest.raises(SystemExit):
        Operator(admin).restore(f"--at={text}")


# --- troubles ----------------------------------------------------------------------------------------------


def test_a_lost_answer_is_resumed(admin: FirestoreAdminServer, capsys: pytest.CaptureFixture[str]) -> None:
    """When the answer to the restore is lost, --resume finds what was begun and finishes it; no second one is made."""
    admin.faults.lose_answers()
    assert Operator(admin).restore(f"--at={MINUTE}") == 1
    assert "--resume" in capsys.readouterr().err
    assert Operator(admin).restore("--resume") == 0
    assert set(admin.ttl) == ttl_names(admin)
    assert [call for call in admin.changes if call[0] == "POST"] == [("POST", f"{admin.project}/databases:clone")]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_it_is_finished_after_a_stop_at_any_ttl(admin: FirestoreAdminServer, number: int) -> None:
    """Stopped at any TTL policy, --resume switches on those that are missing and leaves the others."""
    patches = 0

    def stop(name: str) -> None:
        nonlocal patches
        patches += "collectionGroups" in name
        if patches == number:
            raise CutError

    admin.faults.before_change = stop
    assert Operator(admin).restore(f"--at={MINUTE}") == 1
    admin.faults.clear()
    operator = Operator(admin)
    assert operator.restore("--resume") == 0
    assert set(admin.ttl) == ttl_names(admin)
    assert operator.said.count(": is on") == number - 1


def test_a_forgotten_operation_is_no_obstacle(admin: FirestoreAdminServer) -> None:
    """Firestore forgets old operations: a database that is there is gone on with."""
    assert Operator(admin).restore(f"--at={MINUTE}") == 0
    admin.forget_operations = True
    assert Operator(admin).restore("--resume") == 0


def test_a_failed_restore_is_told(admin: FirestoreAdminServer, capsys: pytest.CaptureFixture[str]) -> None:
    """Firestore's own words reach the person, and no TTL is tried."""
    admin.operation_error = "the backup is damaged"
    assert Operator(admin).restore(f"--at={MINUTE}") == 1
    assert "the backup is damaged" in capsys.readouterr().err
    assert len(admin.changes) == 1


def test_a_silent_while_is_lived_through(admin: FirestoreAdminServer) -> None:
    """A restore takes hours: some reads without an answer do not end the wait."""
    operator = Operator(admin)
    operator.clock.schedule(1, lambda: admin.faults.fail(5, 503, "GET"))
    assert operator.restore(f"--at={MINUTE}") == 0


def test_a_busy_index_is_waited_for(admin: FirestoreAdminServer) -> None:
    """While another change of an index is under way, a TTL policy is tried again."""
    admin.busy_patches = 3
    operator = Operator(admin)
    assert operator.restore(f"--at={MINUTE}") == 0
    assert set(admin.ttl) == ttl_names(admin)


def test_a_ttl_that_is_not_on_is_noticed(admin: FirestoreAdminServer, capsys: pytest.CaptureFixture[str]) -> None:
    """It is not enough that Firestore says "done": the field is read again."""
    admin.ttl_is_ignored = True
    assert Operator(admin).restore(f"--at={MINUTE}") == 1
    assert "is not on" in capsys.readouterr().err


# --- comparing ledgers -------------------------------------------------------------------------------------


def test_ledgers_are_compared_by_fact() -> None:
    """Booked since, deleted from and changed in the original are told apart, in the order of time."""
    first, second, third = (transfer for _, transfer in books(1, 2, 3))
    later = replace(third, id="credit:welcome:4", at=START + timedelta(hours=1))
    found = compare_ledgers([first, later, third], [replace(first, credits=99), second])
    assert found == Comparison((third, later), (second,), (replace(first, credits=99),))
    lines = describe(Verdict(2, (), found))
    assert any(line.startswith("deleted from the original: 1 transfers") for line in lines)
    assert any(line.startswith("changed in the original: 1 transfers") for line in lines)


def test_equal_ledgers_have_nothing_to_tell() -> None:
    """The same transfers in another order are the same books."""
    pair = [transfer for _, transfer in books(1, 2)]
    assert compare_ledgers(pair, pair[::-1]) == Comparison()
    assert describe(Verdict(2, (), Comparison()))[-1] == "booked since then and not in it: nothing"


def test_the_ledger_verb_reads_the_database_it_is_told(fill: Fill, project_id: str, firestore_emulator: str) -> None:
    """`infra.operations.ledger` adds up the functions' database, or with `--database` a restored one beside it."""
    fill("(default)", books(1))
    fill("restored-1", books(1, 2))
    environment = {"GOOGLE_CLOUD_PROJECT": project_id, "FIRESTORE_EMULATOR_HOST": firestore_emulator}
    found = []
    switched = {"FIRESTORE_DATABASE": "restored-1"}
    for more, used in (([], {}), (["--database=restored-1"], {}), ([], switched), (["--database=(default)"], switched)):
        done = subprocess.run(  # noqa: S603 — our own module
            [sys.executable, "-m", "infra.operations.ledger", *more],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **environment, **used},
            capture_output=True,
            text=True,
            check=True,
        )
        found.append(done.stdout.split()[0])
    assert found == ["1", "2", "2", "1"]


async def test_the_store_opens_the_database_it_is_given(fill: Fill, project_id: str) -> None:
    """The product's own store reads a restored database when it is told to, and `(default)` otherwise."""
    fill("restored-1", books(2))
    for database, is_there in (("restored-1", True), ("(default)", False)):
        store = FirestoreStore(project_id, database)
        try:
            [record] = await store.read([user_key(2)])
        finally:
            await store.close()
        assert (record is not None) is is_there


def test_times_and_progress_are_written_for_their_readers() -> None:
    """Times are Google's UTC form whatever the zone; progress is a percentage, or the state where none is known."""
    assert format_time(datetime.fromisoformat("2026-01-02T05:00+03:00")) == "2026-01-02T02:00:00Z"
    assert format_time(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00Z"
    assert describe_progress({"metadata": {"operationState": "PROCESSING"}}) == "processing"
    known = {"progressPercentage": {"estimatedWork": "200", "completedWork": "50"}}
    assert describe_progress({"metadata": known}) == "processing: 25 %"

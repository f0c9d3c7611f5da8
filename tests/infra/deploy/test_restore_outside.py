"""The copy outside: database and bucket are lost wholly and come back; who may not, cannot; it is rehearsed."""

import os
from collections.abc import Iterator

import httpx
import pytest

from tests.cloud.buckets import PERSON
from tests.cloud.errors import CutError
from tests.cloud.firestore_admin import FirestoreAdminServer
from tests.cloud.workflows import WorkflowError
from tests.infra.deploy.outside_world import OutsideWorld, build_world, read_documents

NEW = "recovered-1"
NAME = "2026-01-02T03:04Z-00000001"
DAY_SECONDS = 86400
STOPS = range(1, 8) if os.environ.get("TEST_SIZE") == "long" else (1, 4, 6, 7)
"""The changes that a restore makes: one bucket, two transfers of two calls, a database, an import."""


@pytest.fixture
def world(firestore_emulator: str, project_id: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[OutsideWorld]:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    with build_world(project_id, {"database": 7, "media": 14}) as built:
        yield built


def test_what_is_lost_wholly_comes_back(world: OutsideWorld) -> None:
    """Neither database nor bucket nor backup is left: all documents and pictures return, and the books balance."""
    before = read_documents(world.project)
    world.copy()
    world.lose_everything()
    assert read_documents(world.project) == {}
    world.answers = ["production"]
    assert world.restore() == 0
    assert read_documents(world.project, NEW) == before
    media = world.buckets.buckets[f"{world.project}-media"]
    assert {name: data for name, (data, _) in media.objects.items()} == {
        name: name.encode() for name in ("jobs/a/1", "jobs/b/1")
    }
    assert media.settings["iamConfiguration"]["publicAccessPrevention"] == "enforced"
    assert "ledger: 3 transfers, 0 violations" in world.spoken


def test_the_newest_whole_copy_is_taken(world: OutsideWorld) -> None:
    """A copy without its mark is passed over, also where there are more copies than a page of names."""
    for _ in range(3):
        world.copy()
        world.clock.advance(1800)
    world.add_people(4)
    world.buckets.transfer_fails = True
    with pytest.raises(WorkflowError, match="the transfer ended as FAILED"):
        world.copy()
    world.buckets.transfer_fails = False
    assert world.restore("--list") == 0
    assert world.said == [NAME, "2026-01-02T03:36Z-00000002", "2026-01-02T04:08Z-00000003"]
    assert world.restore("--yes") == 0
    assert len([path for path in read_documents(world.project, NEW) if path.startswith("users/")]) == 3


def test_what_only_looks_like_a_copy_is_none(world: OutsideWorld) -> None:
    """An object of another name, were it the newest, is not restored."""
    world.copy()
    world.buckets.put(f"{world.outside}-database", "2099-01-01T00:00Z/complete.json", b"{}")
    assert world.restore("--list") == 0
    assert world.said == [NAME]


def test_it_says_what_it_will_do_and_asks(world: OutsideWorld, capsys: pytest.CaptureFixture[str]) -> None:
    """Who types anything else has changed nothing, and knows which copy it would have been."""
    world.copy()
    world.buckets.calls.clear()
    world.answers = ["yes"]
    assert world.restore() == 1
    assert "nothing was changed" in capsys.readouterr().err
    assert world.said[0].startswith(f"the copy: {NAME}, 2 minutes old")
    assert {method for method, _ in world.buckets.calls} == {"GET"}
    assert [call for call in world.admin.changes if "export" not in call[1]] == []


def test_dry_run_only_says(world: OutsideWorld) -> None:
    """Under --dry-run nothing is made, and nobody is asked."""
    world.copy()
    world.buckets.calls.clear()
    assert world.restore("--dry-run") == 0
    assert {method for method, _ in world.buckets.calls} == {"GET"}
    assert len(world.admin.databases) == 1
    assert "would POST" in world.spoken


@pytest.mark.parametrize("number", STOPS)
def test_it_is_finished_after_a_stop_anywhere(world: OutsideWorld, number: int) -> None:
    """Stopped at any change, the same command finishes it."""
    world.copy()
    changes = 0

    def stop(what: str) -> None:
        nonlocal changes
        changes += 1
        if changes == number:
            raise CutError

    world.admin.faults.before_change = world.buckets.faults.before_change = stop
    first = world.restore("--yes")
    assert first == 1, "there are more changes than this"
    world.admin.faults.clear()
    world.buckets.faults.clear()
    assert world.restore("--yes") == 0
    assert read_documents(world.project, NEW) == read_documents(world.project)


def test_a_lost_answer_is_lived_through(world: OutsideWorld) -> None:
    """The import began, and its answer was lost: the next run waits for that one."""
    world.copy()
    world.admin.faults.before_change = lambda name: (
        world.admin.faults.lose_answers() if name.endswith(NEW) and name in world.admin.databases else None
    )
    assert world.restore("--yes") == 1
    world.admin.faults.clear()
    assert world.restore("--yes") == 0
    imports = [path for _, path in world.admin.changes if path.endswith(":importDocuments")]
    assert len(imports) == 1


def test_a_database_in_use_is_never_imported_over(world: OutsideWorld, capsys: pytest.CaptureFixture[str]) -> None:
    """A second import would put old documents over newer ones: an existing database with people in it is refused."""
    world.copy()
    assert world.restore("--yes", database="people-here") == 0
    world.admin.forget_operations = True
    assert world.restore("--yes", database="people-here") == 1
    assert "already, with other documents" in capsys.readouterr().err


def test_a_bucket_of_somebody_else_gets_nothing(world: OutsideWorld, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody took the name of the lost bucket: no picture goes there."""
    world.copy()
    world.lose_everything()
    stranger = world.buckets.add(f"{world.project}-media", world.scratch)
    assert world.restore("--yes") == 1
    assert "belongs to another project" in capsys.readouterr().err
    assert stranger.objects == {}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--copy=2026-01-01T00:00Z-1"], "no whole copy 2026-01-01"), (["--database=(default)"], "not a new database")],
)
def test_what_cannot_be_restored_is_refused(
    world: OutsideWorld, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    """A copy that is not there, and a name that is the original's: nothing is made."""
    world.copy()
    assert world.restore("--yes", *arguments) == 1
    assert words in capsys.readouterr().err
    assert len(world.admin.databases) == 1


def test_a_copy_outlives_its_owner_until_its_time(world: OutsideWorld) -> None:
    """Who may do everything deletes no copy before its retention ends, and cannot end the retention."""
    world.copy()
    bucket = f"{world.outside}-database"
    url = f"{world.buckets.url}/storage/v1/b/{bucket}"
    headers = {"Authorization": f"Bearer {PERSON}"}
    assert httpx.patch(url, headers=headers, json={"retentionPolicy": None}).status_code == 403
    mark = f"{url}/o/{NAME}/complete.json"
    world.clock.advance(6 * DAY_SECONDS)
    assert httpx.delete(mark, headers=headers).status_code == 403
    assert httpx.delete(url, headers=headers).status_code == 409
    world.clock.advance(DAY_SECONDS)
    assert httpx.delete(mark, headers=headers).status_code == 204


# --- the rehearsal -----------------------------------------------------------------------------------------


@pytest.fixture
def scratch(world: OutsideWorld) -> Iterator[FirestoreAdminServer]:
    with FirestoreAdminServer(world.scratch, world.clock.now()) as running:
        running.on_import = world.fill
        yield running


def rehearse(world: OutsideWorld, scratch: FirestoreAdminServer) -> int:
    place = [f"--project={world.scratch}", "--region=europe-west4", f"--copies={world.outside}"]
    return world.run("rehearse-restore", "--environment=production", *place, admin=scratch)


def test_the_rehearsal_measures_and_leaves_nothing(world: OutsideWorld, scratch: FirestoreAdminServer) -> None:
    """The newest copy is restored into the other project, its books are checked, and the database is deleted."""
    world.copy()
    left = f"{scratch.project}/databases/rehearsal-20251201-0000"
    scratch.databases.add(left)
    assert rehearse(world, scratch) == 0
    assert scratch.databases == {f"{scratch.project}/databases/(default)"}
    assert "ledger: 3 transfers, 0 violations" in world.spoken
    assert "pictures of an hour: 2" in world.spoken
    assert world.said[-1].startswith("restored after 2 minutes, at most 20: good")
    assert world.buckets.buckets[f"{world.scratch}-recovery"].settings["lifecycle"]["rule"][0]["condition"] == {
        "age": 1
    }


def test_an_old_copy_fails_the_rehearsal(world: OutsideWorld, scratch: FirestoreAdminServer) -> None:
    """More would be lost than an hour."""
    world.copy()
    world.clock.advance(3600)
    assert rehearse(world, scratch) == 1
    assert "at most 60: TOO LONG" in world.spoken


def test_a_slow_restore_fails_the_rehearsal(world: OutsideWorld, scratch: FirestoreAdminServer) -> None:
    """An import of twenty minutes is too slow."""
    world.copy()
    scratch.operation_reads = 70
    assert rehearse(world, scratch) == 1
    assert "at most 20: TOO LONG" in world.spoken


def test_a_rehearsal_that_fails_deletes_all_the_same(world: OutsideWorld, scratch: FirestoreAdminServer) -> None:
    """People's documents do not stay in the other project."""
    world.copy()
    scratch.operation_error = "the export is damaged"
    assert rehearse(world, scratch) == 1
    assert scratch.databases == {f"{scratch.project}/databases/(default)"}

"""switch-over: it says what it will do, asks, writes two files and applies them."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.checks.findings import ROOT
from infra.deploy.__main__ import main
from infra.deploy.context import Context
from infra.deploy.firestore_admin import INDEXES
from infra.deploy.switching import Switch, read_switch, write_values
from infra.deploy.verbs import apply, switch_over
from tests.cloud.clock import START, FakeClock
from tests.cloud.firestore_admin import FirestoreAdminServer

PROJECT = "nanobanana-production"
NEW = "recovered-1"
MAIN = Path("terraform/environments/production/main.tf")


class Operator:
    """Somebody with a login and a checkout."""

    def __init__(self, admin: FirestoreAdminServer, folder: Path) -> None:
        self.admin = admin
        self.main = folder / MAIN
        self.imports = self.main.with_name("restored.tf")
        self.said: list[str] = []
        self.answer = "production"
        self.applied: list[argparse.Namespace] = []

    def switch(self, *more: str) -> int:
        urls = {"FIRESTORE_ADMIN_API_URL": self.admin.url}
        context = Context(
            urls, "--dry-run" in more, clock=FakeClock(), say=self.said.append, ask=lambda question: self.answer
        )
        return main(["switch-over", "--environment=production", f"--database={NEW}", *more], context)

    def apply(self, args: argparse.Namespace, context: Context) -> int:
        assert read_switch(self.main.read_text()) != Switch("(default)"), "the files are written first"
        self.applied.append(args)
        return 0


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    """`(default)` is there and in use, and so is a restored database, with one of our indexes and one of nobody's."""
    (tmp_path / MAIN).parent.mkdir(parents=True)
    (tmp_path / MAIN).write_text((ROOT / MAIN).read_text())
    monkeypatch.setattr(switch_over, "ROOT", tmp_path)
    with FirestoreAdminServer(PROJECT, START) as admin:
        name = f"{admin.project}/databases/{NEW}"
        admin.databases.add(name)
        last = {"fieldPath": "__name__", "order": "ASCENDING"}
        ours = json.loads(INDEXES.read_text())["indexes"][0]
        admin.indexes[name] = [
            {
                "name": f"{name}/collectionGroups/{ours['collectionGroup']}/indexes/one",
                "fields": [*ours["fields"], last],
            },
            {"name": f"{name}/collectionGroups/other/indexes/two", "fields": [last]},
        ]
        made = Operator(admin, tmp_path)
        monkeypatch.setattr(apply, "run", made.apply)
        yield made


def test_it_switches_and_says_what_is_left_to_do(operator: Operator) -> None:
    """The functions' database is the new one, the old one stays, and what exists is imported instead of made."""
    assert operator.switch() == 0
    assert operator.said[0] == f"the functions use (default) now, and {NEW} from then on"
    assert read_switch(operator.main.read_text()) == Switch(NEW, ("(default)",))
    imports = operator.imports.read_text()
    assert imports.count("import {") == 2
    assert f'module.firestore["{NEW}"].google_firestore_database.this' in imports
    assert "indexes/one" in imports
    assert [each.environment for each in operator.applied] == ["production"]
    assert not operator.applied[0].yes
    assert any("commit terraform/environments/production now" in line for line in operator.said)


def test_nobody_is_switched_by_accident(operator: Operator, capsys: pytest.CaptureFixture[str]) -> None:
    """Any other answer than the environment's name changes nothing."""
    before = operator.main.read_text()
    operator.answer = "y"
    assert operator.switch() == 1
    assert "nothing was changed" in capsys.readouterr().err
    assert (operator.main.read_text(), operator.imports.exists(), operator.applied) == (before, False, [])


def test_dry_run_only_says(operator: Operator) -> None:
    """Under --dry-run nobody is asked and no file is written."""
    before = operator.main.read_text()
    operator.answer = ""
    assert operator.switch("--dry-run") == 0
    assert (operator.main.read_text(), operator.applied) == (before, [])


def test_a_lost_database_is_not_kept(operator: Operator) -> None:
    """Terraform would make an empty one again under the name of one that is gone."""
    operator.admin.databases.remove(f"{operator.admin.project}/databases/(default)")
    assert operator.switch("--yes") == 0
    assert read_switch(operator.main.read_text()) == Switch(NEW)
    assert operator.applied[0].yes


def test_twice_is_once(operator: Operator) -> None:
    """Stopped after the files were written, the same command goes on, and the old database still stays."""
    assert operator.switch("--yes") == 0
    first = operator.main.read_text()
    assert operator.switch("--yes") == 0
    assert operator.main.read_text() == first


def test_there_is_a_way_back(operator: Operator) -> None:
    """The new database turns out wrong: the old one is used again, and the new one stays for a look."""
    assert operator.switch("--yes") == 0
    assert operator.switch("--yes", "--database=(default)") == 0
    assert read_switch(operator.main.read_text()) == Switch("(default)", (NEW,))


def test_a_database_must_be_there(operator: Operator, capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt name would have Terraform make an empty database for people."""
    operator.admin.databases.remove(f"{operator.admin.project}/databases/{NEW}")
    assert operator.switch("--yes") == 1
    assert "there is no database" in capsys.readouterr().err


def test_another_region_is_refused(operator: Operator, capsys: pytest.CaptureFixture[str]) -> None:
    """Terraform would replace a database of another region by an empty one."""
    operator.admin.locations[f"{operator.admin.project}/databases/{NEW}"] = "europe-west4"
    assert operator.switch("--yes") == 1
    assert "is in europe-west4" in capsys.readouterr().err
    assert operator.applied == []


def test_a_file_without_the_line_is_refused(operator: Operator, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody wrote main.tf anew: nothing is applied that says nothing."""
    operator.main.write_text('locals {\n  firestore_location   = "europe-west1"\n}\n')
    assert operator.switch("--yes") == 1
    assert "has no line firestore_location" in capsys.readouterr().err
    assert operator.applied == []


@pytest.mark.parametrize("environment", ["dev", "staging", "production"])
def test_the_lines_stand_in_every_environment(environment: str) -> None:
    """Written, read and written back, nothing else of a main.tf changes."""
    text = (ROOT / "terraform/environments" / environment / "main.tf").read_text()
    written = write_values(text, Switch(NEW, ("(default)", "other-1")))
    assert read_switch(written) == Switch(NEW, ("(default)", "other-1"))
    assert set(written.splitlines()) - set(text.splitlines()) == {
        f'  firestore_database = "{NEW}"',
        '  firestore_kept     = ["(default)", "other-1"]',
    }

"""What the checks read off the code, and that new code without its Terraform is noticed."""

import json
import re
from pathlib import Path

import pytest

from infra.checks.cloud import code
from infra.checks.cloud.documents import find_collection_faults
from infra.checks.cloud.functions import find_strangers
from infra.checks.findings import ROOT
from infra.functions import FUNCTIONS
from shared.errors import SettingsError
from tests.infra.terraform.states import Draft


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_required_variable_is_one_that_must_be_there(function: str) -> None:
    """A function starts with what is called required, its URLs well-formed, and not without any one of it."""
    variables = code.list_variables(function)
    values = code.sample_secrets(function, dict.fromkeys(variables.required, ""))
    code.read_settings(function, values)
    for name in variables.required:
        with pytest.raises(SettingsError, match=name):
            code.read_settings(function, values | {name: ""})


def test_optional_variables_are_found_on_both_branches() -> None:
    """With a key the one address of Gemini is read, without it the other: both are known."""
    variables = code.list_variables("image")
    assert variables.optional >= {"GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL", "GOOGLE_VERTEX_BASE_URL"}
    assert variables.required >= {"TELEGRAM_BOT_TOKEN", "MEDIA_BUCKET"}
    assert not variables.required & variables.optional


def test_queues_come_with_their_deadlines() -> None:
    """Every queue of the composition root, and how long its tasks wait."""
    assert code.list_deadlines() == {"bot": 60, "image": 360, "chat": 360, "video": 360, "api": 60, "releases": 60}


def test_a_code_without_queues_is_no_proof(tmp_path: Path) -> None:
    """When the composition root changes its shape, the check says so and does not pass."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/wiring.py").write_text("queues = []\n")
    with pytest.raises(ValueError, match="names no queue"):
        code.list_deadlines(tmp_path)


def test_a_new_function_needs_its_terraform(production: Draft, tmp_path: Path) -> None:
    """A folder that nothing else knows is found in each place where it is missing."""
    for name in (*FUNCTIONS, "admin"):
        (tmp_path / "functions" / name).mkdir(parents=True)
        (tmp_path / "functions" / name / "main.py").touch()
    found = list(find_strangers(production.cloud, code.list_folders(tmp_path)))
    assert found == [
        "functions/admin: missing in infra/functions.json",
        "functions/admin: missing in Terraform's functions",
        "functions/admin: missing in Terraform's services",
    ]


def test_a_new_collection_needs_its_entries(tmp_path: Path) -> None:
    """A collection that only the code names is found, and one that only the indexes name."""
    folder = tmp_path / "shared/flows"
    folder.mkdir(parents=True)
    (folder / "documents.py").write_text('Key("jobs", "1")\nQuery("releases", ())\nKey(name, "1")\n')
    collections = code.list_collections(tmp_path)
    assert collections == {"jobs", "releases"}
    indexes = {"indexes": [], "fieldOverrides": [{"collectionGroup": each} for each in ("jobs", "users")]}
    assert list(find_collection_faults(indexes, collections)) == [
        "collection releases: not in infra/firestore.indexes.json",
        "collection users: not used by the code",
    ]


def test_releases_have_a_database_of_their_own() -> None:
    """Its file names exactly the collections of the rooms of releases, and the product's file none of them."""
    rooms = (ROOT / "shared/releases", ROOT / "shared/release_bot")
    sources = (path.read_text("utf-8") for room in rooms for path in room.glob("*.py"))
    of_releases = set(re.findall(r'\b(?:Key|Query)\("(\w+)"', "".join(sources)))
    product, releases = (
        {
            each["collectionGroup"]
            for each in json.loads((ROOT / f"infra/{name}.indexes.json").read_text())["fieldOverrides"]
        }
        for name in ("firestore", "releases")
    )
    assert of_releases == releases
    assert not releases & product


def test_the_codes_own_collections_are_declared() -> None:
    """Every collection of today's code has its entries."""
    assert list(find_collection_faults(code.read_indexes(), code.list_collections())) == []


def test_what_needs_an_api_waits_for_all_of_google() -> None:
    """Where APIs are turned on only the pause comes right after them; everything else comes after the pause."""
    for folder in ("product", "outside"):
        files = sorted((ROOT / "terraform/modules" / folder).glob("*.tf"))
        waits = [line for path in files for line in path.read_text("utf-8").splitlines() if "depends_on" in line]
        eager = [line for line in waits if "google_project_service" in line]
        assert len(eager) == (1 if folder == "product" else 0), eager
        assert sum("time_sleep.apis" in line for line in waits) >= 8

"""What Terraform tells a release in deployment.json: what it was applied with, and that all of it is there."""

import json
from itertools import chain

import pytest

from infra.checks.cloud.applied import States
from infra.checks.cloud.tool import find_offline_tool
from infra.checks.cloud.workspace import apply, initialise, open_workspace
from infra.deploy.deployment import Deployment
from infra.deploy.prerequisites import find_missing, list_indexes
from infra.deploy.terraform_sources import hash_sources
from tests.conftest import require

OBJECT = "google_storage_bucket_object"


@pytest.mark.parametrize("name", ["dev", "production", "staging"])
def test_a_release_and_terraform_agree(name: str, states: States) -> None:
    """The hash of the files is the same in both languages, and nothing is missing after an apply."""
    found = states[name]["values"]["outputs"]["deployment"]["value"]
    with open_workspace() as copy:
        assert found["sources"] == hash_sources(name, copy)
    assert found["indexes"] == list_indexes()
    assert list(find_missing(Deployment.parse(json.dumps(found)))) == []


def test_the_file_is_written_last() -> None:
    """It says what is there, so every resource of the product is made and every right is granted before it."""
    tool = require(find_offline_tool)
    with open_workspace() as copy:
        folder = copy / "terraform/environments/staging"
        initialise(tool, folder)
        apply(tool, folder)
        state = json.loads((folder / "terraform.tfstate").read_text())
    managed = [each for each in state["resources"] if each["mode"] == "managed"]
    names = {name_address(each) for each in managed if "module" in each}
    (file,) = (each for each in managed if each["type"] == OBJECT)
    before = set(chain.from_iterable(each["dependencies"] for each in file["instances"]))
    assert names - before == {name_address(file)}


def name_address(resource: dict[str, str]) -> str:
    """As the state names it among the dependencies: without keys."""
    module = ".".join(part.partition("[")[0] for part in resource["module"].split("."))
    return f"{module}.{resource['type']}.{resource['name']}"

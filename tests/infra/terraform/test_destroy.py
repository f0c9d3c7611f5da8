"""`terraform destroy`: refused as a whole where people are, and survived by dev's names."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.checks.cloud.applied import States
from infra.checks.cloud.state import walk_resources
from infra.checks.cloud.tool import find_offline_tool
from infra.checks.cloud.workspace import apply, initialise, open_workspace, run, show
from tests.conftest import require

GENERATION = "generation         = 1"
KEPT_BY_GOOGLE = {
    "google_cloud_tasks_queue": "name",
    "google_iam_workload_identity_pool": "workload_identity_pool_id",
    "google_kms_key_ring": "name",
    "google_project_iam_custom_role": "role_id",
}
"""Type → the attribute whose value cannot be used again for days after the resource was deleted."""


def list_blocked_names(shown: dict[str, Any]) -> set[str]:
    """The names in the state that Google would refuse after a destroy."""
    found = (each for each in walk_resources(shown["values"]["root_module"]) if each.type in KEPT_BY_GOOGLE)
    return {f"{each.type} {each.values[KEPT_BY_GOOGLE[each.type]]}" for each in found}


@pytest.mark.parametrize("name", ["staging", "production"])
def test_an_environment_of_people_is_not_destroyed(name: str) -> None:
    """The plan is refused, so nothing goes: not even queues, which have no protection of their own."""
    tool = require(find_offline_tool)
    with open_workspace() as copy:
        folder = copy / "terraform/environments" / name
        initialise(tool, folder)
        some = ("-target=terraform_data.never_destroyed", "-target=module.product.module.queue")
        run(tool, folder, "apply", "-auto-approve", "-input=false", *some)
        before = show(tool, folder)
        destroyed = tool.run(folder, "destroy", "-auto-approve", "-input=false")
        assert destroyed.returncode == 1
        assert "prevent_destroy" in destroyed.stdout
        assert show(tool, folder) == before
        assert any(each.type == "google_cloud_tasks_queue" for each in walk_resources(before["values"]["root_module"]))


def test_the_next_generation_of_dev_has_new_names(states: States) -> None:
    """No name that Google still keeps is used again, and the functions are told the new queues' names."""
    tool = require(find_offline_tool)
    with open_workspace() as copy:
        folder = copy / "terraform/environments/dev"
        initialise(tool, folder)
        raise_generation(folder)
        apply(tool, folder)
        second = list_blocked_names(show(tool, folder))
        deployment = json.loads(run(tool, folder, "output", "-json", "deployment"))
    first = list_blocked_names(states["dev"])
    assert len(first) == len(second) > 10
    assert first & second == set()
    assert {each["env"]["QUEUES_GENERATION"] for each in deployment["functions"].values()} == {"2"}


def test_nothing_in_dev_refuses_its_deletion(states: States) -> None:
    """Neither protected, nor a bucket whose objects must stay: one of them would stop a destroy half-way."""
    made = list(walk_resources(states["dev"]["values"]["root_module"]))
    buckets = {each.values["name"]: each.values for each in made if each.type == "google_storage_bucket"}
    assert len(buckets) == 2
    assert [name for name, each in buckets.items() if each.get("retention_policy") or not each["force_destroy"]] == []
    assert [each.address for each in made if each.values.get("deletion_protection")] == []
    databases = [each.values for each in made if each.type == "google_firestore_database"]
    assert {each["deletion_policy"] for each in databases} == {"DELETE"}
    assert {each["delete_protection_state"] for each in databases} == {"DELETE_PROTECTION_DISABLED"}


@pytest.mark.long
def test_dev_is_made_again_after_a_destroy() -> None:
    """Destroy and apply, in one state."""
    tool = require(find_offline_tool)
    with open_workspace() as copy:
        folder = copy / "terraform/environments/dev"
        initialise(tool, folder)
        apply(tool, folder)
        run(tool, folder, "destroy", "-auto-approve", "-input=false")
        assert "values" not in show(tool, folder), "the state has nothing left"
        raise_generation(folder)
        apply(tool, folder)


def raise_generation(folder: Path) -> None:
    """What docs/deploy.md says to do after a destroy."""
    values = folder / "main.tf"
    values.write_text(values.read_text(encoding="utf-8").replace(GENERATION, GENERATION[:-1] + "2"), encoding="utf-8")

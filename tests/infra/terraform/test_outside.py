"""The copies outside: made by exactly what Terraform makes, deleted by nobody, and missed within two hours."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from infra.checks.cloud.identities import Grant
from infra.checks.cloud.state import Resource, walk_resources
from infra.checks.cloud.tool import find_offline_tool
from infra.checks.cloud.workspace import apply, initialise, open_workspace, show
from infra.deploy.environments import ROOT, read_value
from infra.functions import FUNCTIONS
from infra.local import firestore
from tests.cloud.alarms import Alarm, read_alarms
from tests.cloud.buckets import Buckets
from tests.cloud.promql import Recording
from tests.conftest import require
from tests.infra.deploy.outside_world import OutsideWorld, build_world, read_documents
from tests.infra.terraform.test_identities import read_outside

PRODUCT = "nanobanana-production"
SEES = frozenset({"storage.buckets.get", "storage.objects.list"})
ALLOWS = {
    "roles/storage.objectViewer": frozenset({"storage.objects.get", "storage.objects.list"}),
    "roles/storage.legacyBucketReader": SEES,
    "roles/storage.objectCreator": frozenset({"storage.objects.create"}),
    "roles/storage.admin": frozenset({"everything"}),
}
"""Role → what it allows, https://cloud.google.com/storage/docs/access-control/iam-roles; any other role is refused."""
METRIC = "logging_googleapis_com:user_nanobanana_outside_copies"
NOON = 12 * 60
DAYS = 7 if os.environ.get("TEST_SIZE") == "long" else 2


@dataclass(frozen=True)
class Outside:
    """The state of terraform/outside/production."""

    resources: list[Resource]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [dict(each.values) for each in self.resources if each.type == kind]

    def list_roles(self) -> dict[str, frozenset[str]]:
        """Role → its permissions, our own with them."""
        own = {each["name"]: frozenset(each["permissions"]) for each in self.of("google_project_iam_custom_role")}
        return ALLOWS | own

    def list_rights(self) -> dict[str, dict[str, frozenset[str]]]:
        """Bucket → identity → what it may do there."""
        roles, found = self.list_roles(), dict[str, dict[str, frozenset[str]]]()
        for grant in self.of("google_storage_bucket_iam_member"):
            rights = found.setdefault(grant["bucket"], {})
            member = grant["member"].removeprefix("serviceAccount:")
            rights[member] = rights.get(member, frozenset()) | roles[grant["role"]]
        return found


@pytest.fixture(scope="module")
def outside() -> Outside:
    tool = require(find_offline_tool)
    with open_workspace() as copy:
        folder = copy / "terraform/outside/production"
        values = folder / "main.tf"
        rehearsal = '{ project = "nanobanana-scratch", repository_id = "1", owner_id = "2" }'
        values.write_text(values.read_text().replace("rehearsal          = null", f"rehearsal = {rehearsal}"))
        initialise(tool, folder)
        apply(tool, folder)
        return Outside(list(walk_resources(show(tool, folder)["values"]["root_module"])))


@pytest.fixture
def world(firestore_emulator: str, outside: Outside, monkeypatch: pytest.MonkeyPatch) -> Iterator[OutsideWorld]:
    """The local Google as Terraform's state describes it: buckets, retention, rights, transfers, the workflow."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    copies = [each for each in outside.of("google_storage_bucket") if each["retention_policy"]]
    days = {
        each["name"].removeprefix(f"{PRODUCT}-outside-"): int(each["retention_policy"][0]["retention_period"]) // 86400
        for each in copies
    }
    with build_world(PRODUCT, days) as built:
        agents = rename_agents(outside, built.buckets)
        built.buckets.rights = {
            bucket: {agents.get(identity, identity): rights for identity, rights in granted.items()}
            for bucket, granted in outside.list_rights().items()
        } | {f"{PRODUCT}-media": built.buckets.rights[f"{PRODUCT}-media"]}
        built.buckets.jobs = {
            each["name"]: {"projectId": each["project"], "transferSpec": read_spec(each["transfer_spec"][0])}
            for each in outside.of("google_storage_transfer_job")
        }
        [workflow] = outside.of("google_workflows_workflow")
        built.environment = workflow["user_env_vars"]
        yield built
    firestore.delete_documents(firestore_emulator, PRODUCT)


def rename_agents(outside: Outside, buckets: Buckets) -> dict[str, str]:
    """The transfers' agents have made-up names in the offline state."""
    return {
        grant["member"].removeprefix("serviceAccount:"): buckets.name_agent(project)
        for grant in outside.of("google_storage_bucket_iam_member")
        for project in buckets.projects
        if grant["member"].endswith(f"@{project}.iam.gserviceaccount.com") and "copier@" not in grant["member"]
    }


def read_spec(block: dict[str, Any]) -> dict[str, Any]:
    """A transfer of Terraform as Google's API has it."""
    return {
        "gcsDataSource": {"bucketName": block["gcs_data_source"][0]["bucket_name"]},
        "gcsDataSink": {"bucketName": block["gcs_data_sink"][0]["bucket_name"]},
        "transferOptions": {"overwriteWhen": block["transfer_options"][0]["overwrite_when"]},
        "objectConditions": {"excludePrefixes": block["object_conditions"][0]["exclude_prefixes"]},
    }


# --- the copy ----------------------------------------------------------------------------------------------


def test_what_terraform_makes_copies_and_restores(world: OutsideWorld) -> None:
    """The workflow with its variables, transfers and rights makes a copy; all is lost, and all comes back."""
    before = read_documents(PRODUCT)
    world.copy()
    assert world.workflow is not None
    assert [line["jsonPayload"]["part"] for line in world.workflow.logged] == ["database", "media"]
    world.lose_everything()
    assert world.restore("--yes") == 0
    assert read_documents(PRODUCT, "recovered-1") == before
    assert set(world.buckets.buckets[f"{PRODUCT}-media"].objects) == {"jobs/a/1", "jobs/b/1"}
    assert "0 violations" in world.spoken


def list_identities(outside: Outside) -> list[str]:
    """Whom somebody could have stolen: the product's and the pipeline's accounts, and all that have a right outside."""
    names = [f"{name}-function" for name in FUNCTIONS]
    names += ["deployer", "applier", "planner", "builder", "attester", "auditor", "task-caller"]
    granted = {identity for rights in outside.list_rights().values() for identity in rights}
    return [*(f"{name}@{PRODUCT}.iam.gserviceaccount.com" for name in names), *sorted(granted)]


def test_nobody_deletes_a_copy(world: OutsideWorld, outside: Outside) -> None:
    """No identity deletes or replaces an object, empties or removes a bucket, changes its rules or who may do what."""
    world.copy()
    identities = list_identities(outside)
    assert f"deployer@{PRODUCT}.iam.gserviceaccount.com" in identities
    for part in ("database", "media"):
        name = f"{PRODUCT}-outside-{part}"
        before = dict(world.buckets.buckets[name].objects)
        assert before
        with httpx.Client(base_url=world.buckets.url) as client:
            for identity in identities:
                answers = set(try_everything(client, f"Bearer {identity}", name, next(iter(before))))
                assert answers == {403}, identity
        assert world.buckets.buckets[name].objects == before


def try_everything(client: httpx.Client, token: str, bucket: str, victim: str) -> Iterator[int]:
    """What a thief would try, and how each is answered."""
    url, headers = f"/storage/v1/b/{bucket}", {"Authorization": token}
    yield client.delete(f"{url}/o/{victim}", headers=headers).status_code
    upload = f"/upload{url}/o"
    yield client.post(upload, headers=headers, params={"name": victim}, content=b"").status_code
    yield client.delete(url, headers=headers).status_code
    yield client.patch(url, headers=headers, json={"retentionPolicy": None}).status_code
    yield client.patch(url, headers=headers, json={"lifecycle": {"rule": []}}).status_code
    yield client.put(f"{url}/iam", headers=headers, json={"bindings": []}).status_code


def test_the_product_has_no_right_outside(outside: Outside) -> None:
    """No account of the product's project but Google's own agents: one reads copies, one writes where nothing stays."""
    agents = {"roles/storage.objectViewer", "roles/storage.legacyBucketReader"}
    kinds = ("google_storage_bucket_iam_member", "google_project_iam_member", "google_service_account_iam_member")
    for grant in (each for kind in kinds for each in outside.of(kind)):
        name, _, home = grant["member"].removeprefix("serviceAccount:").partition("@")
        if home.startswith("gcp-sa-firestore"):
            assert (grant["bucket"], grant["role"]) == (f"{PRODUCT}-outside-landing", "roles/storage.admin")
        elif home == f"{PRODUCT}.iam.gserviceaccount.com":
            assert grant["role"] in agents
            assert name not in {"deployer", "applier", "planner"}


def test_the_copies_are_locked_elsewhere(outside: Outside) -> None:
    """Both are in another project and region, locked, private, and are gone within the time that people are told."""
    copies = [each for each in outside.of("google_storage_bucket") if not each["name"].endswith("-landing")]
    assert len(copies) == 2
    product = read_value(ROOT / "terraform/environments/production/main.tf", "region")
    for each in copies:
        [policy], [rule] = each["retention_policy"], each["lifecycle_rule"]
        assert policy["is_locked"]
        assert int(policy["retention_period"]) >= 7 * 86400
        assert int(policy["retention_period"]) // 86400 <= rule["condition"][0]["age"] <= 90
        assert each["location"].lower() != product
        assert each["public_access_prevention"] == "enforced"
        assert each["soft_delete_policy"][0]["retention_duration_seconds"] == 0


def test_the_rehearsers_rights_are_on_the_page(outside: Outside) -> None:
    """docs/security.md, *Outside*, has exactly what Terraform grants to the rehearsal's identity."""
    scratch = "nanobanana-scratch.iam.gserviceaccount.com"
    rehearser, found = f"serviceAccount:rehearser@{scratch}", set()
    for grant in outside.of("google_project_iam_member"):
        if grant["member"] == rehearser:
            assert grant["project"] == "nanobanana-scratch"
            found.add(Grant("rehearser", grant["role"], "project rehearsal"))
    for grant in outside.of("google_storage_bucket_iam_member"):
        if grant["member"] == rehearser:
            found.add(Grant("rehearser", grant["role"], f"bucket {grant['bucket'].removeprefix(f'{PRODUCT}-')}"))
    for grant in outside.of("google_service_account_iam_member"):
        if "rehearser@" in grant["service_account_id"]:
            assert grant["member"].endswith("/attribute.environment/production")
            found.add(Grant("github environment/<environment>", grant["role"], "account rehearser"))
    assert found == read_outside()


def test_the_rehearsal_is_bound_to_the_repository(outside: Outside) -> None:
    """Only a job of this repository's production environment becomes the rehearser, which has no right elsewhere."""
    [provider] = outside.of("google_iam_workload_identity_pool_provider")
    for claim in ("repository_id == '1'", "repository_owner_id == '2'", "environment == 'production'"):
        assert f"assertion.{claim}" in provider["attribute_condition"]
    projects = {
        grant["project"] for grant in outside.of("google_project_iam_member") if "rehearser@" in grant["member"]
    }
    assert projects == {"nanobanana-scratch"}


# --- the alarm ---------------------------------------------------------------------------------------------


@pytest.fixture
def alarm(outside: Outside) -> Alarm:
    [found] = read_alarms(outside.of("google_monitoring_alert_policy"))
    assert found.name == "outside-copy-old"
    return found


def record_copies(minutes: range, stops: dict[str, int]) -> Recording:
    """Both parts are copied every half hour, ten minutes after the minute that they show, until one stops."""
    recording = Recording()
    for number in minutes:
        for part in ("database", "media"):
            if number % 30 == 10 and number < stops.get(part, minutes.stop):
                recording.add(METRIC, number * 60, 1, part=part)
    return recording


@pytest.mark.parametrize("part", ["database", "media"])
def test_an_old_copy_rings(part: str, alarm: Alarm) -> None:
    """One part stops: it rings before the newest copy is two hours old, and goes on for two days."""
    end = NOON + DAYS * 24 * 60
    recording = record_copies(range(NOON - 300, end), {part: NOON})
    newest = NOON - 30  # written down at 11:40, shows 11:30
    [incident] = alarm.list_incidents(recording, (NOON - 120) * 60, (end - 1) * 60, step=300)
    assert newest + 60 < incident.opened_at // 60 <= newest + 120
    assert incident.closed_at is None


def test_a_usual_week_is_silent(alarm: Alarm) -> None:
    """A copy every half hour, one of which now and then fails, wakes nobody."""
    recording = Recording()
    for number in range(DAYS * 24 * 60):
        if number % 30 == 10 and number % 240 != 40:
            for part in ("database", "media"):
                recording.add(METRIC, number * 60, 1, part=part)
    assert alarm.list_incidents(recording, 120 * 60, (DAYS * 24 * 60 - 1) * 60, step=300) == []


def test_the_metric_counts_what_the_workflow_says(outside: Outside) -> None:
    """The line's fields are those of the metric, and the alarm's parts those of the line."""
    text = (ROOT / "terraform/modules/outside/copy.yaml").read_text()
    [metric] = outside.of("google_logging_metric")
    assert 'jsonPayload.event="outside_copy_made"' in metric["filter"]
    assert text.count("event: outside_copy_made") == 2
    assert json.dumps(metric["label_extractors"]) == '{"part": "EXTRACT(jsonPayload.part)"}'


def test_the_alarms_page_exists(outside: Outside) -> None:
    """The alarm names a runbook that is there."""
    [policy] = outside.of("google_monitoring_alert_policy")
    assert (ROOT / f"docs/runbooks/{policy['user_labels']['runbook']}.md").is_file()

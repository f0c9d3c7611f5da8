"""Rows of docs/security.md that depend on an environment's values: with them set, without, and only half."""

from collections.abc import Callable

import pytest

from infra.checks.cloud.applied import States
from infra.checks.cloud.rules import find_faults
from infra.checks.cloud.state import Cloud
from infra.checks.cloud.tool import find_offline_tool
from infra.checks.cloud.workspace import apply, initialise, open_workspace, show
from tests.conftest import require
from tests.infra.terraform.states import Draft

REPOSITORY = "google_artifact_registry_repository_iam_member"
SECRET = "google_secret_manager_secret"
VALUES = {
    "gemini_api_key = false": "gemini_api_key = true",
    '"000000-000000-000000"': '"012345-6789AB-CDEF01"',
    "image_readers = {}": 'image_readers = { "nanobanana-production" = "210987654321" }',
}
CHAT = {"notice_chat     = null": 'notice_chat = { chat_id = "-1001", runbooks_url = "https://a.dev/docs/runbooks" }'}
TOLD = {
    "slack_notices   = false": "slack_notices   = true",
    "sentry          = false": "sentry          = true",
    "telemetry       = null": "telemetry       = {}",
    "analytics       = false": "analytics       = true",
    "event_service   = false": "event_service   = true",
}
OUTSIDE = {
    "outside_copy    = null": """outside_copy = {
    copier = "serviceAccount:copier@nanobanana-staging-outside.iam.gserviceaccount.com"
    agent  = "serviceAccount:project-303@storage-transfer-service.iam.gserviceaccount.com"
  }"""
}
VEO = {"veo_offers     = false": "veo_offers     = true"}
READERS = {
    "agent serverless": "service-210987654321@serverless-robot-prod.iam.gserviceaccount.com",
    "deployer of another project": "deployer@nanobanana-production.iam.gserviceaccount.com",
    "attester of another project": "attester@nanobanana-production.iam.gserviceaccount.com",
    "applier of another project": "applier@nanobanana-production.iam.gserviceaccount.com",
}


@pytest.fixture
def staging(states: States) -> Draft:
    return Draft("staging", states["staging"])


@pytest.mark.parametrize("values", [VALUES, VEO | OUTSIDE, CHAT | TOLD])
def test_what_the_guide_sets_breaks_no_rule(values: dict[str, str]) -> None:
    """Staging with readers and a key for Gemini, with Veo and a copy outside, or all places of alarms."""
    tool = require(find_offline_tool)
    with open_workspace() as copy:
        folder = copy / "terraform/environments/staging"
        text = (folder / "main.tf").read_text()
        for old, new in values.items():
            assert old in text
            text = text.replace(old, new)
        (folder / "main.tf").write_text(text)
        initialise(tool, folder)
        apply(tool, folder)
        cloud = Cloud.read("staging", show(tool, folder))
    assert list(find_faults(cloud)) == []


def test_every_environment_has_a_budget(environment: Draft) -> None:
    """As they stand all three have one, on a made-up account: forgotten, the first apply fails."""
    [budget] = environment.cloud.of("google_billing_budget")
    assert budget.values["billing_account"] == "000000-000000-000000"


@pytest.mark.parametrize("left_out", [None, *READERS])
def test_readers_are_all_or_none(left_out: str | None, staging: Draft) -> None:
    """Where another project runs the images, each of its four accounts reads them; one that is missing is named."""
    for name, address in READERS.items():
        if name != left_out:
            let_read(staging, address)
    faults = list(find_faults(staging.cloud))
    lacking = (
        f"{left_out} has roles/artifactregistry.reader on repository nanobanana: in docs/security.md, but not granted"
    )
    assert faults == ([lacking] if left_out else [])


def let_read(state: Draft, address: str, role: str = "roles/artifactregistry.reader") -> None:
    state.add(REPOSITORY, repository="nanobanana", role=role, member=f"serviceAccount:{address}")


def read_too_much(state: Draft) -> None:
    for address in READERS.values():
        let_read(state, address)
    let_read(state, READERS["deployer of another project"], "roles/artifactregistry.writer")


def let_a_stranger_in(state: Draft) -> None:
    member = "serviceAccount:bot-function@somewhere-else.iam.gserviceaccount.com"
    state.add("google_project_iam_member", role="roles/datastore.user", member=member)


BROKEN: dict[str, tuple[Callable[[Draft], object], str]] = {
    "readers who write": (
        read_too_much,
        "deployer of another project has roles/artifactregistry.writer on repository nanobanana: not in the table",
    ),
    "an account of another project with a name of ours": (
        let_a_stranger_in,
        "bot-function of another project has roles/datastore.user on project: not in the table",
    ),
    "a key and the account's right beside it": (
        lambda state: state.add(SECRET, secret_id="gemini-api-key"),
        "video-function has roles/aiplatform.user on project: not in the table",
    ),
    "a key that nobody may read": (
        lambda state: state.add(SECRET, secret_id="gemini-api-key"),
        "image-function has roles/secretmanager.secretAccessor on secret gemini-api-key: in docs/security.md, but not",
    ),
    "neither key nor right": (
        lambda state: state.remove("google_project_iam_member", role="roles/aiplatform.user"),
        "video-function has roles/aiplatform.user on project: in docs/security.md, but not granted",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_half_a_value_is_noticed(name: str, staging: Draft) -> None:
    """A value stands for all of its grants and for nothing else."""
    break_it, finding = BROKEN[name]
    break_it(staging)
    assert any(finding in found for found in find_faults(staging.cloud)), list(find_faults(staging.cloud))

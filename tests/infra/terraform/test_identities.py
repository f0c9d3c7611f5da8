"""The table in docs/security.md, and names that are the same in every environment."""

import itertools
import re
from typing import Any

import pytest

from infra.checks.cloud.identities import (
    CONDITIONS,
    Grant,
    list_grants,
    list_places,
    name_member,
    read_matrix,
    read_public,
)
from infra.checks.cloud.state import Cloud, StateError
from infra.checks.findings import ROOT
from infra.deploy.environments import ENVIRONMENTS
from infra.functions import FUNCTIONS

TABLE = """
| function | called by |
|---|---|
| webhook | everybody |
| bot | `task-caller` |

| identity | role | on | where | for |
|---|---|---|---|---|
| `bot`, `image` | `roles/a`, `roles/b` | `queue bot` | everywhere | work |
| `builder` | `roles/c` | `project` | dev, staging | build |
| `bot` | `roles/e` | `project` | where `gemini_api_key` is true | ask |

| identity | role | on | where |
|---|---|---|---|
| `other` | `roles/d` | `project` | everywhere |
"""


def make_cloud(*resources: dict[str, Any], environment: str = "dev") -> Cloud:
    """A state by hand."""
    outputs = {"deployment": {"value": {"project": "nanobanana-dev", "functions": {"bot": {}}}}}
    listed = [{"address": "x.y", "mode": "managed"} | each for each in resources]
    return Cloud.read(environment, {"values": {"root_module": {"resources": listed}, "outputs": outputs}})


def test_a_row_stands_for_all_its_pairs() -> None:
    """Names with commas between them are several grants; the table ends with its last row."""
    assert read_matrix(TABLE, {"everywhere", "production"}) == {
        Grant(identity, role, "queue bot") for identity in ("bot", "image") for role in ("roles/a", "roles/b")
    }


def test_a_row_may_be_for_some_environments() -> None:
    """What is granted in some environments only says in which."""
    assert Grant("builder", "roles/c", "project") in read_matrix(TABLE, {"everywhere", "staging"})


def test_no_table_is_no_proof() -> None:
    """A page without the table is refused."""
    with pytest.raises(ValueError, match="no table"):
        read_matrix("# Security\n", {"dev"})


def test_a_row_may_be_for_some_values() -> None:
    """What depends on a value is wanted only where the state shows that value."""
    key = {"type": "google_secret_manager_secret", "values": {"secret_id": "gemini-api-key"}}
    asked = Grant("bot", "roles/e", "project")
    assert asked in read_matrix(TABLE, list_places(make_cloud(key)))
    assert asked not in read_matrix(TABLE, list_places(make_cloud()))


@pytest.mark.parametrize("place", ["prod", "where it rains", "staging and dev"])
def test_a_row_for_nowhere_is_refused(place: str) -> None:
    """A misspelt environment or condition would be a row that is never compared."""
    with pytest.raises(ValueError, match=f"“{place}” is no environment and no condition"):
        read_matrix(TABLE.replace("dev, staging", place), {"dev"})


def test_public_functions_are_declared_in_words() -> None:
    """What everybody may call is written in the table of functions."""
    assert read_public(TABLE) == {"webhook"}
    assert read_public((ROOT / "docs/security.md").read_text()) == {"webhook", "payments", "api", "releases"}


@pytest.mark.parametrize(
    ("member", "name"),
    [
        ("serviceAccount:bot-function@nanobanana-dev.iam.gserviceaccount.com", "bot-function"),
        ("serviceAccount:deployer@nanobanana-two.iam.gserviceaccount.com", "deployer of another project"),
        ("serviceAccount:service-1@gcp-sa-cloudtasks.iam.gserviceaccount.com", "agent cloudtasks"),
        ("serviceAccount:service-1@serverless-robot-prod.iam.gserviceaccount.com", "agent serverless"),
        (
            "principalSet://x/projects/1/locations/global/workloadIdentityPools/github/attribute.environment/dev-more",
            "github environment/<environment>-more",
        ),
        ("user:someone@example.com", "user:someone@example.com"),
        ("allUsers", "allUsers"),
    ],
)
def test_members_are_named_alike_everywhere(member: str, name: str) -> None:
    """Projects, numbers and environments are left out; who it is stays."""
    assert name_member(make_cloud(), member) == name


def test_a_grant_says_what_it_is_on() -> None:
    """A bucket without its project, our own role by its id, a condition by its title, an unknown kind by its type."""
    member = "serviceAccount:bot-function@nanobanana-dev.iam.gserviceaccount.com"
    own = "projects/nanobanana-dev/roles/reader"
    cloud = make_cloud(
        {"type": "google_project_iam_custom_role", "values": {"id": own, "name": own, "role_id": "reader"}},
        {
            "type": "google_storage_bucket_iam_member",
            "values": {"bucket": "nanobanana-dev-media", "role": own, "member": member},
        },
        {
            "type": "google_project_iam_member",
            "values": {"role": "roles/a", "member": member, "condition": [{"title": "at night"}]},
        },
        {"type": "google_spanner_database_iam_member", "values": {"role": "roles/b", "member": member}},
    )
    assert {str(grant) for grant in list_grants(cloud)} == {
        "bot-function has custom reader on bucket media",
        "bot-function has roles/a on project if at night",
        "bot-function has roles/b on spanner database",
    }


CALLED = "have itself called"
CREATES, DOCUMENTS, FILES = "create tasks", "read and change every document", "read and change every file"
MEANS = {
    ("roles/cloudtasks.enqueuer", "queue"): CREATES,
    ("roles/iam.serviceAccountUser", "account task-caller"): CREATES,
    ("roles/datastore.user", "project if all databases but the releases"): DOCUMENTS,
    ("roles/datastore.user", "project if the database of releases"): "read and change every release",
    ("roles/cloudtasks.enqueuer", "queue releases"): CALLED,
    ("roles/iam.serviceAccountUser", "account release-task-caller"): CALLED,
    ("roles/secretmanager.secretAccessor", "secret release-bot-token"): "write as the release bot",
    ("roles/secretmanager.secretAccessor", "secret release-app-key"): "start workflows",
    ("roles/storage.objectUser", "bucket media"): FILES,
    ("roles/secretmanager.secretAccessor", "secret telegram-bot-token"): "send as the bot",
    ("roles/secretmanager.secretAccessor", "secret telegram-webhook-secret"): "forge updates",
    ("roles/secretmanager.secretAccessor", "secret order-signing-key"): "forge orders",
    ("roles/secretmanager.secretAccessor", "secret session-signing-key"): "forge sessions",
    ("roles/secretmanager.secretAccessor", "secret erasure-key"): "tell who was erased",
    ("roles/cloudkms.cryptoKeyEncrypterDecrypter", "key words"): "open the encrypted words in them",
    ("roles/secretmanager.secretAccessor", "secret gemini-api-key"): "ask models at our expense",
    ("roles/secretmanager.secretAccessor", "secret fal-api-key"): "ask models at our expense",
    ("roles/secretmanager.secretAccessor", "secret lava-api-key"): "open and read payments by card",
    ("roles/secretmanager.secretAccessor", "secret yookassa-secret-key"): "open and read payments by card",
    ("roles/secretmanager.secretAccessor", "secret notice-bot-token"): "write to the operators' chat",
    ("roles/secretmanager.secretAccessor", "secret release-webhook-secret"): "ask the release bot as anybody",
    ("roles/secretmanager.secretAccessor", "secret lava-webhook-key"): "forge notices, which credit nothing",
    ("roles/secretmanager.secretAccessor", "secret slack-webhook-url"): "write to the operators' channel of Slack",
    ("roles/secretmanager.secretAccessor", "secret sentry-dsn"): "invent errors in Sentry",
    ("roles/secretmanager.secretAccessor", "secret analytics-dsn"): "invent events of the business",
    ("roles/telemetry.tracesWriter", "project"): "invent traces and metrics",
    ("roles/telemetry.metricsWriter", "project"): "invent traces and metrics",
    ("custom modelCaller", "project"): "ask models at our expense",
    ("custom copyMaker", "project"): "have videos copied at our expense",
    ("roles/aiplatform.user", "project"): "run jobs of Vertex AI",
    ("roles/iam.serviceAccountTokenCreator", "account"): "sign links to files",
}
"""A function's role and what it is on → what a thief could do with it."""


def read_stolen() -> dict[str, str]:
    """The rows of *If one is stolen*: identity → what it could."""
    section = (ROOT / "docs/security.md").read_text().partition("### If one is stolen")[2].partition("\n## ")[0]
    rows = (line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `"))
    return {identity.strip("`"): could for identity, could in rows}


def read_outside() -> set[Grant]:
    """The grants of the table under *Outside*; `where` is everywhere there."""
    section = (ROOT / "docs/security.md").read_text().partition("### Outside")[2].partition("\n### ")[0]
    rows = [line.strip("| ").replace("`", "").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    lists = [[cell.split(", ") for cell in row[:3]] for row in rows]
    return {Grant(*each) for cells in lists for each in itertools.product(*cells)}


def test_each_identity_says_what_a_thief_could_do() -> None:
    """Every identity of ours that has a grant has a row, and a function's row names what each of its grants means."""
    text = (ROOT / "docs/security.md").read_text()
    places = {"everywhere", *ENVIRONMENTS, *CONDITIONS}
    stolen = read_stolen()
    granted: dict[str, set[str]] = {}
    for grant in read_matrix(text, places):
        if grant.identity.startswith(("github", "agent")) or " of another project" in grant.identity:
            continue
        meant = granted.setdefault(grant.identity, set())
        if grant.identity.endswith("-function"):
            on = grant.on if (grant.role, grant.on) in MEANS else grant.on.partition(" ")[0]
            meant.add(MEANS[grant.role, on])
    assert set(stolen) == set(granted) | {each.identity for each in read_outside() if "/" not in each.identity}
    for identity, meant in granted.items():
        if identity.endswith("-function"):
            assert set(stolen[identity].split("; ")) == meant, identity


EVERY = ", ".join(f"`{name}`" for name in FUNCTIONS)


def test_each_secret_says_how_it_is_changed() -> None:
    """The table of secrets has every secret that somebody may read, and says who."""
    text = (ROOT / "docs/security.md").read_text()
    granted: dict[str, set[str]] = {}
    for grant in read_matrix(text, {"everywhere", *ENVIRONMENTS, *CONDITIONS}):
        if grant.role == "roles/secretmanager.secretAccessor":
            granted.setdefault(grant.on.removeprefix("secret "), set()).add(grant.identity.removesuffix("-function"))
    section = text.partition("\n## Secrets\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    named = {row[0].strip("`"): set(re.findall(r"`(\w+)`", row[1].replace("every function", EVERY))) for row in rows}
    assert named == granted
    assert all(row[2] for row in rows)


@pytest.mark.parametrize("shown", [{}, {"values": {"root_module": {}}}])
def test_anything_else_is_no_state(shown: dict[str, Any]) -> None:
    """An empty state, or one without what the deployer needs, proves nothing."""
    with pytest.raises(StateError):
        Cloud.read("dev", shown)


def test_a_plan_is_read_like_a_state() -> None:
    """The rules also work on `terraform show -json` of a saved plan."""
    outputs = {"deployment": {"value": {"project": "p", "functions": {"bot": {}}}}}
    child = {"resources": [{"address": "a.b", "mode": "managed", "type": "a", "values": {"name": "x"}}]}
    cloud = Cloud.read("dev", {"planned_values": {"root_module": {"child_modules": [child]}, "outputs": outputs}})
    assert [each.values["name"] for each in cloud.of("a")] == ["x"]

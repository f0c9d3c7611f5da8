"""Comparing every grant in the state with the table in docs/security.md, and checking for forbidden grants.

A row of the table is `| identity | role | on | where | … |`: each a list separated by commas; “where” has environments,
“everywhere”, or one of CONDITIONS. Names omit the project's id, its number and the region, so that one table describes
every environment.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from infra.checks.cloud.state import Cloud, Resource
from infra.deploy.environments import ENVIRONMENTS
from infra.functions import QUEUE_NAMES

BASIC_ROLES = frozenset({"roles/owner", "roles/editor", "roles/viewer"})
EVERYBODY = frozenset({"allUsers", "allAuthenticatedUsers"})
DEFAULT_ACCOUNT = re.compile(r"-compute@developer\.gserviceaccount\.com|@appspot\.gserviceaccount\.com")
TRANSFER_AGENT = re.compile(r"project-[0-9]+@storage-transfer-service\.iam\.gserviceaccount\.com")
AGENT = re.compile(r"service-[^@]+@(gcp-sa-)?([a-z-]+?)(-robot-prod)?\.iam\.gserviceaccount\.com")
GITHUB = "https://token.actions.githubusercontent.com"
NUMBERS = ("repository_id", "repository_owner_id")
FEDERATED = re.compile(r"github (build|environment|event)/[^/*]+")
TARGETS = {
    "google_project_iam": ("project", ""),
    "google_cloud_tasks_queue_iam": ("queue", "name"),
    "google_secret_manager_secret_iam": ("secret", "secret_id"),
    "google_storage_bucket_iam": ("bucket", "bucket"),
    "google_cloud_run_v2_service_iam": ("service", "name"),
    "google_service_account_iam": ("account", "service_account_id"),
    "google_artifact_registry_repository_iam": ("repository", "repository"),
    "google_pubsub_topic_iam": ("topic", "topic"),
    "google_kms_crypto_key_iam": ("key", "crypto_key_id"),
    "google_container_analysis_note_iam": ("note", "note"),
    "google_bigquery_dataset_iam": ("dataset", "dataset_id"),
    "google_billing_account_iam": ("billing account", ""),
}
"""Kind of grant → the kind of its object, and the attribute with the object's name."""
GEMINI_KEY, FAL_KEY, ORDER_KEY = "gemini-api-key", "fal-api-key", "order-signing-key"
SESSION_KEY, ERASURE_KEY = "session-signing-key", "erasure-key"
LAVA_KEY = "lava-api-key"
YOOKASSA_KEY = "yookassa-secret-key"
NOTICE_TOKEN = "notice-bot-token"  # noqa: S105 — the secret's name
SLACK_URL, SENTRY_DSN, ANALYTICS_DSN = "slack-webhook-url", "sentry-dsn", "analytics-dsn"
RELEASE_SECRET = "release-webhook-secret"  # noqa: S105 — as above
RELEASE_KEY = "release-app-key"
OTHER = " of another project"
COPIER = f"copier{OTHER}"
IAM_TYPE = re.compile(r"(google_.*_iam)_(member|binding|policy)")


@dataclass(frozen=True, order=True)
class Grant:
    """One role of one identity on one object."""

    identity: str
    role: str
    on: str

    def __str__(self) -> str:
        return f"{self.identity} has {self.role} on {self.on}"


def list_grants(cloud: Cloud) -> set[Grant]:
    """Every grant of the state, in the table's notation."""
    return {grant for resource in cloud.resources for grant in _read_grants(cloud, resource)}


def _read_grants(cloud: Cloud, resource: Resource) -> Iterator[Grant]:
    matched = IAM_TYPE.fullmatch(resource.type)
    if not matched:
        return
    members = resource.values.get("members") or [resource.values.get("member")]
    role, on = _name_role(cloud, resource.values.get("role")), _name_target(cloud, matched[1], resource)
    for member in members:
        yield Grant(name_member(cloud, str(member)), role, on)


def _name_target(cloud: Cloud, kind: str, resource: Resource) -> str:
    noun, attribute = TARGETS.get(kind, (kind.removeprefix("google_").removesuffix("_iam").replace("_", " "), ""))
    named = _drop_project(cloud, str(resource.values.get(attribute, ""))) if attribute else ""
    condition = resource.block("condition").get("title")
    return " ".join(part for part in (noun, named, f"if {condition}" if condition else "") if part)


def _name_role(cloud: Cloud, role: Any) -> str:
    """`roles/run.invoker`; for a custom role `custom` and its id."""
    for own in cloud.of("google_project_iam_custom_role"):
        if role in {own.values.get("name"), own.values.get("id")}:
            return f"custom {own.values['role_id']}"
    return str(role)


def name_member(cloud: Cloud, member: str) -> str:
    """An account's name, marked if it belongs to another project; `agent <service>` for one of Google's,
    `github <claim>` for a federated one.
    """
    kind, _, rest = member.partition(":")
    if agent := AGENT.fullmatch(rest):
        return f"agent {agent[2]}"
    if TRANSFER_AGENT.fullmatch(rest):
        return "agent storage-transfer"
    if kind == "serviceAccount":
        name, _, host = rest.partition("@")
        return name if host.partition(".")[0] == cloud.deployment["project"] else name + OTHER
    if "/workloadIdentityPools/" in rest:
        claim = rest.partition("/workloadIdentityPools/")[2].removeprefix("github/").removeprefix("attribute.")
        return f"github {claim}".replace(f"/{cloud.environment}", "/<environment>")
    return member


def _drop_project(cloud: Cloud, name: str) -> str:
    """The last part of a path or address, without the project's id."""
    last = name.rsplit("/", maxsplit=1)[-1].partition("@")[0]
    return last.removeprefix(f"{cloud.deployment['project']}-")


# --- an environment's values -----------------------------------------------------------------------------


def _is_reader(identity: str) -> bool:
    return identity == "agent serverless" or (identity.endswith(OTHER) and identity != COPIER)


def _has_secret(cloud: Cloud, name: str) -> bool:
    return any(each.values["secret_id"] == name for each in cloud.of("google_secret_manager_secret"))


def _sells_veo(cloud: Cloud) -> bool:
    return any(function.get("env", {}).get("VEO_OFFERS") == "on" for function in cloud.functions.values())


def _sends_telemetry(cloud: Cloud) -> bool:
    return any(function.get("env", {}).get("OTEL_EXPORTER_OTLP_ENDPOINT") for function in cloud.functions.values())


CONDITIONS: dict[str, Callable[[Cloud], bool]] = {
    "where image_readers is set": lambda cloud: any(_is_reader(each.identity) for each in list_grants(cloud)),
    "where gemini_api_key is true": lambda cloud: _has_secret(cloud, GEMINI_KEY),
    "where gemini_api_key is false": lambda cloud: not _has_secret(cloud, GEMINI_KEY),
    "where fal_api_key is true": lambda cloud: _has_secret(cloud, FAL_KEY),
    "where veo_offers is true": _sells_veo,
    "where sell_credits is set": lambda cloud: _has_secret(cloud, ORDER_KEY),
    "where take_cards has lava": lambda cloud: _has_secret(cloud, LAVA_KEY),
    "where take_cards has yookassa": lambda cloud: _has_secret(cloud, YOOKASSA_KEY),
    "where notice_chat is set": lambda cloud: _has_secret(cloud, NOTICE_TOKEN),
    "where slack_notices is true": lambda cloud: _has_secret(cloud, SLACK_URL),
    "where sentry is true": lambda cloud: _has_secret(cloud, SENTRY_DSN),
    "where event_service is true": lambda cloud: _has_secret(cloud, ANALYTICS_DSN),
    "where analytics is true": lambda cloud: any(cloud.of("google_logging_project_sink")),
    "where telemetry is set": _sends_telemetry,
    "where release_bot is true": lambda cloud: _has_secret(cloud, RELEASE_SECRET),
    "where release_app is set": lambda cloud: _has_secret(cloud, RELEASE_KEY),
    "where outside_copy is set": lambda cloud: any(each.identity == COPIER for each in list_grants(cloud)),
    "where erase_people is true": lambda cloud: _has_secret(cloud, ERASURE_KEY),
    "where mini_app is set": lambda cloud: _has_secret(cloud, SESSION_KEY),
}
"""The conditions in the column “where”, and how to test them on an environment's state."""


# --- the table ---------------------------------------------------------------------------------------------


def list_places(cloud: Cloud) -> set[str]:
    """The entries of “where” that apply to this environment."""
    return {"everywhere", cloud.environment, *(words for words, holds in CONDITIONS.items() if holds(cloud))}


def read_matrix(markdown: str, applying: set[str]) -> set[Grant]:
    """The table's grants for these entries of “where”. Raises ValueError for a missing table or unknown words."""
    rows = iter(markdown.splitlines())
    if not any(_cells(row)[:4] == ["identity", "role", "on", "where"] for row in rows):
        raise ValueError("docs/security.md has no table that starts with identity, role, on and where")
    next(rows)  # the line under the heading
    matrix: set[Grant] = set()
    for row in itertools.takewhile(lambda row: row.startswith("|"), rows):
        identities, roles, targets, places = (cell.split(", ") for cell in _cells(row)[:4])
        if unknown := {*places} - {"everywhere", *ENVIRONMENTS, *CONDITIONS}:
            raise ValueError(f"docs/security.md: “{', '.join(sorted(unknown))}” is no environment and no condition")
        if applying.intersection(places):
            matrix |= {Grant(*each) for each in itertools.product(identities, roles, targets)}
    return matrix


def _cells(row: str) -> list[str]:
    return [cell.strip().replace("`", "") for cell in row.strip().strip("|").split("|")]


def find_matrix_faults(cloud: Cloud, markdown: str) -> Iterator[str]:
    """One line per grant that the table lacks, and per row that grants nothing."""
    granted, written = list_grants(cloud), _name_each_queue(read_matrix(markdown, list_places(cloud)))
    yield from (f"{grant}: not in the table of docs/security.md" for grant in sorted(granted - written))
    yield from (f"{grant}: in docs/security.md, but not granted" for grant in sorted(written - granted))


def _name_each_queue(grants: set[Grant]) -> set[Grant]:
    """Expand a row on a function's queue to all queues of the function."""
    several = {f"queue {name}": [f"queue {each}" for each in names] for name, names in QUEUE_NAMES.items()}
    return {replace(grant, on=on) for grant in grants for on in several.get(grant.on, [grant.on])}


# --- never -------------------------------------------------------------------------------------------------


def find_basic_roles(cloud: Cloud) -> Iterator[str]:
    """Owner, editor and viewer hold thousands of rights each."""
    yield from (f"{grant}: a basic role" for grant in sorted(list_grants(cloud)) if grant.role in BASIC_ROLES)


def find_open_doors(cloud: Cloud, public: frozenset[str]) -> Iterator[str]:
    """Nothing is granted to everybody, and only public functions accept unauthenticated calls."""
    for grant in sorted(list_grants(cloud)):
        if grant.identity in EVERYBODY:
            yield f"{grant}: everybody"
    for name, service in cloud.services.items():
        if bool(service.values.get("invoker_iam_disabled")) is not (name in public):
            yield f"service {name}: the invoker check is off for public functions and on for all others"
    declared = {name for name, function in cloud.functions.items() if function["public"]}
    if declared != public:
        yield f"public are {_join(declared)}, and docs/security.md says {_join(public)}"


def find_default_accounts(cloud: Cloud) -> Iterator[str]:
    """No service or caller uses Google's default accounts, which can do nearly everything."""
    for resource in cloud.resources:
        if DEFAULT_ACCOUNT.search(str(resource.values)):
            yield f"{resource.address}: names a default service account"
    for name, service in cloud.services.items():
        if not service.block("template").get("service_account"):
            yield f"service {name}: runs as the default service account"
    for resource in cloud.of("google_cloud_scheduler_job"):
        if not resource.block("http_target", "oidc_token").get("service_account_email"):
            yield f"{resource.address}: calls in nobody's name"


def find_shared_accounts(cloud: Cloud) -> Iterator[str]:
    """No two functions share an account, because each would have the other's rights."""
    owners: dict[str, str] = {}
    for name, service in cloud.services.items():
        account = str(service.block("template").get("service_account"))
        if account in owners:
            yield f"service {name}: runs as the account of {owners[account]}"
        owners[account] = name


def find_loose_federation(cloud: Cloud) -> Iterator[str]:
    """The pipeline's identity is bound to the repository's number, because a name can be taken over."""
    for provider in cloud.of("google_iam_workload_identity_pool_provider"):
        condition = str(provider.values.get("attribute_condition"))
        for claim in NUMBERS:
            if not re.search(rf"assertion\.{claim} == '[0-9]+' &&", condition):
                yield f"{provider.address}: its condition does not start from the number in {claim}"
        if provider.block("oidc").get("issuer_uri") != GITHUB:
            yield f"{provider.address}: believes {provider.block('oidc').get('issuer_uri')}"
    for grant in sorted(list_grants(cloud)):
        if grant.identity.startswith("github ") and not FEDERATED.fullmatch(grant.identity):
            yield f"{grant}: not bound to an environment, an event or a build"


def read_public(markdown: str) -> frozenset[str]:
    """The functions of which docs/security.md says “called by: everybody”."""
    cells = (_cells(row) for row in markdown.splitlines() if row.startswith("|"))
    return frozenset(row[0] for row in cells if len(row) > 1 and row[1] == "everybody")


def _join(names: frozenset[str] | set[str]) -> str:
    return ", ".join(sorted(names)) or "none"

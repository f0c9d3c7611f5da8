"""Comparing Terraform with the code: functions, their variables and their time limits."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from infra.checks.cloud import code
from infra.checks.cloud.state import Cloud
from infra.deploy.desk import RECORD_SERVICE
from infra.functions import FUNCTIONS
from shared.adapters.targets import list_queues
from shared.errors import SettingsError

DEPLOYER = frozenset({"APP_VERSION", "IMAGE_DIGEST", "K_REVISION"})
"""Variables that the deployer or Cloud Run sets per revision."""


def find_strangers(cloud: Cloud, folders: frozenset[str]) -> Iterator[str]:
    """The same functions in all places: folders, infra/functions.json, Terraform's output and its services.

    One service more has the rollout's record.
    """
    if RECORD_SERVICE not in cloud.services:
        yield f"no service {RECORD_SERVICE}: the rollout's record would have no place"
    named = {
        "infra/functions.json": frozenset(FUNCTIONS),
        "Terraform's functions": frozenset(cloud.functions),
        "Terraform's services": frozenset(cloud.services) - {RECORD_SERVICE},
    }
    for place, names in named.items():
        yield from (f"functions/{name}: missing in {place}" for name in sorted(folders - names))
        yield from (f"{name}: in {place}, without a folder in functions/" for name in sorted(names - folders))


# --- variables ---------------------------------------------------------------------------------------------


def find_variable_faults(cloud: Cloud) -> Iterator[str]:
    """Every required variable is provided, every provided one is read, and the settings accept the values."""
    for name, function in cloud.functions.items():
        yield from (f"deployment of {name}: {fault}" for fault in _find_function_faults(name, function))


def _find_function_faults(name: str, function: Mapping[str, Any]) -> Iterator[str]:
    variables, plain, secret = code.list_variables(name), set(function["env"]), set(function["secrets"])
    yield from (f"{each} is both plain and secret" for each in sorted(plain & secret))
    yield from (f"lacks {each}, which its settings require" for each in sorted(variables.required - plain - secret))
    known = (variables.required | variables.optional | code.FRAMEWORK) - code.NEVER_IN_THE_CLOUD - DEPLOYER
    yield from (f"sets {each}, which its settings do not read" for each in sorted((plain | secret) - known))
    if function["env"].get("FUNCTION_TARGET") != name:
        yield f"FUNCTION_TARGET is {function['env'].get('FUNCTION_TARGET')}"
    if function["env"].get("FUNCTION_SOURCE") != f"functions/{name}/main.py":
        yield f"FUNCTION_SOURCE is {function['env'].get('FUNCTION_SOURCE')}"
    try:
        code.read_settings(name, dict(function["env"]) | code.sample_secrets(name, function["secrets"]))
    except SettingsError as error:
        yield f"its settings refuse {error}"


# --- queues and time ---------------------------------------------------------------------------------------


def find_queue_faults(cloud: Cloud, deadlines: Mapping[str, int]) -> Iterator[str]:
    """The code's queues exist, and each function's timeout is shorter than its tasks' deadline.

    `deadlines`: function → seconds that Cloud Tasks waits for a response to a task of its queues.
    """
    made = {each.values["name"] for each in cloud.of("google_cloud_tasks_queue")}
    used = {queue for each in cloud.functions.values() for queue in _list_used(each["env"], deadlines)}
    yield from (f"queue {name}: used by the code, not made by Terraform" for name in sorted(used - made))
    yield from (f"queue {name}: made by Terraform, not used by the code" for name in sorted(made - used))
    for name, deadline_seconds in deadlines.items():
        timeout_seconds = cloud.functions.get(name, {}).get("timeout_seconds")
        if timeout_seconds is None:
            yield f"queue {name}: no function of that name"
        elif timeout_seconds >= deadline_seconds:
            yield f"function {name}: may run {timeout_seconds} s; its task is tried again after {deadline_seconds} s"


def _list_used(env: Mapping[str, str], names: Iterable[str]) -> Iterator[str]:
    """The queues into which a function with these variables puts tasks."""
    for name in names:
        count = int(env.get(f"{name.upper()}_QUEUES", "1"))
        yield from list_queues(name, count, int(env.get("QUEUES_GENERATION", "1")))


def find_scheduler_faults(cloud: Cloud) -> Iterator[str]:
    """Each scheduler job calls one of our functions and waits longer than that function may run."""
    addresses = {function["url"]: name for name, function in cloud.functions.items()}
    for job in cloud.of("google_cloud_scheduler_job"):
        target = job.block("http_target")
        audience = job.block("http_target", "oidc_token").get("audience")
        name = addresses.get(str(target.get("uri")).rstrip("/"))
        if name is None:
            yield f"{job.address}: calls {target.get('uri')}, which is no function of ours"
            continue
        if audience != cloud.functions[name]["url"]:
            yield f"{job.address}: its token is for {audience}, and {name} accepts its own URL only"
        seconds = float(str(job.values.get("attempt_deadline") or "0s").removesuffix("s"))
        if seconds <= cloud.functions[name]["timeout_seconds"]:
            yield f"{job.address}: waits {seconds:g} s for {name}, which may run longer"


# --- what is watched ---------------------------------------------------------------------------------------


def find_unwatched(cloud: Cloud) -> Iterator[str]:
    """Each queue has an alarm and a chart, each scheduled function an alarm, each public function a probe."""
    alarms, charts = _join(cloud, "google_monitoring_alert_policy"), _join(cloud, "google_monitoring_dashboard")
    for queue in sorted(each.values["name"] for each in cloud.of("google_cloud_tasks_queue")):
        if queue not in _list_queues(alarms):
            yield f"queue {queue}: no alarm"
        if queue not in _list_queues(charts):
            yield f"queue {queue}: no chart on the dashboard"
    for name in sorted(each.values["name"] for each in cloud.of("google_cloud_scheduler_job")):
        if f"function='{name}'" not in alarms:
            yield f"function {name}: the scheduler calls it, and no alarm tells when it fails"
    probes = cloud.of("google_monitoring_uptime_check_config")
    probed = {each.block("content_matchers").get("content") for each in probes}
    for name, function in cloud.functions.items():
        if function["public"] and name not in probed:
            yield f"function {name}: public, and nobody asks for its /health"


def _join(cloud: Cloud, kind: str) -> str:
    return "\n".join(json.dumps(each.values) for each in cloud.of(kind))


def _list_queues(queries: str) -> set[str]:
    """The queues that a text's queries select by name."""
    return {name for names in re.findall(r"queue_id=~'([^']*)'", queries) for name in names.split("|")}

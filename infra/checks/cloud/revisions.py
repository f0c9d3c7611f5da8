"""Comparing Terraform's service template with the deployer's revisions: limits, probes and port must be equal.

Terraform's template has a placeholder image and no secrets, because a new environment has no secret values yet and a
revision that reads one would not start. The deployer adds the release's own variables.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from google.cloud.run_v2 import Probe, RevisionTemplate

from infra.checks.cloud import code
from infra.checks.cloud.state import Cloud, Resource
from infra.deploy.deployment import Deployment
from infra.deploy.errors import DeployError
from infra.deploy.revisions import make_release, make_template
from infra.functions import QUEUES
from shared.errors import SettingsError

DIGEST = f"sha256:{'0' * 64}"
PORT = 8080
"""Cloud Run's default port for containers and probes."""
TIMEOUT_SECONDS = 1
"""Cloud Run's default timeout for probes."""


def find_template_faults(cloud: Cloud) -> Iterator[str]:
    """One line per difference between Terraform's template and the deployer's, and per variable that is refused."""
    try:
        deployment = Deployment.parse(json.dumps(cloud.deployment))
    except DeployError as error:
        yield str(error)
        return
    if missing := set(QUEUES) - deployment.functions.keys():
        yield f"the deployer makes no revision without {', '.join(sorted(missing))}"
        return
    release = make_release(deployment, DIGEST, "1.0.0", "", datetime.now(UTC))
    for name, function in deployment.functions.items():
        if name not in cloud.services:
            continue
        template = make_template(deployment, function, release)
        found, wanted = describe_service(cloud.services[name]), describe_template(template)
        yield from (
            f"service {name}: {what} is {found[what]}, and the deployer makes it {value}"
            for what, value in wanted.items()
            if found[what] != value
        )
        yield from _find_variable_faults(deployment, name, template, found["variables"])


def describe_service(service: Resource) -> dict[str, Any]:
    """A summary of Terraform's template."""
    template, container = service.block("template"), service.block("template", "containers")
    ports = service.block("template", "containers", "ports")
    resources = service.block("template", "containers", "resources")
    return {
        "service account": template.get("service_account"),
        "timeout": template.get("timeout"),
        "concurrency": template.get("max_instance_request_concurrency"),
        "most instances": service.block("template", "scaling").get("max_instance_count"),
        "limits": resources.get("limits"),
        "idle CPU": resources.get("cpu_idle"),
        "CPU boost": resources.get("startup_cpu_boost"),
        "port": ports.get("container_port") or PORT,
        "startup probe": _describe_block(service, "startup_probe"),
        "liveness probe": _describe_block(service, "liveness_probe"),
        "variables": {each["name"]: each["value"] for each in container.get("env") or []},
    }


def _describe_block(service: Resource, kind: str) -> tuple[Any, ...]:
    probe = service.block("template", "containers", kind)
    path = service.block("template", "containers", kind, "http_get").get("path")
    timeout_seconds = probe.get("timeout_seconds") or TIMEOUT_SECONDS
    return path, probe.get("period_seconds"), probe.get("failure_threshold"), timeout_seconds


def describe_template(template: RevisionTemplate) -> dict[str, Any]:
    """The same summary of the deployer's template, without its variables."""
    container = template.containers[0]
    return {
        "service account": template.service_account,
        "timeout": f"{template.timeout.seconds}s",
        "concurrency": template.max_instance_request_concurrency,
        "most instances": template.scaling.max_instance_count,
        "limits": dict(container.resources.limits),
        "idle CPU": container.resources.cpu_idle,
        "CPU boost": container.resources.startup_cpu_boost,
        "port": container.ports[0].container_port,
        "startup probe": _describe_probe(container.startup_probe),
        "liveness probe": _describe_probe(container.liveness_probe),
    }


def _describe_probe(probe: Probe) -> tuple[Any, ...]:
    timeout_seconds = probe.timeout_seconds or TIMEOUT_SECONDS
    return probe.http_get.path, probe.period_seconds, probe.failure_threshold, timeout_seconds


def _find_variable_faults(
    deployment: Deployment, name: str, template: RevisionTemplate, given: Mapping[str, str]
) -> Iterator[str]:
    """Terraform's plain variables equal deployment.json's; the settings accept them together with a release's."""
    function = deployment.functions[name]
    if given != function.env:
        yield f"service {name}: its plain variables are not those of deployment.json"
    variables = {each.name: each.value for each in template.containers[0].env if not each.value_source}
    known = code.list_variables(name)
    for variable in sorted(variables.keys() - known.required - known.optional - code.FRAMEWORK):
        yield f"revisions of {name}: {variable} is set, but its settings do not read it"
    try:
        code.read_settings(name, variables | code.sample_secrets(name, function.secrets))
    except SettingsError as error:
        yield f"revisions of {name}: its settings refuse {error}"

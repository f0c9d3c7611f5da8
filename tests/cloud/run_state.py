"""What Cloud Run keeps: a service with its revisions, where it is, and what it adds to what it is given."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from google.cloud.run_v2.types import (
    Container,
    ContainerPort,
    Probe,
    Revision,
    RevisionTemplate,
    Service,
    TCPSocketAction,
    TrafficTargetStatus,
)

TIMEOUT: Final = timedelta(seconds=300)
CONCURRENCY: Final = 80
INSTANCES_MAX: Final = 100
PORT: Final = 8080
_LETTERS = "bcdfghjklmnpqrstvwxz"


@dataclass(frozen=True)
class Place:
    """One project and region."""

    project: str
    number: str
    region: str

    @property
    def parent(self) -> str:
        return f"projects/{self.project}/locations/{self.region}"

    def uri_label(self, service_id: str) -> str:
        """The first part of the service's own address; a tag goes before it in the same DNS label."""
        return f"{service_id}-{self.number}"

    def urls(self, service_id: str) -> list[str]:
        """The address that can be computed, and the one with a hash, which the API calls the main one."""
        mark = hashlib.sha256(self.parent.encode()).hexdigest()[:10]
        short = "".join(part[0] for part in self.region.split("-"))[:2]
        computed = f"https://{self.uri_label(service_id)}.{self.region}.run.app"
        return [computed, f"https://{service_id}-{mark}-{short}.a.run.app"]


@dataclass
class Kept:
    """One service and its revisions, by short name, the oldest first."""

    service: Service
    revisions: dict[str, Revision] = field(default_factory=dict)
    templates: dict[str, RevisionTemplate] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)


@dataclass
class Pending:
    """A change that is accepted and not yet reconciled."""

    operation: str
    service: str
    polls_left: int
    ready_at: datetime


def fill_defaults(template: RevisionTemplate) -> RevisionTemplate:
    """The template as it is read back: what was left out has Cloud Run's own values."""
    filled = RevisionTemplate(template)
    filled.timeout = filled.timeout or TIMEOUT
    filled.max_instance_request_concurrency = filled.max_instance_request_concurrency or CONCURRENCY
    filled.scaling.max_instance_count = filled.scaling.max_instance_count or INSTANCES_MAX
    for container in filled.containers:
        _fill_container(container)
    return filled


def _fill_container(container: Container) -> None:
    if not container.ports:
        container.ports = [ContainerPort(name="http1", container_port=PORT)]
    container.resources.limits = {"cpu": "1000m", "memory": "512Mi", **container.resources.limits}
    if "startup_probe" not in container:
        container.startup_probe = Probe(
            timeout_seconds=240, period_seconds=240, failure_threshold=1, tcp_socket=TCPSocketAction(port=PORT)
        )
    for probe in (container.startup_probe, *([container.liveness_probe] if "liveness_probe" in container else [])):
        probe.timeout_seconds = probe.timeout_seconds or 1
        probe.period_seconds = probe.period_seconds or 10
        probe.failure_threshold = probe.failure_threshold or 3
        if "http_get" in probe:
            probe.http_get.port = probe.http_get.port or PORT


def make_revision(service: Service, name: str, at: datetime) -> Revision:
    """A revision that has not started yet."""
    template = service.template
    return Revision(
        name=f"{service.name}/revisions/{name}",
        service=service.name.rpartition("/")[2],
        uid=hashlib.sha256(name.encode()).hexdigest()[:32],
        generation=1,
        create_time=at,
        labels=template.labels,
        annotations=template.annotations,
        scaling=template.scaling,
        timeout=template.timeout,
        service_account=template.service_account,
        containers=template.containers,
        execution_environment=template.execution_environment,
        max_instance_request_concurrency=template.max_instance_request_concurrency,
        reconciling=True,
    )


def make_name(service_id: str, generation: int, number: int) -> str:
    """A revision's name where the template gives none: `webhook-00002-xyz`."""
    size = len(_LETTERS)
    letters = "".join(_LETTERS[number // size**place % size] for place in (2, 1, 0))
    return f"{service_id}-{generation:05d}-{letters}"


def make_etag(number: int) -> str:
    return f'"{hashlib.sha256(str(number).encode()).hexdigest()[:16]}"'


def list_facts(service: Service) -> tuple[object, ...]:
    """What a change of makes a new generation: everything but the notes on a service."""
    return service.template, list(service.traffic), service.scaling, service.ingress, service.invoker_iam_disabled


def is_serving(statuses: list[TrafficTargetStatus], revision: str) -> bool:
    return any(each.revision == revision for each in statuses)

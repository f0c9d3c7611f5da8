"""What Cloud Run refuses, and what a service's fields may be: pure checks on the API's own messages.

Sources: the comments of google.cloud.run_v2.types, https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services,
https://cloud.google.com/run/docs/rollouts-rollbacks-traffic-migration, https://cloud.google.com/run/quotas.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from google.cloud.run_v2.types import RevisionTemplate, Service, TrafficTarget, TrafficTargetAllocationType
from google.protobuf.field_mask_pb2 import FieldMask  # type: ignore[attr-defined]  # made at run time

from tests.cloud.errors import ApiError

MUTABLE: Final = (
    "description",
    "labels",
    "annotations",
    "client",
    "client_version",
    "ingress",
    "launch_stage",
    "binary_authorization",
    "template",
    "traffic",
    "scaling",
    "invoker_iam_disabled",
    "default_uri_disabled",
    "iap_enabled",
    "multi_region_settings",
    "custom_audiences",
    "build_config",
)
SYSTEM_NAMESPACES: Final = (
    "run.googleapis.com",
    "cloud.googleapis.com",
    "serving.knative.dev",
    "autoscaling.knative.dev",
)
RESERVED_VARIABLES: Final = {"PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"}
ANNOTATIONS_BYTES_MAX: Final = 256 * 1024
DNS_LABEL_MAX: Final = 63
TIMEOUT_SECONDS_MAX: Final = 3600
CONCURRENCY_MAX: Final = 1000
LATEST: Final = TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST
BY_NAME: Final = TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION

_DNS_LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_ANNOTATION = re.compile(r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_LABEL = re.compile(r"[a-z][-a-z0-9_]{0,62}")
_LABEL_VALUE = re.compile(r"[-a-z0-9_]{0,63}")


def refuse(field: str, why: str) -> ApiError:
    """An INVALID_ARGUMENT."""
    return ApiError(400, f"Violation in UpdateServiceRequest.service.{field}: {why}")


def merge(current: Service, wanted: Service, mask: str) -> Service:
    """The service as it would be. Without a mask every field a client may set is replaced, by nothing too."""
    merged = Service(current)
    fields = FieldMask(paths=MUTABLE)
    if mask not in {"", "*"}:
        try:
            fields.FromJsonString(mask)
        except ValueError as error:
            raise ApiError(400, f"Invalid update mask: {error}") from error
    descriptor = Service.pb(merged).DESCRIPTOR
    for path in fields.paths:
        if not FieldMask(paths=[path]).IsValidForDescriptor(descriptor):
            raise ApiError(400, f"Invalid update mask: no field {path}")
        if path.split(".")[0] not in MUTABLE:
            raise ApiError(400, f"Invalid update mask: {path} is output only")
    fields.MergeMessage(Service.pb(wanted), Service.pb(merged), replace_message_field=True, replace_repeated_field=True)
    return merged


def check_service(service_id: str, service: Service, uri_label: str) -> None:
    """Everything that is refused before anything is changed. Raises ApiError."""
    _check_annotations("annotations", service.annotations)
    _check_labels("labels", service.labels)
    _check_template(service_id, service.template)
    _check_traffic(service.traffic, uri_label)


def _check_annotations(field: str, annotations: Mapping[str, str]) -> None:
    for name in annotations:
        if name.partition("/")[0].endswith(SYSTEM_NAMESPACES) or not _ANNOTATION.fullmatch(name):
            raise refuse(field, f"annotation {name!r} is not allowed")
    if sum(len(name) + len(value.encode()) for name, value in annotations.items()) > ANNOTATIONS_BYTES_MAX:
        raise refuse(field, f"more than {ANNOTATIONS_BYTES_MAX} bytes")


def _check_labels(field: str, labels: Mapping[str, str]) -> None:
    for name, value in labels.items():
        if not _LABEL.fullmatch(name) or not _LABEL_VALUE.fullmatch(value):
            raise refuse(field, f"label {name}={value!r} is not allowed")


def _check_template(service_id: str, template: RevisionTemplate) -> None:
    _check_revision_name(service_id, template.revision)
    _check_annotations("template.annotations", template.annotations)
    _check_labels("template.labels", template.labels)
    if len(template.containers) != 1:
        raise refuse("template.containers", "should contain exactly 1 container")
    _check_container(template.containers[0])
    if not 0 <= template.timeout.total_seconds() <= TIMEOUT_SECONDS_MAX:
        raise refuse("template.timeout", f"must be between 0 and {TIMEOUT_SECONDS_MAX} seconds")
    if not 0 <= template.max_instance_request_concurrency <= CONCURRENCY_MAX:
        raise refuse("template.max_instance_request_concurrency", f"must be between 0 and {CONCURRENCY_MAX}")
    most = template.scaling.max_instance_count
    if most and template.scaling.min_instance_count > most:
        raise refuse("template.scaling", "min_instance_count is greater than max_instance_count")


def _check_revision_name(service_id: str, name: str) -> None:
    if not name:
        return
    if not name.startswith(f"{service_id}-") or len(name) > DNS_LABEL_MAX or not _DNS_LABEL.fullmatch(name):
        raise refuse("template.revision", f"{name!r} must start with {service_id}- and be a DNS label")


def _check_container(container: Any) -> None:
    if not container.image:
        raise refuse("template.containers[0].image", "is required")
    if len(container.ports) > 1:
        raise refuse("template.containers[0].ports", "should contain 0 or 1 port")
    twice = _repeated(each.name for each in container.env)
    if twice:
        raise refuse("template.containers[0].env", f"{twice} is there twice")
    for variable in container.env:
        if not variable.name or variable.name in RESERVED_VARIABLES:
            raise refuse("template.containers[0].env", f"{variable.name!r} is reserved or empty")
        reference = variable.value_source.secret_key_ref
        if "value_source" in variable and not (reference.secret and reference.version):
            raise refuse("template.containers[0].env", f"{variable.name} names no secret and version")
    for probe in (container.startup_probe, container.liveness_probe):
        if probe.period_seconds and probe.timeout_seconds > probe.period_seconds:
            raise refuse("template.containers[0]", "a probe's timeout_seconds is greater than its period_seconds")


def _check_traffic(targets: Iterable[TrafficTarget], uri_label: str) -> None:
    listed = list(targets)
    for number, target in enumerate(listed):
        _check_target(f"traffic[{number}]", target, uri_label)
    if listed and sum(each.percent for each in listed) != 100:
        raise refuse("traffic", f"Traffic targets sum to {sum(each.percent for each in listed)}, want 100")
    twice = _repeated(each.tag for each in listed if each.tag)
    if twice:
        raise refuse("traffic", f"tag {twice} is there twice")


def _check_target(field: str, target: TrafficTarget, uri_label: str) -> None:
    if not 0 <= target.percent <= 100:
        raise refuse(f"{field}.percent", f"{target.percent} is not between 0 and 100")
    if target.type_ not in {LATEST, BY_NAME}:
        raise refuse(f"{field}.type", "is required")
    if (target.type_ == BY_NAME) != bool(target.revision):
        raise refuse(f"{field}.revision", "is given with type REVISION and with no other")
    if "/" in target.revision:
        raise refuse(f"{field}.revision", "is the short name of a revision")
    # The tag and the service's own part of the address are one DNS label.
    if target.tag and not (_DNS_LABEL.fullmatch(target.tag) and len(f"{target.tag}---{uri_label}") <= DNS_LABEL_MAX):
        raise refuse(f"{field}.tag", f"{target.tag!r} is no tag")


def _repeated(names: Iterable[str]) -> str:
    return next((name for name, times in Counter(names).items() if times > 1), "")

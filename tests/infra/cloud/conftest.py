"""A local Cloud Run with one service, and the real client library on it."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud.run_v2 import RevisionsClient, ServicesClient
from google.cloud.run_v2.types import Container, EnvVar, RevisionTemplate, Service, TrafficTarget, UpdateServiceRequest
from google.protobuf.field_mask_pb2 import FieldMask  # type: ignore[attr-defined]  # made at run time

from tests.cloud.clock import FakeClock
from tests.cloud.cloud_run import CloudRun
from tests.cloud.run_rules import BY_NAME

NAME = "projects/p/locations/europe-west1/services/webhook"
STABLE, CANDIDATE = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"
Update = Callable[..., Any]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def web() -> Iterator[httpx.Client]:
    """One client for all: each new one reads the machine's certificates first, which takes longer than a test."""
    with httpx.Client() as client:
        yield client


@pytest.fixture
def cloud_run(clock: FakeClock) -> Iterator[CloudRun]:
    with CloudRun(clock) as running:
        running.add_service("webhook", template("webhook-stable", STABLE), [target("webhook-stable", 100)], public=True)
        yield running


@pytest.fixture
def services(cloud_run: CloudRun) -> Iterator[ServicesClient]:
    with ServicesClient(
        transport="rest", credentials=anonymous(), client_options={"api_endpoint": cloud_run.url}
    ) as client:
        yield client


@pytest.fixture
def revisions(cloud_run: CloudRun) -> Iterator[RevisionsClient]:
    with RevisionsClient(
        transport="rest", credentials=anonymous(), client_options={"api_endpoint": cloud_run.url}
    ) as client:
        yield client


@pytest.fixture
def update(services: ServicesClient) -> Update:
    """`update(service, "template", "traffic")`: a change of these fields; gives the operation."""

    def send(service: Service, *fields: str) -> Any:
        mask = FieldMask(paths=fields) if fields else None
        return services.update_service(UpdateServiceRequest(service=service, update_mask=mask))

    return send


def anonymous() -> AnonymousCredentials:
    return AnonymousCredentials()  # type: ignore[no-untyped-call]


def template(revision: str, digest: str, **variables: str) -> RevisionTemplate:
    values = {"APP_VERSION": f"1-{digest[7:9]}", "IMAGE_DIGEST": digest, **variables}
    env = [EnvVar(name=name, value=value) for name, value in values.items()]
    return RevisionTemplate(revision=revision, containers=[Container(image=f"registry/nanobanana@{digest}", env=env)])


def target(revision: str, percent: int = 0, tag: str = "") -> TrafficTarget:
    return TrafficTarget(type_=BY_NAME, revision=revision, percent=percent, tag=tag)

"""A local Cloud Run for tests: the Admin API v2 and the services themselves, on one port of 127.0.0.1.

    with CloudRun(clock) as cloud_run:
        cloud_run.seed(deployment, digest="sha256:…", version="1.0.0")
        cloud_run.faults.lose_answers()
        …  # the code under test, with CLOUD_RUN_API_URL = PROBE_BASE_URL = cloud_run.url
        assert cloud_run.traffic("webhook") == {"webhook-abc": 100}

| control | what happens |
|---|---|
| `faults` | see `tests.cloud.faults` |
| `broken.add(digest)` | revisions of that image never start: the operation ends in an error, the traffic stays |
| `reconcile_polls = 3` | a change's operation says "not yet" three times before it ends |
| `reconcile_seconds = 90` | … until so much time of the clock is over |
| `conflict_next(times)` | somebody else changes the service just before: a stale etag is refused |
| `behave(Behaviour(digest=…, health=500))` | how revisions answer probes |
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from google.cloud.run_v2.types import (
    BinaryAuthorization,
    Container,
    EnvVar,
    EnvVarSource,
    ResourceRequirements,
    Revision,
    RevisionScaling,
    RevisionTemplate,
    SecretKeySelector,
    Service,
    TrafficTarget,
)
from starlette.applications import Starlette
from starlette.types import ASGIApp

from infra.deploy.context import Clock
from infra.deploy.desk import RECORD_SERVICE
from tests.cloud.clock import FakeClock
from tests.cloud.faults import Call, Faults
from tests.cloud.run_api import RunApi
from tests.cloud.run_data import Behaviour, DataPlane, Probe, read_variables
from tests.cloud.run_history import Change, Route, read_tags, read_traffic
from tests.cloud.run_reconcile import Admit
from tests.cloud.run_rules import BY_NAME
from tests.cloud.run_services import Services
from tests.cloud.run_state import Place
from tests.cloud.serving import Cut, Serving

PLACEHOLDER = "us-docker.pkg.dev/cloudrun/container/hello"
PLACE = Place("p", "123", "europe-west1")


class CloudRun(Serving):
    """A project's Cloud Run in one region."""

    def __init__(self, clock: Clock | None = None, place: Place = PLACE) -> None:
        self.faults = Faults()
        self.calls: list[Call] = []
        """Every call of the Admin API."""
        self._services = Services(place, clock or FakeClock(), self.faults)
        self._api = RunApi(self._services, self.calls)
        self._data = DataPlane(self._services)

    def make_app(self, cut: Cut) -> ASGIApp:
        return Starlette(routes=[*self._api.routes(cut), *self._data.routes(cut)])

    # --- what is there ---------------------------------------------------------------------------------

    def seed(self, deployment: Mapping[str, Any], digest: str = "", version: str = "") -> None:
        """Every service of a `deployment.json`: with Terraform's placeholder, or with a first revision of an image.

        The service of the rollout's record is there too.

        With a digest all traffic is pinned to that revision. Cloud Run is in the deployment's project from then on.
        """
        self._services.place = Place(deployment["project"], deployment["project_number"], deployment["region"])
        for name, function in deployment["functions"].items():
            template = make_template(function)
            if digest:
                template.containers[0].image = f"{deployment['registry']}/nanobanana@{digest}"
                template.containers[0].env.append(EnvVar(name="APP_VERSION", value=version))
                template.containers[0].env.append(EnvVar(name="IMAGE_DIGEST", value=digest))
                template.revision = f"{function['service']}-seed"
            traffic = [TrafficTarget(type_=BY_NAME, revision=template.revision, percent=100)] if digest else []
            self.add_service(function["service"], template, traffic, public=function["public"])
            assert function["url"] in self.service(function["service"]).urls, f"the place of {name} is another one"
        self.add_service(RECORD_SERVICE, RevisionTemplate(containers=[Container(image=PLACEHOLDER)]))

    def add_service(
        self, name: str, template: RevisionTemplate, traffic: list[TrafficTarget] | None = None, *, public: bool = False
    ) -> None:
        """One service that is there and ready. Raises ApiError for what Cloud Run would refuse."""
        with self._services.lock:
            asks = BinaryAuthorization(use_default=True)
            given = Service(
                template=template, traffic=traffic or [], invoker_iam_disabled=public, binary_authorization=asks
            )
            self._services.add(name, given)

    def drop_service(self, name: str) -> None:
        """It was never made."""
        with self._services.lock:
            del self._services.kept[name]

    def overwrite(self, name: str, service: Service) -> None:
        """Terraform's update: the whole service as it was read, without mask and etag. Raises ApiError."""
        with self._services.lock:
            sent = Service(service)
            sent.etag = ""
            self._services.update(name, sent, "", dry_run=False)

    # --- faults ----------------------------------------------------------------------------------------

    @property
    def broken(self) -> set[str]:
        """Digests, or parts of image names, whose revisions never start."""
        return self._services.broken

    @property
    def reconcile_polls(self) -> int:
        return self._services.reconcile_polls

    @reconcile_polls.setter
    def reconcile_polls(self, polls: int) -> None:
        self._services.reconcile_polls = polls

    @property
    def reconcile_seconds(self) -> float:
        return self._services.reconcile_seconds

    @reconcile_seconds.setter
    def reconcile_seconds(self, seconds: float) -> None:
        self._services.reconcile_seconds = seconds

    def finish(self) -> None:
        """End every reconciliation now."""
        with self._services.lock:
            self._services.finish()

    def touch(self, service: str) -> None:
        """Somebody else changes a service: nothing but its etag."""
        with self._services.lock:
            self._services.touch(service)

    def conflict_next(self, times: int = 1) -> None:
        """Somebody else changes the service just before each of the next changes; replaces `before_change`."""
        left = iter(range(times))

        def interfere(what: str) -> None:
            if next(left, None) is not None:
                self.touch(what.split(" ")[1])

        self.faults.before_change = interfere

    def behave(self, *behaviours: Behaviour) -> None:
        """How revisions answer from now on, the first that fits; without any, all well."""
        with self._services.lock:
            self._data.behaviours[:] = behaviours

    def demand_tokens(self) -> None:
        """Refuse API calls, and requests to services that are not public, without a bearer token."""
        self._api.needs_token = self._data.needs_token = True

    def ask(self, admit: Admit) -> None:
        """Ask Binary Authorization from now on before a revision is made."""
        self._services.admit = admit

    def let_through(self, service: str, justification: str = "", *, asks: bool = True) -> None:
        """Somebody uses breakglass for a service, or switches its check off."""
        with self._services.lock:
            found = self._services.find(service).service
            found.binary_authorization = BinaryAuthorization(use_default=asks, breakglass_justification=justification)

    # --- what happened ---------------------------------------------------------------------------------

    @property
    def history(self) -> list[Change]:
        """Every change that was accepted, the oldest first."""
        return self._services.history

    @property
    def routes(self) -> list[Route]:
        """Every time that traffic or tags really moved, the oldest first."""
        return self._services.routes

    @property
    def probes(self) -> list[Probe]:
        """Every request to a service or a tag."""
        return self._data.probes

    def service(self, name: str) -> Service:
        """A copy of the service as it is now; looking does not go on with its reconciliation."""
        with self._services.lock:
            return Service(self._services.find(name).service)

    def annotation(self, service: str, name: str) -> str:
        with self._services.lock:
            return str(Service.pb(self._services.find(service).service).annotations.get(name, ""))

    def traffic(self, service: str) -> dict[str, int]:
        """Revision → percent of the requests it really gets."""
        with self._services.lock:
            return read_traffic(self._services.find(service).service)

    def tags(self, service: str) -> dict[str, str]:
        """Tag → the revision that really answers there."""
        with self._services.lock:
            return read_tags(self._services.find(service).service)

    def revisions(self, service: str) -> list[str]:
        """The short names, the oldest first."""
        with self._services.lock:
            return list(self._services.find(service).revisions)

    def variables(self, service: str, revision: str = "") -> dict[str, str]:
        """The plain variables of a revision; without a name, of the one that serves all."""
        revision = revision or self._serving(service)
        with self._services.lock:
            return read_variables(self._services.find_revision(service, revision))

    def digest(self, service: str, revision: str = "") -> str:
        """The image digest of a revision; without a name, of the one that serves all."""
        revision = revision or self._serving(service)
        with self._services.lock:
            image = Revision.pb(self._services.find_revision(service, revision)).containers[0].image
        return str(image).rpartition("@")[2]

    def revision_annotation(self, service: str, revision: str, name: str) -> str:
        with self._services.lock:
            return str(Revision.pb(self._services.find_revision(service, revision)).annotations.get(name, ""))

    def replace_image(self, service: str, revision: str, digest: str) -> None:
        """Let a revision run another image, as somebody does who makes it by hand under a release's name."""
        with self._services.lock:
            container = self._services.find_revision(service, revision).containers[0]
            container.image = f"{container.image.partition('@')[0]}@{digest}"

    def _serving(self, service: str) -> str:
        (revision,) = self.traffic(service)
        return revision


def make_template(function: Mapping[str, Any], image: str = PLACEHOLDER) -> RevisionTemplate:
    """A template out of a function of `deployment.json`, as Terraform makes the first one."""
    variables = [EnvVar(name=name, value=value) for name, value in function["env"].items()]
    for name, secret in function["secrets"].items():
        reference = SecretKeySelector(secret=secret, version="latest")
        variables.append(EnvVar(name=name, value_source=EnvVarSource(secret_key_ref=reference)))
    resources = ResourceRequirements(
        limits={"cpu": function["cpu"], "memory": function["memory"]},
        cpu_idle=function["cpu_idle"],
        startup_cpu_boost=function["cpu_boost"],
    )
    return RevisionTemplate(
        containers=[Container(image=image, env=variables, resources=resources)],
        service_account=function["service_account"],
        timeout=timedelta(seconds=function["timeout_seconds"]),
        max_instance_request_concurrency=function["concurrency"],
        scaling=RevisionScaling(
            min_instance_count=function["min_instances"], max_instance_count=function["max_instances"]
        ),
    )


__all__ = ["Behaviour", "CloudRun", "make_template"]

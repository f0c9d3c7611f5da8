"""Cloud Run's Admin API v2, through its client library: services, revisions, traffic.

Every change is a read-modify-write with the service's etag, so that two writers never mix. Every change states the
wanted state, so it is idempotent after a lost response.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import requests
from google.api_core import exceptions
from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import GoogleAuthError
from google.cloud import run_v2
from google.cloud.run_v2 import (
    Condition,
    Revision,
    RevisionTemplate,
    Service,
    TrafficTarget,
    TrafficTargetAllocationType,
)

from infra.deploy.context import Context
from infra.deploy.errors import (
    BrokenRevisionError,
    ConflictError,
    DeployError,
    MissingError,
    RefusedError,
    UnreachableError,
)
from infra.deploy.google_login import explain, find_credentials

CALL_SECONDS_MAX = 20.0
TRIES_MAX = 6
PAUSE_SECONDS = 2.0
PREVIEW = "p-"
"""The prefix of the tags of previews, which belong to no release and are not changed."""
PREVIEWS_MAX = 20
READY_SECONDS_MAX = 300
"""Pulling and starting an image takes about 20 s; after this time Cloud Run has given up too."""

ERRORS: tuple[tuple[tuple[type[Exception], ...], type[DeployError]], ...] = (
    ((exceptions.Conflict, exceptions.PreconditionFailed), ConflictError),
    ((exceptions.NotFound,), MissingError),
    ((exceptions.Forbidden, exceptions.Unauthorized), RefusedError),
    ((exceptions.ServerError, exceptions.TooManyRequests, exceptions.RetryError), UnreachableError),
    ((requests.RequestException,), UnreachableError),
    ((exceptions.GoogleAPIError,), DeployError),
)

T = TypeVar("T")
Change = Callable[[Service], Sequence[str]]
"""Changes a service in place and returns the names of the changed fields; empty if nothing had to change."""


class CloudRun:
    """The services of one project and region."""

    def __init__(self, project: str, region: str, context: Context) -> None:
        self._parent = f"projects/{project}/locations/{region}"
        self._context = context
        arguments = _client_arguments(context)
        self._services = run_v2.ServicesClient(**arguments)
        self._revisions = run_v2.RevisionsClient(**arguments)

    def read_service(self, service: str) -> Service:
        """Raises DeployError."""
        name = f"{self._parent}/services/{service}"
        return self._read(lambda: self._services.get_service(name=name, retry=None, timeout=CALL_SECONDS_MAX))

    def read_revision(self, service: str, revision: str) -> Revision | None:
        """Read a revision; None if it does not exist. Raises DeployError."""
        name = f"{self._parent}/services/{service}/revisions/{revision}"
        try:
            return self._read(lambda: self._revisions.get_revision(name=name, retry=None, timeout=CALL_SECONDS_MAX))
        except MissingError:
            return None

    def change_service(self, service: str, words: str, change: Change) -> Service:
        """Read, change and write, with retries after conflicts; `words` describe the change.

        Returns the service as requested; Cloud Run may not have carried out the change yet. Raises DeployError.
        """
        for _ in range(TRIES_MAX):
            found = self.read_service(service)
            mask = change(found)
            if not mask:
                return found
            if self._context.dry_run:
                self._context.say(f"would change {service}: {words}")
                return found
            try:
                with _translated(f"{service}: {words}"):
                    request = run_v2.UpdateServiceRequest(service=found, update_mask={"paths": list(mask)})
                    self._services.update_service(request, retry=None, timeout=CALL_SECONDS_MAX)
            except (ConflictError, UnreachableError):
                self._context.clock.sleep(PAUSE_SECONDS)  # the next read shows whether the change was made
                continue
            self._context.say(f"{service}: {words}")
            return found
        raise UnreachableError(f"{service}: {words}: {TRIES_MAX} tries without success")

    def wait_for_revision(self, service: str, revision: str) -> None:
        """Return when the revision can serve. Raises BrokenRevisionError, UnreachableError."""

        def is_ready() -> bool:
            found = self.read_revision(service, revision)
            ready = _ready_condition(found.conditions) if found else None
            if ready is not None and ready.state == Condition.State.CONDITION_FAILED:
                raise BrokenRevisionError(f"{revision} {explain_failure(ready)}: {ready.message}")
            return ready is not None and ready.state == Condition.State.CONDITION_SUCCEEDED

        self._wait(f"{revision} to start", is_ready)

    def wait_for_traffic(self, service: str, wanted: Callable[[Service], bool]) -> None:
        """Return when `wanted` is true for the service's status. Raises UnreachableError."""
        self._wait(f"the traffic of {service}", lambda: wanted(self.read_service(service)))

    def _wait(self, what: str, is_done: Callable[[], bool]) -> None:
        if self._context.dry_run:
            return
        deadline = self._context.clock.now().timestamp() + READY_SECONDS_MAX
        while not is_done():
            if self._context.clock.now().timestamp() >= deadline:
                raise UnreachableError(f"waited {READY_SECONDS_MAX} s for {what}")
            self._context.clock.sleep(PAUSE_SECONDS)

    def _read(self, read: Callable[[], T]) -> T:
        for tries_left in reversed(range(TRIES_MAX)):
            try:
                with _translated("Cloud Run"):
                    return read()
            except UnreachableError:
                if not tries_left:
                    raise
                self._context.clock.sleep(PAUSE_SECONDS)
        raise AssertionError("unreachable")


def serve(revision: str, tags: Mapping[str, str]) -> Change:
    """The change that routes all traffic to one revision and sets exactly these tags, beside the previews' tags."""

    def change(service: Service) -> Sequence[str]:
        wanted = make_traffic(revision, tags)
        if _facts(service.traffic) == _facts(wanted):
            return ()
        service.traffic = [*wanted, *(each for each in service.traffic if each.tag.startswith(PREVIEW))]
        return ("traffic",)

    return change


def add_revision(revision: str, template: RevisionTemplate, tag: str) -> Change:
    """The change that adds a revision with a tag and without traffic."""

    def change(service: Service) -> Sequence[str]:
        if service.template.revision == revision:
            return ()
        template.revision = revision
        kept = _drop_old_previews(_named_traffic(service, without=tag))
        service.template = template
        service.traffic = [*kept, _target(revision, 0, tag)] if tag else kept
        return ("template", "traffic")

    return change


def tag_revision(revision: str, tag: str) -> Change:
    """The change that tags an existing revision: an older release loses its tag when it is forgotten."""

    def change(service: Service) -> Sequence[str]:
        if any((each.revision, each.tag) == (revision, tag) for each in service.traffic):
            return ()
        service.traffic = [*_named_traffic(service, without=tag), _target(revision, 0, tag)]
        return ("traffic",)

    return change


def drop_previews(kept: Collection[str]) -> Change:
    """The change that takes down all previews but those whose tags begin with one of these."""

    def change(service: Service) -> Sequence[str]:
        gone = list_other_previews(service.traffic, kept)
        if not gone:
            return ()
        service.traffic = [each for each in service.traffic if each.tag not in gone]
        return ("traffic",)

    return change


def list_other_previews(targets: Sequence[Any], kept: Collection[str]) -> set[str]:
    """The tags of previews that begin with none of these."""
    tags = {each.tag for each in targets if each.tag.startswith(PREVIEW)}
    return {tag for tag in tags if not tag.startswith(tuple(kept))}


def is_tagged(service: Service, revision: str, tag: str) -> bool:
    """Whether the revision has the tag."""
    return any((each.revision, each.tag) == (revision, tag) for each in service.traffic_statuses)


def make_traffic(revision: str, tags: Mapping[str, str]) -> list[TrafficTarget]:
    """The traffic list: one target with all traffic, and tags without traffic."""
    return [_target(revision, 100, ""), *(_target(each, 0, tag) for tag, each in sorted(tags.items()))]


def is_serving(service: Service, revision: str, tags: Mapping[str, str]) -> bool:
    """Whether Cloud Run has carried out the change of `serve`."""
    return not service.reconciling and _facts(service.traffic_statuses) == _facts(make_traffic(revision, tags))


def list_serving(service: Service) -> set[str]:
    """The revisions that have traffic or are about to get it."""
    targets: list[Any] = [*service.traffic, *service.traffic_statuses]
    return {each.revision for each in targets if each.percent}


def explain_failure(failed: Condition) -> str:
    """What happened to a revision that is not ready."""
    reason = failed.reason if "reason" in failed else None
    if reason == Condition.CommonReason.CONTAINER_IMAGE_UNAUTHORIZED:
        return "may not run, because its image is not attested (Binary Authorization)"
    if reason == Condition.CommonReason.CONTAINER_IMAGE_AUTHORIZATION_CHECK_FAILED:
        return "may not run, because Google could not ask whether its image is attested (Binary Authorization)"
    return "does not start"


def template_of(revision: Revision) -> RevisionTemplate:
    """The template of an existing revision, for a copy with other variables."""
    return RevisionTemplate(
        containers=[run_v2.Container(each) for each in revision.containers],
        service_account=revision.service_account,
        timeout=revision.timeout,
        scaling=revision.scaling,
        max_instance_request_concurrency=revision.max_instance_request_concurrency,
        labels=dict(revision.labels),
        volumes=list(revision.volumes),
        execution_environment=revision.execution_environment,
    )


def _named_traffic(service: Service, *, without: str) -> list[TrafficTarget]:
    """The traffic without one tag, with "latest" replaced by the current revision: a new one must get no traffic.

    A tag that is still not served belongs to a revision that does not start; it would block every change.
    """
    latest = service.latest_ready_revision.rpartition("/")[2]
    targets = list(service.traffic) or [TrafficTarget(type_=_LATEST, percent=100)]
    served = {each.tag for each in (service.traffic if service.reconciling else service.traffic_statuses)}
    kept = [each for each in targets if not each.tag or (each.tag != without and each.tag in served)]
    return [_target(each.revision or latest, each.percent, each.tag) for each in kept if each.revision or latest]


def _drop_old_previews(targets: list[TrafficTarget]) -> list[TrafficTarget]:
    """The targets with only the newest previews: a region allows 2,000 tags."""
    old = [each.tag for each in targets if each.tag.startswith(PREVIEW)][: 1 - PREVIEWS_MAX]
    return [each for each in targets if each.tag not in old]


def _target(revision: str, percent: int, tag: str) -> TrafficTarget:
    return TrafficTarget(type_=_REVISION, revision=revision, percent=percent, tag=tag)


def _facts(targets: Sequence[Any]) -> list[tuple[str, int, str]]:
    return sorted((each.revision, each.percent, each.tag) for each in targets if not each.tag.startswith(PREVIEW))


def _ready_condition(conditions: Sequence[Condition]) -> Condition | None:
    return next((each for each in conditions if each.type_ == "Ready"), None)


def _client_arguments(context: Context) -> dict[str, Any]:
    url = context.environment.get("CLOUD_RUN_API_URL")
    if url:
        options = ClientOptions(api_endpoint=url)
        return {"transport": "rest", "client_options": options, "credentials": AnonymousCredentials()}  # type: ignore[no-untyped-call]
    return {"transport": "rest", "credentials": find_credentials()}


@contextmanager
def _translated(what: str) -> Iterator[None]:
    """A context that converts the library's errors to ours."""
    try:
        yield
    except GoogleAuthError as error:
        raise explain(error) from error
    except Exception as error:
        for kinds, ours in ERRORS:
            if isinstance(error, kinds):
                raise ours(f"{what}: {getattr(error, 'message', '') or type(error).__name__}") from error
        raise


_LATEST = TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST
_REVISION = TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION

"""Cloud Run's control plane in memory: what it answers to reads and changes of services and revisions.

A service's `etag` changes when a change is accepted and again when it is reconciled: whoever compares must read again.

    PATCH ── generation + 1, reconciling ──▶ revision ready ──▶ traffic as wished ──▶ operation: response
                                        └──▶ revision failed ─▶ traffic as it was ──▶ operation: error
"""

import itertools
import threading
import uuid
from datetime import timedelta

from google.cloud.run_v2.types import Condition, Revision, RevisionTemplate, Service
from google.longrunning.operations_pb2 import Operation  # type: ignore[import-untyped]

from infra.deploy.context import Clock
from tests.cloud.errors import ApiError
from tests.cloud.faults import Faults
from tests.cloud.run_history import Change, Route, note_change, note_route, short_name
from tests.cloud.run_reconcile import Admit, conclude, find_problem, make_condition, move_traffic, start_revisions
from tests.cloud.run_rules import check_service, merge
from tests.cloud.run_state import (
    Kept,
    Pending,
    Place,
    fill_defaults,
    is_serving,
    list_facts,
    make_etag,
    make_name,
    make_revision,
)

FAILED_PRECONDITION = 9


class Services:
    """All services of one project and region; hold `lock` while calling."""

    def __init__(self, place: Place, clock: Clock, faults: Faults) -> None:
        self.place = place
        self.clock = clock
        self.faults = faults
        self.lock = threading.RLock()
        self.kept: dict[str, Kept] = {}
        self.broken: set[str] = set()
        self.admit: Admit = lambda image: ""
        self.reconcile_polls = 0
        self.reconcile_seconds = 0.0
        self.history: list[Change] = []
        self.routes: list[Route] = []
        self._operations: dict[str, Operation] = {}
        self._pending: list[Pending] = []
        self._counter = itertools.count(1)

    # --- reading ---------------------------------------------------------------------------------------

    def find(self, service_id: str) -> Kept:
        """Raises ApiError where it is not there."""
        if service_id not in self.kept:
            where = f"in region '{self.place.region}' in project '{self.place.project}'"
            raise ApiError(404, f"Resource '{service_id}' of kind 'SERVICE' {where} does not exist.")
        return self.kept[service_id]

    def find_revision(self, service_id: str, name: str) -> Revision:
        """Raises ApiError where it is not there."""
        if name not in self.find(service_id).revisions:
            raise ApiError(404, f"Resource '{name}' of kind 'REVISION' does not exist.")
        return self.kept[service_id].revisions[name]

    def poll_service(self, service_id: str) -> Service:
        """A look at a service; it lets its reconciliation go on. Raises ApiError."""
        kept = self.find(service_id)
        for pending in [each for each in self._pending if each.service == service_id]:
            self._go_on(pending)
        return kept.service

    def poll_operation(self, name: str) -> Operation:
        """How a change is getting on. Raises ApiError."""
        for pending in [each for each in self._pending if each.operation == name]:
            self._go_on(pending)
        if name not in self._operations:
            raise ApiError(404, f"Operation {name} does not exist.")
        return self._operations[name]

    # --- changing --------------------------------------------------------------------------------------

    def add(self, service_id: str, given: Service) -> None:
        """A service that is there and ready, as Terraform leaves it. Raises ApiError."""
        service = Service(given)
        service.name = f"{self.place.parent}/services/{service_id}"
        service.generation = 1
        service.uid = str(uuid.uuid4())
        service.create_time = self.clock.now()
        service.urls = self.place.urls(service_id)
        service.uri = service.urls[-1]
        service.template = fill_defaults(service.template)
        check_service(service_id, service, self.place.uri_label(service_id))
        self.kept[service_id] = Kept(service)
        self._create_revision(self.kept[service_id])
        self._begin(service_id, polls=0, seconds=0)
        self.finish()

    def update(self, service_id: str, wanted: Service, mask: str, *, dry_run: bool) -> Operation:
        """Accept a change. Raises ApiError, CutError."""
        kept = self.find(service_id)
        # Before this call is looked at, somebody else's may come: that is what a test's `before_change` is for.
        self.faults.begin_change(f"update {service_id}")
        _check_etag(service_id, kept.service, wanted.etag)
        merged = merge(kept.service, wanted, mask)
        merged.template = fill_defaults(merged.template)
        check_service(service_id, merged, self.place.uri_label(service_id))
        is_new = _is_new_revision(kept, merged.template)
        if dry_run:
            return self._operation(service_id, done=True)
        merged.generation += list_facts(merged) != list_facts(kept.service)
        kept.service = merged
        created = self._create_revision(kept) if is_new else ""
        operation = self._begin(service_id, self.reconcile_polls, self.reconcile_seconds)
        self.history.append(note_change(len(self.history) + 1, self.clock.now(), merged, mask, created))
        self.faults.end_change()
        return operation

    def delete_revision(self, service_id: str, name: str, etag: str, *, dry_run: bool) -> Operation:
        """Only one that does not serve, carries no tag and is not the newest. Raises ApiError, CutError."""
        revision, kept = self.find_revision(service_id, name), self.kept[service_id]
        self.faults.begin_change(f"delete {name}")
        if etag and etag != revision.etag:
            raise ApiError(409, f"Conflict for resource '{name}': version '{etag}' is not the current one.")
        newest = short_name(kept.service.latest_created_revision)
        is_wished = any(target.revision == name for target in kept.service.traffic)
        if name == newest or is_wished or is_serving(list(kept.service.traffic_statuses), name):
            raise ApiError(400, f"Revision '{name}' cannot be deleted: it is in use.", "FAILED_PRECONDITION")
        operation = Operation(name=self._operation_name(), done=True)
        operation.response.Pack(Revision.pb(revision))
        self._operations[operation.name] = operation
        if not dry_run:
            kept.revisions.pop(name)
            self.history.append(Change(len(self.history) + 1, self.clock.now(), service_id, ("delete",), name))
            self.faults.end_change()
        return operation

    def touch(self, service_id: str) -> None:
        """Somebody else's change of nothing that matters: only the etag moves."""
        self._stamp(self.find(service_id).service)

    def finish(self) -> None:
        """End every reconciliation now."""
        for pending in list(self._pending):
            self._settle(pending)

    def _create_revision(self, kept: Kept) -> str:
        service = kept.service
        name = service.template.revision
        if not name:
            name = make_name(short_name(service.name), len(kept.revisions) + 1, next(self._counter))
        kept.revisions[name] = make_revision(service, name, self.clock.now())
        kept.revisions[name].etag = make_etag(next(self._counter))
        kept.templates[name] = RevisionTemplate(service.template)
        service.latest_created_revision = kept.revisions[name].name
        return name

    # --- operations ------------------------------------------------------------------------------------

    def _begin(self, service_id: str, polls: int, seconds: float) -> Operation:
        service = self.kept[service_id].service
        service.reconciling = True
        service.terminal_condition = make_condition("Ready", self.clock.now(), Condition.State.CONDITION_RECONCILING)
        self._stamp(service)
        operation = self._operation(service_id, done=False)
        ready_at = self.clock.now() + timedelta(seconds=seconds)
        self._pending.append(Pending(operation.name, service_id, polls, ready_at))
        return operation

    def _operation(self, service_id: str, *, done: bool) -> Operation:
        operation = Operation(name=self._operation_name(), done=done)
        service = Service.pb(self.kept[service_id].service)
        operation.metadata.Pack(service)
        if done:
            operation.response.Pack(service)
        self._operations[operation.name] = operation
        return operation

    def _operation_name(self) -> str:
        return f"{self.place.parent}/operations/{uuid.uuid4()}"

    def _go_on(self, pending: Pending) -> None:
        if pending.polls_left > 0:
            pending.polls_left -= 1
        elif self.clock.now() >= pending.ready_at:
            self._settle(pending)

    def _settle(self, pending: Pending) -> None:
        self._pending.remove(pending)
        kept, now = self.kept[pending.service], self.clock.now()
        start_revisions(kept, self.broken, now, self.admit)
        before = list(kept.service.traffic_statuses)
        problem = move_traffic(kept) or find_problem(kept)
        if before != list(kept.service.traffic_statuses):
            self.routes.append(note_route(now, kept.service))
        kept.service.reconciling = any(each.service == pending.service for each in self._pending)
        conclude(kept.service, problem, now)
        self._stamp(kept.service)
        self._end_operation(self._operations[pending.operation], kept.service, problem)

    def _end_operation(self, operation: Operation, service: Service, problem: str) -> None:
        operation.done = True
        operation.metadata.Pack(Service.pb(service))
        if problem:
            operation.error.code, operation.error.message = FAILED_PRECONDITION, problem
        else:
            operation.response.Pack(Service.pb(service))

    def _stamp(self, service: Service) -> None:
        service.etag = make_etag(next(self._counter))
        service.update_time = self.clock.now()


def _check_etag(service_id: str, service: Service, etag: str) -> None:
    if etag and etag != service.etag:
        versions = f"version '{etag}' was specified but current version is '{service.etag}'"
        raise ApiError(409, f"Conflict for resource '{service_id}': {versions}.")


def _is_new_revision(kept: Kept, template: RevisionTemplate) -> bool:
    """Whether the template asks for a revision that is not there. Raises ApiError where its name is taken."""
    if template == kept.service.template:
        return False
    if template.revision not in kept.revisions:
        return True
    if template == kept.templates[template.revision]:
        return False
    message = f"Revision named '{template.revision}' with different configuration already exists."
    raise ApiError(409, message, "ALREADY_EXISTS")

"""Make Cloud Run look as the record says. Repeating it, or continuing another's, changes nothing that is right."""

from collections.abc import Mapping, Sequence
from functools import partial

from google.cloud.run_v2 import Service

from infra.deploy.cloud_run import (
    Change,
    CloudRun,
    add_revision,
    is_serving,
    is_tagged,
    list_serving,
    serve,
    tag_revision,
)
from infra.deploy.context import Context
from infra.deploy.deployment import Deployment
from infra.deploy.desk import Desk
from infra.deploy.errors import BrokenRevisionError
from infra.deploy.record import STAGE_BY_NAME, Record, Release, list_tagged
from infra.deploy.revisions import candidate_variables, make_router, make_template, name_router
from infra.functions import WORKERS

WEBHOOK = "webhook"


class Arranger:
    """Knows Cloud Run's services; `services` are function → service name."""

    def __init__(self, cloud_run: CloudRun, services: Mapping[str, str], desk: Desk, context: Context) -> None:
        self._cloud_run = cloud_run
        self._services = services
        self._desk = desk
        self._context = context

    def make_revisions(self, deployment: Deployment, release: Release) -> None:
        """The release's revision of every function, ready, without traffic. Raises BrokenRevisionError."""
        for name, function in deployment.functions.items():
            self._add(function.service, release.revision(function.service), release.tag, deployment, name, release)

    def prepare_stage(self, deployment: Deployment, record: Record) -> str:
        """The stable webhook's revision that routes the stage's chats, ready; its name."""
        assert record.stable is not None
        assert record.candidate is not None
        stage = STAGE_BY_NAME[record.stage]
        service = self._services[WEBHOOK]
        if not (stage.staff or stage.percent):
            return record.stable.revision(service)
        variables = candidate_variables(deployment, record.candidate, stage)
        revision = name_router(service, record.stable, variables)
        if self._cloud_run.read_revision(service, revision) is None:
            own = self._cloud_run.read_revision(service, record.stable.revision(service))
            if own is None:
                raise BrokenRevisionError(f"{record.stable.revision(service)}, the stable webhook, is gone")
            self._change(service, f"add {revision}", add_revision(revision, make_router(own, variables), ""))
        self._cloud_run.wait_for_revision(service, revision)
        return revision

    def route(self, record: Record, router: str = "") -> None:
        """All traffic to the stable release, `router` in place of its webhook; tags as the record says.

        The webhook first: it is what sends chats to a candidate, so that giving one up is one change.
        """
        assert record.stable is not None
        self._serve(WEBHOOK, router or record.stable.revision(self._services[WEBHOOK]), record)
        self._serve_workers(record)

    def switch(self, record: Record) -> None:
        """All traffic to the stable release, the webhook last: no update meets a bot older than its webhook."""
        assert record.stable is not None
        self._serve_workers(record)
        self._serve(WEBHOOK, record.stable.revision(self._services[WEBHOOK]), record)

    def is_left_half_way(self, record: Record) -> bool:
        """Whether a release was ended in the record, and something of it still serves: its own revision or a router."""
        assert record.stable is not None
        for service in self._services.values():
            ended = tuple(each.revision(service) for each in record.given_up)
            router = f"{record.stable.revision(service)}-"
            if any(each.startswith((*ended, router)) for each in list_serving(self._cloud_run.read_service(service))):
                return True
        return False

    def _serve_workers(self, record: Record) -> None:
        assert record.stable is not None
        for name in WORKERS:
            self._serve(name, record.stable.revision(self._services[name]), record)

    def _serve(self, name: str, revision: str, record: Record) -> None:
        service = self._services[name]
        releases = list_tagged(record, self._context.clock.now())
        tags = {tag: release.revision(service) for tag, release in releases.items()}
        tags = {tag: each for tag, each in tags.items() if self._exists(service, each, revision)}
        self._change(service, f"all traffic to {revision}", serve(revision, tags))
        self._cloud_run.wait_for_traffic(service, lambda found: is_serving(found, revision, tags))

    def _exists(self, service: str, revision: str, serving: str) -> bool:
        """A function that came later has no revision of earlier releases."""
        return revision == serving or self._cloud_run.read_revision(service, revision) is not None

    def _add(self, service: str, revision: str, tag: str, deployment: Deployment, name: str, release: Release) -> None:
        if self._cloud_run.read_revision(service, revision) is None:
            template = make_template(deployment, deployment.functions[name], release)
            self._change(service, f"add {revision}", add_revision(revision, template, tag))
        self._cloud_run.wait_for_revision(service, revision)
        self._change(service, f"{tag} is {revision}", tag_revision(revision, tag))
        self._cloud_run.wait_for_traffic(service, partial(is_tagged, revision=revision, tag=tag))

    def _change(self, service: str, words: str, change: Change) -> None:
        """Change a service while the lock is ours.

        It is looked at when the service was read: whoever takes the lock after that and changes the service makes our
        etag stale, and the next try finds the lock gone. So a slow change never undoes a roll-back.
        """

        def guarded(found: Service) -> Sequence[str]:
            mask = change(found)
            if mask:
                self._desk.check()
            return mask

        self._desk.renew()
        self._cloud_run.change_service(service, words, guarded)

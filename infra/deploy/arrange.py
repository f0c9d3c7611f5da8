"""Changing Cloud Run to the state in the record. Idempotent, so another deployer can continue it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from google.cloud.run_v2 import RevisionTemplate, Service

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
from infra.deploy.databases import BOT, read_database
from infra.deploy.deployment import Deployment
from infra.deploy.desk import Desk
from infra.deploy.errors import BrokenRevisionError, RefusedError
from infra.deploy.record import STAGE_BY_NAME, Record, Release, list_tagged
from infra.deploy.revisions import BUNDLE, candidate_variables, make_router, make_template, name_router
from infra.functions import FUNCTIONS, ROUTER

WEBHOOK = ROUTER


class Arranger:
    """Changes Cloud Run's services; `services` maps functions to service names."""

    def __init__(self, cloud_run: CloudRun, services: Mapping[str, str], desk: Desk, context: Context) -> None:
        self._cloud_run = cloud_run
        self._services = services
        self._desk = desk
        self._context = context

    def make_revisions(self, deployment: Deployment, release: Release, bundle: str) -> None:
        """The release's revision of every function, ready, without traffic. Raises BrokenRevisionError.

        `bundle` is the signature of its image, which the webhook's revision keeps; empty where none is asked for.
        """
        for function in deployment.functions.values():
            template = make_template(deployment, function, release, bundle=bundle)
            self._add(function.service, release.revision(function.service), release.tag, template)

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
        """Route all traffic to the stable release, with `router` instead of its webhook, and set the tags.

        The webhook comes first: it sends chats to a candidate, so giving one up takes a single change.
        """
        assert record.stable is not None
        self._serve(WEBHOOK, router or record.stable.revision(self._services[WEBHOOK]), record)
        self._serve_others(record)

    def switch(self, record: Record) -> None:
        """Route all traffic to the stable release, the webhook last: no update reaches a bot older than its webhook."""
        assert record.stable is not None
        self._serve_others(record)
        self._serve(WEBHOOK, record.stable.revision(self._services[WEBHOOK]), record)

    def read_bundle(self, release: Release) -> tuple[str, datetime] | None:
        """The signature that the release's webhook keeps, and when that revision was made; None if it is gone.

        Raises RefusedError if another image than the release's runs in one of its revisions.
        """
        found = None
        for name, service in self._services.items():
            revision = self._cloud_run.read_revision(service, release.revision(service))
            if revision is None:
                continue
            if any(not each.image.endswith(f"@{release.digest}") for each in revision.containers):
                raise RefusedError(f"{release.revision(service)} does not run {release.digest}")
            if name == WEBHOOK:
                found = revision.annotations.get(BUNDLE, ""), revision.create_time
        return found

    def read_database(self, release: Release) -> str | None:
        """The database that the release's bot uses; None if that revision is gone, or names none."""
        service = self._services[BOT]
        revision = self._cloud_run.read_revision(service, release.revision(service))
        return None if revision is None else read_database(revision)

    def is_left_half_way(self, record: Record) -> bool:
        """Whether a release that ended in the record still serves, by its own revision or by a router."""
        assert record.stable is not None
        for service in self._services.values():
            ended = tuple(each.revision(service) for each in record.given_up)
            router = f"{record.stable.revision(service)}-"
            if any(each.startswith((*ended, router)) for each in list_serving(self._cloud_run.read_service(service))):
                return True
        return False

    def _serve_others(self, record: Record) -> None:
        assert record.stable is not None
        for name in FUNCTIONS:
            if name != WEBHOOK:
                self._serve(name, record.stable.revision(self._services[name]), record)

    def _serve(self, name: str, revision: str, record: Record) -> None:
        service = self._services[name]
        releases = list_tagged(record, self._context.clock.now())
        tags = {tag: release.revision(service) for tag, release in releases.items()}
        tags = {tag: each for tag, each in tags.items() if self._exists(service, each, revision)}
        self._change(service, f"all traffic to {revision}", serve(revision, tags))
        self._cloud_run.wait_for_traffic(service, lambda found: is_serving(found, revision, tags))

    def _exists(self, service: str, revision: str, serving: str) -> bool:
        """Whether the revision exists: a newer function has no revisions of earlier releases."""
        return revision == serving or self._cloud_run.read_revision(service, revision) is not None

    def _add(self, service: str, revision: str, tag: str, template: RevisionTemplate) -> None:
        if self._cloud_run.read_revision(service, revision) is None:
            self._change(service, f"add {revision}", add_revision(revision, template, tag))
        self._cloud_run.wait_for_revision(service, revision)
        self._change(service, f"{tag} is {revision}", tag_revision(revision, tag))
        self._cloud_run.wait_for_traffic(service, partial(is_tagged, revision=revision, tag=tag))

    def _change(self, service: str, words: str, change: Change) -> None:
        """Change a service while we hold the lock.

        The lock is checked after reading the service. If another deployer takes the lock afterwards and changes the
        service, our etag is stale and the next try finds the lock lost. So a slow change never undoes a rollback.
        """

        def guarded(found: Service) -> Sequence[str]:
            mask = change(found)
            if mask:
                self._desk.check()
            return mask

        self._desk.renew()
        self._cloud_run.change_service(service, words, guarded)

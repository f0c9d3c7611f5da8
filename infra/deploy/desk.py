"""Storing the rollout's record and its lock: an annotation of the webhook's service.

Cloud Run's etag makes every write a compare-and-set. The holder of the lease may change the services; an expired lease
can be taken by anybody. A rollback takes the lease by force, because it must never wait.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from google.cloud.run_v2 import Service

from infra.deploy.cloud_run import CloudRun
from infra.deploy.context import Context
from infra.deploy.errors import ConflictError
from infra.deploy.record import Record

ANNOTATION = "nanobanana.dev/rollout"
LEASE_SECONDS = 600
"""Longer than the longest step (the start of a revision, or the traffic of a service); renewed before each step."""
TERRAFORM_LEASE_SECONDS = 3600
TICK_SECONDS = 30.0


class Desk:
    """One deployer's access to the record of one environment."""

    def __init__(self, cloud_run: CloudRun, service: str, holder: str, context: Context) -> None:
        self._cloud_run = cloud_run
        self._service = service
        self._holder = holder
        self._context = context

    def read(self) -> Record:
        """Raises DeployError."""
        return Record.parse(self._cloud_run.read_service(self._service).annotations.get(ANNOTATION, ""))

    def take(self, *, by_force: bool = False, seconds: int = LEASE_SECONDS) -> Record:
        """Take the lock. Raises ConflictError while another deployer holds it."""

        def seize(record: Record) -> Record:
            if record.holder != self._holder and record.is_held(self._context.clock.now()) and not by_force:
                raise ConflictError(f"{record.holder} is at it until {record.lease_until:%H:%M:%S} UTC")
            return self._lease(record, seconds)

        return self._write("take the lock", seize)

    def wait_and_take(self, seconds_max: float, *, seconds: int = LEASE_SECONDS) -> Record:
        """Wait for the lock and take it. Raises ConflictError after `seconds_max`."""
        deadline = self._context.clock.now() + timedelta(seconds=seconds_max)
        while True:
            try:
                return self.take(seconds=seconds)
            except ConflictError as error:
                if self._context.clock.now() >= deadline:
                    raise
                self._context.say(f"waiting: {error}")
                self._context.clock.sleep(TICK_SECONDS)

    def wait_until_free(self, seconds_max: float) -> Record:
        """The record once the lock is free, or after `seconds_max`."""
        deadline = self._context.clock.now() + timedelta(seconds=seconds_max)
        while (record := self.read()).is_held(now := self._context.clock.now()) and now < deadline:
            self._context.say(f"waiting: {record.holder} is at it")
            self._context.clock.sleep(TICK_SECONDS)
        return record

    def write(self, words: str, change: Callable[[Record], Record]) -> Record:
        """Change the record and renew the lease. Raises ConflictError if another deployer took the lock."""

        def apply(record: Record) -> Record:
            self._refuse_others(record)
            return self._lease(change(record), LEASE_SECONDS)

        return self._write(words, apply)

    def renew(self) -> Record:
        """Renew the lease if we still hold it; returns the record. Raises ConflictError."""
        record = self.check()
        left = (record.lease_until or self._context.clock.now()) - self._context.clock.now()
        if left > timedelta(seconds=LEASE_SECONDS / 2) or self._context.dry_run:
            return record
        return self.write("renew the lock", lambda found: found)

    def check(self) -> Record:
        """The record, if we still hold the lock. Raises ConflictError."""
        record = self.read()
        self._refuse_others(record)
        return record

    def release(self) -> None:
        """Release the lock, unless another deployer holds it."""

        def let_go(record: Record) -> Record:
            return replace(record, holder="", lease_until=None) if record.holder == self._holder else record

        self._write("release the lock", let_go)

    def _refuse_others(self, record: Record) -> None:
        if record.holder != self._holder and not self._context.dry_run:
            raise ConflictError(f"{record.holder or 'somebody'} took over; nothing more is done here")

    def _lease(self, record: Record, seconds: int) -> Record:
        until = self._context.clock.now() + timedelta(seconds=seconds)
        return replace(record, holder=self._holder, lease_until=until)

    def _write(self, words: str, change: Callable[[Record], Record]) -> Record:
        written = Record()
        sent: set[str] = set()

        def annotate(service: Service) -> Sequence[str]:
            nonlocal written
            before = service.annotations.get(ANNOTATION, "")
            if before in sent:  # it was written and only the response was lost: never make a step twice
                written = Record.parse(before)
                return ()
            written = change(Record.parse(before))
            if written.write() == before:
                return ()
            service.annotations[ANNOTATION] = written.write()
            sent.add(service.annotations[ANNOTATION])
            return ("annotations",)

        self._cloud_run.change_service(self._service, words, annotate)
        return written

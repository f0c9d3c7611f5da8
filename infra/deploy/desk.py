"""Storing the rollout's record and its lock: an annotation of a Cloud Run service that only holds it.

Terraform writes whole services as it read them, so the record lies where it never writes: it makes this service and
then ignores it (terraform/modules/product/record.tf). Cloud Run's etag makes every write a compare-and-set. The holder
of the lease may change the services; an expired lease can be taken by anybody. A rollback takes the lease by force,
because it must never wait.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from google.cloud.run_v2 import Service

from infra.deploy.cloud_run import CloudRun
from infra.deploy.context import Context
from infra.deploy.errors import ConflictError, MissingError
from infra.deploy.record import Record

RECORD_SERVICE = "rollout-record"
ANNOTATION = "nanobanana.dev/rollout"
MOVED = "moved: "
"""Before the record that releases before decision 0103 find at the webhook's service: they refuse to read it."""
LEASE_SECONDS = 600
"""Longer than the longest step (the start of a revision, or the traffic of a service); renewed before each step."""
TICK_SECONDS = 30.0


class Desk:
    """One deployer's access to the record of one environment.

    `webhook` is the service that held the record before. It is read while RECORD_SERVICE has none.
    """

    def __init__(self, cloud_run: CloudRun, webhook: str, holder: str, context: Context) -> None:
        self._cloud_run = cloud_run
        self._webhook = webhook
        self._holder = holder
        self._context = context

    def read(self) -> Record:
        """Raises DeployError."""
        return Record.parse(self._read_text(self._find_home()))

    def take(self, *, by_force: bool = False, applies: bool = False) -> Record:
        """Take the lock, to run Terraform if `applies`. Raises ConflictError while another deployer is at work."""

        def seize(record: Record) -> Record:
            busy = record.list_busy(self._context.clock.now())
            for name, until in busy if not by_force else ():
                if name != self._holder:
                    raise ConflictError(f"{name} is at it until {until:%H:%M:%S} UTC")
            record = self._lease(record)
            return replace(record, applier=self._holder, applier_until=record.lease_until) if applies else record

        return self._write("take the lock", seize)

    def wait_and_take(self, seconds_max: float, *, applies: bool = False) -> Record:
        """Wait for the lock and take it. Raises ConflictError after `seconds_max`."""
        deadline = self._context.clock.now() + timedelta(seconds=seconds_max)
        while True:
            try:
                return self.take(applies=applies)
            except ConflictError as error:
                if self._context.clock.now() >= deadline:
                    raise
                self._context.say(f"waiting: {error}")
                self._context.clock.sleep(TICK_SECONDS)

    def wait_until_free(self, seconds_max: float) -> Record:
        """The record once the lock is free, or after `seconds_max`."""
        deadline = self._context.clock.now() + timedelta(seconds=seconds_max)
        while (busy := (record := self.read()).list_busy(now := self._context.clock.now())) and now < deadline:
            self._context.say(f"waiting: {busy[0][0]} is at it")
            self._context.clock.sleep(TICK_SECONDS)
        return record

    def write(self, words: str, change: Callable[[Record], Record]) -> Record:
        """Change the record and renew the lease. Raises ConflictError if another deployer took the lock."""

        def apply(record: Record) -> Record:
            self._refuse_others(record)
            return self._lease(change(record))

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

    # --- while Terraform runs ---------------------------------------------------------------------------------

    def renew_apply(self) -> bool:
        """Say that our Terraform still runs; returns whether we still hold the lock. Raises DeployError."""
        record = self.read()
        left = (record.applier_until or self._context.clock.now()) - self._context.clock.now()
        if left <= timedelta(seconds=LEASE_SECONDS / 2) and not self._context.dry_run:
            record = self._write("renew the lock", self._lease_apply)
        return self._context.dry_run or record.holder == self._holder

    def end_apply(self) -> bool:
        """Say that our Terraform has ended, and release the lock; returns whether we still held it."""
        was_ours = False

        def end(record: Record) -> Record:
            nonlocal was_ours
            was_ours = record.holder == self._holder
            if record.applier == self._holder:
                record = replace(record, applier="", applier_until=None)
            return replace(record, holder="", lease_until=None) if was_ours else record

        self._write("Terraform has ended", end)
        return self._context.dry_run or was_ours

    def _lease_apply(self, record: Record) -> Record:
        """Without the lock too: whoever took it must know that Terraform still writes."""
        if record.holder == self._holder:
            record = self._lease(record)
        if record.applier != self._holder:
            return record
        return replace(record, applier_until=self._context.clock.now() + timedelta(seconds=LEASE_SECONDS))

    # --- the annotation -----------------------------------------------------------------------------------------

    def _refuse_others(self, record: Record) -> None:
        if record.holder != self._holder and not self._context.dry_run:
            raise ConflictError(f"{record.holder or 'somebody'} took over; nothing more is done here")

    def _lease(self, record: Record) -> Record:
        until = self._context.clock.now() + timedelta(seconds=LEASE_SECONDS)
        return replace(record, holder=self._holder, lease_until=until)

    def _write(self, words: str, change: Callable[[Record], Record]) -> Record:
        written, is_moving = Record(), False
        sent: set[str] = set()

        def annotate(service: Service) -> Sequence[str]:
            nonlocal written, is_moving
            before = self._read_text(service)
            if before in sent:  # it was written and only the response was lost: never make a step twice
                written = Record.parse(before)
                return ()
            written = change(Record.parse(before))
            if written.write() == before:
                return ()
            if _name(service) == RECORD_SERVICE and ANNOTATION not in service.annotations:
                self._close_old_place(before)
                is_moving = True
            service.annotations[ANNOTATION] = written.write()
            sent.add(service.annotations[ANNOTATION])
            return ("annotations",)

        self._cloud_run.change_service(_name(self._find_home()), words, annotate)
        if is_moving:
            self._empty_old_place()
        return written

    def _find_home(self) -> Service:
        """The service that has the record: the webhook's until Terraform has made RECORD_SERVICE."""
        try:
            return self._cloud_run.read_service(RECORD_SERVICE)
        except MissingError:
            return self._cloud_run.read_service(self._webhook)

    def _read_text(self, home: Service) -> str:
        """The record as JSON: here, or else where it was before. Raises MissingError if the new place is gone."""
        text = home.annotations.get(ANNOTATION, "")
        if _name(home) == self._webhook and text.startswith(MOVED):
            raise MissingError(f"the record has moved to {RECORD_SERVICE}, which is not there")
        if text or _name(home) == self._webhook:
            return text
        return self._cloud_run.read_service(self._webhook).annotations.get(ANNOTATION, "").removeprefix(MOVED)

    def _close_old_place(self, text: str) -> None:
        """Mark this record at the webhook's service as moved, so that no deployer goes on there.

        Raises ConflictError if it is another one by now.
        """

        def close(service: Service) -> Sequence[str]:
            found = service.annotations.get(ANNOTATION, "")
            if found.removeprefix(MOVED) != text:
                raise ConflictError("the record was changed while it moved")
            if found.startswith(MOVED) or not found:
                return ()
            service.annotations[ANNOTATION] = MOVED + text
            return ("annotations",)

        self._cloud_run.change_service(self._webhook, f"the record moves to {RECORD_SERVICE}", close)

    def _empty_old_place(self) -> None:
        """Leave the mark alone there: if the new place were ever lost, an old record would be worse than none."""

        def empty(service: Service) -> Sequence[str]:
            if service.annotations.get(ANNOTATION, MOVED) == MOVED:
                return ()
            service.annotations[ANNOTATION] = MOVED
            return ("annotations",)

        self._cloud_run.change_service(self._webhook, f"the record is at {RECORD_SERVICE}", empty)


def _name(service: Service) -> str:
    """Its short name."""
    return service.name.rpartition("/")[2]

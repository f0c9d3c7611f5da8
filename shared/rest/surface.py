"""The surface `api`: a job that a program asked for. No chat is told anything: the program asks how far it is, or has
a webhook that is told of the end.

The result is delivered as soon as it is stored and its program can have it. Whatever the person does with it later,
such as sending it from the gallery, happens in their private chat: so the address is that chat, without a message.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from shared.errors import MessengerError, UnavailableError
from shared.jobs.frame import Receipt, Shown
from shared.jobs.job import Address, Job, JobState
from shared.jobs.open_jobs import StoredJob
from shared.people.users import User
from shared.people.webhooks import find_webhook
from shared.ports import Ports, Write
from shared.telegram.address import ChatAddress
from shared.webhooks.event import KEPT_INCOGNITO, EventType, id_event, new_event
from shared.webhooks.event_documents import create_event, event_key
from shared.webhooks.publish_event import publish_event

API = "api"
"""The name of this surface."""


@dataclass(frozen=True, slots=True)
class ApiAddress(ChatAddress):
    """Which program asked, and for what."""

    api_key_id: str = ""
    order_hash: str = ""
    """The hash of what was asked for: the same idempotency key with another body is refused."""


def write_address(user_id: int, api_key_id: str, order_hash: str, now: datetime) -> ApiAddress:
    """The address of a new job of this person's program."""
    return ApiAddress(
        chat_id=user_id,
        thread_id=None,
        message_id=0,
        is_private=True,
        update_id=0,
        asked_at=now,
        api_key_id=api_key_id,
        order_hash=order_hash,
    )


class ApiSurface:
    """Implements Surface."""

    address: type[Address] = ApiAddress
    sends_files = False

    def has_place(self, job: Job) -> bool:  # noqa: ARG002 — the port's
        return True

    async def prepare(self, ports: Ports, held: StoredJob) -> tuple[StoredJob, MessengerError | None]:  # noqa: ARG002
        return held, None

    async def show(self, ports: Ports, job: Job) -> None:
        """Nothing shows it."""

    async def show_life(self, ports: Ports, job: Job, *, is_due: bool) -> bool:  # noqa: ARG002
        return False

    def note_end(self, job: Job, user: User, now: datetime) -> tuple[Write, ...]:
        """The event for the webhook of the job's key, if it has one that is on."""
        key_id = _key_of(job)
        webhook = find_webhook(user.webhooks, user.api_keys, key_id)
        if webhook is None or webhook.off_at is not None:
            return ()
        id_ = id_event(job.user_id, key_id, job.id)
        event = new_event(id_, job.user_id, key_id, _type_of(job), job.id, now)
        if job.is_incognito:
            event = replace(event, expire_at=now + KEPT_INCOGNITO)
        return (create_event(event),)

    async def tell_end(self, ports: Ports, held: StoredJob) -> StoredJob:
        await _publish(ports, held.job)
        return held

    async def deliver(
        self,
        ports: Ports,  # noqa: ARG002
        held: StoredJob,
        shown: Shown,  # noqa: ARG002
        left: int,  # noqa: ARG002
    ) -> tuple[StoredJob, Receipt | MessengerError | None]:
        untold = replace(held.job, tells_low=False)  # no caption has said that few credits are left: the next one does
        return replace(held, job=untold), Receipt()

    async def tell_done(self, ports: Ports, job: Job) -> None:
        with suppress(UnavailableError):  # then the sweep makes the task
            await _publish(ports, job)

    async def ring(self, ports: Ports, job: Job) -> None:
        """Nobody waits for a sound."""

    async def redraw_end(self, ports: Ports, job_id: str) -> bool:  # noqa: ARG002
        return True


def _key_of(job: Job) -> str:
    return job.address.api_key_id if isinstance(job.address, ApiAddress) else ""


def _type_of(job: Job) -> EventType:
    if job.state is JobState.DELIVERED:
        return EventType.DELIVERED
    return EventType.CANCELED if job.failure is None else EventType.FAILED


async def _publish(ports: Ports, job: Job) -> None:
    """The task of the event about the job's end, if there is one. Raises UnavailableError."""
    [record] = await ports.store.read([event_key(id_event(job.user_id, _key_of(job), job.id))])
    if record is not None:
        await publish_event(ports.tasks, record.key.id)

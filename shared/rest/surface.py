"""The surface `api`: a job that a program asked for. Nobody is told anything: the program asks how far it is.

The result is delivered as soon as it is stored and its program can have it. Whatever the person does with it later,
such as sending it from the gallery, happens in their private chat: so the address is that chat, without a message.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.errors import MessengerError
from shared.jobs.frame import Receipt, Shown
from shared.jobs.job import Address, Job
from shared.jobs.open_jobs import StoredJob
from shared.ports import Ports
from shared.telegram.address import ChatAddress

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

    async def tell_end(self, ports: Ports, held: StoredJob) -> StoredJob:  # noqa: ARG002
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
        """Nothing marks it."""

    async def ring(self, ports: Ports, job: Job) -> None:
        """Nobody waits for a sound."""

    async def redraw_end(self, ports: Ports, job_id: str) -> bool:  # noqa: ARG002
        return True

"""A result on its way from the app to a chat of its owner's: a message that `bot` has Telegram keep for the person.

    api ── sending ✓ ── act ──▶ bot ── savePreparedInlineMessage ── its id is in the sending ✓    the page looks for it
                                                                                                  there, and hands it to
                                                                                                  Telegram's app

Telegram's app offers the person's chats and sends the message itself. Only its person can send a prepared message.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.codec import decode, encode
from shared.hash_ids import is_id
from shared.ports import Create, Key, Ports, Record

KEPT = timedelta(days=1)
"""How long the document is stored: the message in it lives shorter."""
WAITED_FOR = timedelta(minutes=1)
"""After this time the page stops waiting for `bot`."""


class Stage(StrEnum):
    """How far a sending is."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Sending:
    """See the module's docstring."""

    id: str
    user_id: int
    job_id: str
    asked_at: datetime
    expire_at: datetime
    prepared_id: str = ""
    """Of the message that Telegram keeps; empty: there is none yet."""
    prepared_until: datetime | None = None
    is_refused: bool = False
    """Telegram keeps no such message, or the result is gone."""


def stage_of(sending: Sending, now: datetime) -> Stage:
    """How far it is."""
    if sending.prepared_id and sending.prepared_until is not None and now < sending.prepared_until:
        return Stage.READY
    is_over = sending.prepared_id or sending.is_refused or now >= sending.asked_at + WAITED_FOR
    return Stage.FAILED if is_over else Stage.WAITING


def create_sending(sending: Sending) -> Create:
    """The creation of its document."""
    return Create(_key(sending.id), encode(sending))


async def find_sending(ports: Ports, user_id: int, id_: str) -> tuple[Sending, Record] | None:
    """A sending of this person and its document; None if there is none. Raises UnavailableError."""
    [record] = await ports.store.read([_key(id_)]) if is_id(id_) else [None]
    sending = None if record is None else decode(Sending, record.fields)
    if record is None or sending is None or sending.user_id != user_id:
        return None
    return sending, record


def _key(id_: str) -> Key:
    return Key("sendings", id_)

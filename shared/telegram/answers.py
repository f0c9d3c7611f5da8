"""Answers other than a job's card. Each is stored before it is sent, and sent again if it may not have arrived.

bot A ── mark with the answer ✓ ── send ✓ ── sent ✓
bot B ── mark ✗ it exists ── the update as a new task, for later ── nothing: A has answered
bot A ── mark with the answer ✓ ── send: 5xx ── the update as a new task ── the same answer again, until it is old
bot A ── mark with the answer ✓ ── killed
bot B ── reads the mark: not sent ── the update as a new task, for later ── the same answer, unless A has sent it

A delivery that finds a sent answer does nothing. If the answer is not sent yet, another worker may be about to send it:
a second delivery is deferred until that is over, while a retry of the first one (its task counts failures and
deferrals) sends it at once. Nothing is decided or bought twice. *Sent* is stored after the send, so a worker that dies
in between causes at most a duplicate answer, never a missing one.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from shared.codec import as_written, decode, encode
from shared.delivery import Delivery
from shared.errors import (
    ConflictError,
    DeliveryUnknownError,
    LaterError,
    MessengerError,
    PlaceRefusedError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.jobs.job_documents import INBOX_KEPT, create_inbox
from shared.logs import log_event
from shared.people.accounts import log_gift
from shared.people.storage import is_incognito, kept_for
from shared.ports import Create, Place, Ports, Record, Screen, Update, Write
from shared.telegram.visits import Visit

SENDING_SECONDS = 20.0
"""More than the time from storing an answer to sending it: waiting for the rate limit, and the call."""
ANSWERED_WITHIN = timedelta(minutes=10)
"""After this time an answer is too old to be sent."""
PAUSE_SECONDS_MAX = 60.0
"""The longest pause between two tries. Within ANSWERED_WITHIN there are fewer tries than DEFERRALS_MAX."""


async def answer(ports: Ports, visit: Visit, screen: Screen, place: Place | None = None) -> None:
    """Send an answer, here or to `place`, once.

    Raises MessengerErrors, UnavailableError, and LaterError if another delivery of the same update may be sending it.
    """
    to = place or visit.place
    if visit.recorded:
        await ports.messenger.send_text(to, screen)
    else:
        await send_answer(ports, await _claim(ports, visit, to, screen), to, screen)


async def commit_answer(ports: Ports, visit: Visit, place: Place, screen: Screen, writes: Sequence[Write]) -> Record:
    """Store an answer together with what it tells of; the mark, for `send_answer`.

    Raises ConflictError, also if another delivery has written the mark; UnavailableError.
    """
    mark = _mark(ports, visit, place, screen)
    version, *_ = await ports.store.commit([mark, *writes])
    visit.recorded = True
    return as_written(mark, version)


def mark_answer(inbox_id: str, user_id: int, place: Place, screen: Screen, now: datetime) -> Create:
    """The inbox mark with the answer to be sent. Rows of buttons are text, because Firestore has no nested lists.

    `user_id`: to whom it says something; by it the words are found when the person is erased.
    """
    mark, said = create_inbox(inbox_id, (), now), {"place": encode(place), "screen": encode(screen)}
    return Create(mark.key, mark.fields | {"user_id": user_id, "answer": json.dumps(said)})


def _mark(ports: Ports, visit: Visit, place: Place, screen: Screen) -> Create:
    """The mark of this visit's answer, which may repeat the person's words."""
    now, storage = ports.clock.now(), visit.opened.user.storage
    mark = mark_answer(visit.inbox_id, visit.update.sender.id, place, screen, now)
    if not is_incognito(storage, visit.received_at):
        return mark
    brief = {"is_brief": True, "expire_at": now + kept_for(storage, visit.received_at, INBOX_KEPT)}
    return Create(mark.key, mark.fields | brief)


def forget_answer(mark: Record) -> Update:
    """The mark without its answer: the update is still known as handled."""
    return Update(mark.key, {"user_id": 0, "answer": None}, mark.version)


def read_answer(mark: Record) -> tuple[Place, Screen] | None:
    """The stored answer that is not sent yet; None if there is none."""
    text = mark.fields.get("answer")
    if text is None:
        return None
    kept = json.loads(text)
    return decode(Place, kept["place"]), decode(Screen, kept["screen"])


async def answer_again(ports: Ports, mark: Record, kept: tuple[Place, Screen], delivery: Delivery) -> None:
    """Send the stored answer of a repeated update. Raises MessengerErrors, UnavailableError, LaterError."""
    if mark.fields.get("sent"):
        return
    if not delivery.is_repeat:
        raise LaterError(SENDING_SECONDS)
    await send_answer(ports, mark, *kept)


async def send_answer(ports: Ports, mark: Record, place: Place, screen: Screen) -> None:
    """Send a stored answer, and store that it was sent. Raises MessengerErrors."""
    try:
        await ports.messenger.send_text(place, screen)
    except (TooManyRequestsError, DeliveryUnknownError, PlaceRefusedError):  # retried later, or in another place
        raise
    except MessengerError:
        await _note_sent(ports, mark)  # Telegram refuses it for good
        raise
    await _note_sent(ports, mark)


async def _note_sent(ports: Ports, mark: Record) -> None:
    """Store that it was sent; of what was asked incognito nothing else stays."""
    is_brief = mark.fields.get("is_brief", False)
    sent = forget_answer(mark) if is_brief else Update(mark.key, {"sent": True}, mark.version)
    with suppress(ConflictError, UnavailableError):
        await ports.store.commit([sent])


def put_off(ports: Ports, delivery: Delivery, error: TooManyRequestsError | DeliveryUnknownError) -> None:
    """Raise LaterError, so that the update is delivered again; return if its answer is too old, which drops it."""
    if ports.clock.now() >= delivery.received_at + ANSWERED_WITHIN:
        log_event("answer_dropped", severity="WARNING", error=error, deferrals=delivery.deferrals)
        return
    pause_seconds = min(PAUSE_SECONDS_MAX, 2.0**delivery.deferrals)
    if isinstance(error, TooManyRequestsError):
        pause_seconds = max(pause_seconds, error.retry_after_seconds)
    raise LaterError(pause_seconds) from error


async def _claim(ports: Ports, visit: Visit, place: Place, screen: Screen) -> Record:
    """Write the mark, with the gift of a first contact. Raises LaterError if another delivery has written one.

    That delivery may be the same task's: a queue forgets the task after the first 200, so this one must not end with
    a 200 before the answer is sent.
    """
    mark = _mark(ports, visit, place, screen)
    opened = visit.opened
    if visit.brings_person:
        with suppress(ConflictError):  # the user was changed meanwhile, or the mark exists
            version, *_ = await ports.store.commit([mark, *opened.writes(opened.user)])
            log_gift(opened)
            visit.recorded = True
            return as_written(mark, version)
    try:
        [version] = await ports.store.commit([mark])
    except ConflictError as error:
        raise LaterError(SENDING_SECONDS) from error
    visit.recorded = True
    return as_written(mark, version)

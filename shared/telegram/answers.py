"""Answers other than a job's card. Each is stored before it is sent, and sent again where nobody knows that it arrived.

bot A ── mark with the answer ✓ ── send ✓ ── sent ✓
bot B ── mark ✗ it exists ── nothing: A answers
bot A ── mark with the answer ✓ ── send: 5xx ── the update as a new task ── the same answer again, until it is old
bot A ── mark with the answer ✓ ── killed
bot B ── reads the mark: not sent ── the update as a new task, for later ── the same answer, unless A has sent it

Who finds an answer that was sent does nothing. Of one that is not sent yet somebody else may be about to send it: a
second delivery comes again when that is over, a retry of the first, whose task counts failures and deferrals, sends it
at once. Nothing is decided or bought a second time. That it was sent is written down after it: a worker that dies in
between leaves a doubled answer at most, never none.
"""

import json
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
from shared.jobs.job_documents import create_inbox
from shared.logs import log_event
from shared.people.accounts import log_gift
from shared.ports import Create, Place, Ports, Record, Screen, Update
from shared.telegram.visits import Visit

SENDING_SECONDS = 20.0
"""Longer than a worker takes that has written an answer down and sends it: waiting for its turn, and the call."""
ANSWERED_WITHIN = timedelta(minutes=10)
"""After that nobody waits for an answer any more."""
PAUSE_SECONDS_MAX = 60.0
"""The longest pause between two tries. Until an answer is old there are fewer tries than DEFERRALS_MAX."""


async def answer(ports: Ports, visit: Visit, screen: Screen, place: Place | None = None) -> None:
    """Send an answer, here or to `place`, unless another delivery of the same update gives it.

    Raises MessengerErrors, UnavailableError.
    """
    to = place or visit.place
    if visit.recorded:
        await ports.messenger.send_text(to, screen)
    elif (mark := await _claim(ports, visit, to, screen)) is not None:
        await _send(ports, mark, to, screen)


def mark_answer(inbox_id: str, place: Place, screen: Screen, now: datetime) -> Create:
    """The mark of an update whose answer is about to be sent. Firestore knows no lists of lists: rows are text here."""
    mark = create_inbox(inbox_id, (), now)
    return Create(mark.key, mark.fields | {"answer": json.dumps({"place": encode(place), "screen": encode(screen)})})


def read_answer(mark: Record) -> tuple[Place, Screen] | None:
    """The answer that was about to be sent; None where there was none."""
    text = mark.fields.get("answer")
    if text is None:
        return None
    kept = json.loads(text)
    return decode(Place, kept["place"]), decode(Screen, kept["screen"])


async def answer_again(ports: Ports, mark: Record, kept: tuple[Place, Screen], delivery: Delivery) -> None:
    """An update whose answer is written down came again. Raises MessengerErrors, UnavailableError, LaterError."""
    if mark.fields.get("sent"):
        return
    if not delivery.is_repeat:
        raise LaterError(SENDING_SECONDS)
    await _send(ports, mark, *kept)


async def _send(ports: Ports, mark: Record, place: Place, screen: Screen) -> None:
    try:
        await ports.messenger.send_text(place, screen)
    except (TooManyRequestsError, DeliveryUnknownError, PlaceRefusedError):  # later, or in another place
        raise
    except MessengerError:
        await _note_sent(ports, mark)  # as far as it ever will be
        raise
    await _note_sent(ports, mark)


async def _note_sent(ports: Ports, mark: Record) -> None:
    with suppress(ConflictError, UnavailableError):
        await ports.store.commit([Update(mark.key, {"sent": True}, mark.version)])


def put_off(ports: Ports, delivery: Delivery, error: TooManyRequestsError | DeliveryUnknownError) -> None:
    """Have the update come again by raising LaterError; once its answer is old, drop it and return."""
    if ports.clock.now() >= delivery.received_at + ANSWERED_WITHIN:
        log_event("answer_dropped", severity="WARNING", error=error, deferrals=delivery.deferrals)
        return
    pause_seconds = min(PAUSE_SECONDS_MAX, 2.0**delivery.deferrals)
    if isinstance(error, TooManyRequestsError):
        pause_seconds = max(pause_seconds, error.retry_after_seconds)
    raise LaterError(pause_seconds) from error


async def _claim(ports: Ports, visit: Visit, place: Place, screen: Screen) -> Record | None:
    """Write the mark, with the gift of a first contact; None where another delivery is the one that answers."""
    mark, opened = mark_answer(visit.inbox_id, place, screen, ports.clock.now()), visit.opened
    if opened.gift is not None:
        with suppress(ConflictError):  # the user was written meanwhile, or the mark is there
            version, *_ = await ports.store.commit([mark, *opened.writes(opened.user)])
            log_gift(opened)
            visit.recorded = True
            return as_written(mark, version)
    try:
        [version] = await ports.store.commit([mark])
    except ConflictError:
        return None
    visit.recorded = True
    return as_written(mark, version)

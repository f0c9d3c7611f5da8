"""Answers other than a job's card. Each is stored before it is sent, and sent again where nobody knows that it arrived.

bot A ── mark with the answer ✓ ── send ✓
bot B ── mark ✗ it exists ── nothing: A answers
bot A ── mark with the answer ✓ ── send: 5xx ── the update as a new task ── the same answer again, until it is old

The mark separates two cases. A second delivery of the update is ignored. A retry of the first, whose task counts
failures and deferrals, sends the stored answer again: nothing is decided or bought a second time.
"""

import json
from contextlib import suppress
from datetime import datetime, timedelta

from shared.codec import encode
from shared.delivery import Delivery
from shared.errors import ConflictError, DeliveryUnknownError, LaterError, TooManyRequestsError
from shared.jobs.job_documents import create_inbox
from shared.logs import log_event
from shared.people.accounts import log_gift
from shared.ports import Button, Create, Place, Ports, Record, Screen
from shared.telegram.visits import Visit

ANSWERED_WITHIN = timedelta(minutes=10)
"""After that nobody waits for an answer any more."""
PAUSE_SECONDS_MAX = 60.0
"""The longest pause between two tries. Until an answer is old there are fewer tries than DEFERRALS_MAX."""


async def answer(ports: Ports, visit: Visit, screen: Screen, place: Place | None = None) -> None:
    """Send an answer, here or to `place`, unless another delivery of the same update gives it.

    Raises MessengerErrors, UnavailableError.
    """
    to = place or visit.place
    if visit.recorded or await _claim(ports, visit, to, screen):
        await ports.messenger.send_text(to, screen)


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
    rows = tuple(tuple(Button(**button) for button in row) for row in kept["screen"]["buttons"])
    return Place(**kept["place"]), Screen(kept["screen"]["text"], rows)


def put_off(ports: Ports, delivery: Delivery, error: TooManyRequestsError | DeliveryUnknownError) -> None:
    """Have the update come again by raising LaterError; once its answer is old, drop it and return."""
    if ports.clock.now() >= delivery.received_at + ANSWERED_WITHIN:
        log_event("answer_dropped", severity="WARNING", error=error, deferrals=delivery.deferrals)
        return
    pause_seconds = min(PAUSE_SECONDS_MAX, 2.0**delivery.deferrals)
    if isinstance(error, TooManyRequestsError):
        pause_seconds = max(pause_seconds, error.retry_after_seconds)
    raise LaterError(pause_seconds) from error


async def _claim(ports: Ports, visit: Visit, place: Place, screen: Screen) -> bool:
    """Write the mark, with the gift of a first contact; whether this delivery is the one that answers."""
    mark, opened = mark_answer(visit.inbox_id, place, screen, ports.clock.now()), visit.opened
    if opened.gift is not None or visit.is_changed:
        with suppress(ConflictError):  # the user was written meanwhile, or the mark is there
            await ports.store.commit([mark, *opened.writes(opened.user)])
            log_gift(opened)
            visit.recorded = True
            return True
    try:
        await ports.store.commit([mark])
    except ConflictError:
        return False
    visit.recorded = True
    return True

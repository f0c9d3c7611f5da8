"""Handling the failures of one update: it is unusable, comes too early, or hits a bug of ours."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from shared.bot.router import handle_update
from shared.delivery import DEFERRALS_HEADER, RECEIVED_HEADER, UPDATES_PATH, Delivery
from shared.errors import (
    BeingErasedError,
    DeliveryUnknownError,
    DocumentUnreadableError,
    ElsewhereError,
    LaterError,
    MessengerError,
    TooManyRequestsError,
    UnavailableError,
    UnusableUpdateError,
)
from shared.jobs.publish_jobs import publish_draft
from shared.logs import log_event, set_log_context
from shared.people.users import language_of
from shared.ports import Place, Ports, Screen, TalkStudio
from shared.providers.outcomes import FailureReason
from shared.providers.price_day import set_price_day
from shared.task import JSON_HEADERS, Task
from shared.telegram.quarantine_update import quarantine_update
from shared.telegram.rollout import find_chat, lane_of
from shared.telegram.updates import Message, Tap, Unhandled, parse_update
from shared.telemetry.measure_update import MeasuredUpdate, measure_update
from shared.texts import html_text

UNKNOWN_PAUSE_SECONDS = 15.0
"""How long a draft waits before it asks again, if it is unknown whether its question was sent."""
DEFERRALS_MAX = 20
ERASING_SECONDS = 60.0
"""How soon somebody who is being erased is tried again: DEFERRALS_MAX times this is well above what it takes."""
FAILURES_MAX = 5
"""How often an update may hit a bug before it is quarantined; otherwise Cloud Tasks would repeat it for a day."""


async def take_update(ports: Ports, body: bytes, delivery: Delivery, studio: TalkStudio | None = None) -> None:
    """Handle one update, whatever it contains; with a studio, a model may read its words.

    Raises UnavailableError if it should be delivered again; also re-raises the error of a bug, FAILURES_MAX times.
    """
    set_price_day(ports.clock.now())
    with measure_update() as measured:
        await _take_update(ports, body, delivery, studio, measured)


async def _take_update(
    ports: Ports, body: bytes, delivery: Delivery, studio: TalkStudio | None, measured: MeasuredUpdate
) -> None:
    try:
        update = await handle_update(ports, body, delivery, studio)
    except UnusableUpdateError as error:
        measured.fail(type(error).__name__)
        await _put_away(ports, body, delivery, error, "WARNING")
    except LaterError as error:
        await _put_off(ports, body, delivery, error)
    except ElsewhereError:
        await ports.tasks.enqueue(Task("chat", UPDATES_PATH, body, None, _headers_of(delivery)))
        log_event("update_forwarded")
    except BeingErasedError:
        await _put_off(ports, body, delivery, LaterError(ERASING_SECONDS))
    except UnavailableError:
        raise
    except Exception as error:
        if delivery.failures < FAILURES_MAX:
            raise
        measured.fail(type(error).__name__)
        text_id = "broken-stored" if isinstance(error, DocumentUnreadableError) else "broken-update"
        await _apologise(ports, body, await _put_away(ports, body, delivery, error, "ERROR"), text_id)
    else:
        kind = update.kind if isinstance(update, Unhandled) else type(update).__name__.lower()
        set_log_context(update_id=update.update_id)
        log_event("update_handled", kind=kind)
        measured.end(kind)


async def take_draft(ports: Ports, draft_id: str) -> None:
    """Close a draft, later if Telegram's flood control demands it. Raises UnavailableError."""
    from shared.pictures.collect_parts import close_draft
    from shared.pictures.open_drafts import find_lane
    from shared.videos.decide_album import decide_album

    set_price_day(ports.clock.now())
    try:
        await close_draft(ports, draft_id, decide_album)
    except (TooManyRequestsError, DeliveryUnknownError) as error:
        seconds = error.retry_after_seconds if isinstance(error, TooManyRequestsError) else UNKNOWN_PAUSE_SECONDS
        lane = await find_lane(ports, draft_id)
        await publish_draft(ports, draft_id, lane, ports.clock.now() + timedelta(seconds=seconds))


async def _put_off(ports: Ports, body: bytes, delivery: Delivery, error: LaterError) -> None:
    if delivery.deferrals >= DEFERRALS_MAX:
        await _put_away(ports, body, delivery, error, "ERROR")
        return
    later = ports.clock.now() + timedelta(seconds=error.seconds)
    again = replace(delivery, deferrals=delivery.deferrals + 1)
    await ports.tasks.enqueue(Task("bot", "/", body, later, _headers_of(again), lane_of(find_chat(body))))
    log_event("update_deferred", seconds=error.seconds, deferrals=again.deferrals)


def _headers_of(delivery: Delivery) -> dict[str, str]:
    received = delivery.received_at.isoformat()
    return {**JSON_HEADERS, DEFERRALS_HEADER: str(delivery.deferrals), RECEIVED_HEADER: received}


async def _put_away(ports: Ports, body: bytes, delivery: Delivery, error: Exception, severity: str) -> str:
    reason = f"{type(error).__name__}: {error}"
    quarantine_id = await quarantine_update(ports, body, reason, delivery.received_at)
    log_event("update_quarantined", severity=severity, error=error, quarantine_id=quarantine_id, bytes=len(body))
    return quarantine_id


async def _apologise(ports: Ports, body: bytes, quarantine_id: str, text_id: str) -> None:
    """Send the person an apology, if the update names a person; nothing is read: that may be the fault."""
    from shared.bot.reasons import code_button

    with suppress(MessengerError, UnusableUpdateError):
        update = parse_update(body)
        if not isinstance(update, (Message, Tap)):
            return
        language = language_of(None, update.sender.language_code)
        button = code_button(language, update.sender.id, FailureReason.OURS.value, quarantine_id[:6])
        screen = Screen(html_text(language, text_id), ((button,),))
        await ports.messenger.send_text(Place(update.chat.id, update.chat.thread_id), screen)

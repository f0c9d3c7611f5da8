"""The events of a key's webhook, and how each was taken.

GET  /webhook/deliveries?cursor=…                    the newest first, for 30 days
POST /webhook/deliveries/{delivery_id}/retry         send one again, now
"""

from shared.errors import UnusableReportError
from shared.gallery.result import Cursor, read_cursor, write_cursor
from shared.hash_ids import is_id
from shared.people.accounts import try_until_won
from shared.people.webhooks import find_webhook
from shared.ports import AppPorts
from shared.rest.calls import NOT_FOUND, Json, Problem, RestAnswer
from shared.rest.program import RestCall
from shared.webhooks.event import EventState, Try, WebhookEvent, send_again
from shared.webhooks.event_documents import decode_event, event_key, events_of_key, update_event
from shared.webhooks.publish_event import publish_event

PAGE = 20
"""Events on a page."""
BEING_SENT = Problem(409, "It is being sent just now.", "delivery-busy", wait_seconds=60)


async def list_deliveries(ports: AppPorts, call: RestCall) -> RestAnswer | Problem:
    """A page of events. Raises UnusableReportError, UnavailableError."""
    cursor = call.query.get("cursor")
    after = None if cursor is None else read_cursor(cursor)
    if cursor is not None and after is None:
        raise UnusableReportError("cursor")
    start = None if after is None else (after.at, after.job_id)
    events = [decode_event(each) for each in await ports.store.find(events_of_key(call.key.id, start, PAGE))]
    now = ports.clock.now()
    shown = [describe_event(each) for each in events if _is_theirs(each, call) and now < each.expire_at]
    last = events[-1] if len(events) == PAGE else None
    following = None if last is None else write_cursor(Cursor(last.created_at, last.id))
    return RestAnswer({"deliveries": shown, "next": following})


async def retry_delivery(ports: AppPorts, call: RestCall) -> RestAnswer | Problem:
    """Send an event again, also one that was taken. Raises UnavailableError."""
    event_id, now = call.parameters["delivery_id"], ports.clock.now()
    user = call.opened.user
    webhook = find_webhook(user.webhooks, user.api_keys, call.key.id)
    if webhook is None or not is_id(event_id):
        return NOT_FOUND
    if webhook.off_at is not None:
        return Problem(409, "The webhook is off. PUT /webhook switches it on.", "webhook-off")

    async def attempt() -> WebhookEvent | Problem:
        [record] = await ports.store.read([event_key(event_id)])
        event = None if record is None else decode_event(record)
        if record is None or event is None or not _is_theirs(event, call) or event.expire_at <= now:
            return NOT_FOUND
        again = send_again(event, now)
        if again is None:
            return BEING_SENT
        await ports.store.commit([update_event(again, record)])
        return again

    found = await try_until_won(ports, attempt)
    if isinstance(found, Problem):
        return found
    await publish_event(ports.tasks, event_id)
    return RestAnswer(describe_event(found), 202)


def describe_event(event: WebhookEvent) -> Json:
    """The event as its program sees it."""
    is_waiting = event.state is EventState.WAITING
    next_at = (event.not_before or event.created_at) if is_waiting else None
    return {
        "id": event.id,
        "type": event.type.value,
        "job_id": event.job_id or None,
        "state": event.state.value,
        "created_at": event.created_at.isoformat(),
        "next_try_at": None if next_at is None else next_at.isoformat(),
        "tries": [_describe_try(each) for each in event.tries],
    }


def _describe_try(tried: Try) -> Json:
    status = tried.status or None
    trouble = None if tried.trouble is None else tried.trouble.value
    return {"at": tried.at.isoformat(), "ms": tried.ms, "status": status, "trouble": trouble}


def _is_theirs(event: WebhookEvent, call: RestCall) -> bool:
    return (event.user_id, event.key_id) == (call.user_id, call.key.id)

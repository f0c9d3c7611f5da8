"""Documents of events."""

from datetime import datetime

from shared.codec import decode
from shared.jobs.shards import create_sharded, update_sharded
from shared.ports import Create, Key, Query, Record, Update
from shared.webhooks.event import WebhookEvent


def event_key(event_id: str) -> Key:
    """One per event."""
    return Key("webhook_events", event_id)


def decode_event(record: Record) -> WebhookEvent:
    """Raises DocumentUnreadableError."""
    return decode(WebhookEvent, record.fields)


def create_event(event: WebhookEvent) -> Create:
    """The creation; the commit fails if the event is there."""
    return create_sharded(event_key(event.id), event)


def update_event(event: WebhookEvent, record: Record) -> Update:
    """The update, with a precondition on the version that was read."""
    return update_sharded(record, event)


def events_of_key(key_id: str, after: tuple[datetime, str] | None, limit: int) -> Query:
    """The events of one key, the newest first, after one with this time and id; None: from the newest."""
    return Query("webhook_events", (("key_id", "==", key_id),), limit, ("created_at", "DESCENDING"), after)

"""An alarm of Cloud Monitoring, as Pub/Sub brings it, becomes a message in the operators' chat.

https://cloud.google.com/monitoring/support/notification-options#schema-pubsub, inside the envelope of a push:
https://cloud.google.com/pubsub/docs/push#receive_push. Pub/Sub brings it again until it is answered 200, so a message
may come twice; none is lost, but where Telegram refuses it for good.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from html import escape
from typing import Any

from shared.errors import (
    DeliveryUnknownError,
    MessengerError,
    TooManyRequestsError,
    UnavailableError,
    UnusableUpdateError,
)
from shared.logs import log_event
from shared.ports import Messenger, Place, Screen

WORDS_MAX = 800
"""Of each part, in characters: three of them and the link fit into a message."""
CONSOLE = "https://console.cloud.google.com/"
MARKS = {"open": "🔔", "closed": "✅"}


async def tell_alarm(messenger: Messenger, chat_id: int, body: bytes) -> None:
    """Raises UnusableUpdateError for what is no alarm, UnavailableError if the message may not have arrived."""
    incident = read_incident(body)
    try:
        await messenger.send_text(Place(chat_id), show_incident(incident))
    except (TooManyRequestsError, DeliveryUnknownError) as error:
        raise UnavailableError("the operators were not told yet") from error
    except MessengerError as error:
        log_event("alarm_untold", severity="ERROR", error=error)


def read_incident(body: bytes) -> Mapping[str, Any]:
    """What Monitoring says happened. Raises UnusableUpdateError."""
    try:
        incident = json.loads(b64decode(json.loads(body)["message"]["data"]))["incident"]
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        raise UnusableUpdateError("no alarm of Cloud Monitoring") from error
    if not isinstance(incident, dict):
        raise UnusableUpdateError("an alarm without an incident")
    return incident


def show_incident(incident: Mapping[str, Any]) -> Screen:
    """The alarm's subject, what Monitoring measured, what to do while it lasts, and the way to it."""
    told = incident.get("documentation")
    about = told if isinstance(told, dict) else {}
    subject = _read(about, "subject") or _read(incident, "policy_name")
    parts = [f"{MARKS.get(_read(incident, 'state'), '🔔')} <b>{subject}</b>", _read(incident, "summary")]
    if _read(incident, "state") != "closed":
        parts.append(_read(about, "content"))
    if _read(incident, "url").startswith(CONSOLE):
        parts.append(f'<a href="{_read(incident, "url")}">Cloud Monitoring</a>')
    return Screen("\n\n".join(filter(None, parts)))


def _read(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    return escape(value[:WORDS_MAX]) if isinstance(value, str) else ""

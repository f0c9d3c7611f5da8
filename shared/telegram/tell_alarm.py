"""An alarm of Cloud Monitoring, as Pub/Sub brings it, is told in each place that the operators have.

https://cloud.google.com/monitoring/support/notification-options#schema-pubsub, inside the envelope of a push:
https://cloud.google.com/pubsub/docs/push#receive_push. Pub/Sub brings it again until it is answered 200. That is once
one place has it, since a place that is away for hours would fill the others with repetitions.
"""

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Any

from shared.errors import NoticeRefusedError, UnavailableError, UnusableUpdateError
from shared.logs import log_event
from shared.ports import Notice, NoticePlace

WORDS_MAX = 800
"""Of each part, in characters: three of them and the link fit into a message."""
CONSOLE = "https://console.cloud.google.com/"


async def tell_alarm(places: Sequence[NoticePlace], body: bytes) -> None:
    """Raises UnusableUpdateError for what is no alarm, UnavailableError if no place may have got it."""
    notice = read_notice(read_incident(body))
    missed = list[tuple[str, Exception]]()
    for place in places:
        try:
            await place.tell(notice)
        except Exception as error:  # noqa: BLE001 — else the places that have it would hear it again and again
            missed.append((place.name, error))
    if len(missed) == len(places) and not all(isinstance(each, NoticeRefusedError) for _, each in missed):
        raise UnavailableError("the operators were not told yet")
    for name, failure in missed:
        log_event("alarm_untold", severity="ERROR", error=failure, place=name)


def read_incident(body: bytes) -> Mapping[str, Any]:
    """What Monitoring says happened. Raises UnusableUpdateError."""
    try:
        incident = json.loads(b64decode(json.loads(body)["message"]["data"]))["incident"]
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        raise UnusableUpdateError("no alarm of Cloud Monitoring") from error
    if not isinstance(incident, dict):
        raise UnusableUpdateError("an alarm without an incident")
    return incident


def read_notice(incident: Mapping[str, Any]) -> Notice:
    """The alarm's subject, what Monitoring measured, what to do while it lasts, and the way to it."""
    told = incident.get("documentation")
    about = told if isinstance(told, dict) else {}
    is_over, url = _read(incident, "state") == "closed", _read(incident, "url")
    return Notice(
        subject=_read(about, "subject") or _read(incident, "policy_name"),
        is_over=is_over,
        summary=_read(incident, "summary"),
        advice="" if is_over else _read(about, "content"),
        url=url if url.startswith(CONSOLE) else "",
    )


def _read(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    return value[:WORDS_MAX] if isinstance(value, str) else ""

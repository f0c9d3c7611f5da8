"""An error as Sentry takes it: where it happened, and nothing that anybody wrote.

The message of an exception can hold a prompt, a token or a name, so none is sent, nor any variable of a frame: an
allow-list decides what is. Our own log, under the trace's id, has messages of our own errors and the system's.
https://develop.sentry.dev/sdk/data-model/event-payloads/
"""

import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.logs import list_causes

FRAMES_MAX = 60
_TAGS: Mapping[str, re.Pattern[str]] = {
    "function": re.compile(r"[a-z]{1,20}"),
    "status": re.compile(r"[1-5][0-9]{2}"),
    "outcome": re.compile(r"[a-z_]{1,24}"),
    "model_id": re.compile(r"[a-z0-9][a-z0-9./-]{0,63}"),
    "attempts": re.compile(r"[0-9]{1,3}"),
}
"""The fields of a log line that are sent, and which values of them."""
_EVENT = re.compile(r"[a-z][a-z0-9_]{0,63}")
_TRACE = re.compile(r"[0-9a-f]{32}")
_OURS = ("shared", "functions")


@dataclass(frozen=True, slots=True)
class Origin:
    """Which process reports."""

    function: str
    release: str
    """The digest of its image."""
    environment: str


@dataclass(frozen=True, slots=True)
class LoggedError:
    """A line of the log with the severity ERROR or CRITICAL."""

    event: str
    severity: str
    error: BaseException | None
    fields: Mapping[str, Any]
    trace_id: str
    """Empty: outside of any."""


def describe_error(logged: LoggedError, origin: Origin, event_id: str, now: datetime) -> dict[str, Any]:
    """The event for Sentry. `event_id` has 32 hexadecimal digits."""
    event = logged.event if _EVENT.fullmatch(logged.event) else "unknown"
    described: dict[str, Any] = {
        "event_id": event_id,
        "timestamp": now.isoformat(),
        "platform": "python",
        "level": "fatal" if logged.severity == "CRITICAL" else "error",
        "logger": event,
        "release": origin.release,
        "environment": origin.environment,
        "tags": {"event": event, **list_tags({"function": origin.function, **logged.fields})},
    }
    if _TRACE.fullmatch(logged.trace_id):
        described["contexts"] = {"trace": {"trace_id": logged.trace_id, "span_id": event_id[:16]}}
    if logged.error is None:
        return described | {"message": event}
    return described | {"exception": {"values": [_describe_exception(each) for each in list_causes(logged.error)]}}


def list_tags(fields: Mapping[str, Any]) -> dict[str, str]:
    """The fields that may leave."""
    return {name: str(fields[name]) for name, rule in _TAGS.items() if rule.fullmatch(str(fields.get(name, "")))}


def _describe_exception(error: BaseException) -> dict[str, Any]:
    frames = list(_describe_frames(error))[-FRAMES_MAX:]
    return {"type": type(error).__name__, "module": type(error).__module__, "stacktrace": {"frames": frames}}


def _describe_frames(error: BaseException) -> Iterator[dict[str, Any]]:
    """Places in code, the outermost first."""
    for frame, line in traceback.walk_tb(error.__traceback__):
        name = shorten_path(frame.f_code.co_filename)
        yield {"filename": name, "function": frame.f_code.co_name, "lineno": line, "in_app": name.startswith(_OURS)}


def shorten_path(path: str) -> str:
    """The part of a module's path that is the same everywhere."""
    for root in ("/site-packages/", "/shared/", "/functions/"):
        _, found, after = path.rpartition(root)
        if found:
            return after if root == "/site-packages/" else f"{root[1:]}{after}"
    return path.rpartition("/")[2]

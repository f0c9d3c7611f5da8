"""One JSON line per event on standard output, for Cloud Logging, with secrets masked."""

import json
import logging
import re
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

from shared.errors import NanoBananaError

_context: ContextVar[dict[str, Any]] = ContextVar("log_context", default={})  # noqa: B039 — never changed in place
_SECRETS = (
    # A key of fal: its id, a colon, its secret.
    (re.compile(r":[0-9a-f]{20}"), re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:[0-9a-f]{20,}")),
    # A bot token; in URLs "bot" stands right before it.
    (re.compile(r":[A-Za-z0-9_-]{20}"), re.compile(r"(?<![0-9])[0-9]{6,18}:[A-Za-z0-9_-]{20,}")),
    # A Google API key.
    (re.compile(r"AIza"), re.compile(r"\bAIza[A-Za-z0-9_-]{30,}")),
    # A newer one, bound to a service account.
    (re.compile(r"AQ\."), re.compile(r"\bAQ\.[A-Za-z0-9_-]{20,}")),
    # An access token of Google's.
    (re.compile(r"ya29\."), re.compile(r"\bya29\.[A-Za-z0-9._-]{16,}")),
    # A token of GitHub's.
    (re.compile(r"gh[a-z]_"), re.compile(r"\bgh[a-z]_[A-Za-z0-9]{20,}")),
    # The address of a webhook of Slack's, and a private key up to the end of its text.
    (re.compile(r"hooks\.slack"), re.compile(r"\bhooks\.slack\.com/[A-Za-z0-9/_-]{16,}")),
    (re.compile(r"PRIVATE KEY"), re.compile(r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^\"]*")),
    (re.compile(r"(?i)bearer"), re.compile(r"(?i)\bbearer\s+[A-Za-z0-9._-]{16,}")),
    # A key of our API, and a session of ours: each lets in whoever reads it.
    (re.compile(r"nb_[1-9]"), re.compile(r"\bnb_[1-9][0-9]{0,15}_[A-Za-z0-9_-]{16,}")),
    (
        re.compile(r"1\.[1-9]"),
        re.compile(r"\b[a-z]1\.[1-9][0-9]{0,15}\.[a-z]{2}\.[0-9]{1,10}\.[A-Za-z0-9_-]{32}"),
    ),
    # The code of a link that signs an operator in.
    (re.compile(r"/enter#"), re.compile(r"(?<=/enter#)[A-Za-z0-9_-]{16,}")),
)
"""For each kind of secret a quick pre-check and the full pattern. Four times as fast for lines without secrets."""
_STRUCK = "[secret]"
_TRACE_ID = re.compile(r"[0-9a-f]{32}")

logger = logging.getLogger("nanobanana")

Report = Callable[[str, str, BaseException | None, dict[str, Any]], None]
"""Gets the event, the severity, the error and the fields of a line about an error."""
_reports: list[Report] = []
CAUSES_MAX = 5
_SAYS_NO_WORDS = (NanoBananaError, OSError)
"""Any other exception may hold in its message what a person has written: `int("my secret")` does."""
_ERRORS = frozenset({"ERROR", "CRITICAL"})
Follow = Callable[[str, dict[str, Any]], None]
"""Gets the event of a line and the line's own fields, without those of the request."""
_followers: list[Follow] = []


def report_errors_to(report: Report) -> None:
    """Tell it of every line about an error too, from now on."""
    _reports.append(report)


def follow_events(follow: Follow) -> None:
    """Tell it of every line too, from now on."""
    _followers.append(follow)


def log_event(event: str, *, severity: str = "INFO", error: BaseException | None = None, **fields: Any) -> None:
    """Write one line; `event` is what happened, in the past tense. Fields set by `set_log_context` are added."""
    entry: dict[str, Any] = {"severity": severity, "message": event, "event": event, **_context.get(), **fields}
    if error is not None:
        entry["error"] = name_error(error)
        if severity in _ERRORS:
            entry["stack_trace"] = _write_trace(error)
    write_line(entry)
    for follow in _followers:
        with suppress(Exception):  # as below
            follow(event, fields)
    if severity in _ERRORS:
        for report in _reports:
            with suppress(Exception):  # a fault of telemetry must not become one of whoever logs
                report(event, severity, error, {**_context.get(), **fields})


def write_line(entry: dict[str, Any]) -> None:
    """Write these fields and no others as one line."""
    line = json.dumps(entry, ensure_ascii=False, default=str).encode("utf-8", "replace").decode("utf-8")
    sys.stdout.write(strike_secrets(line) + "\n")
    sys.stdout.flush()


def name_error(error: BaseException) -> str:
    """The class of an error, and its message where that quotes nobody: one of ours, or of the operating system."""
    name = type(error).__name__
    return f"{name}: {error}" if isinstance(error, _SAYS_NO_WORDS) else name


def list_causes(error: BaseException) -> list[BaseException]:
    """The error, what has caused it and what it groups, the first cause first; at most CAUSES_MAX."""
    found: list[BaseException] = []
    waiting = [error]
    while waiting and len(found) < CAUSES_MAX:
        each = waiting.pop(0)
        if each in found:
            continue
        found.append(each)
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions
        cause = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
        waiting += [] if cause is None else [cause]
    return found[::-1]


def _write_trace(error: BaseException) -> str:
    """The places in the code, in the form of Python's own traceback, which Error Reporting groups by."""
    return "\n".join(
        f"Traceback (most recent call last):\n{''.join(traceback.format_tb(each.__traceback__))}{name_error(each)}\n"
        for each in list_causes(error)
    )


def set_log_context(**fields: Any) -> None:
    """Fields for every line of the current request."""
    _context.set({**_context.get(), **fields})


def trace_fields(header: str | None, project: str) -> dict[str, str]:
    """The fields that link a line to its request in Cloud Logging, from `X-Cloud-Trace-Context: TRACE/SPAN;o=1`."""
    return write_trace((header or "").partition("/")[0], project)


def write_trace(trace_id: str, project: str) -> dict[str, str]:
    """The same fields for a trace's id; none if it is no id."""
    if not _TRACE_ID.fullmatch(trace_id):
        return {}
    return {"logging.googleapis.com/trace": f"projects/{project}/traces/{trace_id}"}


def strike_secrets(text: str) -> str:
    """The text without anything that looks like a token or key."""
    for part, whole in _SECRETS:
        if part.search(text):
            text = whole.sub(_STRUCK, text)
    return text


class _JsonHandler(logging.Handler):
    """Libraries' own records, from WARNING up, in the same form."""

    def emit(self, record: logging.LogRecord) -> None:
        error, text = record.exc_info[1] if record.exc_info else None, record.getMessage()
        if error is not None:
            text = text.partition("\n")[0]  # below it asyncio quotes the error
        log_event("library_logged", severity=record.levelname, error=error, text=text, source=record.name)


def configure_logs(function: str) -> None:
    """Route all logging of this process through `log_event`. Call once, at start."""
    root = logging.getLogger()
    root.handlers[:] = [_JsonHandler()]
    root.setLevel(logging.WARNING)
    set_log_context(function=function)

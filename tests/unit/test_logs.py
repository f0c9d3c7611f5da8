"""Lines that Cloud Logging reads, without secrets, whatever is logged."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from shared.errors import UnavailableError
from shared.logs import (
    _context,
    configure_logs,
    log_event,
    report_errors_to,
    set_log_context,
    strike_secrets,
    trace_fields,
)

TOKEN = "1234567:TEST-not-a-real-token-at-all"
KEY = "AIza" + "TESTnotarealkey" * 3
NEW_KEY = "AQ." + "TESTnotarealkey" * 2
ACCESS_TOKEN = "ya29." + "c.TESTnotarealkey" * 3
TRACE = {"logging.googleapis.com/trace": "projects/p/traces/105445aa7843bc8bf206b12000100000"}
LINES = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def fresh_context() -> Iterator[None]:
    """Each test starts without fields, and leaves logging as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    before = _context.set({})
    yield
    _context.reset(before)
    root.handlers[:] = handlers
    root.setLevel(level)


def read_line(capsys: LINES) -> dict[str, Any]:
    [line] = capsys.readouterr().out.splitlines()
    entry: dict[str, Any] = json.loads(line)
    return entry


def test_event(capsys: LINES) -> None:
    """One line of JSON with severity, event, the request's fields and its own."""
    set_log_context(function="bot")
    set_log_context(update_id=7)
    log_event("update_handled", kind="message", text="лиса")
    assert read_line(capsys) == {
        "severity": "INFO", "message": "update_handled", "event": "update_handled", "function": "bot",
        "update_id": 7, "kind": "message", "text": "лиса",
    }  # fmt: skip


@pytest.mark.parametrize(("severity", "traced"), [("WARNING", False), ("ERROR", True)])
def test_error(capsys: LINES, severity: str, *, traced: bool) -> None:
    """An error is named; where it is ours, with the way it came."""
    try:
        raise UnavailableError("no store")
    except UnavailableError as error:
        log_event("request_failed", severity=severity, error=error)
    entry = read_line(capsys)
    assert (entry["severity"], entry["error"]) == (severity, "UnavailableError: no store")
    assert ("test_logs.py" in entry.get("stack_trace", "")) is traced


def test_an_unexpected_error_quotes_nobody(capsys: LINES) -> None:
    """Neither its message, nor that of its cause, nor those of its group are in the line; the classes are."""
    try:
        try:
            int("a sad poem")
        except ValueError as cause:
            raise ExceptionGroup("of a sad poem", [KeyError("a sad poem")]) from cause
    except ExceptionGroup as error:
        error.add_note("a sad poem")
        log_event("request_failed", severity="ERROR", error=error)
    entry = read_line(capsys)
    assert entry["error"] == "ExceptionGroup"
    traces = entry["stack_trace"].split("\n\n")
    assert [trace.splitlines()[-1] for trace in traces] == ["ValueError", "KeyError", "ExceptionGroup"]
    assert "invalid literal" not in entry["stack_trace"]


def test_a_librarys_line_about_an_error_is_its_first(capsys: LINES) -> None:
    """What asyncio says of a lost task quotes the error only from its second line on."""
    configure_logs("bot")
    error = ValueError("a sad poem")
    logging.getLogger("asyncio").error("Task was lost\nfuture: %r", error, exc_info=error)
    line = capsys.readouterr().out
    assert json.loads(line)["text"] == "Task was lost"
    assert "poem" not in line


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"https://api.telegram.org/bot{TOKEN}/getMe",
        f"/file/bot{TOKEN}/photos/file_1.jpg",
        f"key={KEY}",
        f"?key={KEY}&alt=sse",
        "Authorization: Bearer eyJhbGciOi.eyJpc3MiOi.c2lnbmF0dXJl",
        f"x-goog-api-key: {NEW_KEY}",
        f"token={ACCESS_TOKEN}&alt=sse",
        "authorization: bearer eyJhbGciOi.eyJpc3MiOi.c2lnbmF0dXJl",
    ],
)
def test_secrets_are_struck(capsys: LINES, text: str) -> None:
    """Tokens and keys do not reach a line, wherever they stand: in a field, an error or a URL."""
    log_event("call_failed", text=text, error=UnavailableError(text), severity="ERROR")
    line = capsys.readouterr().out
    assert json.loads(line)["event"] == "call_failed"
    assert "[secret]" in line
    for secret in ("TEST-not-a-real", "TESTnotarealkey", "c2lnbmF0dXJl"):
        assert secret not in line


@pytest.mark.parametrize("text", ["12:30", "a ratio of 16:9", "Bearer of bad news", "job 123456: done"])
def test_words_stay(text: str) -> None:
    """What is no secret is left alone."""
    assert strike_secrets(text) == text


@pytest.mark.parametrize("value", [object(), {1: 2}, b"bytes", {"a", "b"}, "half a \ud800 pair"], ids=type)
def test_anything_can_be_logged(capsys: LINES, value: object) -> None:
    """A line is written whatever is logged; logging never breaks the work."""
    log_event("value_seen", value=value)
    assert read_line(capsys)["event"] == "value_seen"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("105445aa7843bc8bf206b12000100000/1;o=1", TRACE),
        ("105445aa7843bc8bf206b12000100000", TRACE),
        (None, {}),
        ("", {}),
        ("nonsense/1", {}),
        ("105445aa7843bc8bf206b1200010000\n/1", {}),
    ],
)  # fmt: skip
def test_trace(header: str | None, expected: dict[str, str]) -> None:
    """A line is tied to its request when the header is one of Google's."""
    assert trace_fields(header, "p") == expected


def test_libraries_log_the_same_way(capsys: LINES) -> None:
    """What libraries warn about is a line too, errors with their trace; what they only tell is not."""
    configure_logs("bot")
    logging.getLogger("httpx").info("GET https://api.telegram.org/bot%s/getMe", TOKEN)
    logging.getLogger("grpc").warning("lost %s", "it")
    entry = read_line(capsys)
    assert (entry["severity"], entry["text"], entry["source"]) == ("WARNING", "lost it", "grpc")
    assert entry["function"] == "bot"
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        logging.getLogger("asyncio").exception("task failed")
    assert "ZeroDivisionError" in read_line(capsys)["stack_trace"]


def test_errors_are_reported(capsys: LINES, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asked to be told gets each line about an error, with the request's fields, and no other line."""
    heard = list[tuple[object, ...]]()
    monkeypatch.setattr("shared.logs._reports", [])
    report_errors_to(lambda *told: heard.append(told))
    set_log_context(function="bot")
    error = ZeroDivisionError("by zero")
    log_event("request_failed", severity="ERROR", error=error, status=500)
    log_event("update_dropped", severity="WARNING")
    assert heard == [("request_failed", "ERROR", error, {"function": "bot", "status": 500})]
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_report_that_fails_harms_nobody(capsys: LINES, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line is there, the other reports are made, and whoever logs goes on."""
    heard = list[str]()

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("shared.logs._reports", [fail, lambda event, *_: heard.append(event)])
    log_event("request_failed", severity="CRITICAL")
    assert (read_line(capsys)["event"], heard) == ("request_failed", ["request_failed"])

"""What Sentry is told of an error: where it happened, and nothing that anybody wrote."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.errors import UnavailableError
from shared.logs import CAUSES_MAX
from shared.telemetry.error_report import (
    LoggedError,
    Origin,
    describe_error,
    list_tags,
    shorten_path,
)

NOW = datetime(2026, 11, 30, tzinfo=UTC)
ORIGIN = Origin("image", "sha256:0", "production")
EVENT_ID, TRACE = "ab" * 16, "4bf92f3577b34da6a3ce929d0e0e4736"
SECRETS = ("a red fox for Ann Lee", "8700000001:TEST-not-a-real-token", "ann@example.com", "AIzaTESTnotarealkey")


def describe(error: BaseException | None, *, severity: str = "ERROR", trace: str = "", **fields: Any) -> dict[str, Any]:
    return describe_error(LoggedError("request_failed", severity, error, fields, trace), ORIGIN, EVENT_ID, NOW)


def fail_with(words: str) -> BaseException:
    """An error with a cause, both with these words, and with a variable that holds them."""
    private = words
    try:
        try:
            raise ValueError(private)
        except ValueError as error:
            raise UnavailableError(f"of {private}") from error
    except UnavailableError as error:
        error.add_note(private)
        return error


@pytest.mark.parametrize("secret", SECRETS)
def test_planted_words_do_not_leave(secret: str) -> None:
    """Neither from a message, a note, a variable, a field of the log, an event's name nor a trace's id."""
    fields = dict.fromkeys(("prompt", "function", "status", "outcome", "model_id", "attempts", "text", "error"), secret)
    logged = LoggedError(secret, secret, fail_with(secret), fields, secret)
    said = json.dumps(describe_error(logged, ORIGIN, EVENT_ID, NOW), ensure_ascii=False)
    assert not [part for part in secret.split() if part in said and len(part) > 3]
    assert "unknown" in said


def test_where_it_happened() -> None:
    """The classes of the error and its cause, the cause first, with the places in the code."""
    told = describe(fail_with("x"), trace=TRACE, status=503)
    assert [each["type"] for each in told["exception"]["values"]] == ["ValueError", "UnavailableError"]
    [frame] = told["exception"]["values"][0]["stacktrace"]["frames"]
    assert (frame["function"], frame["in_app"]) == ("fail_with", False)
    assert frame.keys() == {"filename", "function", "lineno", "in_app"}
    assert (told["release"], told["environment"], told["level"]) == ("sha256:0", "production", "error")
    assert told["tags"] == {"event": "request_failed", "function": "image", "status": "503"}
    assert told["contexts"]["trace"]["trace_id"] == TRACE


def test_a_line_without_an_exception() -> None:
    """The event's name says what happened; a critical one is fatal."""
    told = describe(None, severity="CRITICAL")
    assert (told["message"], told["level"]) == ("request_failed", "fatal")
    assert not {"exception", "contexts"} & told.keys()


def test_a_circle_of_causes_ends() -> None:
    """Each error once, and not more than a few; a context that was suppressed does not count."""
    first, second = ValueError(), ValueError()
    first.__cause__, second.__cause__ = second, first
    assert len(describe(first)["exception"]["values"]) == 2
    last: BaseException = ValueError()
    for _ in range(CAUSES_MAX + 3):
        further = ValueError()
        further.__context__ = last
        last = further
    assert len(describe(last)["exception"]["values"]) == CAUSES_MAX
    last.__suppress_context__ = True
    assert len(describe(last)["exception"]["values"]) == 1


def test_tags() -> None:
    """The fields of the list with values of their form."""
    assert list_tags({"model_id": "gemini-3-pro-image", "attempts": 2, "chat": 7}) == {
        "model_id": "gemini-3-pro-image",
        "attempts": "2",
    }


@pytest.mark.parametrize(
    ("path", "short"),
    [
        ("/app/shared/jobs/move_job.py", "shared/jobs/move_job.py"),
        ("/app/functions/bot/main.py", "functions/bot/main.py"),
        ("/usr/lib/python3.11/site-packages/httpx/_client.py", "httpx/_client.py"),
        ("/usr/lib/python3.11/asyncio/tasks.py", "tasks.py"),
    ],
)
def test_paths(path: str, short: str) -> None:
    """The same on every machine."""
    assert shorten_path(path) == short

"""What a hop looks like in the terminal."""

import json
import re
from typing import Any

import pytest

from infra.local.events import read_event
from infra.local.lines import format_event, paint_nothing, paint_terminal


def show(part: str, said: dict[str, Any] | str) -> str:
    text = said if isinstance(said, str) else json.dumps(said)
    shown = format_event(read_event(part, text), paint_nothing)
    return re.sub(r"^\d\d:\d\d:\d\d\.\d{3}  ", "", shown)


def test_hop_is_one_line() -> None:
    """A function's log line shows its event, its update and its milliseconds in fixed columns."""
    hop = {"severity": "INFO", "message": "m", "function": "webhook", "event": "enqueued", "update_id": 881, "ms": 3.6}
    assert show("webhook", hop).split() == ["webhook", "enqueued", "update", "881", "4", "ms"]
    assert "\n" not in show("webhook", hop)


def test_columns_stand_below_each_other() -> None:
    """Two hops of different parts begin their columns at the same places."""
    first = show("bot", {"event": "accepted", "job_id": "a", "ms": 1})
    second = show("webhook", {"event": "enqueued", "job_id": "b", "ms": 10})
    assert first.index("job a") == second.index("job b")
    assert first.index(" ms") == second.index(" ms")


def test_trouble_says_its_message_and_traceback() -> None:
    """An error shows its sentence, and its traceback indented below."""
    error = {"severity": "ERROR", "event": "failed", "message": "no model", "exception": "Traceback …\nValueError: x"}
    head, *rest = show("image", error).splitlines()
    assert "no model" in head
    assert rest == ["    Traceback …", "    ValueError: x"]


def test_line_fits_the_terminal() -> None:
    """The last column gives way to a narrow terminal, the others stay."""
    event = read_event("image", json.dumps({"event": "answered", "ms": 1, "more": "x" * 300}))
    assert len(format_event(event, paint_nothing, 120)) == 120
    assert "1 ms" in format_event(event, paint_nothing, 80)


def test_long_times_are_seconds() -> None:
    """A model call reads `4.1 s`, not `4100 ms`."""
    assert "4.1 s" in show("gemini", {"event": "model_called", "seconds": 4.1})
    assert "4.1 s" in show("image", {"event": "model_called", "ms": 4120})


@pytest.mark.parametrize("text", ["plain words", "{not json", "[1, 2]", '"text"', "1"])
def test_unknown_line_is_shown_as_it_is(text: str) -> None:
    """Whatever is no JSON object passes through."""
    assert show("bot", text).endswith(text)


def test_telegrams_call_is_a_hop() -> None:
    """The local Telegram's own records read like everybody's."""
    call = {"kind": "call", "call": {"method": "sendMessage", "params": {"chat_id": 7}, "status": 200, "ms": 1.2}}
    assert show("telegram", call).split() == ["telegram", "sendMessage", "chat", "7", "1", "ms"]


def test_answer_is_the_hop_of_a_function() -> None:
    """A function's answer shows what it used, and its status only where that is not 200."""
    hop = {"severity": "INFO", "event": "request_answered", "status": 200, "ms": 12, "store_reads": 2}
    assert show("bot", hop).split() == ["bot", "answered", "12", "ms", "reads=2"]
    assert "status=503" in show("bot", hop | {"status": 503})


def test_idle_sweep_is_silent() -> None:
    """A sweep every ten seconds that finds nothing is not worth a line; one that repairs something is."""
    assert show("sweep", {"event": "request_answered", "status": 200, "ms": 9, "store_reads": 2}) == ""
    assert show("sweep", {"event": "work_swept", "jobs": 0, "drafts": 0}) == ""
    assert "jobs=1" in show("sweep", {"event": "work_swept", "jobs": 1, "drafts": 0})
    assert "status=403" in show("sweep", {"event": "request_answered", "status": 403, "ms": 9})


@pytest.mark.parametrize("said", [{"event": "ready"}, {"ready": True}, ""])
def test_nothing_to_see(said: dict[str, Any] | str) -> None:
    """Readiness lines and empty ones are left out."""
    assert show("tasks", said) == ""


def test_a_look_at_the_webhook_is_silent() -> None:
    """Every few seconds nothing is wrong with it; what is wrong is shown."""
    look = {"event": "webhook_looked_at", "trouble": "none"}
    answered = {"event": "request_answered", "status": 200, "ms": 3, "messenger_calls": 1}
    for fields in (look, answered):
        assert format_event(read_event("bot", json.dumps(fields)), paint_nothing) == ""
    for fields in (look | {"trouble": "gone"}, answered | {"store_reads": 1}, answered | {"status": 503}):
        assert format_event(read_event("bot", json.dumps(fields)), paint_nothing) != ""


def test_emulators_chatter_is_left_out() -> None:
    """Of Java's output only trouble is shown."""
    assert show("firestore", "INFO: Detected HTTP/2 connection.") == ""
    assert "SEVERE" in show("firestore", "SEVERE: out of memory")


def test_colour_adds_nothing_but_colour() -> None:
    """On a terminal the same words stand in the same columns."""
    event = read_event("bot", json.dumps({"event": "accepted", "job_id": "a", "ms": 1, "more": "x"}))
    painted = format_event(event, paint_terminal)
    assert re.sub(r"\033\[\d+m", "", painted) == format_event(event, paint_nothing)
    assert painted != format_event(event, paint_nothing)

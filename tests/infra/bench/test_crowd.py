"""The bench's events, from the lines that the parts write."""

import asyncio
import json
from typing import Any

import pytest

from infra.bench.crowd import Ear
from infra.local.events import Event, read_event


def hear(part: str, **fields: Any) -> Event:
    return read_event(part, json.dumps(fields))


def make_ear(*events: Event) -> Ear:
    ear = Ear()
    for event in events:
        ear.take(event)
    return ear


def call(method: str, chat_id: int, status: int = 200) -> Event:
    entry = {"method": method, "status": status, "params": {"chat_id": chat_id}, "time": 100.0, "ms": 250.0}
    return hear("telegram", kind="call", call=entry)


def test_call_has_its_beginning_and_end() -> None:
    """Of a call the log has the end and the duration; refused ones are kept apart, failed ones are not kept."""
    ear = make_ear(call("sendMessage", 7), call("sendMessage", 8, status=429), call("sendMessage", 9, status=500))
    [found] = ear.calls_of("sendMessage").values()
    assert [refused.chat_id for refused in ear.refused] == [8]
    assert (found.chat_id, found.started_at, found.ended_at) == (7, 99.75, 100.0)


def test_answer_began_when_its_line_says() -> None:
    """A function's line is heard at its end."""
    event = hear("bot", event="request_answered", status=200, ms=40, store_reads=2)
    [answer] = make_ear(event).answers
    assert answer.function == "bot"
    assert answer.ended_at - answer.started_at == pytest.approx(0.04, abs=1e-4)
    assert answer.fields["store_reads"] == 2


def test_delivery_ties_a_chat_to_its_update() -> None:
    """Accepted deliveries are known by chat; failed ones are not."""
    update = {"update_id": 5, "message": {"chat": {"id": 7}}}
    refused = {"update_id": 6, "message": {"chat": {"id": 8}}}
    ear = make_ear(
        hear("telegram", kind="delivered", delivery={"update": update, "status": "accepted", "time": 99.5}),
        hear("telegram", kind="delivered", delivery={"update": refused, "status": "Connection failed", "time": 99.5}),
    )
    assert (ear.deliveries, ear.updates) == ({7: 99.5}, {7: 5})


async def test_waiting_ends_with_what_is_heard() -> None:
    """A wait ends as soon as a line makes its condition true, and with a TimeoutError if none does."""
    ear = Ear()
    waiting = asyncio.create_task(ear.wait_until(lambda: len(ear.calls) == 1, 5))
    await asyncio.sleep(0)
    ear.take(call("sendMessage", 7))
    await waiting
    with pytest.raises(TimeoutError):
        await ear.wait_until(lambda: len(ear.calls) == 2, 0.01)

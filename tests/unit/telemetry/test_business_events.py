"""What of a line of the log the business counts, and that nobody is in it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.logs import follow_events, log_event, set_log_context
from shared.telemetry.business_events import EVENTS, NUMBERS, WORDS, BusinessEvent, choose_event
from shared.telemetry.tell_business import WAITING_MAX, BusinessTeller
from tests.fakes.analytics import FakeAnalytics

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
FORBIDDEN = ("id", "name", "text", "prompt", "key", "error", "user", "chat", "trace")
PLANTED = ("a red fox", "Ann Lee", "ann@example.com", "лиса", "8700000001", 8_700_000_001, True, None, 1.5)
LINES = pytest.CaptureFixture[str]


def list_lines(capsys: LINES) -> list[dict[str, Any]]:
    lines = map(json.loads, capsys.readouterr().out.splitlines())
    return [line for line in lines if line["event"] == "business_event"]


def test_every_field_is_a_word_or_a_number() -> None:
    """BigQuery refuses a line whose field has another type than before; and each rule is used."""
    used = {field for fields in EVENTS.values() for field in fields}
    assert used == WORDS.keys() | NUMBERS
    assert not WORDS.keys() & NUMBERS


def test_no_field_names_anybody() -> None:
    """No allowed field is an id or a text, but for the model's id."""
    names = {part for field in (*WORDS, *NUMBERS) if field != "model_id" for part in field.split("_")}
    assert not names.intersection(FORBIDDEN)


@pytest.mark.parametrize("planted", PLANTED)
def test_what_people_wrote_does_not_leave(planted: object) -> None:
    """A value in the place of another one is dropped: words, names, addresses, ids and what is no whole number."""
    for name, fields in EVENTS.items():
        everything = dict.fromkeys((*fields, "job_id", "user_id", "prompt", "error"), planted)
        chosen = choose_event(name, everything, NOW)
        assert chosen == BusinessEvent(name, NOW, {})


def test_what_leaves() -> None:
    """The event's own fields with values of their form; other events are no business."""
    fields = {"medium": "picture", "model": "nano-banana-2", "credits": 8, "jobs": 2, "job_id": "a", "code": "E-LATE"}
    chosen = choose_event("request_accepted", fields, NOW)
    assert chosen is not None
    assert chosen.fields == {"medium": "picture", "model": "nano-banana-2", "credits": 8, "jobs": 2}
    assert choose_event("request_answered", fields, NOW) is None
    assert choose_event("request_accepted", fields | {"incognito": True}, NOW) is None


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> FakeAnalytics:
    monkeypatch.setattr("shared.logs._followers", [])
    return FakeAnalytics(events_max=2)


async def test_a_line_of_its_own(service: FakeAnalytics, capsys: LINES) -> None:
    """It has nothing of the request's context, and is written without a service too."""
    set_log_context(update_id=7, function="bot")
    follow_events(BusinessTeller(None).take)
    log_event("job_delivered", medium="picture", credits=4, job_id="a" * 32)
    log_event("update_handled", kind="message")
    assert list_lines(capsys) == [
        {"severity": "INFO", "event": "business_event", "name": "job_delivered", "medium": "picture", "credits": 4}
    ]
    await BusinessTeller(None).export()
    assert not service.events


async def test_a_service_gets_each_once(service: FakeAnalytics) -> None:
    """In calls of as many as it takes; the next export has only what is new."""
    teller = BusinessTeller(service, now=lambda: NOW)
    for credit_count in range(3):
        teller.take("job_delivered", {"credits": credit_count})
    await teller.export()
    await teller.export()
    assert [len(call) for call in service.calls] == [2, 1]
    assert [event.fields["credits"] for event in service.events] == [0, 1, 2]
    assert {event.at for event in service.events} == {NOW}


async def test_a_service_that_is_away(service: FakeAnalytics) -> None:
    """What may have arrived is not sent again; the others wait, as many as there is room for."""
    teller = BusinessTeller(service)
    for credit_count in range(WAITING_MAX + 5):
        teller.take("job_delivered", {"credits": credit_count})
    service.is_away = True
    with pytest.raises(Exception, match="away"):
        await teller.export()
    service.is_away = False
    await teller.export()
    assert [event.fields["credits"] for event in service.events] == list(range(7, WAITING_MAX + 5))


def test_a_fault_of_telling_is_no_fault_of_the_work(service: FakeAnalytics, capsys: LINES) -> None:
    """Whoever logs goes on."""

    def fail(_: str, fields: dict[str, Any]) -> None:
        raise ZeroDivisionError

    follow_events(fail)
    log_event("job_delivered", medium="picture")
    assert "job_delivered" in capsys.readouterr().out
    assert not service.calls

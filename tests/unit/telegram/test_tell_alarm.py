"""Alarms of Cloud Monitoring in the operators' chat: readable, harmless, and none lost on the way."""

import json
from base64 import b64encode
from typing import Any

import pytest

from shared.errors import (
    DeliveryUnknownError,
    NoticeRefusedError,
    PlaceRefusedError,
    TooManyRequestsError,
    UnavailableError,
    UnusableUpdateError,
)
from shared.ports import Notice, Screen
from shared.telegram.chat_notices import ChatNotices, show_notice
from shared.telegram.tell_alarm import WORDS_MAX, read_notice, tell_alarm
from tests.fakes.messenger import FakeMessenger

CHAT = -1001
INCIDENT: dict[str, Any] = {
    "incident_id": "0.opqiw61fsv7p",
    "scoping_project_id": "nanobanana-production",
    "url": "https://console.cloud.google.com/monitoring/alerting/incidents/0.opq?project=nanobanana-production",
    "started_at": 1795983239,
    "ended_at": None,
    "state": "open",
    "summary": "queue_id: bot has failed <20% of> its tasks",
    "policy_name": "production: tasks-failing",
    "policy_user_labels": {"environment": "production", "runbook": "tasks-failing"},
    "severity": "Critical",
    "documentation": {
        "content": "A queue's attempts fail.\n\nWhat to do: https://github.com/o/n/blob/main/docs/runbooks/tasks-failing.md",
        "mime_type": "text/markdown",
        "subject": "production: a queue's attempts fail",
    },
}
"""As https://cloud.google.com/monitoring/support/notification-options#schema-pubsub writes it."""


def show_incident(incident: dict[str, Any]) -> Screen:
    """The message about it."""
    return show_notice(read_notice(incident))


def push(incident: Any) -> bytes:
    """As Pub/Sub brings it."""
    data = b64encode(json.dumps({"incident": incident, "version": "1.2"}).encode()).decode()
    return json.dumps({"message": {"data": data, "messageId": "1"}, "subscription": "s"}).encode()


async def test_an_alarm_is_told() -> None:
    """What rings, what was measured, the page that says what to do, and the way to Monitoring; its end as well."""
    messenger = FakeMessenger()
    places = [ChatNotices(messenger, CHAT)]
    await tell_alarm(places, push(INCIDENT))
    await tell_alarm(places, push(INCIDENT | {"state": "closed"}))
    opened, closed = (shown.text for shown in messenger.messages(CHAT))
    assert opened.split("\n\n") == [
        "🔔 <b>production: a queue&#x27;s attempts fail</b>",
        "queue_id: bot has failed &lt;20% of&gt; its tasks",
        "A queue&#x27;s attempts fail.",
        "What to do: https://github.com/o/n/blob/main/docs/runbooks/tasks-failing.md",
        f'<a href="{INCIDENT["url"]}">Cloud Monitoring</a>',
    ]
    assert closed.split("\n\n") == [f"✅{opened.split(chr(10))[0][1:]}", *opened.split("\n\n")[1::3]]


@pytest.mark.parametrize(
    "incident",
    [
        {"policy_name": "p"},
        {"policy_name": "p", "documentation": "x", "state": 1, "summary": None, "url": "javascript:alert(1)"},
        {"policy_name": "p", "documentation": {}, "url": 'https://evil.test/"><b>'},
    ],
)
def test_what_is_missing_or_strange_is_left_out(incident: dict[str, Any]) -> None:
    """The policy's name is enough, and no link leads elsewhere than to Google's console."""
    assert show_incident(incident).text == "🔔 <b>p</b>"


def test_no_alarm_is_too_long() -> None:
    """Whatever its parts say, the message fits: 4,096 characters after the markup is read."""
    long = "&" * 10_000
    text = show_incident(
        {"policy_name": long, "summary": long, "documentation": {"content": long}, "url": INCIDENT["url"]}
    ).text
    assert text.count("&amp;") == 3 * WORDS_MAX
    assert 3 * WORDS_MAX + 200 < 4096


@pytest.mark.parametrize("error", [TooManyRequestsError(30), DeliveryUnknownError("TimedOut")])
async def test_what_may_not_have_arrived_comes_again(error: Exception) -> None:
    """Pub/Sub is answered 503 and brings the alarm again: rather twice than never."""
    messenger = FakeMessenger()
    messenger.fail("send_text", error)  # type: ignore[arg-type]
    with pytest.raises(UnavailableError):
        await tell_alarm([ChatNotices(messenger, CHAT)], push(INCIDENT))


async def test_a_chat_that_refuses_is_in_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    """Repeating would not help: an error in the log, and the mails remain."""
    messenger = FakeMessenger()
    messenger.fail("send_text", PlaceRefusedError("chat not found"))
    await tell_alarm([ChatNotices(messenger, CHAT)], push(INCIDENT))
    assert json.loads(capsys.readouterr().out)["event"] == "alarm_untold"


class Elsewhere:
    """Another place, which takes notices or fails."""

    name = "elsewhere"

    def __init__(self, error: Exception | None = None) -> None:
        self.told = list[Notice]()
        self._error = error

    async def tell(self, notice: Notice) -> None:
        if self._error is not None:
            raise self._error
        self.told.append(notice)


@pytest.mark.parametrize("error", [UnavailableError("away"), ValueError("a bug")])
async def test_each_place_is_told_whatever_happens_to_another(
    capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    """One that is away holds nobody up, is named in the log, and does not make the others hear it again."""
    away, there = Elsewhere(error), Elsewhere()
    await tell_alarm([away, there], push(INCIDENT))
    assert [notice.subject for notice in there.told] == ["production: a queue's attempts fail"]
    line = json.loads(capsys.readouterr().out)
    assert (line["event"], line["severity"], line["place"]) == ("alarm_untold", "ERROR", "elsewhere")


async def test_an_alarm_that_no_place_took_comes_again() -> None:
    """One refuses it for good and one is away: nobody was told."""
    with pytest.raises(UnavailableError):
        await tell_alarm([Elsewhere(NoticeRefusedError("no")), Elsewhere(UnavailableError("away"))], push(INCIDENT))


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"message": {"data": 1}}', b'{"message": {"data": "x"}}', push([]), push(None), b"[" * 10**5],
)
async def test_what_is_no_alarm(body: bytes) -> None:
    """It is refused for good, and nobody is told."""
    messenger = FakeMessenger()
    with pytest.raises(UnusableUpdateError):
        await tell_alarm([ChatNotices(messenger, CHAT)], body)
    assert messenger.calls == []

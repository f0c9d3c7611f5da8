"""Slack and Sentry over real HTTP: the same contract for each place, and what each is sent."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from shared.adapters.sentry import WAITING_MAX, SentryErrors, read_dsn
from shared.adapters.sentry_notices import SentryNotices
from shared.adapters.slack import SlackNotices
from shared.errors import NoticeRefusedError, UnavailableError
from shared.logs import log_event
from shared.ports import Notice, NoticePlace
from shared.telemetry.error_report import Origin
from tests.contracts.http_server import Reply, Server, serve_http

KEY, ORIGIN = "TESTnotarealkey", Origin("sweep", "sha256:0", "staging")
NOTICE = Notice(
    "staging: <errors> & more", is_over=False, summary="12 errors", advice="Look.", url="https://x.test/a|b"
)
SECRET = "a red fox for Ann Lee 8700000001:TEST-not-a-real-token"


@pytest.fixture
def server() -> Iterator[Server]:
    with serve_http() as running:
        yield running


@pytest.fixture
async def errors(server: Server) -> AsyncIterator[SentryErrors]:
    errors = SentryErrors(read_dsn(server.url.replace("http://", f"http://{KEY}@") + "/sentry/42"), ORIGIN)
    yield errors
    await errors.close()


@pytest.fixture(params=["slack", "sentry"])
async def place(request: pytest.FixtureRequest, server: Server, errors: SentryErrors) -> AsyncIterator[NoticePlace]:
    slack = SlackNotices(f"{server.url}/services/T0/B0/TESTsecret")
    yield slack if request.param == "slack" else SentryNotices(errors)
    await slack.close()


def read_envelope(body: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Its header and its only event, as https://develop.sentry.dev/sdk/foundations/transport/envelopes/ says."""
    head, item, rest = body.split(b"\n", 2)
    about = json.loads(item)
    assert (about["type"], rest[about["length"] :]) == ("event", b"\n")
    return json.loads(head), json.loads(rest[: about["length"]])


async def test_a_notice_is_told(place: NoticePlace, server: Server) -> None:
    """One call, with its subject."""
    await place.tell(NOTICE)
    [request] = server.requests
    assert b"staging" in request.body


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_place_that_is_away(place: NoticePlace, server: Server, status: int) -> None:
    """It may be told later."""
    server.answer = lambda _: Reply(status)
    with pytest.raises(UnavailableError):
        await place.tell(NOTICE)


@pytest.mark.parametrize("status", [400, 403, 404, 410])
async def test_a_place_that_refuses(place: NoticePlace, server: Server, status: int) -> None:
    """It never will take it; and no address, which is a secret, is in the error."""
    server.answer = lambda _: Reply(status, b"no_service")
    with pytest.raises(NoticeRefusedError) as caught:
        await place.tell(NOTICE)
    assert "TEST" not in str(caught.value)


async def test_nobody_listens() -> None:
    """Without a connection it is away, and the secret address is in no error."""
    with pytest.raises(UnavailableError) as caught:
        await SlackNotices("http://127.0.0.1:1/services/TESTsecret").tell(NOTICE)
    assert "TESTsecret" not in f"{caught.value!r} {caught.value.__cause__!r}"


async def test_what_slack_is_sent(server: Server) -> None:
    """What Slack would read as its own is escaped; the bell falls silent when the alarm is over."""
    slack = SlackNotices(f"{server.url}/services/T0/B0/TESTsecret")
    await slack.tell(NOTICE)
    await slack.tell(Notice("over", is_over=True, summary="", advice="", url=""))
    await slack.close()
    rings, over = (json.loads(request.body) for request in server.requests)
    assert server.requests[0].path == "/services/T0/B0/TESTsecret"
    words = "*staging: &lt;errors&gt; &amp; more*\n\n12 errors\n\nLook.\n\n<https://x.test/a%7Cb|Cloud Monitoring>"
    assert rings["blocks"] == [{"type": "section", "text": {"type": "mrkdwn", "text": f":bell: {words}"}}]
    assert over["text"] == ":white_check_mark: over"


async def test_what_sentry_is_sent_of_an_alarm(errors: SentryErrors, server: Server) -> None:
    """An event of the release and the environment; alarms of one subject are one group."""
    await SentryNotices(errors).tell(NOTICE)
    [request] = server.requests
    assert request.path == "/sentry/api/42/envelope/"
    assert f"sentry_key={KEY}" in request.headers["x-sentry-auth"]
    head, event = read_envelope(request.body)
    assert head["event_id"] == event["event_id"]
    assert (event["message"], event["level"], event["fingerprint"][0]) == (NOTICE.subject, "error", "alarm")
    assert (event["release"], event["environment"]) == ("sha256:0", "staging")


async def test_errors_reach_sentry_without_what_anybody_wrote(
    errors: SentryErrors, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted words in a message, a variable and fields of the log line: none is in the bytes that leave."""
    monkeypatch.setattr("shared.logs._reports", [errors.take])
    try:
        private = SECRET
        raise UnavailableError(private)
    except UnavailableError as error:
        log_event("request_failed", severity="ERROR", error=error, prompt=SECRET, outcome=SECRET, chat=77, status=503)
    log_event("update_dropped", severity="WARNING", prompt=SECRET)
    await errors.export()
    [request] = server.requests
    _, event = read_envelope(request.body)
    assert event["exception"]["values"][0]["type"] == "UnavailableError"
    assert event["tags"]["status"] == "503"
    assert not [word for word in SECRET.split() if len(word) > 3 and word.encode() in request.body]
    assert b"77" not in json.dumps(event["tags"]).encode()


async def test_errors_wait_while_sentry_is_away(errors: SentryErrors, server: Server) -> None:
    """A storm of errors keeps the first of them; they are sent when Sentry is back."""
    for number in range(WAITING_MAX + 10):
        errors.take(f"event_{number}", "ERROR", None, {})
    server.answer = lambda _: Reply(503)
    with pytest.raises(UnavailableError):
        await errors.export()
    server.answer = lambda _: Reply()
    server.requests.clear()
    await errors.export()
    events = [read_envelope(request.body)[1]["message"] for request in server.requests]
    assert (len(events), events[0], events[-1]) == (WAITING_MAX, "event_0", f"event_{WAITING_MAX - 1}")

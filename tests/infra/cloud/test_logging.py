"""The local Cloud Logging answers `entries.list` as the real one does."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.cloud.clock import FakeClock
from tests.cloud.logging import Logging

Ask = Callable[..., httpx.Response]
OF_REVISION = 'resource.type="cloud_run_revision" AND resource.labels.revision_name="bot-a"'


@pytest.fixture
def logging_api(clock: FakeClock) -> Iterator[Logging]:
    with Logging(clock) as running:
        yield running


@pytest.fixture
def ask(logging_api: Logging, web: httpx.Client) -> Ask:
    """`ask(filter, **more)`: a search in the project."""

    def send(filter_: str, **more: Any) -> httpx.Response:
        body = {"resourceNames": ["projects/p"], "filter": filter_, **more}
        return web.post(f"{logging_api.url}/v2/entries:list", json=body)

    return send


def list_events(answer: httpx.Response) -> list[str]:
    return [each["jsonPayload"]["event"] for each in answer.raise_for_status().json().get("entries", [])]


def test_errors_of_a_revision_since_then(logging_api: Logging, ask: Ask, clock: FakeClock) -> None:
    """The deployer's own question finds what it means, and nothing else."""
    logging_api.write("bot-a", "ERROR", event="too_old")
    clock.sleep(60)
    since = clock.now().isoformat().replace("+00:00", "Z")
    logging_api.write("bot-a", "ERROR", event="failed")
    logging_api.write("bot-a", "CRITICAL", event="broke")
    logging_api.write("bot-a", "WARNING", event="harmless")
    logging_api.write("bot-b", "ERROR", event="another")
    question = f'{OF_REVISION} AND severity>=ERROR AND timestamp>="{since}"'
    assert list_events(ask(question)) == ["failed", "broke"]
    assert ask(question).json()["entries"][0]["resource"]["labels"]["revision_name"] == "bot-a"


def test_or_binds_tighter_than_and(logging_api: Logging, ask: Ask) -> None:
    """As the query language says, so that a filter without parentheses means what it does there."""
    logging_api.write("bot-a", "ERROR", event="first")
    logging_api.write("bot-a", "INFO", event="second")
    question = 'severity=ERROR AND resource.labels.revision_name="x" OR resource.labels.revision_name="bot-a"'
    assert list_events(ask(question)) == ["first"]
    assert list_events(ask('NOT severity=ERROR AND jsonPayload.event:"sec"')) == ["second"]
    assert list_events(ask('jsonPayload.event=("second" OR "third")')) == ["second"]


def test_order_and_pages(logging_api: Logging, ask: Ask, clock: FakeClock) -> None:
    """The oldest come first unless asked otherwise; a token leads to the next page."""
    for event in ("one", "two", "three"):
        logging_api.write("bot-a", event=event)
        clock.sleep(1)
    assert list_events(ask(OF_REVISION)) == ["one", "two", "three"]
    page = ask(OF_REVISION, orderBy="timestamp desc", pageSize=2)
    assert list_events(page) == ["three", "two"]
    token = page.json()["nextPageToken"]
    last = ask(OF_REVISION, orderBy="timestamp desc", pageSize=2, pageToken=token)
    assert list_events(last) == ["one"]
    assert "nextPageToken" not in last.json()


def test_empty_page_is_not_the_end(logging_api: Logging, ask: Ask) -> None:
    """A long search says "nothing yet" with a token; whoever follows it finds the entry."""
    logging_api.write("bot-a", event="late")
    logging_api.empty_pages = 2
    tokens, answer = [], ask(OF_REVISION)
    while "nextPageToken" in answer.json():
        assert "entries" not in answer.json()
        tokens.append(answer.json()["nextPageToken"])
        answer = ask(OF_REVISION, pageToken=tokens[-1])
    assert (len(tokens), list_events(answer)) == (2, ["late"])


def test_entries_come_late(logging_api: Logging, ask: Ask, clock: FakeClock) -> None:
    """What was written is found only after the lag."""
    logging_api.lag_seconds = 30
    logging_api.write("bot-a", event="late")
    clock.sleep(29)
    assert ask(OF_REVISION).json() == {}
    clock.sleep(1)
    assert list_events(ask(OF_REVISION)) == ["late"]


REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "field that is not there": ('revision_name="x"', {}),
    "severity that is not there": ("severity>=BAD", {}),
    "no time": ('timestamp>="yesterday"', {}),
    "no time zone": ('timestamp>="2026-01-02T03:04:05"', {}),
    "lower case": ('severity=ERROR and resource.type="cloud_run_revision"', {}),
    "two without a word between": ('severity=ERROR resource.type="cloud_run_revision"', {}),
    "a word to search for": ("failed", {}),
    "greater than a text": ('resource.type>"a"', {}),
    "another service's function": ('resource.labels.revision_name=one_of("a")', {}),
    "open parenthesis": ("(severity=ERROR", {}),
    "unknown field of the body": (OF_REVISION, {"projectIds": ["p"]}),
    "unknown order": (OF_REVISION, {"orderBy": "severity"}),
    "negative page": (OF_REVISION, {"pageSize": -1}),
    "broken token": (OF_REVISION, {"pageToken": "x"}),
    "nowhere to search": (OF_REVISION, {"resourceNames": []}),
}


@pytest.mark.parametrize(("filter_", "more"), REFUSED.values(), ids=REFUSED)
def test_wrong_questions_are_refused(logging_api: Logging, ask: Ask, filter_: str, more: dict[str, Any]) -> None:
    """What the real one would refuse does not look as if nothing was found."""
    logging_api.write("bot-a", "ERROR", event="failed")
    answer = ask(filter_, **more)
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_faults_and_strangers(logging_api: Logging, ask: Ask) -> None:
    """Calls fail on purpose; another project is closed."""
    logging_api.faults.fail(1, status=500)
    assert ask(OF_REVISION).status_code == 500
    assert ask(OF_REVISION, resourceNames=["projects/other"]).status_code == 403
    assert [call.status for call in logging_api.calls] == [500, 403]

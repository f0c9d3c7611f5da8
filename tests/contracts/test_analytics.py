"""Services for analytics over real HTTP: one contract for each of them and for the fake, and what each is sent."""

import base64
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.adapters.analytics_address import read_address
from shared.adapters.google_analytics import GoogleAnalytics
from shared.adapters.mixpanel import Mixpanel
from shared.errors import UnavailableError
from shared.telemetry.business_events import BusinessEvent
from shared.telemetry.tell_business import AnalyticsService
from tests.contracts.http_server import Reply, Server, serve_http
from tests.fakes.analytics import FakeAnalytics

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
EVENT = BusinessEvent("job_delivered", AT, {"credits": 4, "medium": "picture"})
KEY = "TESTnotarealkey"


@pytest.fixture
def server() -> Iterator[Server]:
    with serve_http() as running:
        yield running


@pytest.fixture
async def google(server: Server) -> AsyncIterator[GoogleAnalytics]:
    service = GoogleAnalytics(read_address(server.url.replace("//", f"//{KEY}@") + "/mp/collect/G-TEST"))
    yield service
    await service.close()


@pytest.fixture
async def mixpanel(server: Server) -> AsyncIterator[Mixpanel]:
    service = Mixpanel(read_address(server.url.replace("//", f"//{KEY}@") + "/import"))
    yield service
    await service.close()


@dataclass
class Serving:
    """A service, and whether it is away."""

    service: AnalyticsService
    server: Server

    def go_away(self) -> None:
        self.server.answer = lambda _: Reply(503)
        if isinstance(self.service, FakeAnalytics):
            self.service.is_away = True


@pytest.fixture(params=["google", "mixpanel", "fake"])
def serving(request: pytest.FixtureRequest, google: GoogleAnalytics, mixpanel: Mixpanel, server: Server) -> Serving:
    services: dict[str, AnalyticsService] = {"google": google, "mixpanel": mixpanel, "fake": FakeAnalytics()}
    return Serving(services[request.param], server)


async def test_events_are_sent(serving: Serving) -> None:
    """As many as it says, in one call."""
    await serving.service.send([EVENT] * serving.service.events_max)
    assert len(serving.server.requests) == (0 if isinstance(serving.service, FakeAnalytics) else 1)


async def test_a_service_that_is_away(serving: Serving) -> None:
    """The caller is told, and no secret is in the error."""
    serving.go_away()
    with pytest.raises(UnavailableError) as caught:
        await serving.service.send([EVENT])
    assert KEY not in f"{caught.value!r} {caught.value.__cause__!r}"


async def test_what_google_is_sent(google: GoogleAnalytics, server: Server) -> None:
    """The ids in the query, the time in microseconds, no person: a visitor that is this process."""
    server.answer = lambda _: Reply(204)
    await google.send([EVENT])
    await google.send([EVENT])
    first, second = server.requests
    assert urlsplit(first.path).path == "/mp/collect"
    assert parse_qs(urlsplit(first.path).query) == {"measurement_id": ["G-TEST"], "api_secret": [KEY]}
    said = json.loads(first.body)
    assert said["client_id"] == json.loads(second.body)["client_id"]
    assert said["consent"] == {"ad_user_data": "DENIED", "ad_personalization": "DENIED"}
    assert said["events"] == [
        {
            "name": "job_delivered",
            "timestamp_micros": 1_796_040_000_000_000,
            "params": {"credits": 4, "medium": "picture"},
        }
    ]
    assert said.keys() == {"client_id", "consent", "events"}


async def test_what_mixpanel_is_sent(mixpanel: Mixpanel, server: Server) -> None:
    """The token in a header, the time in milliseconds, nobody as the person, and each event an id of its own."""
    await mixpanel.send([EVENT, EVENT])
    [request] = server.requests
    assert request.path == "/import?strict=1"
    assert base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode() == f"{KEY}:"
    first, second = json.loads(request.body)
    ids = {each["properties"].pop("$insert_id") for each in (first, second)}
    assert len(ids) == 2
    assert all(len(each) <= 36 for each in ids)
    properties = {"time": 1_796_040_000_000, "distinct_id": "", "credits": 4, "medium": "picture"}
    assert first == second == {"event": "job_delivered", "properties": properties}


def test_addresses() -> None:
    """The key and the rest, with its port."""
    assert read_address("https://s@host.test:8443/mp/collect/G-1") == ("https://host.test:8443/mp/collect/G-1", "s")

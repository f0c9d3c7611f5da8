"""Google Cloud and Telegram on this machine, for the verbs under test; all of them share one fake clock.

| fixture | what a test gets |
|---|---|
| `clock` | the time; a sleep moves it (`tests.cloud.clock`) |
| `deployment` | deployment.json as Terraform writes it |
| `cloud_run` | Cloud Run with that environment's services, as Terraform leaves them (`tests.cloud.cloud_run`) |
| `monitoring`, `logging_api` | `tests.cloud.monitoring`, `tests.cloud.logging` |
| `notice_chat` | the chat that notices go to (`tests.cloud.telegram`) |
| `said` | the lines a verb said |
| `context` | what a verb is given: variables that lead to all of these, the clock, `said` |
| `real_ticks` | a rollout that looks as often as in the cloud; without it, it looks ten times less often |
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import rollout
from infra.deploy.context import Context
from tests.cloud.clock import FakeClock
from tests.cloud.cloud_run import CloudRun
from tests.cloud.logging import Logging
from tests.cloud.monitoring import Monitoring
from tests.cloud.telegram import NoticeChat

DEPLOYMENT_FILE = Path(__file__).with_name("deployment.json")


TICK_SECONDS = 300.0
"""The stages' times are multiples of it."""


@pytest.fixture
def real_ticks() -> None:
    """A rollout looks every half minute."""


@pytest.fixture(autouse=True)
def _looks_are_rare(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look is about fifty HTTP requests, and an hour of looks was most of what the tests of releases cost."""
    if "real_ticks" not in request.fixturenames:
        monkeypatch.setattr(rollout, "TICK_SECONDS", TICK_SECONDS)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def deployment() -> dict[str, Any]:
    return dict(json.loads(DEPLOYMENT_FILE.read_text()))


@pytest.fixture
def cloud_run(clock: FakeClock, deployment: dict[str, Any]) -> Iterator[CloudRun]:
    with CloudRun(clock) as running:
        running.seed(deployment)
        yield running


@pytest.fixture
def monitoring(clock: FakeClock, deployment: dict[str, Any]) -> Iterator[Monitoring]:
    with Monitoring(clock, deployment["project"], deployment["region"]) as running:
        yield running


@pytest.fixture
def logging_api(clock: FakeClock, deployment: dict[str, Any]) -> Iterator[Logging]:
    with Logging(clock, deployment["project"], deployment["region"]) as running:
        yield running


@pytest.fixture
def notice_chat() -> Iterator[NoticeChat]:
    with NoticeChat() as running:
        yield running


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def context(
    clock: FakeClock,
    deployment: dict[str, Any],
    cloud_run: CloudRun,
    monitoring: Monitoring,
    logging_api: Logging,
    notice_chat: NoticeChat,
    said: list[str],
) -> Context:
    environment = {
        "GOOGLE_CLOUD_PROJECT": deployment["project"],
        "GOOGLE_CLOUD_REGION": deployment["region"],
        "CLOUD_RUN_API_URL": cloud_run.url,
        "PROBE_BASE_URL": cloud_run.url,
        "MONITORING_API_URL": monitoring.url,
        "LOGGING_API_URL": logging_api.url,
        "GITHUB_ACTOR": "test-person",
        **notice_chat.environment(),
    }
    return Context(environment, clock=clock, say=said.append)

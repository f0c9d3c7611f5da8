"""Services and tags of the local Cloud Run answer probes as their revisions would."""

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from google.cloud.run_v2 import ServicesClient

from shared.settings import SCHEMA
from tests.cloud.cloud_run import Behaviour, CloudRun
from tests.infra.cloud.conftest import CANDIDATE, NAME, STABLE, Update, target, template

DEPLOYMENT = json.loads((Path(__file__).parents[1] / "deploy" / "deployment.json").read_text())
HOST = "webhook-123.europe-west1.run.app"
TAG_HOST = f"r-bbb---{HOST}"
Get = Callable[[str, str], httpx.Response]


@pytest.fixture
def get(cloud_run: CloudRun, web: httpx.Client) -> Get:
    """`get(host, path)`: a request to that host."""
    return lambda host, path: web.get(cloud_run.url + path, headers={"Host": host})


@pytest.fixture(autouse=True)
def tagged(services: ServicesClient, update: Update) -> None:
    """A candidate behind a tag, the stable one at the service's own address."""
    service = services.get_service(name=NAME)
    service.template = template("webhook-candidate", CANDIDATE)
    service.traffic = [target("webhook-stable", 100), target("webhook-candidate", 0, "r-bbb")]
    update(service, "template", "traffic").result()


def test_host_chooses_the_revision(get: Get) -> None:
    """The tag's address leads to its revision, the service's to the one with the traffic."""
    assert get(TAG_HOST, "/version").json() == {
        "function": "webhook",
        "version": "1-bb",
        "digest": CANDIDATE,
        "revision": "webhook-candidate",
        "schema": SCHEMA,
    }
    assert get(HOST, "/version").json()["digest"] == STABLE
    assert get(HOST, "/health").json() == {"status": "ok", "function": "webhook"}
    assert get(HOST, "/ready").json() == {"status": "ready"}


def test_both_addresses_of_a_service_answer(get: Get, cloud_run: CloudRun) -> None:
    """The address with the hash leads to the same place."""
    hashed = cloud_run.service("webhook").uri.removeprefix("https://")
    assert get(f"r-bbb---{hashed}", "/version").json()["digest"] == CANDIDATE


@pytest.mark.parametrize("host", ["r-zzz---" + HOST, "nobody-123.europe-west1.run.app", "127.0.0.1"])
def test_nobody_lives_elsewhere(get: Get, host: str) -> None:
    """A tag or service that is not there is a 404."""
    assert get(host, "/health").status_code == 404


def test_reserved_path_is_not_served(get: Get) -> None:
    """Cloud Run keeps /healthz for itself; no revision sees it."""
    assert get(HOST, "/healthz").status_code == 404


def test_split_traffic_is_split(services: ServicesClient, update: Update, get: Get) -> None:
    """Of a hundred requests each revision gets its percents."""
    service = services.get_service(name=NAME)
    service.traffic = [target("webhook-stable", 95), target("webhook-candidate", 5)]
    update(service, "traffic").result()
    digests = [get(HOST, "/version").json()["digest"] for _ in range(100)]
    assert digests.count(CANDIDATE) == 5


def test_revisions_misbehave_on_demand(get: Get, cloud_run: CloudRun) -> None:
    """One image is unhealthy, not ready, and serves another digest than it should; the other is well."""
    cloud_run.behave(Behaviour(digest=CANDIDATE, health=500, ready=503, version={"digest": STABLE}))
    assert get(TAG_HOST, "/health").status_code == 500
    assert get(TAG_HOST, "/ready").status_code == 503
    assert get(TAG_HOST, "/version").json()["digest"] == STABLE
    assert get(HOST, "/health").status_code == 200


def test_revision_recovers(get: Get, cloud_run: CloudRun) -> None:
    """So many answers are broken or 503, then all is well; each is noted."""
    cloud_run.behave(Behaviour(service="webhook", revision="webhook-candidate", failing=2, cuts=1))
    with pytest.raises(httpx.HTTPError):
        get(TAG_HOST, "/health")
    assert [get(TAG_HOST, "/health").status_code for _ in range(3)] == [503, 503, 200]
    assert [(probe.revision, probe.status) for probe in cloud_run.probes][-2:] == [
        ("webhook-candidate", 503),
        ("webhook-candidate", 200),
    ]


def test_slow_revision_meets_a_time_limit(cloud_run: CloudRun, web: httpx.Client) -> None:
    """A revision that takes longer than the caller waits is a time-out."""
    cloud_run.behave(Behaviour(seconds=0.2))
    with pytest.raises(httpx.ReadTimeout):
        web.get(f"{cloud_run.url}/health", headers={"Host": HOST}, timeout=0.05)


def test_private_service_demands_a_token(cloud_run: CloudRun, web: httpx.Client) -> None:
    """Where tokens are demanded, a service that is not public answers 403 without one."""
    cloud_run.add_service("bot", template("", STABLE))
    cloud_run.demand_tokens()
    private = {"Host": "bot-123.europe-west1.run.app"}
    assert web.get(f"{cloud_run.url}/health", headers=private).status_code == 403
    signed = {**private, "Authorization": "Bearer local"}
    assert web.get(f"{cloud_run.url}/health", headers=signed).status_code == 200
    assert web.get(f"{cloud_run.url}/health", headers={"Host": HOST}).status_code == 200


@pytest.mark.parametrize("digest", ["", STABLE])
def test_environment_is_seeded(web: httpx.Client, digest: str) -> None:
    """A deployment.json makes all its services at their addresses, with a placeholder or with a first release."""
    with CloudRun() as seeded:
        seeded.seed(DEPLOYMENT, digest, "1.0.0")
        for function in DEPLOYMENT["functions"].values():
            host = function["url"].removeprefix("https://")
            found = web.get(f"{seeded.url}/version", headers={"Host": host}).json()
            assert (found["function"], found["digest"]) == (function["service"], digest)
            assert seeded.variables(function["service"])["FUNCTION_TARGET"] == function["env"]["FUNCTION_TARGET"]

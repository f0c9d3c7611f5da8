"""The local Cloud Run fails on purpose, exactly as a test tells it to."""

import threading

import pytest
import requests
from google.api_core import exceptions
from google.cloud.run_v2 import ServicesClient
from google.cloud.run_v2.types import Service

from tests.cloud.cloud_run import CloudRun
from tests.cloud.errors import CutError, KilledError
from tests.infra.cloud.conftest import NAME, Update


@pytest.fixture
def service(services: ServicesClient) -> Service:
    """The service as read, with a note that was not written yet."""
    found = services.get_service(name=NAME)
    found.annotations["note"] = "here"
    return found


def test_refused_calls_do_nothing(service: Service, update: Update, cloud_run: CloudRun) -> None:
    """So many calls are refused with the status that was asked for, then all is well."""
    cloud_run.faults.fail(2, status=503, method="PATCH")
    for _ in range(2):
        with pytest.raises(exceptions.ServiceUnavailable):
            update(service, "annotations")
    assert cloud_run.annotation("webhook", "note") == ""
    update(service, "annotations").result()
    assert cloud_run.annotation("webhook", "note") == "here"
    assert [call.status for call in cloud_run.calls if call.method == "PATCH"] == [503, 503, 200]


def test_lost_answer_leaves_the_change(service: Service, update: Update, cloud_run: CloudRun) -> None:
    """The connection breaks, and the change was made all the same."""
    cloud_run.faults.lose_answers()
    with pytest.raises(requests.ConnectionError):
        update(service, "annotations")
    assert cloud_run.annotation("webhook", "note") == "here"


def test_cut_connection_leaves_nothing(service: Service, update: Update, cloud_run: CloudRun) -> None:
    """The connection breaks, and nothing was changed."""
    cloud_run.faults.cut()
    with pytest.raises(requests.ConnectionError):
        update(service, "annotations")
    assert cloud_run.annotation("webhook", "note") == ""
    assert cloud_run.history == []


def test_planned_conflict_meets_an_etag(
    service: Service, services: ServicesClient, update: Update, cloud_run: CloudRun
) -> None:
    """Somebody else is faster once; whoever reads again comes through."""
    cloud_run.conflict_next()
    with pytest.raises(exceptions.Conflict):
        update(service, "annotations")
    service.etag = services.get_service(name=NAME).etag
    update(service, "annotations").result()


@pytest.mark.parametrize(("after", "note"), [(False, ""), (True, "here")])
def test_killed_client_is_gone(
    service: Service, services: ServicesClient, update: Update, cloud_run: CloudRun, *, after: bool, note: str
) -> None:
    """A client dies just before or just after a change is made, and says nothing more until it is revived."""
    cloud_run.faults.kill_at(2, after=after)
    update(Service(name=service.name, annotations={"first": "yes"}), "annotations").result()
    with pytest.raises(KilledError):
        update(Service(name=service.name, annotations={"note": "here"}), "annotations")
    with pytest.raises(requests.ConnectionError):
        services.get_service(name=NAME)
    cloud_run.faults.revive()
    assert services.get_service(name=NAME).annotations.get("note", "") == note


def test_thread_of_the_client_is_killed(service: Service, update: Update, cloud_run: CloudRun) -> None:
    """The thread that is named dies, not the one that planned it."""
    ends: list[BaseException] = []
    started = threading.Event()

    def run() -> None:
        started.wait(5)
        try:
            update(service, "annotations")
        except BaseException as error:  # noqa: BLE001 — how it ended is the question
            ends.append(error)

    client = threading.Thread(target=run)
    client.start()
    cloud_run.faults.kill_at(1, thread=client.ident)
    started.set()
    client.join(5)
    assert [type(end) for end in ends] == [KilledError]


def test_callback_before_a_change_may_stop_it(service: Service, update: Update, cloud_run: CloudRun) -> None:
    """A test's own function sees each change before it is made, and may break the connection."""
    seen: list[str] = []

    def stop(what: str) -> None:
        seen.append(what)
        raise CutError

    cloud_run.faults.before_change = stop
    with pytest.raises(requests.ConnectionError):
        update(service, "annotations")
    assert (seen, cloud_run.history) == (["update webhook"], [])


def test_history_tells_what_moved_when(service: Service, update: Update, cloud_run: CloudRun) -> None:
    """Wishes and what requests really met are kept apart, each with its time."""
    cloud_run.reconcile_polls = 10**6
    service.traffic[0].tag = "r-aaa"
    update(service, "traffic")
    (change,) = cloud_run.history
    assert (change.traffic, change.tags) == ({"webhook-stable": 100}, {"r-aaa": "webhook-stable"})
    assert cloud_run.routes[-1].tags == {}
    cloud_run.finish()
    assert cloud_run.routes[-1].tags == {"r-aaa": "webhook-stable"}


def test_tokens_are_demanded(cloud_run: CloudRun) -> None:
    """The Admin API can be told to refuse calls without a bearer token."""
    cloud_run.demand_tokens()
    url = f"{cloud_run.url}/v2/{NAME}"
    assert requests.get(url, timeout=5).json()["error"]["status"] == "UNAUTHENTICATED"
    assert requests.get(url, headers={"Authorization": "Bearer local"}, timeout=5).ok

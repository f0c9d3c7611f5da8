"""The local Cloud Run speaks the Admin API v2 to Google's own client library."""

from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud.run_v2 import RevisionsClient, ServicesClient
from google.cloud.run_v2.types import Condition, RevisionScaling, RevisionTemplate, TrafficTarget

from tests.cloud.clock import FakeClock
from tests.cloud.cloud_run import CloudRun
from tests.cloud.run_rules import BY_NAME, LATEST
from tests.infra.cloud.conftest import CANDIDATE, NAME, STABLE, Update, target, template

State = Condition.State
TAGGED = [target("webhook-stable", 100), target("webhook-candidate", 0, "r-bbb")]


def test_service_is_read_as_the_library_knows_it(services: ServicesClient) -> None:
    """A ready service has its generation, its traffic, both of its addresses and names in full."""
    service = services.get_service(name=NAME)
    assert (service.generation, service.observed_generation, service.reconciling) == (1, 1, False)
    assert service.terminal_condition.state == State.CONDITION_SUCCEEDED
    assert service.latest_ready_revision == service.latest_created_revision == f"{NAME}/revisions/webhook-stable"
    assert service.urls[0] == "https://webhook-123.europe-west1.run.app"
    assert service.uri == service.urls[1]
    assert [(each.revision, each.percent) for each in service.traffic_statuses] == [("webhook-stable", 100)]


def test_new_revision_waits_at_a_tag(services: ServicesClient, update: Update, cloud_run: CloudRun) -> None:
    """A changed template with traffic to the old revision makes a new one that only its tag's address reaches."""
    service = services.get_service(name=NAME)
    service.template, service.traffic = template("webhook-candidate", CANDIDATE), TAGGED
    done = update(service, "template", "traffic").result()
    assert done.latest_ready_revision.endswith("/webhook-candidate")
    assert cloud_run.traffic("webhook") == {"webhook-stable": 100}
    assert cloud_run.tags("webhook") == {"r-bbb": "webhook-candidate"}
    (tagged,) = (each for each in done.traffic_statuses if each.tag)
    assert tagged.uri == done.uri.replace("https://", "https://r-bbb---")


def test_operation_gives_the_service_after_it(services: ServicesClient, update: Update) -> None:
    """The operation's service carries the etag that the next change needs; the one before is stale by then."""
    service = services.get_service(name=NAME)
    service.annotations["nanobanana.dev/rollout"] = "{}"
    operation = update(service, "annotations")
    accepted, done = operation.metadata, operation.result()
    assert (accepted.reconciling, done.reconciling) == (True, False)
    assert len({service.etag, accepted.etag, done.etag}) == 3
    assert services.get_service(name=NAME).etag == done.etag


def test_stale_etag_is_refused(services: ServicesClient, update: Update, cloud_run: CloudRun) -> None:
    """A worker that read before another's change is told so, and nothing of theirs is done."""
    mine, theirs = services.get_service(name=NAME), services.get_service(name=NAME)
    theirs.annotations["holder"] = "they"
    update(theirs, "annotations").result()
    mine.annotations["holder"] = "me"
    with pytest.raises(exceptions.Conflict, match="Conflict for resource 'webhook'"):
        update(mine, "annotations")
    assert cloud_run.annotation("webhook", "holder") == "they"
    assert len(cloud_run.history) == 1


def test_change_without_etag_overwrites(services: ServicesClient, update: Update, cloud_run: CloudRun) -> None:
    """The etag is the caller's choice: without it the last one wins, as in the cloud."""
    cloud_run.conflict_next()
    service = services.get_service(name=NAME)
    service.etag = ""
    service.annotations["holder"] = "me"
    update(service, "annotations").result()
    assert cloud_run.annotation("webhook", "holder") == "me"


@pytest.mark.parametrize(("field", "count"), [("traffic", 1), ("annotations", 1), ("template", 2)])
def test_only_a_changed_template_makes_a_revision(
    services: ServicesClient, update: Update, cloud_run: CloudRun, field: str, count: int
) -> None:
    """Traffic and annotations change nothing that runs; a template does, under the name it gives."""
    service = services.get_service(name=NAME)
    service.template = template("webhook-candidate", CANDIDATE)
    service.traffic = [target("webhook-stable", 100), target("webhook-stable", 0, "r-aaa")]
    service.annotations["note"] = "here"
    update(service, field).result()
    assert len(cloud_run.revisions("webhook")) == count
    assert cloud_run.history[0].mask == (field,)


def test_same_template_again_makes_nothing(services: ServicesClient, update: Update, cloud_run: CloudRun) -> None:
    """A template that is sent again makes no revision, whether it is read back or built anew without the defaults."""
    service = services.get_service(name=NAME)
    update(service, "template").result()
    service = services.get_service(name=NAME)
    service.template = template("webhook-stable", STABLE)
    update(service, "template").result()
    assert cloud_run.revisions("webhook") == ["webhook-stable"]
    assert services.get_service(name=NAME).template != template("webhook-stable", STABLE)


def test_revision_name_is_used_once(services: ServicesClient, update: Update) -> None:
    """Another template under the name of a revision that is there is refused."""
    service = services.get_service(name=NAME)
    service.template = template("webhook-stable", CANDIDATE)
    with pytest.raises(exceptions.Conflict, match="with different configuration already exists"):
        update(service, "template")


def test_revision_without_a_name_gets_one(services: ServicesClient, update: Update, cloud_run: CloudRun) -> None:
    """The server's own name starts with the service's."""
    service = services.get_service(name=NAME)
    service.template = template("", CANDIDATE)
    service.traffic = [TrafficTarget(type_=LATEST, percent=100)]
    update(service, "template", "traffic").result()
    (name,) = cloud_run.traffic("webhook")
    assert name.startswith("webhook-00002-")


def test_change_without_a_mask_replaces_everything(services: ServicesClient, update: Update) -> None:
    """As Terraform's provider does it: what is left out is gone, the traffic's split too."""
    service = services.get_service(name=NAME)
    service.annotations["note"] = "here"
    update(service, "annotations").result()
    again = services.get_service(name=NAME)
    again.annotations.clear()
    again.traffic = []
    done = update(again).result()
    assert not done.annotations
    assert done.traffic_statuses[0].type_ == LATEST


BAD_TRAFFIC = {
    "does not sum": [target("webhook-stable", 90)],
    "tag": [target("webhook-stable", 100, "R_1")],
    "tag too long for one DNS label": [target("webhook-stable", 100, "r" + "-a" * 25)],
    "tag twice": [target("webhook-stable", 100, "r-a"), target("webhook-stable", 0, "r-a")],
    "no revision": [TrafficTarget(type_=BY_NAME, percent=100)],
    "no type": [TrafficTarget(revision="webhook-stable", percent=100)],
    "full name": [target(f"{NAME}/revisions/webhook-stable", 100)],
}


@pytest.mark.parametrize("traffic", BAD_TRAFFIC.values(), ids=BAD_TRAFFIC)
def test_wrong_traffic_is_refused(services: ServicesClient, update: Update, traffic: list[TrafficTarget]) -> None:
    """Traffic that Cloud Run would not take is not taken here."""
    service = services.get_service(name=NAME)
    service.traffic = traffic
    with pytest.raises(exceptions.BadRequest):
        update(service, "traffic")


BAD_TEMPLATES = {
    "name of another service": template("bot-x", CANDIDATE),
    "no DNS label": template("webhook-X", CANDIDATE),
    "reserved variable": template("", CANDIDATE, K_REVISION="x"),
    "no container": RevisionTemplate(),
    "scaling": RevisionTemplate(
        containers=template("", CANDIDATE).containers,
        scaling=RevisionScaling(min_instance_count=3, max_instance_count=2),
    ),
}


@pytest.mark.parametrize("wrong", BAD_TEMPLATES.values(), ids=BAD_TEMPLATES)
def test_wrong_template_is_refused(services: ServicesClient, update: Update, wrong: RevisionTemplate) -> None:
    """A template that Cloud Run would not take is not taken here."""
    service = services.get_service(name=NAME)
    service.template = wrong
    with pytest.raises(exceptions.BadRequest):
        update(service, "template")


def test_unknown_field_of_a_mask_is_refused(services: ServicesClient, update: Update) -> None:
    """A mask names fields that are there and may be set."""
    service = services.get_service(name=NAME)
    for field in ("trafic", "etag", "uri"):
        with pytest.raises(exceptions.BadRequest, match="update mask"):
            update(service, field)


def test_traffic_to_nobody_moves_nothing(services: ServicesClient, update: Update, cloud_run: CloudRun) -> None:
    """A revision that is not there is found out by the reconciliation; the traffic stays."""
    service = services.get_service(name=NAME)
    service.traffic = [target("webhook-nobody", 100)]
    with pytest.raises(exceptions.GoogleAPICallError, match="does not exist"):
        update(service, "traffic").result()
    assert cloud_run.traffic("webhook") == {"webhook-stable": 100}
    assert services.get_service(name=NAME).terminal_condition.state == State.CONDITION_FAILED


def test_slow_reconciliation_is_seen(services: ServicesClient, update: Update, cloud_run: CloudRun) -> None:
    """Until it is over the operation is not done, and the traffic is where it was."""
    cloud_run.reconcile_polls = 2
    service = services.get_service(name=NAME)
    service.template, service.traffic = template("webhook-candidate", CANDIDATE), [target("webhook-candidate", 100)]
    operation = update(service, "template", "traffic")
    assert [operation.done(), operation.done()] == [False, False]
    assert cloud_run.traffic("webhook") == {"webhook-stable": 100}
    assert cloud_run.service("webhook").reconciling
    assert operation.done()
    assert cloud_run.traffic("webhook") == {"webhook-candidate": 100}


def test_reconciliation_by_the_clock(
    services: ServicesClient, update: Update, cloud_run: CloudRun, clock: FakeClock
) -> None:
    """It may last so many seconds of the fake clock."""
    cloud_run.reconcile_seconds = 90
    service = services.get_service(name=NAME)
    service.annotations["note"] = "here"
    operation = update(service, "annotations")
    clock.sleep(89)
    assert not operation.done()
    clock.sleep(1)
    assert operation.done()


def test_failing_revision_leaves_the_traffic(
    services: ServicesClient, revisions: RevisionsClient, update: Update, cloud_run: CloudRun
) -> None:
    """A revision that does not start fails its operation and its service, and serves nobody."""
    cloud_run.broken.add(CANDIDATE)
    service = services.get_service(name=NAME)
    service.template, service.traffic = template("webhook-candidate", CANDIDATE), TAGGED
    with pytest.raises(exceptions.FailedPrecondition, match="not ready"):
        update(service, "template", "traffic").result()
    after = services.get_service(name=NAME)
    assert after.terminal_condition.state == State.CONDITION_FAILED
    assert after.latest_ready_revision != after.latest_created_revision
    assert cloud_run.tags("webhook") == {}
    failed = revisions.get_revision(name=f"{NAME}/revisions/webhook-candidate")
    assert failed.conditions[0].revision_reason == Condition.RevisionReason.HEALTH_CHECK_CONTAINER_ERROR


def test_traffic_moves_though_the_newest_revision_failed(
    services: ServicesClient, update: Update, cloud_run: CloudRun
) -> None:
    """Beside a failed newest revision the traffic is moved, and yet the service is not well."""
    cloud_run.broken.add(CANDIDATE)
    service = services.get_service(name=NAME)
    service.template = template("webhook-candidate", CANDIDATE)
    with pytest.raises(exceptions.FailedPrecondition):
        update(service, "template").result()
    service = services.get_service(name=NAME)
    service.traffic = [target("webhook-stable", 100, "r-aaa")]
    with pytest.raises(exceptions.FailedPrecondition):
        update(service, "traffic").result()
    assert cloud_run.tags("webhook") == {"r-aaa": "webhook-stable"}


def test_revisions_are_listed_and_deleted(
    services: ServicesClient, revisions: RevisionsClient, update: Update, cloud_run: CloudRun
) -> None:
    """The newest comes first, page by page; only one that nothing leads to can be deleted."""
    for name in ("webhook-b", "webhook-c", "webhook-d"):
        service = services.get_service(name=NAME)
        service.template = template(name, CANDIDATE)
        update(service, "template").result()
    found = revisions.list_revisions({"parent": NAME, "page_size": 2})
    names = [each.name.rpartition("/")[2] for each in found]
    assert names == ["webhook-d", "webhook-c", "webhook-b", "webhook-stable"]
    for name in ("webhook-stable", "webhook-d"):
        with pytest.raises(exceptions.BadRequest):
            revisions.delete_revision(name=f"{NAME}/revisions/{name}")
    operation: Any = revisions.delete_revision(name=f"{NAME}/revisions/webhook-b")
    assert operation.result().name.endswith("webhook-b")
    assert "webhook-b" not in cloud_run.revisions("webhook")


def test_nobody_is_not_found(services: ServicesClient) -> None:
    """A service, a project and a region that are not there are refused as Google does."""
    with pytest.raises(exceptions.NotFound):
        services.get_service(name=NAME.replace("webhook", "nobody"))
    with pytest.raises(exceptions.Forbidden):
        services.get_service(name=NAME.replace("projects/p/", "projects/other/"))
    assert [each.name for each in services.list_services(parent=NAME.rpartition("/services/")[0])] == [NAME]

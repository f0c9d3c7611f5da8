"""A release as the release bot sees it, from the push to production and back: the workflow files drive our own API."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.releases.release import Release, Status
from shared.releases.release_documents import decode_release, releases_by_time
from tests.cloud.releases import Releases
from tests.fakes.releases import MANAGER, QA, SERVICE
from tests.infra.deploy.country import PRODUCTION, Country, build_country


@pytest.fixture
def country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Country]:
    """People have to agree, and a first release serves that no document knows."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    with build_country(tmp_path) as built, Releases() as releases:
        releases.do(releases.releasing.invite_all())
        built.releases = releases
        built.settings = {**built.settings, "RELEASES_URL": releases.url}
        built.begin()
        built.bucket.deployments[PRODUCTION]["asks_agreement"] = True
        yield built


def list_releases(country: Country) -> list[Release]:
    """The newest first."""
    assert country.releases is not None
    store = country.releases.releasing.store
    return [decode_release(each) for each in country.releases.do(store.find(releases_by_time("", None, 10)))]


def agree(country: Country, release: Release) -> None:
    assert country.releases is not None
    for person in (QA, MANAGER):
        outcome = country.releases.do(country.releases.releasing.approve(person, release.release_tag))
        assert outcome.refusal is None


def test_from_a_push_to_production_and_back(country: Country) -> None:
    """The candidate waits; the merge waits for people; the last of them starts it; every step is told; and back."""
    releases = country.releases
    assert releases is not None
    digest = country.land("feature/voice", "Listen to voice notes", {"voice.py": "1"})
    [candidate] = list_releases(country)
    assert (candidate.status, candidate.digest) == (Status.MANUAL_TESTING, digest)

    country.merge(country.request_release())
    assert country.production.serving() == {country.first}
    assert [each.id for each in list_releases(country)] == [candidate.id]  # main's files are staging's

    agree(country, candidate)
    assert country.actions.dispatch("deploy-production", release=candidate.id, request=f"{candidate.id}.9") == "success"
    [deployed] = list_releases(country)
    assert deployed.status is Status.DEPLOYED
    assert country.production.serving() == {digest}
    history = releases.do(releases.releasing.history(candidate.release_tag))
    phases = [event["phase"] for event in history if event["target"] == "deploying"]
    assert phases == ["agreed", "stage staff", "stage 5", "stage 25", "stage 50", "stage 100"]
    assert not any(event.get("refusal") for event in history)

    number = len(country.production.cloud_run.history)
    for _ in range(2):  # the second press goes back no further
        inputs = {"environment": "production", "release": candidate.id, "to": "", "request": f"{candidate.id}.30"}
        assert country.actions.dispatch("rollback", **inputs) == "success"
        assert country.production.serving() == {country.first}
    assert len(country.production.cloud_run.history) > number


def test_a_way_back_to_a_version(country: Country) -> None:
    """Two releases are deployed; the way back by name goes to the one that was asked for, and both ends are reported."""
    releases = country.releases
    assert releases is not None
    ids = []
    for number in "12":
        releases.releasing.clock.advance(3600)
        country.land(f"feature/voice-{number}", "Listen", {"voice.py": number})
        [candidate] = [each for each in list_releases(country) if each.status is Status.MANUAL_TESTING]
        agree(country, candidate)
        country.release()
        ids.append(candidate)
        assert releases.do(releases.releasing.read(candidate.release_tag)).status is Status.DEPLOYED
    first, second = ids
    inputs = {"environment": "production", "release": second.id, "to": first.release_tag}
    assert country.actions.dispatch("rollback", **inputs) == "success"
    assert country.production.serving() == {first.digest}
    assert releases.do(releases.releasing.read(second.release_tag)).status is Status.ROLLBACK_DONE
    environment = releases.do(releases.releasing.environment())
    assert environment.live == {SERVICE: first.id}

"""A release as the release bot sees it, from the push to production and back: the workflow files drive our own API."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from infra.deploy.__main__ import main
from infra.deploy.context import Context
from shared.ports import Update
from shared.releases.environment import Environment
from shared.releases.release import Release, Status
from shared.releases.release_documents import (
    create_release,
    decode_release,
    environment_key,
    releases_by_time,
    write_environment,
)
from tests.cloud.releases import Job, Releases
from tests.fakes.releases import MANAGER, QA, SERVICE
from tests.infra.deploy.country import PRODUCTION, Country, build_country

FIRST = "v0.9.0"
pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Country]:
    """People have to agree, and a first release serves."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    with build_country(tmp_path) as built, Releases() as releases:
        releases.do(releases.releasing.invite_all())
        built.releases = releases
        built.settings = {**built.settings, "RELEASES_URL": releases.url}
        built.begin()
        releases.do(seed(releases, built.first))
        built.bucket.deployments[PRODUCTION]["asks_agreement"] = True
        yield built


async def seed(releases: Releases, digest: str) -> None:
    """The first release was deployed long ago."""
    at = releases.releasing.clock.now() - timedelta(days=9)
    first = Release(
        SERVICE, FIRST, "c" * 40, "d" * 40, "1", 901, at, status=Status.DEPLOYED, digest=digest, completed_at=at
    )
    live = Environment("production", live={SERVICE: first.id})
    await releases.releasing.store.commit([create_release(first), write_environment(None, live)])


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
    digest = country.land("feature/voice", "Listen to voice notes", {"app/voice.py": "1"})
    candidate, _ = list_releases(country)
    assert (candidate.status, candidate.digest) == (Status.MANUAL_TESTING, digest)

    country.merge(country.request_release())
    assert country.production.serving() == {country.first}
    assert len(list_releases(country)) == len({candidate.id, FIRST})  # main's files are staging's

    agree(country, candidate)
    assert country.actions.dispatch("deploy-production", release=candidate.id, request=f"{candidate.id}.9") == "success"
    deployed, _ = list_releases(country)
    assert deployed.status is Status.DEPLOYED
    assert country.production.serving() == {digest}
    history = releases.do(releases.releasing.history(candidate.release_tag))
    phases = [event["phase"] for event in history if event["target"] == "deploying"]
    stages = list(dict.fromkeys(phase.partition(";")[0] for phase in phases))
    names = ("probe", "staff", "5", "25", "50", "100")
    assert stages == ["agreed", *(f"stage {name}" for name in names)]
    assert not any(event.get("refusal") for event in history)

    expect_way_back(country, candidate)
    expect_comparison(country, candidate)
    logs = {name.partition("/")[2] for name in country.bucket.logs}
    tag = candidate.release_tag
    assert {f"nanobanana/{tag}.log", f"production/nanobanana/{tag}-prod.log"} <= logs
    assert f"rollback/nanobanana/{tag}-rollback.log" in logs


def expect_way_back(country: Country, left: Release) -> None:
    """The traffic goes back, and the documents say so; whoever does it by hand may name the version alone."""
    releases = country.releases
    assert releases is not None
    inputs = {"environment": "production", "release": left.release_tag, "to": "", "request": ""}
    assert country.actions.dispatch("rollback", **inputs) == "success"
    assert country.production.serving() == {country.first}
    assert releases.do(releases.releasing.read(left.release_tag)).status is Status.ROLLBACK_DONE
    assert releases.do(releases.releasing.environment()).live == {SERVICE: f"{SERVICE}_{FIRST}"}
    assert not [each for each in country.actions.ran if each.code]


async def claim_live(releases: Releases, id_: str) -> None:
    """Write into the documents that this release serves."""
    [record] = await releases.releasing.store.read([environment_key("production")])
    assert record is not None
    await releases.releasing.store.commit([Update(record.key, {"live": {SERVICE: id_}}, record.version)])


def expect_comparison(country: Country, left: Release) -> None:
    """The night finds nothing but what somebody has changed behind everybody's back, and tells it."""
    assert country.releases is not None

    def compare() -> int:
        job = Job("nightly.yml", "production", run_id="99")
        own = {**country.releases.introduce(job), "RELEASES_API_URL": country.releases.url}  # type: ignore[union-attr]
        github = country.github.environment | {"GITHUB_TOKEN": "read-TEST-token"}
        telegram = {name: country.settings[name] for name in ("NOTIFY_BOT_TOKEN", "NOTIFY_CHAT_ID")}
        environment = {**country.production.environment, **own, **github, **telegram, **country.chat.environment()}
        context = Context(environment, clock=country.clock, say=country.production.lines.append)
        return main(["compare-releases", "--environment", "production"], context)

    assert compare() == 0, country.production.lines[-5:]
    country.releases.do(claim_live(country.releases, left.id))
    assert compare() == 1
    assert "is live in the documents" in country.chat.texts()[-1]

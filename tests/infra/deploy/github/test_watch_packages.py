"""watch-packages: one report on the packages of the lock and of the image, and an issue for what has to be mended."""

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.deploy.errors import DeployError
from infra.deploy.telegram_notice import Notice
from infra.deploy.verbs import watch_packages
from infra.deploy.verbs.watch_packages import ACCEPTED, TITLE, audit_lock
from infra.deploy.weaknesses import ACCEPTED_DAYS_MAX, read_accepted, read_audit, read_occurrences
from tests.cloud.artifact_registry import ArtifactRegistry
from tests.cloud.clock import FakeClock
from tests.cloud.container_analysis import ContainerAnalysis, describe_weakness
from tests.infra.deploy.github.conftest import Desk

PROJECT, REGION = "nanobanana-test", "europe-west1"
IMAGE = f"{REGION}-docker.pkg.dev/{PROJECT}/nanobanana/nanobanana"
DIGEST = f"sha256:{'4' * 64}"
TODAY = date(2026, 11, 30)
CLEAN = {"dependencies": [{"name": "httpx", "version": "0.28.1", "vulns": []}], "fixes": []}
FLAWED = {
    "dependencies": [
        {
            "name": "jinja2",
            "version": "3.0.0",
            "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["3.1.0"], "aliases": ["GHSA-x", "CVE-2026-1"]}],
        }
    ]
}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2026, 11, 30, tzinfo=UTC))


@pytest.fixture
def notices(monkeypatch: pytest.MonkeyPatch) -> list[Notice]:
    sent: list[Notice] = []
    monkeypatch.setattr(watch_packages, "send_notice", lambda context, notice: sent.append(notice))
    return sent


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A commit, and an empty list of what is accepted."""
    folder = tmp_path / "checkout"
    (folder / "infra").mkdir(parents=True)
    (folder / ACCEPTED).write_text("# nothing\n\n")
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
    for words in (("init", "--quiet", "--template="), ("add", "--all"), (*who, "commit", "--quiet", "-mIt")):
        subprocess.run(["git", *words], cwd=folder, check=True)  # noqa: S603, S607
    return folder


@pytest.fixture
def registry() -> Iterator[ArtifactRegistry]:
    with ArtifactRegistry(f"projects/{PROJECT}/locations/{REGION}/repositories/nanobanana") as running:
        yield running


@pytest.fixture
def analysis() -> Iterator[ContainerAnalysis]:
    with ContainerAnalysis(PROJECT) as running:
        yield running


@pytest.fixture
def night(
    desk: Desk,
    checkout: Path,
    registry: ArtifactRegistry,
    analysis: ContainerAnalysis,
    notices: list[Notice],
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:
    """A night with an image of the checkout that was scanned, and a lock without weaknesses."""
    tree = subprocess.run(["git", "rev-parse", "HEAD^{tree}"], cwd=checkout, check=True, capture_output=True, text=True)  # noqa: S607
    registry.tags[f"tree-{tree.stdout.strip()}"] = DIGEST
    analysis.found[f"{IMAGE}@{DIGEST}"] = []
    monkeypatch.setattr(watch_packages, "audit_lock", lambda folder: read_audit(json.dumps(CLEAN)))
    urls = {"ARTIFACT_REGISTRY_API_URL": registry.url, "CONTAINER_ANALYSIS_API_URL": analysis.url}
    desk.environment |= urls | {"GITHUB_STEP_SUMMARY": str(checkout / "summary.md")}
    return desk


def watch(desk: Desk, checkout: Path) -> int:
    place = ("--environment", "staging", "--project", PROJECT, "--region", REGION)
    return desk.run("watch-packages", *place, "--folder", str(checkout))


def list_titles(desk: Desk) -> list[str]:
    return [issue["title"] for issue in desk.github.state.issues.values() if issue["state"] == "open"]


def test_a_clean_night(night: Desk, checkout: Path, notices: list[Notice]) -> None:
    """No finding, no issue, no message."""
    assert watch(night, checkout) == 0
    assert list_titles(night) == []
    assert notices == []


def test_both_sources_are_one_report(
    night: Desk, checkout: Path, analysis: ContainerAnalysis, notices: list[Notice], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a new version mends fails and is one issue; the rest stands in the table; it closes when it is mended."""
    analysis.found[f"{IMAGE}@{DIGEST}"] = [
        describe_weakness("CVE-2026-10", "openssl", "CRITICAL", "1.0-2"),
        describe_weakness("CVE-2026-11", "zlib", "LOW", "1.0-2"),
        describe_weakness("CVE-2026-12", "perl", "HIGH"),
    ]
    monkeypatch.setattr(watch_packages, "audit_lock", lambda folder: read_audit(json.dumps(FLAWED)))
    for _ in range(2):
        assert watch(night, checkout) == 1
    assert list_titles(night) == [TITLE]
    [issue] = night.github.state.issues.values()
    assert "- jinja2 3.0.0 (lock): CVE-2026-1, unknown, mended in 3.1.0" in issue["body"]
    assert "- openssl 1.0-1 (image): CVE-2026-10, critical, mended in 1.0-2" in issue["body"]
    assert "zlib" not in issue["body"]
    assert len(notices) == 1, "the second night brings nothing new"
    table = (checkout / "summary.md").read_text()
    assert "|  | perl | 1.0-1 | CVE-2026-12 | HIGH | — | image |" in table
    assert table.index("openssl") < table.index("perl")
    analysis.found[f"{IMAGE}@{DIGEST}"] = []
    monkeypatch.setattr(watch_packages, "audit_lock", lambda folder: [])
    assert watch(night, checkout) == 0
    assert list_titles(night) == []


def test_what_is_accepted_is_asked_about_again(
    night: Desk, checkout: Path, analysis: ContainerAnalysis, clock: FakeClock
) -> None:
    """Until its day, with its reason; then it is urgent once more."""
    analysis.found[f"{IMAGE}@{DIGEST}"] = [describe_weakness("CVE-2026-10", "openssl", "HIGH", "1.0-2")]
    (checkout / ACCEPTED).write_text("CVE-2026-10 2026-12-01 we speak no such protocol\n")
    assert watch(night, checkout) == 0
    assert "accepted until 2026-12-01: we speak no such protocol" in night.words
    clock.advance(timedelta(days=2).total_seconds())
    assert watch(night, checkout) == 1


@pytest.mark.parametrize("state", ["SCANNING", "FINISHED_UNSUPPORTED", None])
def test_what_was_not_scanned_is_not_clean(
    night: Desk, checkout: Path, analysis: ContainerAnalysis, state: str | None
) -> None:
    """An image that nobody looked at, or only in part, fails the night, is told, and does not hide the lock."""
    if state is None:
        analysis.found.clear()
    else:
        analysis.state = state
    assert watch(night, checkout) == 1
    assert f"was not scanned: {state or 'nothing is known of it'}" in night.words
    assert "| | package |" in night.words
    assert list_titles(night) == [TITLE]


def test_without_an_image_the_lock_is_looked_at(night: Desk, checkout: Path, registry: ArtifactRegistry) -> None:
    """Before the first build, and said."""
    registry.tags.clear()
    assert watch(night, checkout) == 0
    assert "skipped: no image was built from these files yet" in night.words


def test_an_audit_that_did_not_look_is_an_error(tmp_path: Path) -> None:
    """pip-audit ends with 1 for findings and for troubles alike: only its answer tells."""
    (tmp_path / "requirements-dev.txt").write_text("no such requirement\n")
    with pytest.raises(DeployError, match="pip-audit ended with"):
        audit_lock(tmp_path)
    with pytest.raises(DeployError, match="cannot be read"):
        read_audit('{"dependencies": [{"vulns": [{}]}]}')


def test_severities_are_read_as_google_writes_them() -> None:
    """The distribution's judgement counts first; what nobody has judged yet counts as unknown, which is urgent."""
    unjudged = describe_weakness("CVE-1", "a", "SEVERITY_UNSPECIFIED", "2")
    unjudged["vulnerability"]["severity"] = "SEVERITY_UNSPECIFIED"
    judged = describe_weakness("CVE-2", "b", "CRITICAL", "2", effectiveSeverity="MINIMAL")
    assert [each.severity for each in read_occurrences([unjudged, judged])] == ["UNKNOWN", "MINIMAL"]
    broken: list[Any] = [{"vulnerability": {}}, {"noteName": "x", "vulnerability": {"packageIssue": [1]}}]
    for each in broken:
        with pytest.raises(DeployError, match="cannot be read"):
            read_occurrences([each])


@pytest.mark.parametrize(
    "line",
    [
        "CVE-2026-1",
        "CVE-2026-1 2026-12-01",
        "CVE-2026-1 soon because",
        f"CVE-2026-1 {TODAY + timedelta(days=91)} later",
    ],
)
def test_an_exception_has_a_near_day_and_a_reason(line: str) -> None:
    """Nothing is accepted for ever, or without a word."""
    with pytest.raises(DeployError):
        read_accepted(line, TODAY)
    near = f"CVE-2026-1 {TODAY + timedelta(days=ACCEPTED_DAYS_MAX)} a reason of several words"
    assert read_accepted(near, TODAY)["CVE-2026-1"].reason == "a reason of several words"


def test_ours_can_be_read() -> None:
    """The file of this repository; what is too far ahead is found on the day when it is written."""
    root = Path(watch_packages.__file__).parents[3]
    read_accepted((root / ACCEPTED).read_text(encoding="utf-8"), datetime.now(UTC).date())

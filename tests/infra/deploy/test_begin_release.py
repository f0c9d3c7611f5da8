"""A build begins one release of its files, however often it is started."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.deploy.verbs.begin_release import name_try
from shared.releases.actor import ActorKind
from shared.releases.release import Status, is_tag
from tests.cloud.releases import Job, Releases
from tests.infra.deploy.test_reports import BUILD, Desk

WHO = (
    "-c",
    "user.name=Test",
    "-c",
    "user.email=test@example.com",
    "-c",
    "commit.gpgsign=false",
    "-c",
    "tag.gpgsign=false",
)
TAG = "v1.2.3"


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *WHO, *words], cwd=folder, check=True, capture_output=True)  # noqa: S603, S607


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A checkout whose commit has a tag."""
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "bot.py").write_text("1")
    git(checkout, "init", "--quiet", "--template=")
    git(checkout, "add", "--all")
    git(checkout, "commit", "--quiet", "-mIt")
    git(checkout, "tag", TAG)
    with Releases() as releases:
        releases.do(releases.releasing.invite_all())
        yield Desk(releases, tmp_path)


def begin(desk: Desk, job: Job = BUILD, **changes: str) -> str:
    assert desk.run(job, "begin-release", "--folder", str(desk.folder / "checkout"), **changes) == 0
    return desk.outputs()["release"]


def test_a_build_begins_one_release(desk: Desk) -> None:
    """It is named by the tag and is building; the same run finds it, and another run has nothing to report."""
    assert begin(desk) == f"nanobanana_{TAG}"
    assert desk.status(TAG) is Status.BUILDING
    assert begin(desk) == f"nanobanana_{TAG}"
    assert begin(desk, Job("build-release.yml", "staging", "refs/heads/staging", run_id="99")) == ""
    desk.releases.do(desk.releases.releasing.report(ActorKind.BUILD, TAG, Status.MANUAL_TESTING))
    assert begin(desk) == ""  # staging has it already


def test_what_failed_is_built_again_under_another_name(desk: Desk) -> None:
    """The failed release stays what it is."""
    begin(desk)
    desk.releases.do(desk.releases.releasing.report(ActorKind.BUILD, TAG, Status.STAGING_FAILED))
    assert begin(desk) == f"nanobanana_{TAG}-2"
    assert desk.status(TAG) is Status.STAGING_FAILED
    assert desk.status(f"{TAG}-2") is Status.BUILDING
    for tag in ("v1.2.3", "v1.2.3-4-g1a2b3c4", "v2026.11.30.1", "v2026.11.30.1-4-g1a2b3c4"):
        assert is_tag(name_try(tag, 2))


def test_a_failed_job_that_is_run_again(desk: Desk) -> None:
    """It knows only the release that has ended: another one of the same files begins, and the job reports of it."""
    ended = begin(desk)
    assert begin_again(desk, ended) == ended
    desk.releases.do(desk.releases.releasing.report(ActorKind.BUILD, TAG, Status.STAGING_FAILED))
    assert begin_again(desk, ended) == f"nanobanana_{TAG}-2"
    assert begin_again(desk, ended) == f"nanobanana_{TAG}-2"
    first, second = (desk.releases.do(desk.releases.releasing.read(tag)) for tag in (TAG, f"{TAG}-2"))
    assert (second.commit, second.tree, second.status) == (first.commit, first.tree, Status.BUILDING)
    desk.releases.do(desk.releases.releasing.report(ActorKind.BUILD, f"{TAG}-2", Status.MANUAL_TESTING))
    assert begin_again(desk, ended) == ""
    desk.releases.faults.fail(times=10**6)
    assert begin_again(desk, ended) == ""


def begin_again(desk: Desk, release: str) -> str:
    assert desk.run(BUILD, "begin-release", "--release", release) == 0
    return desk.outputs()["release"]


def test_a_hotfix_is_called_one(desk: Desk) -> None:
    """What is built from main was never on the branch staging."""
    begin(desk, Job("build-release.yml", "staging", "refs/heads/main"))
    assert desk.releases.do(desk.releases.releasing.read(TAG)).kind.value == "hotfix"


def test_without_the_api_a_build_goes_on(desk: Desk) -> None:
    """No address, or no answer: nothing is begun and nothing fails."""
    assert begin(desk, RELEASES_URL="") == ""
    desk.releases.faults.fail(times=10**6)
    assert begin(desk) == ""

"""The log of a release is kept once, as it was."""

from collections.abc import Iterator

import pytest

from infra.deploy.run_logs import name_log
from tests.infra.deploy.country import Bucket
from tests.infra.deploy.github.conftest import Desk

RUN = {"GITHUB_RUN_ID": "71", "GITHUB_RUN_ATTEMPT": "1"}
PLACE = ("--environment", "staging", "--project", "p", "--region", "r", "--release", "nanobanana_v1.2.3")


@pytest.fixture
def bucket(desk: Desk) -> Iterator[Bucket]:
    """A run whose second job still goes on, and whose third was skipped."""
    states = (("completed", "success"), ("in_progress", None), ("completed", "skipped"), ("completed", "failure"))
    jobs = [{"id": id_, "name": f"job {id_}", "status": s, "conclusion": c} for id_, (s, c) in enumerate(states)]
    desk.github.state.jobs["71", "1"] = jobs
    desk.github.state.logs |= {0: "built\n", 3: "x" * 9_000_000}
    with Bucket() as running:
        desk.environment["STORAGE_EMULATOR_HOST"] = running.url
        yield running


def test_a_log_is_kept_and_never_written_over(desk: Desk, bucket: Bucket) -> None:
    """What has ended is in it, too long logs lose their middle, and a second run has a name of its own."""
    for _ in range(2):
        assert desk.run("keep-log", *PLACE, **RUN) == 0
    names = ["p-release-logs/nanobanana/v1.2.3.log", "p-release-logs/nanobanana/v1.2.3.71-1.log"]
    assert list(bucket.logs) == names
    text = bucket.logs[names[0]]
    assert text.startswith("=== job 0: success ===\nbuilt\n")
    assert "=== job 3: failure ===" in text
    assert "job 1" not in text
    assert "job 2" not in text
    assert "the middle is left out" in text
    assert len(text) < 9_000_000


def test_a_log_that_is_gone_is_said(desk: Desk, bucket: Bucket) -> None:
    """GitHub or the bucket does not answer: the verb fails, and its step is one that may."""
    bucket.faults.fail(times=10)
    assert desk.run("keep-log", *PLACE, **RUN) == 1
    assert bucket.logs == {}


def test_a_release_by_its_version(desk: Desk, bucket: Bucket) -> None:
    """Whoever starts a way back by hand may have named the version alone."""
    assert desk.run("keep-log", *PLACE[:-1], "v1.2.3", **RUN) == 0
    assert list(bucket.logs) == ["p-release-logs/nanobanana/v1.2.3.log"]


def test_the_names() -> None:
    """As the design has them."""
    assert name_log("v1", "staging") == "nanobanana/v1.log"
    assert name_log("v1", "production") == "production/nanobanana/v1-prod.log"
    assert name_log("v1", "rollback") == "rollback/nanobanana/v1-rollback.log"

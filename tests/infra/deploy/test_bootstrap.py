"""bootstrap: from an empty project to one with a safe bucket for the state, in any number of tries."""

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.deploy.__main__ import load_verb, main
from infra.deploy.context import Context
from infra.deploy.environments import ENVIRONMENTS
from infra.deploy.errors import DeployError
from infra.deploy.state_bucket import WANTED, read_bucket_name
from infra.deploy.verbs.bootstrap import SERVICES
from tests.cloud.clock import FakeClock
from tests.cloud.errors import CutError
from tests.cloud.google_project import GoogleProject

ROOT = Path(__file__).parents[3]
BUCKET = "nanobanana-test-terraform"


@pytest.fixture
def project() -> Iterator[GoogleProject]:
    with GoogleProject() as running:
        yield running


class Said:
    """What a verb said, and its exit code."""

    def __init__(self, project: GoogleProject, *, dry_run: bool = False) -> None:
        self.lines: list[str] = []
        self.clock = FakeClock()
        self.context = Context(project.environment, dry_run=dry_run, clock=self.clock, say=self.lines.append)

    def bootstrap(self, *more: str) -> int:
        place = ["--environment=staging", "--project=nanobanana-test", "--region=europe-west1", f"--bucket={BUCKET}"]
        return main(["bootstrap", *place, *more], self.context)


def is_safe(bucket: dict[str, Any]) -> bool:
    public = bucket["iamConfiguration"]
    return bool(
        public["uniformBucketLevelAccess"]["enabled"]
        and public["publicAccessPrevention"] == "enforced"
        and bucket["versioning"]["enabled"]
    )


def test_an_empty_project_gets_what_terraform_needs(project: GoogleProject) -> None:
    """The APIs are switched on, and the bucket is versioned, uniform, closed to the public and in the region."""
    said = Said(project)
    assert said.bootstrap() == 0
    assert project.services >= set(SERVICES)
    bucket = project.buckets[BUCKET]
    assert is_safe(bucket)
    assert bucket["location"] == "EUROPE-WEST1"
    assert said.lines[-1] == "next:  make apply ENV=staging"
    assert project.quota_projects == {"nanobanana-test"}, "a person's login has no quota of its own"


def test_a_second_run_changes_nothing(project: GoogleProject) -> None:
    """What is there is only read."""
    assert Said(project).bootstrap() == 0
    before = list(project.changes)
    assert Said(project).bootstrap() == 0
    assert project.changes == before


def test_dry_run_says_and_changes_nothing(project: GoogleProject) -> None:
    """Under --dry-run an otherwise complete project without a bucket is only described."""
    project.services |= set(SERVICES)
    said = Said(project, dry_run=True)
    assert said.bootstrap("--dry-run") == 0
    assert project.changes == []
    assert any("would POST /storage/v1/b" in line for line in said.lines)


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("lost", [False, True])
def test_it_is_finished_by_the_next_run(
    project: GoogleProject, capsys: pytest.CaptureFixture[str], number: int, *, lost: bool
) -> None:
    """Cut off at either change, before it was made or before its answer, the next run completes the project."""
    count = 0

    def cut_once(_: str) -> None:
        nonlocal count
        count += 1
        if count == number and not lost:
            raise CutError
        if count == number:
            project.faults.lose_answers()

    project.faults.before_change = cut_once
    assert Said(project).bootstrap() == 1
    assert "RemoteProtocolError" in capsys.readouterr().err
    assert Said(project).bootstrap() == 0
    assert project.services >= set(SERVICES)
    assert is_safe(project.buckets[BUCKET])


def test_an_open_bucket_is_closed(project: GoogleProject) -> None:
    """A bucket made by hand is corrected where it differs, and only there."""
    lifecycle = {"rule": [{**WANTED["lifecycle"]["rule"][0], "id": "added by Google"}]}
    made = {"name": BUCKET, "versioning": {"enabled": False}, "lifecycle": lifecycle, "labels": {"kept": "yes"}}
    project.buckets[BUCKET] = {**made, "projectNumber": project.number, "metageneration": "7"}
    said = Said(project)
    assert said.bootstrap() == 0
    assert is_safe(project.buckets[BUCKET])
    assert project.buckets[BUCKET]["labels"] == {"kept": "yes"}
    assert f"bucket {BUCKET}: corrected iamConfiguration, versioning" in said.lines


@pytest.mark.parametrize("is_readable", [True, False])
def test_somebody_elses_bucket_is_not_used(
    project: GoogleProject, capsys: pytest.CaptureFixture[str], *, is_readable: bool
) -> None:
    """A bucket of our name in another project, readable or not, is refused: its owner would read our state."""
    if is_readable:
        project.buckets[BUCKET] = {"name": BUCKET, "projectNumber": "666", "metageneration": "1"}
    else:
        project.unreadable.add(BUCKET)
    assert Said(project).bootstrap() == 1
    assert "belongs to" in capsys.readouterr().err
    assert ("POST", "/storage/v1/b") not in project.changes


def test_an_api_that_is_not_warm_yet_is_waited_for(project: GoogleProject) -> None:
    """Right after it was switched on, an API refuses for a while: that is no reason to give up."""
    project.warm_reads = 3
    said = Said(project)
    assert said.bootstrap() == 0
    assert sum(said.clock.slept_seconds) >= 3 * 15


def test_a_project_that_is_not_ours_is_said_at_once(project: GoogleProject, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the right to see the project nothing is made and nobody waits."""
    project.project = "another"
    said = Said(project)
    assert said.bootstrap() == 1
    assert "permission" in capsys.readouterr().err
    assert said.clock.slept_seconds == []


def test_a_project_on_its_way_out_is_refused(project: GoogleProject, capsys: pytest.CaptureFixture[str]) -> None:
    """A project marked for deletion gets no bucket."""
    project.state = "DELETE_REQUESTED"
    assert Said(project).bootstrap() == 1
    assert "DELETE_REQUESTED" in capsys.readouterr().err
    assert not project.buckets


def test_a_failed_operation_is_told(project: GoogleProject, capsys: pytest.CaptureFixture[str]) -> None:
    """When Google refuses to switch an API on, its words are shown."""
    project.operation_error = "billing is off"
    assert Said(project).bootstrap() == 1
    assert "billing is off" in capsys.readouterr().err


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_name_is_the_one_terraform_uses(environment: str) -> None:
    """The bucket's name is read from the backend of the environment, so that the two cannot differ."""
    assert read_bucket_name(environment).startswith("nanobanana-")


def test_a_root_without_a_backend_is_said(tmp_path: Path) -> None:
    """No name is guessed."""
    with pytest.raises(DeployError, match="names no bucket"):
        read_bucket_name("dev", tmp_path)


@pytest.mark.parametrize("page", ["deploy.md", "runbooks/restore.md"])
def test_the_documents_call_verbs_as_they_are(page: str) -> None:
    """Each `python -m infra.deploy …` that a person is told to run is taken by the verb's own parser."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    lines = re.findall(r"^\s*\.venv/bin/python -m infra\.deploy (.+)$", text, re.MULTILINE)
    assert len(lines) >= 4
    for line in lines:
        given = line.replace("$ENV", "staging").replace("$IMAGE", f"sha256:{'0' * 64}")
        verb, *arguments = shlex.split(given, comments=True)
        parser = argparse.ArgumentParser()
        load_verb(verb).add_arguments(parser)
        parser.parse_args(arguments)


def test_plain_terraform_needs_the_same() -> None:
    """The document's way without our verbs enables the APIs that `bootstrap` enables, and makes the same bucket."""
    text = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    _, _, rest = text.partition("### With plain Terraform")
    block = rest.split("```")[1]
    assert set(re.findall(r"[a-z]+\.googleapis\.com", block)) == set(SERVICES)
    assert all(
        option in block for option in ("--uniform-bucket-level-access", "--public-access-prevention", "--versioning")
    )
    assert '"gs://$PROJECT-terraform"' in block
    for environment in ENVIRONMENTS:
        outputs = ROOT / "terraform/environments" / environment / "outputs.tf"
        assert 'output "next"' in outputs.read_text(encoding="utf-8")

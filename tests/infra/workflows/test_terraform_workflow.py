"""When Terraform's workflow starts, and in which order its runs come."""

import fnmatch
from pathlib import PurePosixPath
from typing import Any

import pytest

from infra.checks.findings import ROOT
from infra.checks.workflows.files import Job, Workflow, read_workflows
from infra.deploy.environments import ENVIRONMENTS
from infra.deploy.terraform_sources import list_sources

WORKFLOWS = {each.name: each for each in read_workflows(ROOT)}
TERRAFORM: Workflow = WORKFLOWS["terraform"]
FILES = sorted({path for environment in ENVIRONMENTS for path in list_sources(environment)})


def starts(workflow: Workflow, event: str, branch: str, path: str) -> bool:
    """Whether a change of one file starts the workflow."""
    wanted: Any = workflow.events.get(event, {})
    if branch not in wanted.get("branches", ()):
        return False
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in wanted.get("paths", ["*"]))


@pytest.mark.parametrize("path", FILES)
def test_each_file_that_terraform_reads_starts_it(path: str) -> None:
    """A changed index, function or resource is planned in its pull request, and applied to staging when merged."""
    assert PurePosixPath(path).suffix in {".tf", ".json"}
    for branch in ("staging", "main"):
        assert starts(TERRAFORM, "pull_request", branch, path)
    assert starts(TERRAFORM, "push", "staging", path)
    assert not starts(TERRAFORM, "push", "staging", "shared/errors.py")


def test_indexes_are_among_them() -> None:
    """The rule above is about these in particular: no query comes before its index, of either database."""
    assert {"infra/firestore.indexes.json", "infra/releases.indexes.json", "infra/functions.json"} <= set(FILES)


@pytest.mark.parametrize("path", FILES)
def test_in_production_it_comes_before_the_rollout(path: str) -> None:
    """Every merge into main starts the deployment, which asks whether Terraform is due, and runs it first if it is."""
    deployment = WORKFLOWS["deploy-production"]
    assert starts(deployment, "push", "main", path)
    assert not starts(TERRAFORM, "push", "main", path)
    jobs = {job.id: job for job in deployment.jobs()}
    assert jobs["infrastructure"].uses.endswith("/terraform.yml")
    assert {"configuration", "infrastructure"} <= set(jobs["rollout"].needs)


def list_applies() -> list[Job]:
    return [job for job in TERRAFORM.jobs() if any("infra.deploy apply" in step.run for step in job.steps())]


@pytest.mark.parametrize("job", list_applies(), ids=lambda job: job.id)
def test_applies_wait_for_each_other(job: Job) -> None:
    """A third run waits behind the second; by default GitHub would cancel the second for it."""
    concurrency: Any = job.data["concurrency"]
    assert concurrency["queue"] == "max"
    assert concurrency["cancel-in-progress"] is False
    assert concurrency["group"].startswith("terraform-apply-")


def test_the_whole_workflow_has_no_queue_of_one() -> None:
    """Runs that apply share no group as a whole, where one that waits would be replaced."""
    concurrency: Any = TERRAFORM.data["concurrency"]
    assert concurrency["group"] == "terraform-${{ github.event.pull_request.number || github.run_id }}"
    assert len(list_applies()) == 2

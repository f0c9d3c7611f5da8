"""docs/delivery.md says what is there: workflows, verbs, tests, and how to go back."""

import re
from pathlib import Path

import pytest

from infra.checks.findings import ROOT
from infra.checks.workflows.agreement import NAMES
from infra.checks.workflows.files import Workflow, read_workflows

TEXT = (ROOT / "docs/delivery.md").read_text(encoding="utf-8")
ROWS = [
    (event, workflow, re.findall(r"`([^`]+)`", verbs), re.findall(r"`([\w/]+\.py)::(test_\w+)`", proof))
    for event, workflow, verbs, proof in re.findall(
        r"^\| (.+?) \| `([\w-]+)` \| (.+?) \| (.+?) \|$", TEXT, re.MULTILINE
    )
]
WORKFLOWS = {workflow.name: workflow for workflow in read_workflows(ROOT)}
WORDS = {
    "push": "push",
    "delete": "delete",
    "pull_request": "pull request",
    "schedule": "every",
    "workflow_call": "called",
    "workflow_dispatch": "by hand",
}


def verbs_of(workflow: Workflow) -> set[str]:
    """What its `run:` lines call, as the table writes it."""
    found = set()
    for _, step in workflow.steps():
        words = step.run.replace(".venv/bin/python -m ", "").split()
        if words[:1] == ["infra.deploy"]:
            found.add(words[1])
        elif words[:1] == ["make"]:
            found.add(" ".join(words[:2]))
        elif words and words[0] not in {"test", "echo"}:
            found.add(" ".join(words))
    return found


def test_every_workflow_has_a_row() -> None:
    """The table leaves out none, and invents none."""
    assert {workflow for _, workflow, _, _ in ROWS} == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_row_names_the_verbs_its_workflow_calls(name: str) -> None:
    """All of them and no other, over the rows of that workflow."""
    told = {verb for _, workflow, verbs, _ in ROWS if workflow == name for verb in verbs}
    assert told == verbs_of(WORKFLOWS[name])


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_row_names_the_events_its_workflow_hears(name: str) -> None:
    """Dispatching some by hand as well is not worth a word in `ci`, `terraform` and the night."""
    told = "; ".join(event for event, workflow, _, _ in ROWS if workflow == name)
    silent = {"ci", "terraform", "nightly", "sync-back"}
    for event in WORKFLOWS[name].events:
        if not (event == "workflow_dispatch" and name in silent):
            assert WORDS[event] in told, f"{name} also hears {event}"


@pytest.mark.parametrize(("event", "workflow", "verbs", "proofs"), ROWS, ids=[row[0][:40] for row in ROWS])
def test_a_proof_is_a_test_that_exists(
    event: str, workflow: str, verbs: list[str], proofs: list[tuple[str, str]]
) -> None:
    """A row whose test was renamed or removed is noticed."""
    assert proofs
    for path, name in proofs:
        file: Path = ROOT / "tests/infra" / path
        assert file.is_file(), path
        assert re.search(rf"def {name}\b", file.read_text(encoding="utf-8")), f"{path}::{name}"


def test_the_way_back_is_a_verb_of_make() -> None:
    """The command for the day when GitHub is down is one that make knows."""
    assert "make rollback ENV=production" in TEXT
    assert re.search(r"^rollback:.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)

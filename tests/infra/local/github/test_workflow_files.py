"""What the local GitHub accepts is what the workflow files say, and what the release bot starts is accepted."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.local.github.dispatching import find_fault, name_run
from infra.local.github.repository import WORKFLOWS
from shared.releases.outgoing_sender import BRANCH, find_start
from shared.releases.release import Outgoing, OutgoingKind, Status
from tests.unit.releases.releasing import make_release

FOLDER = Path(__file__).parents[4] / ".github" / "workflows"


def read_dispatch(file: str) -> dict[str, Any]:
    """The inputs of a workflow; YAML reads the key `on` as true."""
    found: dict[str, Any] = yaml.safe_load((FOLDER / file).read_text(encoding="utf-8"))[True]["workflow_dispatch"]
    return found["inputs"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("file", WORKFLOWS)
def test_inputs(file: str) -> None:
    """The local GitHub knows the inputs of the real workflow, no more and no fewer."""
    assert set(WORKFLOWS[file].inputs) == set(read_dispatch(file))


@pytest.mark.parametrize("kind", [OutgoingKind.DEPLOYMENT, OutgoingKind.ROLLBACK])
def test_what_is_started(kind: OutgoingKind) -> None:
    """GitHub refuses an input that a workflow does not have: those that the bot sends are all there."""
    start = find_start(make_release(Status.ROLLBACK), Outgoing(kind, 7))
    assert start is not None
    workflow, inputs = WORKFLOWS[start.workflow], {**start.inputs, "request": start.request}
    assert find_fault(workflow, {"ref": BRANCH, "inputs": inputs}) == ""
    assert start.request in name_run(workflow, start.workflow, inputs).split()

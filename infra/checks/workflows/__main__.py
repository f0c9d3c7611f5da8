"""Checking the contract of the workflow files: thin, pinned, bounded, and consistent with the commands they call."""

import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from infra.checks.findings import ROOT, exit_with
from infra.checks.workflows.agreement import (
    find_call_faults,
    find_check_faults,
    find_environment_faults,
    find_federation_faults,
    find_first_day_faults,
    find_missing_workflows,
    find_setting_faults,
)
from infra.checks.workflows.files import read_workflows
from infra.checks.workflows.rules import find_own_faults
from infra.checks.workflows.runs import find_output_faults, find_run_faults


def find_workflow_faults(root: Path) -> Iterator[str]:
    """One line per fault of the repository at `root`."""
    try:
        workflows = read_workflows(root)
    except (yaml.YAMLError, TypeError) as error:
        yield str(error)
        return
    named = {workflow.name: workflow for workflow in workflows}
    yield from find_missing_workflows(named)
    yield from find_own_faults(workflows, root)
    for workflow in workflows:
        yield from find_run_faults(workflow, root)
    yield from find_output_faults(named, root)
    yield from find_call_faults(named)
    yield from find_check_faults(named)
    yield from find_setting_faults(named, root)
    yield from find_first_day_faults(named)
    yield from find_environment_faults(named)
    yield from find_federation_faults(named, root)


if __name__ == "__main__":
    exit_with(find_workflow_faults(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT))

"""What GitHub checks of a call that starts a workflow, and how it names the run. Pure."""

from collections.abc import Mapping
from typing import Any

from infra.local.github.repository import Workflow

_INPUTS_MAX = 25
_FIELDS = {"ref", "inputs", "return_run_details"}


class Unfit(Exception):  # noqa: N818 — a body that is no object
    """Nothing that can be read."""


def find_fault(workflow: Workflow, given: Any) -> str:
    """Why GitHub refuses this body; empty: it does not. Raises Unfit."""
    if not isinstance(given, dict):
        raise Unfit
    inputs = given.get("inputs") or {}
    if not isinstance(inputs, dict) or set(given) - _FIELDS:
        return "Invalid request."
    ref = given.get("ref")
    if not isinstance(ref, str) or ref not in {workflow.ref, workflow.ref.removeprefix("refs/heads/")}:
        return f"No ref found for: {ref}"
    if unknown := sorted(set(inputs) - set(workflow.inputs)):
        return f"Unexpected inputs provided: {unknown}"
    return "you may only define up to 25 inputs" if len(inputs) > _INPUTS_MAX else ""


def name_run(workflow: Workflow, file: str, inputs: Mapping[str, str]) -> str:
    """The run's title, by which it can be found again."""
    blank = dict.fromkeys(workflow.inputs, "")
    return workflow.title.format_map({**blank, **inputs}).strip() or file.removesuffix(".yml")

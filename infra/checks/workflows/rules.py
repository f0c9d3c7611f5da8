"""Rules for a single workflow. Each yields one line per fault."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from infra.checks.workflows.files import Job, Workflow, read_actions

EVENTS = {"push", "delete", "pull_request", "schedule", "workflow_call", "workflow_dispatch"}
"""Without `pull_request_target` and `workflow_run`, which run with our secrets on code of strangers."""
WRITES = {"attestations", "contents", "id-token"}
MINUTES_MAX = 360
USES = re.compile(r"^\s*(?:- )?uses:\s*(?P<what>\S+)(?P<rest>.*)$", re.MULTILINE)
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
VERSION = re.compile(r"\s+# v\d+\.\d+\.\d+$")

Rule = Callable[[Workflow], Iterator[str]]


def find_name_faults(workflow: Workflow) -> Iterator[str]:
    """A workflow has the name of its file."""
    if workflow.data.get("name") != workflow.name:
        yield f"{workflow.name}: is named {workflow.data.get('name')!r}"


def find_event_faults(workflow: Workflow) -> Iterator[str]:
    for event in sorted(set(workflow.events) - EVENTS):
        yield f"{workflow.name}: {event} is not a trigger of ours"
    if not workflow.events:
        yield f"{workflow.name}: nothing starts it"


def find_permission_faults(workflow: Workflow) -> Iterator[str]:
    """No permissions by default; every job lists the ones it needs."""
    if workflow.data.get("permissions") != {}:
        yield f"{workflow.name}: permissions are not {{}} at the top"
    for job in workflow.jobs():
        granted: Any = job.data.get("permissions")
        if not isinstance(granted, dict):
            yield f"{job.where}: says no permissions of its own"
            continue
        for scope, access in granted.items():
            if access == "write" and scope not in WRITES:
                yield f"{job.where}: may write {scope}; the App's token is for that"


def find_limit_faults(workflow: Workflow) -> Iterator[str]:
    """Every job has a timeout, and every workflow a concurrency rule."""
    for job in workflow.jobs():
        minutes = job.data.get("timeout-minutes")
        if not job.uses and not (isinstance(minutes, int) and 0 < minutes <= MINUTES_MAX):
            yield f"{job.where}: has no timeout-minutes"
    concurrency = workflow.data.get("concurrency")
    if not isinstance(concurrency, dict) or "cancel-in-progress" not in concurrency:
        yield f"{workflow.name}: has no concurrency group that says whether to cancel"
    elif not re.fullmatch(rf"{workflow.name}(-\$\{{\{{.*\}}\}})?", str(concurrency.get("group"))):
        # The literal name: a called workflow that shares its caller's group would wait for itself for ever.
        yield f"{workflow.name}: its concurrency group does not begin with its own name"


def find_step_faults(workflow: Workflow) -> Iterator[str]:
    for _, step in workflow.steps():
        given: Any = step.data.get("with", {})
        if step.uses.startswith("actions/checkout@") and given.get("persist-credentials") is not False:
            yield f"{step.where}: the checkout keeps its token"
        if step.uses.startswith("actions/create-github-app-token@"):
            if not any(name.startswith("permission-") for name in given):
                yield f"{step.where}: the App's token may do all that the App may"
            if "owner" in given or given.get("skip-token-revoke"):
                yield f"{step.where}: the App's token is for other repositories, or outlives the job"
        if step.uses.startswith("google-github-actions/auth@"):
            yield f"{step.where}: a login is .github/actions/setup's"
        if "${{" in step.run:
            yield f"{step.where}: an expression inside `run`; hand it over by env"


def find_secret_faults(workflow: Workflow) -> Iterator[str]:
    """Secrets are passed on by name."""
    for job in workflow.jobs():
        if job.data.get("secrets") == "inherit":
            yield f"{job.where}: hands on every secret"


def find_pin_faults(name: str, text: str, root: Path) -> Iterator[str]:
    """An external action is pinned to a commit and names its version; our own actions exist."""
    for line in USES.finditer(text):
        what = line["what"]
        if what.startswith("$/"):
            path = root / what.removeprefix("$/")
            if not (path.is_file() or (path / "action.yml").is_file()):
                yield f"{name}: {what} does not exist"
        elif not PINNED.fullmatch(what):
            yield f"{name}: {what} is not pinned to a commit"
        elif not VERSION.search(line["rest"]):
            yield f"{name}: {what} does not say its version"


def find_path_faults(workflow: Workflow) -> Iterator[str]:
    """Where a job has an identity or a secret, Python imports nothing of the checkout but what has owners.

    The finder that `make setup` installs takes the place of the import path (infra/project_finder.py).
    """
    for job in workflow.jobs():
        given = {**workflow.data.get("env", {}), **job.data.get("env", {})}
        steps = [step.data.get("env", {}) for step in job.steps()]
        names = {name for level in (given, *steps) for name in level}
        if not job.uses and has_identity(job) and given.get("PYTHONSAFEPATH") != "1":
            yield f"{job.where}: has an identity, and would import any module at the root: PYTHONSAFEPATH is not 1"
        if "PYTHONPATH" in names or any("PYTHONSAFEPATH" in each for each in steps):
            yield f"{job.where}: changes where Python looks for modules"


def has_identity(job: Job) -> bool:
    """Whether a job may become an account, or is given a secret."""
    granted: Any = job.data.get("permissions")
    may_become = not isinstance(granted, dict) or granted.get("id-token") == "write"
    return may_become or "secrets." in str(dict(job.data))


RULES: tuple[Rule, ...] = (
    find_name_faults,
    find_event_faults,
    find_permission_faults,
    find_limit_faults,
    find_step_faults,
    find_secret_faults,
    find_path_faults,
)


def find_own_faults(workflows: list[Workflow], root: Path) -> Iterator[str]:
    """Every rule on every workflow, and the pins of our own actions."""
    for workflow in workflows:
        for rule in RULES:
            yield from rule(workflow)
        yield from find_pin_faults(workflow.name, workflow.text, root)
    for name, text in read_actions(root).items():
        yield from find_pin_faults(f"actions/{name}", text, root)

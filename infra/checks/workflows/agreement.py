"""Checking that workflows are consistent with each other, GitHub's settings, Terraform and the documents."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from infra.checks.workflows.files import Job, Workflow, read_actions
from infra.deploy.branches import BRANCHES
from infra.deploy.branches import ENVIRONMENTS as GITHUB_ENVIRONMENTS
from infra.deploy.environments import ENVIRONMENTS

NAMES = frozenset(
    {
        "auto-merge-staging",
        "build-release",
        "ci",
        "create-release-pr",
        "deploy-dev",
        "deploy-production",
        "deploy-staging",
        "join-release-bot",
        "nightly",
        "post-deploy-monitor",
        "pr-from-feature",
        "rehearse-restore",
        "renew-lock",
        "rollback",
        "set-telegram-webhook",
        "setup-branch-protection",
        "sync-back",
        "terraform",
        "test-image",
    }
)
DOCUMENT = Path("docs/delivery.md")
SETTING = re.compile(r"\b(vars|secrets)\.([A-Z][A-Z0-9_]*)")
ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]*)` \| (variable|secret) \| ([^|]+?) \|", re.MULTILINE)
ASKS = "production-infrastructure"
"""The only environment whose jobs need a person's approval."""
STARTED = {"push", "delete", "pull_request", "schedule"}
"""Events that happen in a repository from its first day."""
SET_UP = "vars.DELIVERY_APP_CLIENT_ID"
"""The variable without which nothing is set up: docs/delivery.md stores it last."""
KINDS = {"vars": "variable", "secrets": "secret"}
FEDERATION = re.compile(r"fromJSON\((?:vars\.PIPELINE|matrix\.pipeline)\)\.(providers|accounts)\.(\w+)")


def find_missing_workflows(workflows: Mapping[str, Workflow]) -> Iterator[str]:
    for name in sorted(NAMES ^ set(workflows)):
        yield f"{name}: {'is missing' if name in NAMES else 'is in no list of workflows'}"


def find_check_faults(workflows: Mapping[str, Workflow]) -> Iterator[str]:
    """Each required check of a branch is the name of exactly one job that its pull requests start."""
    for branch in BRANCHES:
        started = [each for each in workflows.values() if branch.name in _branches(each, "pull_request")]
        names = [job.name for workflow in started for job in workflow.jobs()]
        for check in branch.checks:
            if names.count(check) != 1:
                yield f"{branch.name} waits for “{check}”, which {names.count(check)} jobs are called"


def _branches(workflow: Workflow, event: str) -> list[str]:
    asked: Any = workflow.events.get(event, {})
    return list(asked.get("branches", []))


def find_setting_faults(workflows: Mapping[str, Workflow], root: Path) -> Iterator[str]:
    """The settings that workflows read are exactly those in one table; an environment's are read only by its jobs."""
    document = root / DOCUMENT
    rows = ROW.findall(document.read_text(encoding="utf-8")) if document.is_file() else []
    declared = {(name, kind): where for name, kind, where in rows}
    texts = [*(workflow.text for workflow in workflows.values()), *read_actions(root).values()]
    used = {(name, KINDS[kind]) for text in texts for kind, name in SETTING.findall(text)}
    for name, kind in sorted(used - set(declared)):
        yield f"{DOCUMENT}: the {kind} {name} is not in the table"
    for name, kind in sorted(set(declared) - used):
        yield f"{DOCUMENT}: the {kind} {name} is read by no workflow"
    for workflow in workflows.values():
        for job in workflow.jobs():
            for kind, name in SETTING.findall(str(dict(job.data))):
                where = declared.get((name, KINDS[kind]), "")
                if where.startswith("environment") and not job.environment:
                    yield f"{job.where}: reads {name}, which only jobs of an environment have"


def find_first_day_faults(workflows: Mapping[str, Workflow]) -> Iterator[str]:
    """A workflow that starts by itself skips, with a sentence, the jobs whose settings are not there yet."""
    for workflow in workflows.values():
        if not STARTED & set(workflow.events):
            continue
        ready: set[str] = set()
        for job in workflow.jobs():
            condition = str(job.data.get("if", ""))
            if f"!{SET_UP}" in condition:
                continue
            waits = any(_runs_only_after(job, needed) for needed in ready & set(job.needs))
            if waits or SET_UP in condition:
                ready.add(job.id)
            elif SETTING.search(str(dict(job.data))):
                yield f"{job.where}: reads settings, and would fail before they are there: it needs `if: {SET_UP}`"
        if ready and not any(f"!{SET_UP}" in str(job.data.get("if")) for job in workflow.jobs()):
            yield f"{workflow.name}: skips jobs before anything is set up, and says so nowhere"


def _runs_only_after(job: Job, needed: str) -> bool:
    """Whether a job is skipped where a needed job is: by default, or because it asks for that job's success."""
    condition = str(job.data.get("if", ""))
    return not re.search(r"always\(\)|cancelled\(\)", condition) or f"needs.{needed}.result == 'success'" in condition


def find_call_faults(workflows: Mapping[str, Workflow]) -> Iterator[str]:
    """A called workflow gets exactly its declared inputs and secrets."""
    for workflow in workflows.values():
        for job in (job for job in workflow.jobs() if job.uses):
            called = workflows.get(Path(job.uses).stem)
            if called is None or "workflow_call" not in called.events:
                yield f"{job.where}: {job.uses} cannot be called"
                continue
            yield from _compare_call(job, called)


def _compare_call(job: Job, called: Workflow) -> Iterator[str]:
    asked: Any = called.events["workflow_call"]
    for field, given in (("inputs", job.data.get("with", {})), ("secrets", job.data.get("secrets", {}))):
        known: Any = asked.get(field, {})
        needed = {name for name, rule in known.items() if rule.get("required")}
        for name in sorted(needed - set(given)):
            yield f"{job.where}: does not hand {name} to {called.name}"
        for name in sorted(set(given) - set(known)):
            yield f"{job.where}: {called.name} does not ask for {name}"
    granted = job.data.get("permissions", {})
    for inner in called.jobs():
        for scope, access in inner.data.get("permissions", {}).items():
            if granted.get(scope) not in {access, "write"}:
                yield f"{job.where}: {inner.where} needs {scope}: {access}, and a caller can only lower that"


def find_environment_faults(workflows: Mapping[str, Workflow]) -> Iterator[str]:
    """The GitHub environments that jobs name are exactly those that protect-branches sets up."""
    protected = {environment.name for environment in GITHUB_ENVIRONMENTS}
    named: set[str] = set()
    for workflow in workflows.values():
        for job in workflow.jobs():
            named.update(expand_environment(job.environment))
    for name in sorted(named - protected):
        yield f"environment {name}: a job names it, infra/deploy/branches.py does not"
    for name in sorted(protected - named):
        yield f"environment {name}: infra/deploy/branches.py protects it, no job names it"
    for environment in GITHUB_ENVIRONMENTS:
        # The merge was the approval of a release; a monitor or a rollback must not wait for a person.
        if environment.needs_reviewer != (environment.name == ASKS):
            yield f"environment {environment.name}: {'asks' if environment.needs_reviewer else 'does not ask'} a person"


def expand_environment(name: str) -> set[str]:
    """The possible values of an environment's name with an expression."""
    if not name:
        return set()
    return {re.sub(r"\$\{\{.*?\}\}", each, name) for each in ENVIRONMENTS}


def find_federation_faults(workflows: Mapping[str, Workflow], root: Path) -> Iterator[str]:
    """Providers and accounts come from Terraform, and each account is used by its own kind of job."""
    module = root / "terraform/modules/pipeline"
    sources = "\n".join(path.read_text(encoding="utf-8") for path in sorted(module.glob("*.tf")))
    for workflow in workflows.values():
        for job in workflow.jobs():
            for kind, name in FEDERATION.findall(str(dict(job.data))):
                if not re.search(rf"^\s+{name}\s+= [{{g]", sources, re.MULTILINE):
                    yield f"{job.where}: Terraform makes no {name} among its {kind}"
            yield from _find_login_faults(job)


def _find_login_faults(job: Job) -> Iterator[str]:
    """The applier runs only in environments with approval; a pull request's planner has no environment."""
    for step in job.steps():
        given: Any = step.data.get("with", {})
        account = "".join(name for _, name in FEDERATION.findall(str(given.get("account", ""))))
        if not account:
            continue
        if job.data.get("permissions", {}).get("id-token") != "write":
            yield f"{step.where}: cannot become {account} without id-token: write"
        if (account == "applier") != job.environment.endswith("-infrastructure"):
            yield f"{step.where}: {account} in the environment {job.environment or '(none)'}"
        if ("pull_requests" in str(given.get("provider"))) != (not job.environment):
            yield f"{step.where}: the provider is not the one for {'an' if job.environment else 'no'} environment"

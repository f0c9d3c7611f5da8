"""Checking that every `run:` is one call of an existing verb, with arguments that its parser accepts.

So the workflows' logic is tested Python code.
"""

import argparse
import contextlib
import io
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from infra.checks.workflows.files import Job, Step, Workflow
from infra.deploy.__main__ import list_verbs, load_verb

PYTHON = [".venv/bin/python", "-m"]
PLAIN = {
    (".ci/run",),
    ("test", "$RESULT", "=", "success"),
    ("echo", "$SENTENCE"),
    (*PYTHON, "infra.checks", "--light"),
    (*PYTHON, "infra.operations.ledger"),
}
VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?")
GIVEN = ("GITHUB_", "RUNNER_")
SAMPLES = {
    "DIGEST": "sha256:" + "0" * 64,
    "ENVIRONMENT": "staging",
    "MINUTES": "5",
    "PULL": "7",
    "UNPROVEN": "--unproven",
}
"""Sample values of variables that a parser validates."""


def find_run_faults(workflow: Workflow, root: Path) -> Iterator[str]:
    """One line per `run:` that is not a verb, or that uses an unset variable."""
    for job, step in workflow.steps():
        if not step.run:
            continue
        known = {name for level in (workflow.data, job.data, step.data) for name in level.get("env", {})}
        for name in VARIABLE.findall(step.run):
            if name not in known and not name.startswith(GIVEN):
                yield f"{step.where}: ${name} is set nowhere"
        fault = find_fault(step.run, root)
        if fault:
            yield f"{step.where}: {fault}"


def find_fault(run: str, root: Path) -> str:
    """The fault of a command line; empty if there is none."""
    words = split(run)
    if tuple(words) in PLAIN:
        return ""
    if words[:1] == ["make"]:
        return find_make_fault(words[1:], (root / "Makefile").read_text(encoding="utf-8"))
    if words[:3] == [*PYTHON, "infra.deploy"]:
        return find_verb_fault(words[3:])
    return f"`{run.strip()}` is no verb"


def split(run: str) -> list[str]:
    """The words of a command, with unquoted variables; a line with more than one command is returned as one word."""
    if re.search(r"[;&|<>`\n]|\$\(", run.strip()):
        return [run]
    return shlex.split(run)


def find_make_fault(words: list[str], makefile: str) -> str:
    """The fault of a `make` call: an unknown target or variable."""
    targets = [word for word in words if "=" not in word]
    if len(targets) != 1 or not re.search(rf"^{re.escape(targets[0])}:.*##", makefile, re.MULTILINE):
        return f"make has no verb {' '.join(targets)}"
    for name in (word.partition("=")[0] for word in words if "=" in word):
        if not re.search(rf"^{name} \?=", makefile, re.MULTILINE):
            return f"make takes no {name}"
    return ""


def find_verb_fault(words: list[str]) -> str:
    """The fault of a call of `infra.deploy`: an unknown verb, or arguments that its parser rejects."""
    if not words or words[0] not in list_verbs():
        return f"infra.deploy has no verb {words[0] if words else ''}"
    parser = argparse.ArgumentParser(prog=words[0], exit_on_error=False)
    parser.add_argument("--dry-run", action="store_true")
    load_verb(words[0]).add_arguments(parser)
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            parser.parse_args([VARIABLE.sub(fill, word) for word in words[1:]])
    except (SystemExit, argparse.ArgumentError) as error:
        return f"{' '.join(words)}: {said.getvalue().strip().rpartition('error: ')[2] or error}"
    return ""


def fill(variable: re.Match[str]) -> str:
    return SAMPLES.get(variable[1], "x")


def find_output_faults(workflows: Mapping[str, Workflow], root: Path) -> Iterator[str]:
    """Every output that is read is also written: by the step's verb, or by the needed job or workflow."""
    for workflow in workflows.values():
        jobs = {job.id: job for job in workflow.jobs()}
        for job in jobs.values():
            text = str(dict(job.data))
            for step_id, name in re.findall(r"steps\.([\w-]+)\.outputs\.([\w-]+)", text):
                if not any(is_written(step, name, root) for step in job.steps() if step.data.get("id") == step_id):
                    yield f"{job.where}: step {step_id} writes no output {name}"
            for needed, name in re.findall(r"needs\.([\w-]+)\.outputs\.([\w-]+)", text):
                if needed not in job.needs:
                    yield f"{job.where}: reads {needed}, which it does not wait for"
                elif name not in list_outputs(jobs[needed], workflows):
                    yield f"{job.where}: {needed} has no output {name}"


def is_written(step: Step, name: str, root: Path) -> bool:
    """Whether the step's verb writes this output; outputs of actions are not checked."""
    if step.uses:
        return True
    words = split(step.run)
    verb = words[3].replace("-", "_") if words[:3] == [*PYTHON, "infra.deploy"] else ""
    path = root / "infra/deploy/verbs" / f"{verb}.py"
    source = path.read_text(encoding="utf-8") if path.is_file() else ""
    return "write_outputs(" in source and bool(re.search(rf'\b{name}=|"{name}":', source))


def list_outputs(job: Job, workflows: Mapping[str, Workflow]) -> set[str]:
    """The outputs of a job, or of the workflow that it calls."""
    if not job.uses:
        return set(job.data.get("outputs", {}))
    called = workflows.get(Path(job.uses).stem)
    asked: Any = called.events.get("workflow_call", {}) if called else {}
    return set(asked.get("outputs", {}))

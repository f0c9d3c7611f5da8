"""Terraform without a cloud: format, validate, apply from nothing, a second plan without changes, tests, rules.

`TF` names the command. One that knows `--local-state` has the providers without their cloud, and everything runs. With
plain terraform nothing is applied, and a note says so; the rules look at a state of Terraform's own mocks instead.
Environments and modules are worked on in a copy.
Exit code 1 for a finding, and under `CI=true` also where Terraform could not be run at all, or where it could reach the
registry and an environment has no lock file.
"""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from infra.checks.cloud import applied, workspace
from infra.checks.cloud.rules import find_faults
from infra.checks.cloud.state import Cloud, StateError
from infra.checks.cloud.tool import OFFLINE_CURE, OFFLINE_TOOL, Tool, find_tool
from infra.checks.cloud.workspace import TerraformError
from infra.checks.findings import NOT_RUN, ROOT
from infra.checks.provider_lock import CURE, find_lock_faults, find_unlocked
from infra.local.tools import MissingToolError

PARALLEL = 2
NEEDS_APPLY = "apply from nothing, second plan"
NEEDS_PROVIDERS = f"validate, test, rules over the state, {NEEDS_APPLY}"
WORDS_MAX = 200
parsing = Lock()
"""The rules parse our code, and CPython 3.11 counts the depth of all threads' parsers together (cpython#106905)."""


@dataclass(frozen=True)
class Missing:
    """What did not run, and for want of what."""

    what: str
    want: str
    fails_ci: bool

    def __str__(self) -> str:
        return f"{NOT_RUN}terraform {self.what}, for want of {self.want}"


def run_checks(root: Path = ROOT) -> Iterator[str | Missing]:
    """What is wrong and what is missing, in words; raises nothing that Terraform says."""
    try:
        tool = find_tool()
    except MissingToolError as error:
        yield Missing(f"fmt, {NEEDS_PROVIDERS}", f"{error.tool}: {error.cure}", fails_ci=True)
        return
    yield from check_format(tool, root)
    with workspace.open_workspace(root) as copy:
        if not tool.is_offline and (words := find_registry_trouble(tool, copy)):
            want = f"a provider registry ({words}) or {OFFLINE_TOOL}: {OFFLINE_CURE}"
            yield Missing(NEEDS_PROVIDERS, want, fails_ci=True)
            return
        yield from check_folders(tool, copy)
    if unlocked := find_unlocked([*workspace.list_environments(root), *workspace.list_outsides(root)]):
        yield Missing(f"the provider's hashes in {', '.join(unlocked)}", CURE, fails_ci=not tool.is_offline)
    if not tool.is_offline:
        yield Missing(NEEDS_APPLY, f"{OFFLINE_TOOL}: {OFFLINE_CURE}", fails_ci=False)


def check_format(tool: Tool, root: Path) -> Iterator[str]:
    """One line per file that `terraform fmt -recursive` would change, or Terraform's words on what it cannot read."""
    done = tool.run(root / "terraform", "fmt", "-check", "-recursive")
    if done.returncode:
        files = [line for line in done.stdout.splitlines() if line.endswith((".tf", ".hcl", ".tfvars"))]
        yield from (f"fmt: {line}" for line in files or [done.stdout.strip()])


def find_registry_trouble(tool: Tool, copy: Path) -> str:
    """Why providers cannot be had, or nothing: one environment's `init` tells."""
    try:
        workspace.initialise(tool, workspace.list_environments(copy)[0])
    except TerraformError as error:
        words = " ".join(str(error).replace("│", " ").split())
        return words[max(words.find("Error: "), 0) :][:WORDS_MAX]
    return ""


def check_folders(tool: Tool, copy: Path) -> Iterator[str]:
    """Environments first: they take longest."""
    environments, modules = workspace.list_environments(copy), workspace.list_tested_modules(copy)
    outsides = workspace.list_outsides(copy)
    with ThreadPoolExecutor(PARALLEL) as workers:
        jobs = [workers.submit(collect, check_environment, tool, folder) for folder in environments]
        jobs += [workers.submit(collect, check_outside, tool, folder) for folder in outsides]
        jobs += [workers.submit(collect, check_module, tool, folder) for folder in modules]
        for folder, job in zip([*environments, *outsides, *modules], jobs, strict=True):
            name = folder.relative_to(copy / "terraform")
            yield from (f"{name}: {fault}" for fault in job.result())


def collect(check: Callable[[Tool, Path], Iterable[str]], tool: Tool, folder: Path) -> list[str]:
    """A folder's faults; after the first thing that Terraform refuses, the rest would only repeat it."""
    faults: list[str] = []
    try:
        faults.extend(check(tool, folder))
    except (TerraformError, StateError) as error:
        faults.append(str(error))
    return faults


def check_module(tool: Tool, folder: Path) -> Iterator[str]:
    """A module's own tests."""
    with timed("init", folder), applied.cache:
        workspace.initialise(tool, folder)
    with timed("test", folder):
        workspace.run(tool, folder, "test")
    yield from ()


def check_environment(tool: Tool, folder: Path) -> Iterator[str]:
    """Validate and test; make the state, plan again where it was applied, and look at it with every rule."""
    yield from check_root(tool, folder)
    fingerprint = applied.take_fingerprint()
    with timed("apply", folder):
        shown = applied.make_state(tool, folder)
    applied.keep_state(fingerprint, folder.name, shown)
    with parsing:
        faults = list(find_faults(Cloud.read(folder.name, shown)))
    yield from faults
    if tool.is_offline:
        yield from check_second_plan(tool, folder)
    with timed("test", folder):
        workspace.run(tool, folder, "test")


def check_outside(tool: Tool, folder: Path) -> Iterator[str]:
    """Validate; where nothing asks a cloud, apply and plan again. The rules over its state are tests."""
    yield from check_root(tool, folder)
    if tool.is_offline:
        with timed("apply", folder):
            workspace.apply(tool, folder)
        yield from check_second_plan(tool, folder)


def check_root(tool: Tool, folder: Path) -> Iterator[str]:
    """The lock file, and whether Terraform accepts the files."""
    yield from find_lock_faults(folder)
    with timed("init", folder), applied.cache:
        workspace.initialise(tool, folder)
    with timed("validate", folder):
        workspace.run(tool, folder, "validate")


def check_second_plan(tool: Tool, folder: Path) -> Iterator[str]:
    """After an apply nothing is left to change."""
    with timed("plan", folder):
        second = tool.run(folder, "plan", "-detailed-exitcode", "-input=false")
    if second.returncode:
        yield f"a second plan still has changes:\n{second.stdout.strip()}"


@contextmanager
def timed(step: str, folder: Path) -> Iterator[None]:
    """Says on stderr how long a step took, where TIMES is set."""
    started = time.monotonic()
    yield
    if os.environ.get("TIMES"):
        print(f"{folder.name} {step}: {time.monotonic() - started:.1f} s", file=sys.stderr)


def main() -> int:
    """Print findings and notes; returns the exit code."""
    found = list(run_checks())
    print(*found, sep="\n", end="\n" if found else "")
    in_ci = os.environ.get("CI", "").lower() in {"1", "true"}
    return int(any(in_ci and each.fails_ci if isinstance(each, Missing) else True for each in found))


if __name__ == "__main__":
    sys.exit(main())

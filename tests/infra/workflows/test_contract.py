"""The contract of the workflow files, and that breaking any part of it is noticed."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.checks.__main__ import ZIZMOR
from infra.checks.findings import ROOT
from infra.checks.workflows.__main__ import find_workflow_faults
from infra.checks.workflows.agreement import NAMES
from infra.checks.workflows.files import read_workflows

Plant = Callable[[str, str, str], list[str]]
W = ".github/workflows/"
BUILD_SECRETS = """    secrets:
      DELIVERY_APP_PRIVATE_KEY: ${{ secrets.DELIVERY_APP_PRIVATE_KEY }}
      NOTIFY_BOT_TOKEN: ${{ secrets.NOTIFY_BOT_TOKEN }}

  served:"""
PLANTED = {
    "a stranger's trigger": (W + "ci.yml", "  pull_request:\n", "  pull_request_target:\n", "is not a trigger of ours"),
    "a workflow by another's name": (W + "nightly.yml", "  schedule:\n", "  workflow_run:\n", "is not a trigger"),
    "permissions by default": (
        W + "ci.yml",
        "permissions: {}",
        "permissions:\n  contents: read",
        "are not {} at the top",
    ),
    "a job without permissions": (
        W + "ci.yml",
        "    permissions:\n      contents: read # to check out\n",
        "",
        "ci: light: says no permissions of its own",
    ),
    "everything may be written": (
        W + "ci.yml",
        "    permissions: {}",
        "    permissions: write-all",
        "ci: full: says no",
    ),
    "more may be written": (W + "ci.yml", "      contents: read", "      packages: write", "may write packages"),
    "a tag for a pin": (
        W + "ci.yml",
        "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1",
        "actions/checkout@v7",
        "actions/checkout@v7 is not pinned to a commit",
    ),
    "a pin without a version": (W + "ci.yml", " # v7.0.1", "", "does not say its version"),
    "a tag in our own action": (
        ".github/actions/setup/action.yml",
        "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97",
        "actions/setup-python@v7",
        "actions/setup: actions/setup-python@v7 is not pinned",
    ),
    "an action that is not there": (
        W + "ci.yml",
        "$/.github/actions/setup",
        "$/.github/actions/gone",
        "does not exist",
    ),
    "no end": (W + "ci.yml", "    timeout-minutes: 5\n", "", "ci: light: has no timeout-minutes"),
    "no concurrency": (W + "ci.yml", "\nconcurrency:", "\nenv:", "has no concurrency group"),
    "no word on canceling": (W + "sync-back.yml", "  cancel-in-progress: false\n", "", "has no concurrency group"),
    "a group that waits for itself": (
        W + "deploy-staging.yml",
        "group: deploy-staging",
        "group: ${{ github.workflow }}",
        "does not begin with its own name",
    ),
    "a checkout that keeps its token": (
        W + "ci.yml",
        "persist-credentials: false",
        "fetch-depth: 0",
        "the checkout keeps its token",
    ),
    "an App's token for everything": (
        W + "pr-from-feature.yml",
        "          permission-contents: read\n          permission-pull-requests: write\n",
        "",
        "may do all that the App may",
    ),
    "an App's token for everywhere": (
        W + "pr-from-feature.yml",
        "          permission-contents: read\n",
        "          permission-contents: read\n          owner: someone\n",
        "for other repositories",
    ),
    "a login of its own": (
        W + "rollback.yml",
        "$/.github/actions/setup",
        "google-github-actions/auth@7c6bc770dae815cd3e89ee6cdf493a5fab2cc093 # v3.0.0",
        "a login is .github/actions/setup's",
    ),
    "an expression in a command": (
        W + "pr-from-feature.yml",
        '--branch "$BRANCH"',
        '--branch "${{ github.ref_name }}"',
        "an expression inside `run`",
    ),
    "every secret handed on": (
        W + "deploy-production.yml",
        BUILD_SECRETS,
        "    secrets: inherit\n\n  served:",
        "hands on every secret",
    ),
    "a secret forgotten": (
        W + "deploy-production.yml",
        BUILD_SECRETS,
        "\n  served:",
        "does not hand NOTIFY_BOT_TOKEN to build-release",
    ),
    "an input nobody asks for": (
        W + "deploy-production.yml",
        '      minutes: "30"',
        '      minuets: "30"',
        "post-deploy-monitor does not ask for minuets",
    ),
    "a caller that may less": (
        W + "deploy-production.yml",
        "      id-token: write # to become the builder of staging, and to sign\n",
        "",
        "needs id-token: write",
    ),
    "a script": (W + "ci.yml", "run: .ci/run", "run: pip install pytest && pytest", "is no verb"),
    "an unknown make verb": (W + "nightly.yml", "make simulate", "make simulat", "make has no verb simulat"),
    "an unknown make variable": (W + "terraform.yml", "make plan ENV=", "make plan ENVIRONMENT=", "make takes no"),
    "an unknown verb": (
        W + "sync-back.yml",
        "infra.deploy sync-back",
        "infra.deploy sync-forth",
        "has no verb sync-forth",
    ),
    "an unknown argument": (W + "rollback.yml", "rollback --environment", "rollback --target", "rollback --target"),
    "a missing argument": (
        W + "rollback.yml",
        'rollback --environment "$ENVIRONMENT"',
        "rollback",
        "required: --environment",
    ),
    "an environment that is none": (
        W + "deploy-staging.yml",
        "smoke --environment staging",
        "smoke --environment stage",
        "invalid choice: 'stage'",
    ),
    "a variable nobody sets": (W + "pr-from-feature.yml", '"$BRANCH"', '"$HEAD"', "$HEAD is set nowhere"),
    "an output nobody writes": (
        W + "deploy-production.yml",
        "steps.check.outputs.version",
        "steps.check.outputs.number",
        "step check writes no output number",
    ),
    "an output of a job nobody waits for": (
        W + "deploy-production.yml",
        "    needs: [check, rollout]",
        "    needs: rollout",
        "reads check, which it does not wait for",
    ),
    "an output that is not handed on": (
        W + "deploy-production.yml",
        "needs.image.outputs.tree",
        "needs.image.outputs.treee",
        "image has no output treee",
    ),
    "another name for a required check": (
        W + "ci.yml",
        "name: light check",
        "name: quick check",
        "staging waits for “light check”, which 0 jobs",
    ),
    "two jobs of one name": (W + "ci.yml", "name: light check", "name: full check", "“full check”, which 2 jobs"),
    "a required check that does not run": (
        W + "ci.yml",
        "    branches: [staging, main]",
        "    branches: [main]",
        "staging waits for “light check”, which 0 jobs",
    ),
    "an undeclared secret": (
        W + "ci.yml",
        "needs.versions.result",
        "secrets.SOME_KEY",
        "secret SOME_KEY is not in the",
    ),
    "an undeclared variable": (W + "ci.yml", "needs.versions.result", "vars.SOME_NAME", "variable SOME_NAME is not in"),
    "a setting nobody reads": (
        "docs/delivery.md",
        "| `NOTIFY_CHAT_ID` | variable |",
        "| `NOTIFY_ROOM` | variable |",
        "the variable NOTIFY_ROOM is read by no workflow",
    ),
    "an environment's setting outside of it": (
        W + "rollback.yml",
        "    environment: ${{ inputs.environment }}\n",
        "",
        "reads PIPELINE, which only jobs of an environment have",
    ),
    "an environment nobody protects": (
        W + "setup-branch-protection.yml",
        "environment: production-infrastructure",
        "environment: playground",
        "environment playground: a job names it",
    ),
    "a first day that is red": (
        W + "pr-from-feature.yml",
        "vars.DELIVERY_APP_CLIENT_ID && !github.event.deleted",
        "${{ !github.event.deleted }}",
        "pr-from-feature: open: reads settings, and would fail before they are there",
    ),
    "a job that does not wait for settings": (
        W + "deploy-production.yml",
        "    if: ${{ !cancelled() && needs.rollout.result == 'success' }}\n",
        "    if: ${{ !cancelled() }}\n",
        "deploy-production: monitor: reads settings, and would fail",
    ),
    "a skip that nobody hears of": (
        W + "renew-lock.yml",
        "    if: ${{ !vars.DELIVERY_APP_CLIENT_ID }}\n",
        "    if: github.event_name == 'push'\n",
        "renew-lock: skips jobs before anything is set up, and says so nowhere",
    ),
    "an account that is not there": (
        W + "rollback.yml",
        "          account: ${{ fromJSON(vars.PIPELINE).accounts.deployer }}",
        "          account: ${{ fromJSON(vars.PIPELINE).accounts.deplyer }}",
        "Terraform makes no deplyer among its accounts",
    ),
    "a change of the cloud without a person": (
        W + "rollback.yml",
        "          account: ${{ fromJSON(vars.PIPELINE).accounts.deployer }}",
        "          account: ${{ fromJSON(vars.PIPELINE).accounts.applier }}",
        "applier in the environment ${{ inputs.environment }}",
    ),
    "a pull request with an environment's provider": (
        W + "terraform.yml",
        "providers.pull_requests",
        "providers.environments",
        "the provider is not the one for no environment",
    ),
    "a login without the right to one": (
        W + "rollback.yml",
        "      id-token: write # to become the deployer\n",
        "",
        "cannot become deployer without id-token: write",
    ),
    "a deployer that imports what lies at the root": (
        W + "rollback.yml",
        'env:\n  PYTHONSAFEPATH: "1"\n',
        "",
        "rollback: rollback: has an identity, and would import any module at the root",
    ),
    "a step that looks elsewhere for modules": (
        W + "rollback.yml",
        "      ENVIRONMENT: ${{ inputs.environment }}",
        "      PYTHONPATH: .",
        "rollback: rollback: changes where Python looks for modules",
    ),
    "another name than the file's": (W + "ci.yml", "name: ci\n", "name: checks\n", "ci: is named 'checks'"),
    "no workflow at all": (W + "ci.yml", "jobs:\n", "jobs: none\nothers:\n", "ci.yml: no jobs"),
    "no YAML": (W + "ci.yml", "name: ci\n", "name: [ci\n", "expected ',' or ']'"),
}


def test_the_workflows_keep_their_contract() -> None:
    """Parsed, pinned, bounded, thin, and true to the verbs, settings, environments and accounts they name."""
    assert list(find_workflow_faults(ROOT)) == []


@pytest.mark.parametrize(("name", "old", "new", "finding"), PLANTED.values(), ids=PLANTED)
def test_a_planted_fault_is_found(plant: Plant, name: str, old: str, new: str, finding: str) -> None:
    """Each rule is broken once in a copy, and each time the check says so."""
    assert finding in "\n".join(plant(name, old, new))


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_workflow_cannot_be_lost(repository: Path, name: str) -> None:
    """Each workflow is missed when it is gone."""
    (repository / W / f"{name}.yml").unlink()
    assert f"{name}: is missing" in list(find_workflow_faults(repository))


def test_all_are_listed() -> None:
    """No file is outside of the contract."""
    assert {workflow.name for workflow in read_workflows(ROOT)} == NAMES


def run_zizmor(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("zizmor")
    return subprocess.run([program, *ZIZMOR], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 — our own tool


def test_zizmor_has_nothing_to_say() -> None:
    """The pedantic persona, with no finding ignored by a comment or a file."""
    done = run_zizmor(ROOT)
    assert done.returncode == 0, done.stdout
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / ".github").rglob("*.y*ml")]
    assert not any("zizmor: ignore" in text for text in texts)
    assert not list((ROOT / ".github").glob("zizmor.y*ml"))


def test_zizmor_is_asked(tmp_path: Path) -> None:
    """What only its pedantic persona minds is found with the arguments that `make check` uses."""
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    path = tmp_path / W / "ci.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("name: ci\n", "", 1), encoding="utf-8")
    done = run_zizmor(tmp_path)
    assert done.returncode != 0
    assert "anonymous-definition" in done.stdout

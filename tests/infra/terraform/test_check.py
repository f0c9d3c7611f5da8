"""`python -m infra.checks.terraform`: what it says with and without its tools, and that it never applies for real."""

import json
from pathlib import Path

import pytest

from infra.checks import terraform
from infra.checks.cloud.applied import States
from infra.checks.cloud.mocked import show_mocked
from infra.checks.cloud.rules import find_faults
from infra.checks.cloud.state import Cloud
from infra.checks.cloud.tool import Tool, clean_environment, find_offline_tool, find_tool
from infra.checks.cloud.workspace import apply, initialise, list_outsides, open_workspace
from tests.conftest import require

DRIFT = """
resource "terraform_data" "each_time" {
  input = timestamp()
}
"""


def make_terraform(folder: Path, init: str) -> str:
    """A command that knows Terraform's verbs, not --local-state, and writes down what it is asked."""
    script = folder / "terraform"
    script.write_text(
        f"""#!/bin/sh
case "$*" in
  *--local-state*) exit 1 ;;
  *" init "*) {init} ;;
  *-verbose*) for each in dev staging production; do case "$*" in */$each*) cat {folder}/$each ;; esac; done ;;
esac
echo "$*" >> {folder}/asked
"""
    )
    script.chmod(0o755)
    return str(script)


def test_without_terraform_it_says_what_did_not_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line: what did not run, for want of what, and what would help. In CI that fails."""
    monkeypatch.setenv("TF", "/nowhere/terraform")
    monkeypatch.delenv("CI", raising=False)
    assert terraform.main() == 0
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith("did not run: terraform fmt, validate, test, rules over the state, ")
    assert "for want of TF=/nowhere/terraform: " in line
    monkeypatch.setenv("CI", "true")
    assert terraform.main() == 1


def test_without_a_registry_it_says_what_did_not_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Plain terraform without providers can only format; the rest is named, and in CI that fails."""
    monkeypatch.setenv("TF", make_terraform(tmp_path, "echo 'no such host'; exit 1"))
    monkeypatch.setenv("CI", "true")
    assert terraform.main() == 1
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith("did not run: terraform validate, test, rules")
    assert "a provider registry (no such host) or a Terraform without a cloud: TF=" in line


def test_plain_terraform_never_applies(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, states: States
) -> None:
    """With a registry all runs that asks no cloud, and CI wants the lock files; nothing is planned or applied."""
    for name, shown in states.items():
        (tmp_path / name).write_text(json.dumps({"type": "test_state", "test_state": shown["values"]}))
    monkeypatch.setenv("TF", make_terraform(tmp_path, ":"))
    monkeypatch.setenv("CI", "true")
    assert terraform.main() == 1
    unlocked, not_applied = capsys.readouterr().out.splitlines()
    folders = "environments/dev, environments/production, environments/staging, outside/production, outside/staging"
    assert unlocked.startswith(f"did not run: terraform the provider's hashes in {folders}, for want of")
    assert not_applied.startswith("did not run: terraform apply from nothing, second plan, for want of")
    verbs = {words.split()[1] for words in (tmp_path / "asked").read_text().splitlines() if "-chdir" in words}
    assert verbs == {"version", "fmt", "init", "validate", "test"}
    with pytest.raises(ValueError, match="real cloud"):
        apply(find_tool(), tmp_path)


def test_mocks_make_the_same_state(tmp_path: Path) -> None:
    """What plain terraform's mocks make has each account's own name, and breaks no rule either."""
    offline = require(find_offline_tool)
    with open_workspace() as copy:
        folder = copy / "terraform/environments/production"
        initialise(offline, folder)
        cloud = Cloud.read("production", show_mocked(offline, folder))
    assert list(find_faults(cloud)) == []


def test_no_account_reaches_terraform(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's login, variables and arguments stay outside."""
    own = {"GOOGLE_APPLICATION_CREDENTIALS": "/k", "TF_VAR_x": "1", "TF_CLI_ARGS_plan": "-destroy", "PATH": "/bin"}
    cleaned = clean_environment(own)
    assert cleaned["PATH"] == "/bin"
    assert not {*own} - {"PATH"} & {*cleaned}
    assert cleaned["GOOGLE_OAUTH_ACCESS_TOKEN"] == "not-a-real-token"


def test_what_never_settles_is_found(tmp_path: Path) -> None:
    """A configuration whose second plan has changes is a finding."""
    tool = require(find_offline_tool)
    folder = make_environment(tmp_path, DRIFT)
    initialise(tool, folder)
    apply(tool, folder)
    [finding] = terraform.check_second_plan(tool, folder)
    assert finding.startswith("a second plan still has changes")
    assert "terraform_data.each_time" in finding


def test_the_copies_outside_are_read_too(tmp_path: Path) -> None:
    """Their roots are checked like an environment, but for its rules: here the second plan has changes."""
    tool = require(find_offline_tool)
    (tmp_path / "terraform/outside/staging").mkdir(parents=True)
    (tmp_path / "terraform/outside/staging/main.tf").write_text(DRIFT)
    with open_workspace(tmp_path) as copy:
        [folder] = list_outsides(copy)
        [finding] = terraform.collect(terraform.check_outside, tool, folder)
    assert finding.startswith("a second plan still has changes")


def test_what_terraform_refuses_is_found(tmp_path: Path) -> None:
    """An error of Terraform's is the finding, in its words."""
    tool = require(find_offline_tool)
    folder = make_environment(tmp_path, 'resource "google_storage_bucket" "b" {}\n')
    [finding] = terraform.collect(terraform.check_environment, tool, folder)
    assert 'The argument "location" is required' in finding


def test_bad_format_is_found(tmp_path: Path) -> None:
    """A file that `terraform fmt` would change is named."""
    make_environment(tmp_path, 'locals {\na="b"\n}\n')
    [finding] = terraform.check_format(require(find_tool), tmp_path)
    assert finding == "fmt: environments/dev/main.tf"


def test_a_workspace_is_a_copy(tmp_path: Path) -> None:
    """What runs in it leaves the tree alone; the other folders are there for modules that read them."""
    folder = make_environment(tmp_path, DRIFT)
    (tmp_path / "infra").mkdir()
    (folder / ".terraform").mkdir()
    with open_workspace(tmp_path) as copy:
        work = copy / "terraform/environments/dev"
        assert (work / "main.tf").read_text() == DRIFT
        assert 'backend "local"' in (work / "zz_check_override.tf").read_text()
        assert not (work / ".terraform").exists()
        assert (copy / "infra").is_dir()
    assert not copy.exists()
    assert sorted(path.name for path in folder.iterdir()) == [".terraform", "main.tf"]


def test_a_tool_is_a_command_with_arguments(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`TF` may hold arguments of its own."""
    command = make_terraform(tmp_path, ":")
    monkeypatch.setenv("TF", f"{command} --verbose")
    assert find_tool() == Tool((command, "--verbose"), is_offline=False)


def make_environment(root: Path, text: str) -> Path:
    folder = root / "terraform/environments/dev"
    folder.mkdir(parents=True)
    (folder / "main.tf").write_text(text)
    return folder

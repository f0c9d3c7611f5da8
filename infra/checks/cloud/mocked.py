"""An environment's state without applying anything, from Terraform's own mocks of the provider.

For plain terraform, which has no offline providers. `terraform test -verbose -json` shows a run's final state. All
mocked accounts get the same address, so a second run overrides each account's own.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from infra.checks.cloud.state import Resource, walk_resources
from infra.checks.cloud.tool import Tool
from infra.checks.cloud.workspace import TerraformError

ACCOUNT = "google_service_account"
FILE = "zz_check.tftest.hcl"
FAILED = {"fail", "error"}
MOCKS = """
mock_provider "time" {}

mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = 123456789012 }
  }
  mock_resource "google_kms_crypto_key" {
    defaults = { id = "projects/mocked-project/locations/mocked/keyRings/mocked/cryptoKeys/images" }
  }
  mock_resource "google_service_account" {
    defaults = {
      email  = "mocked@mocked-project.iam.gserviceaccount.com"
      member = "serviceAccount:mocked@mocked-project.iam.gserviceaccount.com"
      name   = "projects/mocked-project/serviceAccounts/mocked@mocked-project.iam.gserviceaccount.com"
    }
  }
}

run "check" {
  command = apply
}
"""


def show_mocked(tool: Tool, folder: Path) -> dict[str, Any]:
    """The state in the format of `terraform show -json` after an apply. Raises TerraformError."""
    first = _run_mocked(tool, folder, [])
    named = [each for each in walk_resources(first["values"]["root_module"]) if each.type in DESCRIBE]
    return _run_mocked(tool, folder, named)


def _run_mocked(tool: Tool, folder: Path, named: Iterable[Resource]) -> dict[str, Any]:
    overrides = (_write_override(each.address, DESCRIBE[each.type](each.values)) for each in named)
    (folder / FILE).write_text(MOCKS + "".join(overrides), encoding="utf-8")
    try:
        written = tool.run(folder, "test", "-verbose", "-json", f"-filter={FILE}").stdout
    finally:
        (folder / FILE).unlink()
    messages = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    states = [each["test_state"] for each in messages if each["type"] == "test_state"]
    # The exit code also tells that the mocks' resources cannot be destroyed, which is right where they are protected.
    if not states or any(each.get("test_run", {}).get("status") in FAILED for each in messages):
        raise TerraformError(f"a test with mocks showed no state:\n{written}")
    return {"values": states[0]}


def _describe_account(values: Mapping[str, Any]) -> dict[str, str]:
    email = f"{values['account_id']}@{values['project']}.iam.gserviceaccount.com"
    return {
        "email": email,
        "member": f"serviceAccount:{email}",
        "name": f"projects/{values['project']}/serviceAccounts/{email}",
    }


def _describe_key(values: Mapping[str, Any]) -> dict[str, str]:
    return {"id": f"projects/mocked-project/locations/mocked/keyRings/mocked/cryptoKeys/{values['name']}"}


DESCRIBE = {ACCOUNT: _describe_account, "google_kms_crypto_key": _describe_key}
"""What each account and key is called: mocks give all of one type the same name."""


def _write_override(address: str, own: Mapping[str, str]) -> str:
    lines = "".join(f"    {name} = {json.dumps(value)}\n" for name, value in own.items())
    return f"\noverride_resource {{\n  target = {address}\n  values = {{\n{lines}  }}\n}}\n"

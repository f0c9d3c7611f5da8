"""The service that holds the rollout's record is made once; nothing that Terraform's code says later reaches it."""

from infra.checks.cloud.tool import find_offline_tool
from infra.checks.cloud.workspace import initialise, open_workspace, run
from tests.conftest import require

SERVICE = "-target=module.product.google_cloud_run_v2_service.record"
CHANGES = {"INGRESS_TRAFFIC_INTERNAL_ONLY": "INGRESS_TRAFFIC_ALL", "max_instance_count = 1": "max_instance_count = 2"}


def test_terraform_never_writes_to_the_record() -> None:
    """Its settings are changed in the code: the plan has nothing to do, so no apply can send an old record back."""
    tool = require(find_offline_tool)
    with open_workspace() as copy:
        folder, code = copy / "terraform/environments/dev", copy / "terraform/modules/product/record.tf"
        initialise(tool, folder)
        run(tool, folder, "apply", "-auto-approve", "-input=false", SERVICE)
        for old, new in CHANGES.items():
            before = code.read_text(encoding="utf-8")
            assert old in before
            code.write_text(before.replace(old, new), encoding="utf-8")
        planned = run(tool, folder, "plan", "-no-color", "-input=false", SERVICE)
    assert "0 to change, 0 to destroy" in planned

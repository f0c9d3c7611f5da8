"""Checking that every service asks Binary Authorization, and that its policy is as strict as deployment.json says."""

from collections.abc import Iterator

from infra.checks.cloud.state import Cloud

PLACEHOLDER = "us-docker.pkg.dev/cloudrun/container/hello*"
"""Google's own image, without which Terraform cannot make a service."""
ENFORCED, AUDITED = "ENFORCED_BLOCK_AND_AUDIT_LOG", "DRYRUN_AUDIT_LOG_ONLY"


def find_admission_faults(cloud: Cloud) -> Iterator[str]:
    """One line per service that does not ask, and per way past the attestor."""
    for name, service in cloud.services.items():
        if service.block("binary_authorization").get("use_default") is not True:
            yield f"service {name}: runs images without asking Binary Authorization"
        if service.block("binary_authorization").get("breakglass_justification"):
            yield f"service {name}: its breakglass is in Terraform, so the check is off for ever"
    policies, wanted = cloud.of("google_binary_authorization_policy"), cloud.deployment.get("attestor") or {}
    if len(policies) != 1:
        yield f"{len(policies)} policies of Binary Authorization, not one"
    for policy in policies:
        rule = policy.block("default_admission_rule")
        mode = ENFORCED if wanted.get("enforced") else AUDITED
        if (rule.get("evaluation_mode"), rule.get("enforcement_mode")) != ("REQUIRE_ATTESTATION", mode):
            yield f"{policy.address}: it does not demand attestations as deployment.json says ({mode})"
        if not rule.get("require_attestations_by"):
            yield f"{policy.address}: names no attestor"
        exempt = {each["name_pattern"] for each in policy.blocks("admission_whitelist_patterns")} - {PLACEHOLDER}
        if exempt or policy.blocks("cluster_admission_rules"):
            yield f"{policy.address}: lets images past the attestor: {', '.join(sorted(exempt)) or 'clusters'}"

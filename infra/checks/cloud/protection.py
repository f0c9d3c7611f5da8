"""Checking that production survives a mistaken `terraform destroy`, and that deleted data can be restored.

Every value must be set explicitly: a default would work in the cloud, but a check could not notice its change.
"""

from collections.abc import Iterator
from typing import Any

from infra.checks.cloud.state import Cloud, Resource

PRODUCTION = "production"
DAY_SECONDS = 24 * 3600
SOFT_DELETE_SECONDS_MIN = 7 * DAY_SECONDS
PROTECTED: dict[str, dict[str, Any]] = {
    "google_firestore_database": {
        "delete_protection_state": "DELETE_PROTECTION_ENABLED",
        "point_in_time_recovery_enablement": "POINT_IN_TIME_RECOVERY_ENABLED",
        "deletion_policy": "ABANDON",
    },
    "google_cloud_run_v2_service": {"deletion_protection": True},
    "google_secret_manager_secret": {"deletion_protection": True},
    "google_storage_bucket": {"force_destroy": False},
}
PRIVATE_BUCKET = {"uniform_bucket_level_access": True, "public_access_prevention": "enforced"}


def find_unprotected(cloud: Cloud) -> Iterator[str]:
    """One line per missing protection in production; other environments may be deleted."""
    if cloud.environment != PRODUCTION:
        return
    for kind, wanted in PROTECTED.items():
        if not cloud.of(kind):
            yield f"production has no {kind}"
        for resource in cloud.of(kind):
            yield from _compare(resource, wanted)
    for bucket in cloud.of("google_storage_bucket"):
        # Where a retention policy lets nobody write over an object, there are no versions to keep.
        if not bucket.block("versioning").get("enabled") and not bucket.block("retention_policy"):
            yield f"{bucket.address}: keeps no versions"
        if (bucket.block("soft_delete_policy").get("retention_duration_seconds") or 0) < SOFT_DELETE_SECONDS_MIN:
            yield f"{bucket.address}: deleted objects are not kept for a week"
    yield from _find_missing_backups(cloud)


def _find_missing_backups(cloud: Cloud) -> Iterator[str]:
    """Each database has both: people's and the releases'."""
    schedules = cloud.of("google_firestore_backup_schedule")
    for database in cloud.of("google_firestore_database"):
        own = [each.values for each in schedules if each.values.get("database") == database.values["name"]]
        for rhythm in ("daily_recurrence", "weekly_recurrence"):
            if not any(values.get(rhythm) for values in own):
                yield f"{database.address}: no backup schedule with {rhythm}"


def find_public_buckets(cloud: Cloud) -> Iterator[str]:
    """One line per bucket, in any environment, whose objects could be made public."""
    for bucket in cloud.of("google_storage_bucket"):
        yield from _compare(bucket, PRIVATE_BUCKET)


def _compare(resource: Resource, wanted: dict[str, Any]) -> Iterator[str]:
    for name, value in wanted.items():
        if (found := resource.values.get(name)) != value:
            yield f"{resource.address}: {name} is {found}, not {value}"

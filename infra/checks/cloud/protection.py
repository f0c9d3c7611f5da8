"""Production survives a mistaken `terraform destroy`, and what is deleted can be had back.

Every value is asserted as written: a default would be as good in the cloud, but no check without one could see it go.
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
    """One line per protection that is missing in production; other environments may be thrown away."""
    if cloud.environment != PRODUCTION:
        return
    for kind, wanted in PROTECTED.items():
        if not cloud.of(kind):
            yield f"production has no {kind}"
        for resource in cloud.of(kind):
            yield from _compare(resource, wanted)
    for bucket in cloud.of("google_storage_bucket"):
        if not bucket.block("versioning").get("enabled"):
            yield f"{bucket.address}: keeps no versions"
        if (bucket.block("soft_delete_policy").get("retention_duration_seconds") or 0) < SOFT_DELETE_SECONDS_MIN:
            yield f"{bucket.address}: deleted objects are not kept for a week"
    yield from _find_missing_backups(cloud)


def _find_missing_backups(cloud: Cloud) -> Iterator[str]:
    schedules = cloud.of("google_firestore_backup_schedule")
    for rhythm in ("daily_recurrence", "weekly_recurrence"):
        if not any(schedule.values.get(rhythm) for schedule in schedules):
            yield f"no backup schedule with {rhythm}"


def find_public_buckets(cloud: Cloud) -> Iterator[str]:
    """A bucket whose objects could be shared with everybody, in any environment."""
    for bucket in cloud.of("google_storage_bucket"):
        yield from _compare(bucket, PRIVATE_BUCKET)


def _compare(resource: Resource, wanted: dict[str, Any]) -> Iterator[str]:
    for name, value in wanted.items():
        if (found := resource.values.get(name)) != value:
            yield f"{resource.address}: {name} is {found}, not {value}"

"""Creating or correcting a bucket: that of Terraform's state, and those that a restore needs.

A reader of the state knows every resource, and a writer decides what the next apply does. So a bucket with our name
in another project is never used.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.deploy.api import Api
from infra.deploy.context import Context
from infra.deploy.environments import ROOT, find_root
from infra.deploy.errors import ConflictError, DeployError, MissingError, RefusedError

VERSIONS_KEPT = 50
"""The number of older states to keep; each has some hundred kilobytes."""
PRIVATE: dict[str, Any] = {
    "iamConfiguration": {"uniformBucketLevelAccess": {"enabled": True}, "publicAccessPrevention": "enforced"},
}
WANTED: dict[str, Any] = {
    **PRIVATE,
    "versioning": {"enabled": True},
    "lifecycle": {
        "rule": [
            {"action": {"type": "Delete"}, "condition": {"numNewerVersions": VERSIONS_KEPT, "isLive": False}},
        ]
    },
}
"""https://cloud.google.com/storage/docs/json_api/v1/buckets#resource."""


def read_bucket_name(environment: str, root: Path = ROOT) -> str:
    """The name in the environment's Terraform backend. Raises DeployError."""
    path = find_root(environment)
    try:
        text = (root / path).read_text(encoding="utf-8")
        found = re.search(r'backend\s+"gcs"\s*\{[^}]*?\bbucket\s*=\s*"([^"]+)"', text)
    except OSError:
        found = None
    if found is None:
        raise DeployError(f"{path} names no bucket for its state")
    return found[1]


def make_bucket(
    storage: Api,
    name: str,
    project: str,
    number: str,
    region: str,
    context: Context,
    wanted: Mapping[str, Any] = WANTED,
) -> None:
    """Create it, or correct differences. Raises RefusedError if it belongs to another project."""
    bucket = _find_bucket(storage, name)
    if bucket is None:
        try:
            body = {"name": name, "location": region.upper(), **wanted}
            storage.change("POST", f"/storage/v1/b?project={project}", body)
        except ConflictError:  # created meanwhile, or by our own call whose response was lost
            bucket = _find_bucket(storage, name)
        else:
            context.say(f"bucket {name}: {'would be made' if context.dry_run else 'made'}")
            return
    if bucket is None or str(bucket.get("projectNumber")) != number:
        raise RefusedError(f"bucket {name} belongs to another project: choose another name in the backend")
    correct_bucket(storage, bucket, context, wanted)


def correct_bucket(storage: Api, bucket: dict[str, Any], context: Context, wanted: Mapping[str, Any] = WANTED) -> None:
    """Change only wrong settings."""
    wrong = {name: value for name, value in wanted.items() if not _holds(bucket.get(name), value)}
    if not wrong:
        context.say(f"bucket {bucket['name']}: as it must be")
        return
    generation = bucket["metageneration"]
    storage.change("PATCH", f"/storage/v1/b/{bucket['name']}?ifMetagenerationMatch={generation}", wrong)
    verb = "would correct" if context.dry_run else "corrected"
    context.say(f"bucket {bucket['name']}: {verb} {', '.join(sorted(wrong))}")


def _find_bucket(storage: Api, name: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = storage.get(f"/storage/v1/b/{name}")
    except MissingError:
        return None
    except RefusedError as error:
        raise RefusedError(f"bucket {name} belongs to somebody else, or may not be read: {error}") from error
    return found


def _holds(found: Any, wanted: Any) -> bool:
    """Whether all wanted values are set; additional fields of Google are ignored."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_holds(found.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, list):
        same_length = isinstance(found, list) and len(found) == len(wanted)
        return same_length and all(map(_holds, found, wanted))
    return bool(found == wanted)

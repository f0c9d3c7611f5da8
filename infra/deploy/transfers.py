"""Copying objects between buckets with Google's Storage Transfer Service, which goes on without us.

https://cloud.google.com/storage-transfer/docs/reference/rest. A job belongs to the project that it copies into, whose
agent reads the source and writes the sink. What the sink has already is left as it is: a repetition copies the rest.
"""

from types import TracebackType
from typing import Any, Self

from infra.deploy.api import Api
from infra.deploy.context import Context
from infra.deploy.environments import Place
from infra.deploy.errors import DeployError
from infra.deploy.google_project import open_api
from infra.deploy.operations import wait_for_operation

TRANSFER_URL = "https://storagetransfer.googleapis.com"
VARIABLE = "STORAGE_TRANSFER_API_URL"
PAUSE_SECONDS = 10.0
TRANSFER_SECONDS_MAX = 12 * 3600.0
SINK_ROLES = ("roles/storage.legacyBucketReader", "roles/storage.objectCreator", "roles/storage.objectViewer")
Json = dict[str, Any]


class Transfers:
    """The transfers of one project. A context manager."""

    def __init__(self, place: Place, context: Context) -> None:
        self._api = open_api(context, VARIABLE, TRANSFER_URL, place)
        self._context = context
        self._project = place.project

    def __enter__(self) -> Self:
        self._api.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._api.__exit__(kind, error, at)

    def read_agent(self) -> str:
        """The account that moves the bytes, as a member of policies; asking creates it."""
        found = self._api.get(f"/v1/googleServiceAccounts/{self._project}")
        return f"serviceAccount:{found['accountEmail']}"

    def start(self, source: str, sink: str, *, prefix: str = "", newest_seconds: int | None = None) -> Json | None:
        """Start to copy objects: whose names begin so, or of the last seconds. None under --dry-run."""
        conditions: Json = {"includePrefixes": [prefix]} if prefix else {}
        if newest_seconds is not None:
            conditions["maxTimeElapsedSinceLastModification"] = f"{newest_seconds}s"
        spec = {
            "gcsDataSource": {"bucketName": source},
            "gcsDataSink": {"bucketName": sink},
            "transferOptions": {"overwriteWhen": "NEVER"},
            "objectConditions": conditions,
        }
        body = {"projectId": self._project, "status": "ENABLED", "transferSpec": spec}
        job = self._api.change("POST", "/v1/transferJobs", body)
        if job is None:
            return None
        started: Json = self._api.change("POST", f"/v1/{job['name']}:run", {"projectId": self._project})
        return started

    def wait(self, operation: Json) -> Json:
        """Wait for its end; returns Google's counters. Raises DeployError if not every object was copied."""
        wait_for_operation(
            self._api, operation, self._context, pause_seconds=PAUSE_SECONDS, seconds_max=TRANSFER_SECONDS_MAX
        )
        ended: Json = self._api.get(f"/v1/{operation['name']}")["metadata"]
        if ended.get("status") != "SUCCESS":
            raise DeployError(f"{operation['name']} ended as {ended.get('status')}")
        return dict(ended.get("counters", {}))


def admit(storage: Api, bucket: str, member: str, roles: tuple[str, ...] = SINK_ROLES) -> None:
    """Grant these roles on a bucket; what is granted already stays as it is. Raises DeployError."""
    path = f"/storage/v1/b/{bucket}/iam"
    policy: Json = storage.get(path)
    bindings: list[Json] = policy.get("bindings", [])
    has = {each["role"] for each in bindings if member in each["members"]}
    missing = [{"role": role, "members": [member]} for role in roles if role not in has]
    if missing:
        storage.change("PUT", path, {**policy, "bindings": [*bindings, *missing]})

"""Cloud Storage's buckets and objects, their rights and locked retention, and transfers between them, on one port.

https://cloud.google.com/storage/docs/json_api/v1, …/storage/docs/bucket-lock,
…/storage-transfer/docs/reference/rest/v1/transferJobs. Whose token is `local` is a person who may do everything that a
locked retention does not forbid; any other token is the name of an identity, which may do what `rights` says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatch
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from tests.cloud.clock import FakeClock
from tests.cloud.errors import ApiError
from tests.cloud.faults import Faults
from tests.cloud.serving import Cut, Serving, route

PERSON = "local"
PAGE = 2
"""Objects of a page: few, so that a reader of the first page alone is noticed."""
TYPE = "type.googleapis.com/google.storagetransfer.v1."
Json = dict[str, Any]
Rights = Mapping[str, Mapping[str, frozenset[str]]]
"""Bucket → identity → what it may do there."""


@dataclass
class Bucket:
    """One bucket with its objects."""

    project: str
    settings: Json
    retention_seconds: int = 0
    """Of a locked policy."""
    objects: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    policy: Json = field(default_factory=lambda: {"etag": "one", "bindings": []})


class Buckets(Serving):
    """The buckets of several projects. A transfer may read and write only where its project's agent has the right."""

    def __init__(self, clock: FakeClock, projects: Mapping[str, str]) -> None:
        self.clock = clock
        self.projects = dict(projects)
        """Project → number."""
        self.buckets: dict[str, Bucket] = {}
        self.rights: Rights = {}
        self.faults = Faults()
        self.calls: list[tuple[str, str]] = []
        self.transfer_fails = False
        self.jobs: dict[str, Json] = {}
        self._operations: dict[str, Json] = {}

    def add(self, name: str, project: str, retention_days: int = 0) -> Bucket:
        """A bucket, with a locked retention where it has one."""
        settings = {"name": name, "metageneration": "1", "iamConfiguration": {"publicAccessPrevention": "enforced"}}
        self.buckets[name] = Bucket(project, settings, retention_days * 86400)
        return self.buckets[name]

    def put(self, bucket: str, name: str, data: bytes) -> None:
        self.buckets[bucket].objects[name] = (data, self.clock.now())

    def name_agent(self, project: str) -> str:
        return f"project-{self.projects[project]}@storage-transfer-service.iam.gserviceaccount.com"

    def make_app(self, cut: Cut) -> ASGIApp:
        routes = [
            route("/v1/projects/{project}", "GET", self._get_project, cut),
            route("/storage/v1/b", "POST", self._make_bucket, cut),
            route("/storage/v1/b/{bucket}", "GET", self._get_bucket, cut),
            route("/storage/v1/b/{bucket}", "PATCH", self._patch_bucket, cut),
            route("/storage/v1/b/{bucket}", "DELETE", self._delete_bucket, cut),
            route("/storage/v1/b/{bucket}/iam", "GET", self._get_policy, cut),
            route("/storage/v1/b/{bucket}/iam", "PUT", self._set_policy, cut),
            route("/storage/v1/b/{bucket}/o", "GET", self._list_objects, cut),
            route("/storage/v1/b/{bucket}/o/{name:path}", "DELETE", self._delete_object, cut),
            route("/upload/storage/v1/b/{bucket}/o", "POST", self._upload, cut),
            route("/v1/googleServiceAccounts/{project}", "GET", self._get_agent, cut),
            route("/v1/transferJobs", "POST", self._make_job, cut),
            route("/v1/{job:path}:run", "POST", self._run_job, cut),
            route("/v1/{operation:path}", "GET", self._get_operation, cut),
        ]
        return Starlette(routes=routes)

    # --- who may -----------------------------------------------------------------------------------------

    def _meet(self, request: Request, right: str = "") -> None:
        self.calls.append((request.method, request.url.path))
        self.faults.meet_call(request.method)
        identity = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if identity != PERSON and right:
            self._require(request.path_params["bucket"], identity, right)

    def _require(self, bucket: str, identity: str, right: str) -> None:
        granted = self.rights.get(bucket, {}).get(identity, frozenset())
        if right not in granted and right not in self._read_policy(bucket, identity):
            raise ApiError(403, f"{identity} does not have {right} access to {bucket}")

    def _read_policy(self, bucket: str, identity: str) -> set[str]:
        rights = {
            "roles/storage.legacyBucketReader": {"storage.buckets.get", "storage.objects.list"},
            "roles/storage.objectCreator": {"storage.objects.create"},
            "roles/storage.objectViewer": {"storage.objects.get", "storage.objects.list"},
        }
        bindings = self._find(bucket).policy["bindings"]
        return set().union(
            *(rights[each["role"]] for each in bindings if f"serviceAccount:{identity}" in each["members"])
        )

    def _find(self, name: str) -> Bucket:
        if name not in self.buckets:
            raise ApiError(404, "The specified bucket does not exist")
        return self.buckets[name]

    async def _get_project(self, request: Request) -> Response:
        self._meet(request)
        project = request.path_params["project"]
        return JSONResponse({"projectNumber": self.projects[project], "lifecycleState": "ACTIVE"})

    # --- buckets -----------------------------------------------------------------------------------------

    async def _make_bucket(self, request: Request) -> Response:
        self._meet(request)
        body = await request.json()
        if body["name"] in self.buckets:
            raise ApiError(409, "The requested bucket name is not available")
        self.faults.begin_change("bucket")
        self.add(body["name"], request.query_params["project"]).settings |= body
        self.faults.end_change()
        return self._show(body["name"])

    async def _get_bucket(self, request: Request) -> Response:
        self._meet(request, "storage.buckets.get")
        return self._show(request.path_params["bucket"])

    def _show(self, name: str) -> Response:
        bucket = self._find(name)
        return JSONResponse({**bucket.settings, "projectNumber": self.projects[bucket.project]})

    async def _patch_bucket(self, request: Request) -> Response:
        self._meet(request, "storage.buckets.update")
        bucket, body = self._find(request.path_params["bucket"]), await request.json()
        if "retentionPolicy" in body and bucket.retention_seconds:
            wanted = int((body["retentionPolicy"] or {}).get("retentionPeriod", 0))
            if wanted < bucket.retention_seconds:
                raise ApiError(403, "A locked retention policy cannot be removed or shortened")
        bucket.settings |= body
        return self._show(request.path_params["bucket"])

    async def _delete_bucket(self, request: Request) -> Response:
        self._meet(request, "storage.buckets.delete")
        if self._find(request.path_params["bucket"]).objects:
            raise ApiError(409, "The bucket you tried to delete is not empty")
        del self.buckets[request.path_params["bucket"]]
        return Response(status_code=204)

    async def _get_policy(self, request: Request) -> Response:
        self._meet(request, "storage.buckets.getIamPolicy")
        return JSONResponse(self._find(request.path_params["bucket"]).policy)

    async def _set_policy(self, request: Request) -> Response:
        self._meet(request, "storage.buckets.setIamPolicy")
        self._find(request.path_params["bucket"]).policy = await request.json()
        return JSONResponse(self._find(request.path_params["bucket"]).policy)

    # --- objects -----------------------------------------------------------------------------------------

    async def _list_objects(self, request: Request) -> Response:
        self._meet(request, "storage.objects.list")
        glob, after = request.query_params.get("matchGlob", "*"), request.query_params.get("pageToken", "")
        names = sorted(name for name in self._find(request.path_params["bucket"]).objects if fnmatch(name, glob))
        rest = [name for name in names if name > after]
        more = {"nextPageToken": rest[PAGE - 1]} if len(rest) > PAGE else {}
        return JSONResponse({"items": [{"name": name} for name in rest[:PAGE]], **more})

    async def _upload(self, request: Request) -> Response:
        self._meet(request, "storage.objects.create")
        name = request.query_params["name"]
        if name in self._find(request.path_params["bucket"]).objects:
            self._require_free(request.path_params["bucket"], name)
        self.faults.begin_change(name)
        self.put(request.path_params["bucket"], name, await request.body())
        self.faults.end_change()
        return JSONResponse({"name": name})

    async def _delete_object(self, request: Request) -> Response:
        self._meet(request, "storage.objects.delete")
        self._require_free(request.path_params["bucket"], request.path_params["name"])
        del self._find(request.path_params["bucket"]).objects[request.path_params["name"]]
        return Response(status_code=204)

    def _require_free(self, bucket: str, name: str) -> None:
        _, created_at = self._find(bucket).objects[name]
        until = created_at + timedelta(seconds=self.buckets[bucket].retention_seconds)
        if self.clock.now() < until:
            raise ApiError(403, f"Object '{bucket}/{name}' is subject to bucket's retention policy until {until}")

    # --- transfers ---------------------------------------------------------------------------------------

    async def _get_agent(self, request: Request) -> Response:
        self._meet(request)
        return JSONResponse({"accountEmail": self.name_agent(request.path_params["project"])})

    async def _make_job(self, request: Request) -> Response:
        self._meet(request)
        body = await request.json()
        self.faults.begin_change("job")
        name = f"transferJobs/{len(self.jobs) + 1}"
        self.jobs[name] = body
        self.faults.end_change()
        return JSONResponse({**body, "name": name})

    async def _run_job(self, request: Request) -> Response:
        self._meet(request)
        job = self.jobs[request.path_params["job"]]
        if (await request.json())["projectId"] != job["projectId"]:
            raise ApiError(403, "The job is of another project")
        self.faults.begin_change("run")
        name = f"transferOperations/{len(self._operations) + 1}"
        self._operations[name] = {"reads": 2, "counters": self._copy(job)}
        self.faults.end_change()
        return JSONResponse({"name": name})

    def _copy(self, job: Json) -> Json:
        spec, agent = job["transferSpec"], self.name_agent(job["projectId"])
        source, sink = spec["gcsDataSource"]["bucketName"], spec["gcsDataSink"]["bucketName"]
        for bucket, rights in ((source, ("objects.get", "objects.list")), (sink, ("objects.create", "objects.list"))):
            for right in ("buckets.get", *rights):
                self._require(bucket, agent, f"storage.{right}")
        if spec["transferOptions"] != {"overwriteWhen": "NEVER"}:
            raise ApiError(400, "an object that may be overwritten meets a locked retention")
        return {"objectsCopiedToSink": str(self._copy_objects(spec.get("objectConditions", {}), source, sink))}

    def _copy_objects(self, conditions: Json, source: str, sink: str) -> int:
        prefixes = tuple(conditions.get("includePrefixes") or [""])
        without = tuple(conditions.get("excludePrefixes") or ["\0"])
        seconds = float(conditions.get("maxTimeElapsedSinceLastModification", "1e9s").removesuffix("s"))
        since = self.clock.now() - timedelta(seconds=seconds)
        has = self._find(sink).objects
        new = {
            name: (data, self.clock.now())
            for name, (data, written_at) in self._find(source).objects.items()
            if name.startswith(prefixes) and not name.startswith(without) and written_at >= since and name not in has
        }
        has.update(new)
        return len(new)

    async def _get_operation(self, request: Request) -> Response:
        self._meet(request)
        name = request.path_params["operation"]
        operation = self._operations[name]
        operation["reads"] -= 1
        if operation["reads"] > 0:
            return JSONResponse({"name": name, "metadata": {"status": "IN_PROGRESS"}})
        status = "FAILED" if self.transfer_fails else "SUCCESS"
        metadata = {"@type": TYPE + "TransferOperation", "status": status, "counters": operation["counters"]}
        return JSONResponse({"name": name, "done": True, "metadata": metadata, "response": {}})

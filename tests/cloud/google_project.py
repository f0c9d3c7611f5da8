"""A Google project as `bootstrap` sees it: Service Usage, Resource Manager and Cloud Storage's buckets, on one port.

https://cloud.google.com/service-usage/docs/reference/rest, …/resource-manager/reference/rest/v1/projects,
…/storage/docs/json_api/v1/buckets. `faults` makes calls fail; `operation_reads` is how often an operation is read
before it is done; `warm_reads` how often a freshly switched on API refuses.
"""

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from tests.cloud.errors import ApiError
from tests.cloud.faults import Faults
from tests.cloud.serving import Cut, Serving, route

ON_FROM_THE_START = frozenset({"serviceusage.googleapis.com", "storage.googleapis.com"})
CREATABLE = {"name", "location", "iamConfiguration", "versioning", "lifecycle"}
Json = dict[str, Any]


class GoogleProject(Serving):
    """One project, `project`, with the number `number`; `foreign` are buckets of other people by their names."""

    def __init__(self, project: str = "nanobanana-test", number: str = "1234567890") -> None:
        self.project = project
        self.number = number
        self.state = "ACTIVE"
        self.services = set(ON_FROM_THE_START)
        self.buckets: dict[str, Json] = {}
        self.unreadable: set[str] = set()
        self.operation_reads = 2
        self.operation_error = ""
        self.warm_reads = 0
        self.faults = Faults()
        self.calls: list[tuple[str, str]] = []
        self.quota_projects: set[str] = set()
        self._operations: dict[str, Json] = {}

    @property
    def environment(self) -> dict[str, str]:
        """What points the verbs here."""
        names = ("SERVICE_USAGE_API_URL", "RESOURCE_MANAGER_API_URL", "STORAGE_EMULATOR_HOST")
        return dict.fromkeys(names, self.url)

    @property
    def changes(self) -> list[tuple[str, str]]:
        """The calls that were not reads."""
        return [call for call in self.calls if call[0] != "GET"]

    def make_app(self, cut: Cut) -> ASGIApp:
        routes = [
            route("/v1/projects/{project}/services:batchGet", "GET", self._batch_get, cut),
            route("/v1/projects/{project}/services:batchEnable", "POST", self._batch_enable, cut),
            route("/v1/operations/{id}", "GET", self._get_operation, cut),
            route("/v1/projects/{project}", "GET", self._get_project, cut),
            route("/storage/v1/b", "POST", self._make_bucket, cut),
            route("/storage/v1/b/{name}", "GET", self._get_bucket, cut),
            route("/storage/v1/b/{name}", "PATCH", self._patch_bucket, cut),
        ]
        return Starlette(routes=routes)

    def _meet(self, request: Request) -> None:
        self.calls.append((request.method, request.url.path))
        self.quota_projects.add(request.headers.get("X-Goog-User-Project", ""))
        self.faults.meet_call(request.method)
        if request.path_params.get("project", self.project) != self.project:
            raise ApiError(403, "The caller does not have permission")

    # --- Service Usage -----------------------------------------------------------------------------------

    async def _batch_get(self, request: Request) -> Response:
        self._meet(request)
        names = request.query_params.getlist("names")
        if not 1 <= len(names) <= 30:
            raise ApiError(400, "between 1 and 30 names")
        return JSONResponse({"services": [self._describe(name.rpartition("/")[2]) for name in names]})

    def _describe(self, service: str) -> Json:
        state = "ENABLED" if service in self.services else "DISABLED"
        return {"name": f"projects/{self.number}/services/{service}", "config": {"name": service}, "state": state}

    async def _batch_enable(self, request: Request) -> Response:
        self._meet(request)
        wanted = (await request.json())["serviceIds"]
        if not 1 <= len(wanted) <= 20:
            raise ApiError(400, "between 1 and 20 services")
        self.faults.begin_change("enable")
        name = f"operations/acat.{len(self._operations) + 1}"
        self._operations[name] = {"reads": self.operation_reads, "services": wanted}
        self.faults.end_change()
        return JSONResponse(self._read_operation(name))

    async def _get_operation(self, request: Request) -> Response:
        self._meet(request)
        operation = self._operations[f"operations/{request.path_params['id']}"]
        operation["reads"] -= 1
        return JSONResponse(self._read_operation(f"operations/{request.path_params['id']}"))

    def _read_operation(self, name: str) -> Json:
        operation = self._operations[name]
        if operation["reads"] > 0:
            return {"name": name}
        if self.operation_error:
            return {"name": name, "done": True, "error": {"code": 9, "message": self.operation_error}}
        self.services |= set(operation["services"])
        return {"name": name, "done": True, "response": {}}

    # --- Resource Manager --------------------------------------------------------------------------------

    async def _get_project(self, request: Request) -> Response:
        self._meet(request)
        if "cloudresourcemanager.googleapis.com" not in self.services:
            raise ApiError(403, "Cloud Resource Manager API has not been used in project or it is disabled")
        if self.warm_reads > 0:
            self.warm_reads -= 1
            raise ApiError(403, "If you enabled this API recently, wait a few minutes")
        facts = {"projectId": self.project, "projectNumber": self.number, "lifecycleState": self.state}
        return JSONResponse(facts)

    # --- Storage -----------------------------------------------------------------------------------------

    async def _make_bucket(self, request: Request) -> Response:
        self._meet(request)
        body = await request.json()
        if request.query_params.get("project") != self.project or set(body) - CREATABLE:
            raise ApiError(400, "Invalid argument")
        if body["name"] in self.buckets or body["name"] in self.unreadable:
            raise ApiError(409, "The requested bucket name is not available")
        self.faults.begin_change("bucket")
        self.buckets[body["name"]] = {**body, "projectNumber": self.number, "metageneration": "1"}
        self.faults.end_change()
        return JSONResponse(self.buckets[body["name"]])

    async def _get_bucket(self, request: Request) -> Response:
        self._meet(request)
        name = request.path_params["name"]
        if name in self.unreadable:
            raise ApiError(403, "no access to the bucket")
        return JSONResponse(self._find_bucket(name))

    async def _patch_bucket(self, request: Request) -> Response:
        self._meet(request)
        bucket = self._find_bucket(request.path_params["name"])
        if request.query_params.get("ifMetagenerationMatch", bucket["metageneration"]) != bucket["metageneration"]:
            raise ApiError(412, "At least one of the pre-conditions you specified did not hold")
        self.faults.begin_change("bucket")
        bucket |= await request.json()
        bucket["metageneration"] = str(int(bucket["metageneration"]) + 1)
        self.faults.end_change()
        return JSONResponse(bucket)

    def _find_bucket(self, name: str) -> Json:
        if name not in self.buckets:
            raise ApiError(404, "The specified bucket does not exist")
        return self.buckets[name]

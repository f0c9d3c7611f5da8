"""Artifact Registry's tags (…/artifact-registry/docs/reference/rest): what was pushed, and under which names."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from tests.cloud.errors import ApiError
from tests.cloud.faults import Faults
from tests.cloud.serving import Cut, Serving, route


class ArtifactRegistry(Serving):
    """`tags` of one image: name → digest. A PUT of `/push/<tag>` is for a test's own docker: tags never move."""

    def __init__(self, repository: str) -> None:
        self.repository = repository
        self.tags: dict[str, str] = {}
        self.faults = Faults()
        self.loses_pushes = False

    def make_app(self, cut: Cut) -> ASGIApp:
        routes = [
            route("/v1/{repository:path}/packages/nanobanana/tags/{tag}", "GET", self._get_tag, cut),
            route("/v1/{repository:path}/packages/nanobanana/tags", "POST", self._create_tag, cut),
            route("/push/{tag}", "PUT", self._push, cut),
        ]
        return Starlette(routes=routes)

    async def _get_tag(self, request: Request) -> Response:
        self.faults.meet_call(request.method)
        repository, tag = request.path_params["repository"], request.path_params["tag"]
        if repository != self.repository:
            raise ApiError(403, "Permission 'artifactregistry.tags.get' denied")
        if tag not in self.tags:
            raise ApiError(404, "Requested entity was not found.")
        name = f"{repository}/packages/nanobanana"
        return JSONResponse({"name": f"{name}/tags/{tag}", "version": f"{name}/versions/{self.tags[tag]}"})

    async def _create_tag(self, request: Request) -> Response:
        self.faults.meet_call(request.method)
        tag, version = request.query_params["tagId"], (await request.json())["version"]
        package, _, digest = version.partition("/versions/")
        if package != f"{self.repository}/packages/nanobanana" or digest not in self.tags.values():
            raise ApiError(404, "Requested entity was not found.")
        if tag in self.tags:
            raise ApiError(409, "the tag already exists")
        self.tags[tag] = digest
        return JSONResponse({"name": f"{package}/tags/{tag}", "version": version})

    async def _push(self, request: Request) -> Response:
        tag, digest = request.path_params["tag"], (await request.body()).decode()
        if self.tags.get(tag, digest) != digest:
            raise ApiError(400, "manifest tag is immutable")
        if not self.loses_pushes:
            self.tags[tag] = digest
        return JSONResponse({})

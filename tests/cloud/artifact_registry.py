"""Artifact Registry's tags (…/artifact-registry/docs/reference/rest): what was pushed, and under which names."""

import hashlib
import json
import re

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp

from tests.cloud.errors import ApiError
from tests.cloud.faults import Faults
from tests.cloud.serving import Cut, Serving, route


class ArtifactRegistry(Serving):
    """`tags` of one image: name → digest. A PUT of `/push/<tag>` is for a test's own docker: tags never move."""

    def __init__(self, repository: str) -> None:
        self.repository = repository
        self.tags: dict[str, str] = {}
        self.referrers: dict[str, list[dict[str, str]]] = {}
        """Digest of an image → what is attached to it."""
        self.contents: dict[str, str] = {}
        self.faults = Faults()
        self.loses_pushes = False

    def make_app(self, cut: Cut) -> ASGIApp:
        routes = [
            route("/v1/{repository:path}/packages/nanobanana/tags/{tag}", "GET", self._get_tag, cut),
            route("/v1/{repository:path}/packages/nanobanana/tags", "GET", self._list_tags, cut),
            route("/v1/{repository:path}/packages/nanobanana/tags", "POST", self._create_tag, cut),
            route("/v2/{image:path}/referrers/{digest}", "GET", self._list_referrers, cut),
            route("/v2/{image:path}/manifests/{digest}", "GET", self._get_content, cut),
            route("/v2/{image:path}/blobs/{digest}", "GET", self._get_content, cut),
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

    async def _list_tags(self, request: Request) -> Response:
        """Those whose names begin as the filter says, two a page."""
        self.faults.meet_call(request.method)
        name = f"{self.repository}/packages/nanobanana"
        found = re.fullmatch(rf'name="{re.escape(name)}/tags/([^*"]+)\*"', request.query_params["filter"])
        if request.path_params["repository"] != self.repository or found is None:
            raise ApiError(400, "Invalid filter")
        tags = [tag for tag in sorted(self.tags) if tag.startswith(found[1])]
        start = int(request.query_params.get("pageToken", "0"))
        shown = [{"name": f"{name}/tags/{tag}", "version": f"{name}/versions/{self.tags[tag]}"} for tag in tags]
        page: dict[str, object] = {"tags": shown[start : start + 2]} if shown[start:] else {}
        return JSONResponse(page | ({"nextPageToken": str(start + 2)} if shown[start + 2 :] else {}))

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

    def attach(self, digest: str, bundle: str, kind: str = "application/vnd.dev.sigstore.bundle.v0.3+json") -> None:
        """Put a signature beside an image, as actions/attest does with `push-to-registry`."""
        layer = {"mediaType": kind, "digest": self._store(bundle), "size": len(bundle)}
        manifest = {"schemaVersion": 2, "artifactType": kind, "layers": [layer], "subject": {"digest": digest}}
        self.attach_manifest(digest, json.dumps(manifest), kind)

    def attach_manifest(
        self, digest: str, manifest: str, kind: str = "application/vnd.dev.sigstore.bundle.v0.3+json"
    ) -> None:
        """Put anything beside an image, as whoever may push can."""
        stored = self._store(manifest)
        self.referrers.setdefault(digest, []).append({"artifactType": kind, "digest": stored})

    def _store(self, text: str) -> str:
        digest = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
        self.contents[digest] = text
        return digest

    async def _list_referrers(self, request: Request) -> Response:
        """Ten a page; the header `Link` leads to the next one, as the OCI distribution specification says."""
        self.faults.meet_call(request.method)
        found = self.referrers.get(request.path_params["digest"], [])
        start = int(request.query_params.get("last", "0"))
        following = f"https://elsewhere.test{request.url.path}?last={start + 10}"
        headers = {"Link": f'<{following}>; rel="next"'} if found[start + 10 :] else {}
        return JSONResponse({"schemaVersion": 2, "manifests": found[start : start + 10]}, headers=headers)

    async def _get_content(self, request: Request) -> Response:
        """A manifest; or the address of a blob, which is elsewhere."""
        self.faults.meet_call(request.method)
        digest = request.path_params["digest"]
        if digest not in self.contents:
            raise ApiError(404, "not found")
        if "/blobs/" in request.url.path and "at" not in request.query_params:
            return RedirectResponse(f"{request.url.path}?at=elsewhere")
        return Response(self.contents[digest])

    async def _push(self, request: Request) -> Response:
        tag, digest = request.path_params["tag"], (await request.body()).decode()
        if self.tags.get(tag, digest) != digest:
            raise ApiError(400, "manifest tag is immutable")
        if not self.loses_pushes:
            self.tags[tag] = digest
        return JSONResponse({})

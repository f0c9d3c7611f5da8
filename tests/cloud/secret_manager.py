"""Secret Manager, as far as a reader of values sees it (…/secret-manager/docs/reference/rest)."""

import base64

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from tests.cloud.errors import ApiError
from tests.cloud.faults import Faults
from tests.cloud.serving import Cut, Serving, route


class SecretManager(Serving):
    """`values` are the newest versions: secret → text; a secret without one has no entry."""

    def __init__(self, **values: str) -> None:
        self.values = {name.replace("_", "-"): value for name, value in values.items()}
        self.disabled: set[str] = set()
        """Secrets whose newest version is disabled."""
        self.faults = Faults()
        self.reads: list[str] = []

    def make_app(self, cut: Cut) -> ASGIApp:
        path = "/v1/projects/{project}/secrets/{secret}/versions/latest"
        shown = [route(f"{path}:access", "GET", self._access, cut), route(path, "GET", self._show, cut)]
        return Starlette(routes=shown)

    async def _show(self, request: Request) -> Response:
        name = request.path_params["secret"]
        self.faults.meet_call(request.method)
        if name not in self.values:
            raise ApiError(404, f"Secret Version [{name}/versions/latest] not found.")
        state = "DISABLED" if name in self.disabled else "ENABLED"
        return JSONResponse({"name": f"{name}/versions/1", "state": state})

    async def _access(self, request: Request) -> Response:
        name = request.path_params["secret"]
        self.reads.append(name)
        self.faults.meet_call(request.method)
        if name not in self.values:
            raise ApiError(404, f"Secret Version [{name}/versions/latest] not found.")
        data = base64.b64encode(self.values[name].encode()).decode()
        return JSONResponse({"name": f"{name}/versions/1", "payload": {"data": data}})

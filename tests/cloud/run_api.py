"""The REST interface of the Cloud Run Admin API v2, as far as the deployer uses it.

Source: google.cloud.run_v2's REST transports and https://cloud.google.com/run/docs/reference/rest. Strict: unknown
fields, parameters and paths are refused; int64 comes as a string; enums as names, or as numbers where the caller asks
(`$alt=json;enum-encoding=int`, as Google's own library does).
"""

from typing import Any

from google.cloud.run_v2.types import Revision, Service
from google.longrunning.operations_pb2 import Operation  # type: ignore[import-untyped]
from google.protobuf.json_format import MessageToDict, Parse, ParseError
from google.protobuf.message import Message
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.cloud.errors import ApiError
from tests.cloud.faults import Call
from tests.cloud.run_services import Services
from tests.cloud.serving import Cut, Endpoint, route

PLACE = "/v2/projects/{project}/locations/{region}"
SERVICE = PLACE + "/services/{service}"
PAGE_SIZE = 100
COMMON_PARAMETERS = {"$alt", "alt", "prettyPrint", "key", "fields"}


class RunApi:
    """Answers calls of the control plane."""

    def __init__(self, services: Services, calls: list[Call]) -> None:
        self.services = services
        self.calls = calls
        self.needs_token = False

    def routes(self, cut: Cut) -> list[Route]:
        table: list[tuple[str, str, Endpoint]] = [
            ("GET", PLACE + "/services", self.list_services),
            ("GET", SERVICE, self.get_service),
            ("PATCH", SERVICE, self.update_service),
            ("GET", SERVICE + "/revisions", self.list_revisions),
            ("GET", SERVICE + "/revisions/{revision}", self.get_revision),
            ("DELETE", SERVICE + "/revisions/{revision}", self.delete_revision),
            ("GET", PLACE + "/operations/{operation}", self.get_operation),
            ("POST", PLACE + "/operations/{operation}:wait", self.get_operation),
        ]
        return [route(path, method, self._guard(endpoint), cut) for method, path, endpoint in table]

    def _guard(self, endpoint: Endpoint) -> Endpoint:
        """Note the call, and refuse what no call may be."""

        async def answer(request: Request) -> Response:
            # Read before the lock is taken: what follows never waits.
            await request.body()
            with self.services.lock:
                status = 0
                try:
                    self.services.faults.meet_call(request.method)
                    self._check(request)
                    response = await endpoint(request)
                    status = response.status_code
                except ApiError as error:
                    status = error.code
                    raise
                finally:
                    now = self.services.clock.now()
                    self.calls.append(Call(now, request.method, request.url.path, status))
            return response

        return answer

    def _check(self, request: Request) -> None:
        if self.needs_token and not request.headers.get("Authorization", "").startswith("Bearer "):
            raise ApiError(401, "Request is missing required authentication credential.")
        place, wanted = self.services.place, request.path_params
        if wanted["region"] != place.region or wanted["project"] not in {place.project, place.number}:
            raise ApiError(403, f"Permission denied on resource project {wanted['project']}.")

    async def list_services(self, request: Request) -> Response:
        _take(request, "pageSize", "pageToken", "showDeleted")
        found = [Service.pb(self.services.poll_service(name)) for name in sorted(self.services.kept)]
        return _page(request, "services", found)

    async def get_service(self, request: Request) -> Response:
        _take(request)
        return _answer(request, Service.pb(self.services.poll_service(request.path_params["service"])))

    async def update_service(self, request: Request) -> Response:
        _take(request, "updateMask", "validateOnly", "allowMissing")
        name = request.path_params["service"]
        wanted = _parse_service(await request.body())
        if wanted.name and wanted.name.rpartition("/")[2] != name:
            raise ApiError(400, "service.name is not the name in the address")
        mask = request.query_params.get("updateMask", "")
        return _answer(request, self.services.update(name, wanted, mask, dry_run=_is_dry(request)))

    async def list_revisions(self, request: Request) -> Response:
        _take(request, "pageSize", "pageToken", "showDeleted")
        self.services.poll_service(request.path_params["service"])
        kept = self.services.find(request.path_params["service"])
        return _page(request, "revisions", [Revision.pb(each) for each in reversed(kept.revisions.values())])

    async def get_revision(self, request: Request) -> Response:
        _take(request)
        self.services.poll_service(request.path_params["service"])
        found = self.services.find_revision(request.path_params["service"], request.path_params["revision"])
        return _answer(request, Revision.pb(found))

    async def delete_revision(self, request: Request) -> Response:
        _take(request, "validateOnly", "etag")
        service, revision = request.path_params["service"], request.path_params["revision"]
        etag = request.query_params.get("etag", "")
        return _answer(request, self.services.delete_revision(service, revision, etag, dry_run=_is_dry(request)))

    async def get_operation(self, request: Request) -> Response:
        parent = self.services.place.parent
        operation: Operation = self.services.poll_operation(f"{parent}/operations/{request.path_params['operation']}")
        return _answer(request, operation)


def _take(request: Request, *parameters: str) -> None:
    for name in request.query_params:
        if name not in {*parameters, *COMMON_PARAMETERS}:
            raise ApiError(400, f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter.')


def _is_dry(request: Request) -> bool:
    return request.query_params.get("validateOnly", "") == "true"


def _parse_service(body: bytes) -> Service:
    service = Service()
    try:
        Parse(body, Service.pb(service))  # type: ignore[no-untyped-call]
    except ParseError as error:
        raise ApiError(400, f"Invalid JSON payload received. {error}") from error
    return service


def _page(request: Request, name: str, found: list[Any]) -> Response:
    """A page of them. A page token is where to go on."""
    size, token = request.query_params.get("pageSize", "0"), request.query_params.get("pageToken", "0")
    if not size.isdigit() or not token.isdigit():
        raise ApiError(400, "Invalid page size or token")
    end = int(token) + (int(size) or PAGE_SIZE)
    body: dict[str, Any] = {name: [_to_json(request, each) for each in found[int(token) : end]]}
    return JSONResponse(body | ({"nextPageToken": str(end)} if end < len(found) else {}))


def _answer(request: Request, message: Message) -> Response:
    return JSONResponse(_to_json(request, message))


def _to_json(request: Request, message: Message) -> dict[str, Any]:
    as_numbers = "enum-encoding=int" in request.query_params.get("$alt", "")
    found = MessageToDict(message, use_integers_for_enums=as_numbers)  # type: ignore[no-untyped-call]
    return dict(found)

"""Container Analysis, as far as a reader of occurrences sees it (…/artifact-analysis/docs/reference/rest)."""

import re
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from tests.cloud.errors import ApiError
from tests.cloud.faults import Faults
from tests.cloud.serving import Cut, Serving, route

ASKED = re.compile(r'kind="([A-Z]+)" AND resourceUrl="https://([^"]+)"')


class ContainerAnalysis(Serving):
    """`found` are the weaknesses of images: name with digest → occurrences. What has an entry was scanned."""

    def __init__(self, project: str) -> None:
        self.project = project
        self.found: dict[str, list[dict[str, Any]]] = {}
        self.state = "FINISHED_SUCCESS"
        self.page_size_max = 2
        self.faults = Faults()

    def make_app(self, cut: Cut) -> ASGIApp:
        return Starlette(routes=[route("/v1/projects/{project}/occurrences", "GET", self._list, cut)])

    async def _list(self, request: Request) -> Response:
        self.faults.meet_call(request.method)
        asked = ASKED.fullmatch(request.query_params.get("filter", ""))
        if request.path_params["project"] != self.project or asked is None:
            raise ApiError(400, "invalid filter")
        kind, image = asked.groups()
        known = self.found.get(image)
        scans = [] if known is None else [{"kind": "DISCOVERY", "discovery": {"analysisStatus": self.state}}]
        listed = scans if kind == "DISCOVERY" else known or []
        start = int(request.query_params.get("pageToken", 0))
        end = start + self.page_size_max
        page: dict[str, Any] = {"occurrences": listed[start:end]} if listed else {}
        return JSONResponse(page | ({"nextPageToken": str(end)} if end < len(listed) else {}))


def describe_weakness(name: str, package: str, severity: str, fixed_in: str = "", **more: Any) -> dict[str, Any]:
    """An occurrence, with the fields that the real one has for a package of the system."""
    fixed = {"kind": "NORMAL", "fullName": fixed_in} if fixed_in else {"kind": "MAXIMUM"}
    issue = {
        "affectedCpeUri": "cpe:/o:debian:debian_linux:13",
        "affectedPackage": package,
        "affectedVersion": {"name": "1.0", "kind": "NORMAL", "fullName": "1.0-1"},
        "fixedVersion": fixed,
        "fixAvailable": bool(fixed_in),
        "packageType": "OS",
        "effectiveSeverity": severity,
    }
    flaw = {"severity": "HIGH", "effectiveSeverity": severity, "packageIssue": [issue | more], "shortDescription": name}
    return {"kind": "VULNERABILITY", "noteName": f"projects/goog-vulnz/notes/{name}", "vulnerability": flaw}

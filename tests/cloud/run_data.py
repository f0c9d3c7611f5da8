"""Cloud Run's data plane: what revisions answer to `/health`, `/ready` and `/version`.

A request's `Host` chooses as it does in the cloud: `webhook-….run.app` goes by the traffic, `r-abc---webhook-….run.app`
to the revision with that tag. A revision answers `/version` out of its own variables, as the product does.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from google.cloud.run_v2.types import Revision
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from shared.settings import SCHEMA
from tests.cloud.errors import CutError
from tests.cloud.run_history import read_tags, read_traffic, short_name
from tests.cloud.run_services import Services
from tests.cloud.serving import Cut, route

TAG_MARK = "---"


@dataclass
class Behaviour:
    """How the revisions that it fits answer; the empty fields of the upper half fit every one."""

    service: str = ""
    digest: str = ""
    revision: str = ""

    health: int = 200
    ready: int = 200
    version: Mapping[str, object] = field(default_factory=dict)
    """Replaces fields of the answer to /version, such as `{"digest": "sha256:…"}`."""
    failing: int = 0
    """So many answers are 503 first."""
    cuts: int = 0
    """So many connections break first."""
    seconds: float = 0.0
    """Really waited before each answer: keep it short."""

    def fits(self, service: str, revision: str, digest: str) -> bool:
        return self.service in {"", service} and self.revision in {"", revision} and self.digest in {"", digest}


@dataclass(frozen=True)
class Probe:
    """One request that a revision, or nobody, was sent."""

    at: datetime
    host: str
    path: str
    revision: str
    status: int
    is_signed: bool
    """Whether it came with a bearer token."""


class DataPlane:
    """Answers requests to services and tags."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.behaviours: list[Behaviour] = []
        self.probes: list[Probe] = []
        self.needs_token = False
        self._served = 0

    def routes(self, cut: Cut) -> list[Route]:
        return [route("/{path:path}", "GET", self.answer, cut)]

    async def answer(self, request: Request) -> Response:
        with self.services.lock:
            self.services.faults.meet_death()
            host = request.headers.get("Host", "").partition(":")[0]
            service, revision = self._find_revision(host)
            response, seconds = self._respond(request, service, revision)
            is_signed = request.headers.get("Authorization", "").startswith("Bearer ")
            status = response.status_code if response else 0
            now = self.services.clock.now()
            self.probes.append(Probe(now, host, request.url.path, revision, status, is_signed))
        if seconds:
            await asyncio.sleep(seconds)
        if response is None:
            raise CutError
        return response

    def _find_revision(self, host: str) -> tuple[str, str]:
        """Service and revision; empty names where nobody lives at that host."""
        tag, _, rest = host.rpartition(TAG_MARK)
        for service_id, kept in self.services.kept.items():
            if rest in {url.partition("://")[2] for url in kept.service.urls}:
                return service_id, read_tags(kept.service).get(tag, "") if tag else self._choose(service_id)
        return "", ""

    def _choose(self, service_id: str) -> str:
        """By the traffic's percents; of each hundred requests every revision gets exactly its share."""
        self._served += 1
        place = self._served * 37 % 100
        for revision, percent in read_traffic(self.services.kept[service_id].service).items():
            if place < percent:
                return revision
            place -= percent
        return ""

    def _respond(self, request: Request, service: str, name: str) -> tuple[Response | None, float]:
        """The answer, None for a broken connection, and the seconds it takes."""
        if not name:
            return PlainTextResponse("Page not found", 404), 0
        is_public = self.services.kept[service].service.invoker_iam_disabled
        if self.needs_token and not is_public and "Authorization" not in request.headers:
            return PlainTextResponse("Error: Forbidden", 403), 0
        revision = self.services.kept[service].revisions[name]
        found = read_variables(revision)
        behaviour = self._find_behaviour(service, name, found.get("IMAGE_DIGEST", ""), revision)
        if behaviour.cuts > 0:
            behaviour.cuts -= 1
            return None, behaviour.seconds
        if behaviour.failing > 0:
            behaviour.failing -= 1
            return PlainTextResponse("Service Unavailable", 503), behaviour.seconds
        return _speak(request.url.path, service, revision, behaviour), behaviour.seconds

    def _find_behaviour(self, service: str, name: str, digest: str, revision: Revision) -> Behaviour:
        digests = {digest, revision.containers[0].image.rpartition("@")[2]}
        fitting = (each for each in self.behaviours if any(each.fits(service, name, one) for one in digests))
        return next(fitting, Behaviour())


def read_variables(revision: Revision) -> dict[str, str]:
    """A revision's plain variables."""
    return {each.name: each.value for each in Revision.pb(revision).containers[0].env}


def _speak(path: str, service: str, revision: Revision, behaviour: Behaviour) -> Response:
    match path:
        case "/health":
            return JSONResponse({"status": "ok", "function": service}, behaviour.health)
        case "/ready":
            word = "ready" if behaviour.ready < 400 else "unavailable"
            return JSONResponse({"status": word}, behaviour.ready)
        case "/version":
            return JSONResponse({**_version(service, revision), **behaviour.version})
        case _:
            return JSONResponse({"error": "not found"}, 404)


def _version(service: str, revision: Revision) -> dict[str, object]:
    found = read_variables(revision)
    return {
        "function": service,
        "version": found.get("APP_VERSION", ""),
        "digest": found.get("IMAGE_DIGEST", ""),
        "revision": short_name(revision.name),
        "schema": SCHEMA,
    }

"""Google's Transcoder beside the local Gemini: jobs that read a video of the bucket and write a smaller one there.

    PENDING ─▶ RUNNING ─▶ SUCCEEDED │ FAILED: shorter than 5 s, no video, no sound where sound is wanted

The copy is made again from what the source shows, in 360p: nothing here encodes H.264. It fails by the faults of videos
for the model `transcoder`: busy, unavailable, internal, lost, slow, finish (FAILED), empty (SUCCEEDED without a file).
"""

import asyncio
import secrets
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.gemini.bucket import Bucket
from infra.local.gemini.caller import LostAnswerError
from infra.local.gemini.contents import read_json
from infra.local.gemini.copy_request import CopyRequest, read_copy
from infra.local.gemini.errors import GoogleError
from infra.local.gemini.faults import Fault, refusal
from infra.local.gemini.motion import Motion, make_video
from infra.local.gemini.mp4_writer import read_facts, walk
from infra.local.gemini.service import Service
from infra.local.gemini.video_server import HangUp

NAME: Final = "transcoder"
SECONDS_MIN: Final = 5.0
_JOBS: Final = "/v1/projects/{project}/locations/{location}/jobs"


@dataclass
class CopyJob:
    """One job, from the request on."""

    name: str
    request: CopyRequest
    fault: Fault | None
    state: str = "PENDING"
    error: str = ""
    polls: int = 0
    work: "asyncio.Task[None] | None" = None


class TranscoderService:
    """The jobs, with the behaviour and the faults of the service."""

    def __init__(self, service: Service, storage_url: str = "") -> None:
        self.jobs: dict[str, CopyJob] = {}
        self.requests: list[CopyRequest] = []
        """What was begun, the oldest first; deleted jobs too."""
        self._service, self._bucket = service, Bucket(storage_url)

    def create(self, parent: str, raw: Any) -> dict[str, Any]:
        """Begin a job. Raises GoogleError, LostAnswerError."""
        request = read_copy(raw)
        fault = self._service.faults.choose("", NAME, "video")
        if fault and (error := refusal(fault)):
            raise error
        job = CopyJob(f"{parent}/jobs/{secrets.token_hex(16)}", request, fault)
        self.jobs[job.name] = job
        self.requests.append(request)
        job.work = asyncio.create_task(self._run(job))
        if fault and fault.kind == "lost":
            raise LostAnswerError
        return describe(job)

    def find(self, name: str) -> CopyJob:
        """Raises GoogleError."""
        if name not in self.jobs:
            raise GoogleError("NOT_FOUND", "Requested entity was not found.")
        return self.jobs[name]

    def delete(self, name: str, *, allow_missing: bool) -> None:
        """Forget it; one that runs goes on. Raises GoogleError."""
        if not allow_missing:
            self.find(name)
        self.jobs.pop(name, None)

    async def wait(self) -> None:
        """Return when nothing is being made."""
        await asyncio.gather(*(job.work for job in self.jobs.values() if job.work is not None))

    async def _run(self, job: CopyJob) -> None:
        fault = job.fault
        seconds = fault.seconds if fault and fault.kind == "slow" else self._service.video_seconds()
        if not await self._service.rest(seconds):
            return
        job.state = "RUNNING"
        try:
            job.error = await self._make(job)
        except GoogleError as error:
            job.error = error.message
        job.state = "FAILED" if job.error else "SUCCEEDED"

    async def _make(self, job: CopyJob) -> str:
        """Write the copy; what is wrong with the source, or empty. Raises GoogleError."""
        fault, request = job.fault, job.request
        if fault and fault.kind == "finish":
            return fault.reason or "INTERNAL"
        source = await asyncio.to_thread(self._bucket.download, request.source)
        facts = read_facts(source)
        if not facts:
            return "the input has no video"
        if facts["seconds"] < SECONDS_MIN:
            return "the input is shorter than 5 seconds"
        if request.has_sound and b"soun" not in dict(walk(source))[b"hdlr"]:
            return "atom whole does not have any inputs with an audio track"
        if fault and fault.kind == "empty":
            return ""
        motion = Motion(facts["prompt"], "text", facts["seconds"], facts["ratio"], "360p", has_sound=request.has_sound)
        copy = await asyncio.get_running_loop().run_in_executor(
            self._service.painter.pool, partial(make_video, motion, (), ())
        )
        await asyncio.to_thread(self._bucket.upload, request.target, copy)
        return ""


def describe(job: CopyJob) -> dict[str, Any]:
    """As a create and a get answer."""
    told: dict[str, Any] = {"name": job.name, "state": job.state, "labels": dict(job.request.labels)}
    return told | ({"error": {"code": 3, "message": job.error}} if job.state == "FAILED" else {})


class TranscoderEndpoint:
    """Create, get and delete of a job. Nobody is asked who they are: the local system has no accounts."""

    def __init__(self, transcoder: TranscoderService, hang_up: HangUp) -> None:
        self._transcoder, self._hang_up = transcoder, hang_up

    def routes(self) -> list[Route]:
        """The paths with their methods."""
        return [
            Route(_JOBS, self._create, methods=["POST"]),
            Route(_JOBS + "/{job}", self._get_or_delete, methods=["GET", "DELETE"]),
        ]

    async def _create(self, request: Request) -> Response:
        parent = request.url.path.removeprefix("/v1/").removesuffix("/jobs")
        try:
            return JSONResponse(self._transcoder.create(parent, read_json(await request.body())))
        except LostAnswerError:
            return self._hang_up(request)

    async def _get_or_delete(self, request: Request) -> Response:
        name = request.url.path.removeprefix("/v1/")
        if request.method == "DELETE":
            self._transcoder.delete(name, allow_missing=request.query_params.get("allowMissing") == "true")
            return JSONResponse({})
        job = self._transcoder.find(name)
        job.polls += 1
        return JSONResponse(describe(job))

"""Pictures at once, and videos in a queue, with the faults and the records of all calls."""

import asyncio
import base64
import secrets
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from infra.local.fal.calls import Call
from infra.local.fal.drawing import draw_picture, draw_video
from infra.local.fal.errors import FalError, LostAnswerError, platform_error, refusal
from infra.local.fal.faults import Fault, FaultPlan, error_at_once, error_of_model
from infra.local.fal.models import ENDPOINTS, Endpoint
from infra.local.fal.request import Order, read_order
from infra.local.notices import FalSigner, Notifier

MEDIA: Final = "https://v3b.fal.media/files/b/"
QUEUE: Final = "https://queue.fal.run/"
_THREADS: Final = 2
_KEPT_MAX: Final = 200
_QUEUED_SHARE: Final = 0.1
_CANCELED_STATUS: Final = 499


@dataclass
class Behaviour:
    """How long things take, in seconds; a video waits in the queue for a tenth of its time, or longer where set.

    The endpoint `deprecated` is given up, and `missing` is not in the list of models; empty: none.
    """

    latency_seconds: float = 0.0
    video_seconds: float = 0.0
    queue_seconds: float = 0.0
    deprecated: str = ""
    missing: str = ""


@dataclass
class StoredFile:
    """A file of the media servers; `is_huge`: it is announced with 2 GB."""

    content: bytes
    mime_type: str
    is_huge: bool = False


@dataclass
class Queued:
    """A request in the queue, from its start on."""

    id: str
    endpoint: Endpoint
    fault: Fault | None
    begun: float
    """When its model begins, in seconds of the monotonic clock."""
    ended: float
    """When its model has ended at the earliest."""
    is_canceled: bool = False
    result: dict[str, Any] | None = None
    error: FalError | None = None
    files: list[str] = field(default_factory=list)
    notice_url: str = ""
    work: "asyncio.Task[None] | None" = None

    @property
    def status(self) -> str:
        """One of fal's three states."""
        now = time.monotonic()
        is_done = self.result is not None or self.error is not None
        if self.is_canceled or (is_done and now >= self.ended):
            return "COMPLETED"
        return "IN_QUEUE" if now < self.begun else "IN_PROGRESS"


class Service:
    """All of fal."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.faults = FaultPlan()
        self.calls: list[Call] = []
        self.requests: dict[str, Queued] = {}
        self.files: dict[str, StoredFile] = {}
        self.stopping = asyncio.Event()
        self.notifier = Notifier(FalSigner(), FalSigner("forger"))
        self._pool = ThreadPoolExecutor(_THREADS, "fal")
        self._asked: Counter[str] = Counter()

    def open_call(self, host: str, path: str, headers: dict[str, str]) -> Call:
        """A new record."""
        own = {name: value for name, value in headers.items() if name.startswith("x-fal-")}
        call = Call(len(self.calls) + 1, host, path, headers=own, request_id=str(uuid.uuid4()))
        self.calls.append(call)
        return call

    async def run(self, call: Call, raw: Any) -> dict[str, Any]:
        """A picture. Raises FalError, LostAnswerError."""
        endpoint = self._find(call.endpoint, "picture")
        order, fault = self._read(endpoint, call, raw)
        await self._rest(self.behaviour.latency_seconds)
        if fault is not None and fault.kind == "slow":
            await self._rest(fault.seconds)
        if fault is not None and (error := error_of_model(fault)):
            raise error
        self._asked[order.prompt] += 1
        is_damaged = fault is not None and fault.kind == "corrupt"
        draw = partial(draw_picture, order, self._asked[order.prompt], is_damaged=is_damaged)
        png = await asyncio.get_running_loop().run_in_executor(self._pool, draw)
        if fault is not None and fault.kind == "lost":
            raise LostAnswerError
        if fault is not None and fault.kind == "nothing":
            return {"images": []}
        is_link = not order.in_answer or (fault is not None and fault.kind == "link")
        address = self._keep(png, "image/png") if is_link else _write_data_uri(png)
        width, height = order.size
        picture = {"url": address, "content_type": "image/png", "width": width, "height": height}
        is_marked = fault is not None and fault.kind == "nsfw"
        return {"images": [picture], "has_nsfw_concepts": [is_marked], "prompt": order.prompt}

    async def submit(self, call: Call, raw: Any, start_timeout: float | None, notice_url: str = "") -> Queued:
        """A video begins; its end is told at `notice_url`. Raises FalError, LostAnswerError."""
        endpoint = self._find(call.endpoint, "video")
        now, behaviour = time.monotonic(), self.behaviour
        try:
            order, fault = self._read(endpoint, call, raw)
        except FalError as error:
            if error.status != 422:  # noqa: PLR2004 — the queue takes it all the same: only the model reads it
                raise
            order, fault = None, None
            queued = Queued(call.request_id, endpoint, None, now, now, error=error)
        else:
            wait = max(behaviour.queue_seconds, behaviour.video_seconds * _QUEUED_SHARE)
            slow = fault.seconds if fault is not None and fault.kind == "slow" else 0.0
            ended = now + max(behaviour.video_seconds + slow, wait)
            queued = Queued(call.request_id, endpoint, fault, now + wait, ended)
            if start_timeout is not None and wait > start_timeout:
                kind = "request_timeout"
                headers = {"X-Fal-Request-Timeout-Type": "user"}
                queued.error = platform_error(504, kind, "Request timed out", **headers)
        queued.notice_url = notice_url
        self.notifier.begin(notice_url, _tell(queued))
        self.requests[queued.id] = queued
        while len(self.requests) > _KEPT_MAX:
            del self.requests[next(iter(self.requests))]
        queued.work = asyncio.create_task(self._see_through(queued, order))
        if fault is not None and fault.kind == "lost":
            raise LostAnswerError
        return queued

    def find(self, app: str, request_id: str) -> Queued:
        """Raises FalError."""
        queued = self.requests.get(request_id)
        if queued is None or queued.endpoint.app != app:
            raise refusal(404, "Request not found")
        return queued

    def describe(self, queued: Queued) -> dict[str, Any]:
        """The answer to a start, and to a question about the state."""
        base = f"{QUEUE}{queued.endpoint.app}/requests/{queued.id}"
        told: dict[str, Any] = {
            "status": queued.status,
            "request_id": queued.id,
            "response_url": base,
            "status_url": f"{base}/status",
            "cancel_url": f"{base}/cancel",
        }
        if queued.status == "IN_QUEUE":
            return told | {"queue_position": 0}
        if queued.fault is not None and queued.fault.kind == "late_status":
            return told | {"status": "RESTORING"}
        if queued.status == "IN_PROGRESS":
            return told | {"logs": None}
        told |= {"logs": None, "metrics": {"inference_time": round(queued.ended - queued.begun, 3)}}
        error = _canceled() if queued.is_canceled else queued.error
        return told | ({"error": str(error.body["detail"]), "error_type": error.word} if error else {})

    def cancel(self, queued: Queued) -> dict[str, str]:
        """Stop it if it has not ended. Raises FalError."""
        if queued.status == "COMPLETED":
            raise FalError(400, {"status": "ALREADY_COMPLETED"})
        queued.is_canceled = True
        return {"status": "CANCELLATION_REQUESTED"}

    def result_of(self, queued: Queued) -> dict[str, Any]:
        """What the model made. Raises the model's own FalError, and one while it is at work."""
        if queued.status != "COMPLETED":
            raise refusal(400, "Request is still in progress")
        if queued.is_canceled:
            raise _canceled()
        if queued.error is not None:
            raise queued.error
        assert queued.result is not None
        return queued.result

    def delete(self, request_id: str) -> dict[str, Any]:
        """Forget a request, and its files. Raises FalError."""
        queued = self.requests.pop(request_id, None)
        if queued is None:
            raise refusal(404, "Request not found")
        for name in queued.files:
            self.files.pop(name, None)
        return {"cdn_delete_results": [{"link": MEDIA + name, "exception": None} for name in queued.files]}

    async def wait(self) -> None:
        """Return when no video is being made."""
        await asyncio.gather(*(each.work for each in self.requests.values() if each.work is not None))

    def close(self) -> None:
        """Let go of the threads; what they draw now is thrown away."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _find(self, endpoint_id: str, makes: str) -> Endpoint:
        endpoint = ENDPOINTS.get(endpoint_id)
        if endpoint is None or endpoint.makes != makes:
            raise refusal(404, f'Application "{endpoint_id}" not found')
        return endpoint

    def _read(self, endpoint: Endpoint, call: Call, raw: Any) -> tuple[Order, Fault | None]:
        prompt = str(raw.get("prompt", "")) if isinstance(raw, dict) else ""
        fault = self.faults.choose(prompt, endpoint.id, endpoint.makes)
        if fault is not None and (error := error_at_once(fault)):
            raise error
        order = read_order(endpoint, raw)
        call.arguments, call.pictures_in = order.recorded, len(order.pictures)
        return order, fault

    async def _see_through(self, queued: Queued, order: Order | None) -> None:
        """Make the video, and tell its end when it is time."""
        if order is not None and queued.error is None:
            await self._film(queued, order)
        if queued.notice_url:
            try:
                await self._rest(max(0.0, queued.ended - time.monotonic()))
            except LostAnswerError:
                return
            self.notifier.end(queued.notice_url, _tell(queued))

    async def _film(self, queued: Queued, order: Order) -> None:
        fault = queued.fault
        if fault is not None and (error := error_of_model(fault)):
            queued.error = error
            return
        if fault is not None and fault.kind == "nothing":
            queued.result = {"video": None}
            return
        spoiling = fault.reason if fault is not None and fault.kind == "spoiled" else ""
        try:
            film = partial(draw_video, order, spoiling)
            content = await asyncio.get_running_loop().run_in_executor(self._pool, film)
        except FalError as error:
            queued.error = error
            return
        address = self._keep(content, "video/mp4", is_huge=spoiling == "huge")
        queued.files.append(address.removeprefix(MEDIA))
        video = {"url": address, "content_type": "video/mp4", "file_name": "output.mp4", "file_size": len(content)}
        queued.result = {"video": video}

    def _keep(self, content: bytes, mime_type: str, *, is_huge: bool = False) -> str:
        name = f"{secrets.token_urlsafe(16)}.{mime_type.rpartition('/')[2]}"
        self.files[name] = StoredFile(content, mime_type, is_huge)
        while len(self.files) > _KEPT_MAX:
            del self.files[next(iter(self.files))]
        return MEDIA + name

    async def _rest(self, seconds: float) -> None:
        """Wait; raises LostAnswerError at once when the server stops."""
        if not seconds:
            return
        try:
            await asyncio.wait_for(self.stopping.wait(), seconds)
        except TimeoutError:
            return
        raise LostAnswerError


def _tell(queued: Queued) -> dict[str, Any]:
    """A notice, with the result in it as fal sends it."""
    status = "ERROR" if queued.error is not None else "OK"
    return {"request_id": queued.id, "gateway_request_id": queued.id, "status": status, "payload": queued.result}


def _canceled() -> FalError:
    return platform_error(_CANCELED_STATUS, "client_cancelled", "Request was cancelled by the client")


def _write_data_uri(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"
